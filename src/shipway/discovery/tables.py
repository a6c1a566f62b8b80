# SPDX-License-Identifier: Apache-2.0
"""What was found in a table of a repository: frozen values about its columns.

`tables_look` finds it, by way of `data.examination`, which knows all that is about data alone;
`tables_target` says what to predict.
"""

from typing import TYPE_CHECKING

import msgspec

from shipway.spec.types import ColumnType

if TYPE_CHECKING:
    from shipway.data.examination import Examined


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

    `examined` is all that was seen of it; `sampled` says that only the first rows were.
    """

    path: str
    rows: int = 0
    columns: tuple[ColumnFinding, ...] = ()
    problem: str = ""
    cure: str = ""
    examined: "Examined | None" = None

    @property
    def nulls(self) -> tuple[str, ...]:
        """The texts that stand for a missing value."""
        return self.examined.nulls if self.examined is not None else ()

    @property
    def sampled(self) -> bool:
        """True when only the first rows were looked at."""
        return self.examined is not None and self.examined.sampled

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
