# SPDX-License-Identifier: Apache-2.0
"""What was found in a table: frozen values about its columns and about what is odd.

`tables_look` finds it, `tables_checks` says what a spec demands, `tables_target` what to predict.
"""

import msgspec

from shipway.spec.types import ColumnType


class Doubt(msgspec.Struct, frozen=True):
    """Something odd about a column (or the whole table: no column), in plain words.

    `bound` names the side whose range it spoils: `min`, `max` or none.
    """

    column: str
    text: str
    bound: str = ""


class ColumnFinding(msgspec.Struct, frozen=True):
    """One column: `type` is None when it holds no value at all.

    `values` are the different values with their rows, the most frequent first, where there are few;
    `counter` says that it numbers the rows.
    """

    name: str
    type: ColumnType | None
    rows: int
    missing: int = 0
    distinct: int = 0
    low: float | None = None
    high: float | None = None
    values: tuple[tuple[str, int], ...] = ()
    counter: bool = False

    @property
    def unique(self) -> bool:
        """No value stands there twice, and none is missing."""
        return self.distinct == self.rows > 1

    @property
    def constant(self) -> bool:
        """There is one value and no other."""
        return self.distinct == 1 and self.rows > 1


class TableFinding(msgspec.Struct, frozen=True):
    """One table. `problem` says why it can't be used as it is; then nothing else is known.

    `nulls` are the texts that stand for a missing value; `repeated` the rows that are there more
    than once (-1: not counted); `sampled` says that only the first rows were looked at.
    """

    path: str
    rows: int = 0
    columns: tuple[ColumnFinding, ...] = ()
    nulls: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    repeated: int = -1
    sampled: bool = False
    problem: str = ""
    cure: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, in the order of the file."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> ColumnFinding:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
