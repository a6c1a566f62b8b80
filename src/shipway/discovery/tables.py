# SPDX-License-Identifier: Apache-2.0
"""What a table looks like from outside: its columns, their types and ranges, and what is odd.

    finding = look_at([Path("data/churn.csv")], "data/churn.csv")
    finding.columns, finding.nulls, finding.doubts, finding.problem

Facts only; what a spec demands of the columns follows from them in `tables_checks`. Oddities that
may be mistakes (99999999 for "unknown") are doubts: they are told, never silently treated.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shipway.base.errors import InputError
from shipway.spec.types import ColumnType

if TYPE_CHECKING:
    import polars as pl

    from shipway.data.opening import Table

NAME = "all"
LARGE = 256 << 20
SAMPLED_ROWS = 1_000_000


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


def look_at(files: Sequence[Path], path: str) -> TableFinding:
    """What the table in `files` holds; `path` is its name in the spec. Bad data never raise."""
    from shipway.discovery.tables_bytes import trouble

    for file in files:
        found = trouble(file)
        if found is not None:
            return TableFinding(path, problem=found.problem, cure=found.cure)
    try:
        return _look(files, path)
    except InputError as error:
        where = f"{error.where}: " if error.where else ""
        return TableFinding(path, problem=f"{where}{error.what}", cure=error.cure)


def _look(files: Sequence[Path], path: str) -> TableFinding:
    from shipway.data.opening import reading
    from shipway.discovery.tables_columns import describe
    from shipway.discovery.tables_doubts import doubts, find_markers, repeated_rows

    sampled = sum(file.stat().st_size for file in files) > LARGE
    raw = _open(files, ())
    with reading([raw]):
        markers = find_markers(_part(raw, sampled), text=raw.is_text)
    table = _open(files, markers.nulls)
    with reading([table]):
        frame = _part(table, sampled)
        columns = describe(frame, text=table.is_text)
        found = (*markers.doubts, *doubts(frame, columns, text=table.is_text))
        repeated = -1 if sampled else repeated_rows(frame)
    rows = columns[0].rows if columns else 0
    return TableFinding(path, rows, columns, markers.nulls, found, repeated, sampled)


def _open(files: Sequence[Path], nulls: tuple[str, ...]) -> "Table":
    from shipway.adapters.tables import table_format
    from shipway.data.opening import open_table
    from shipway.spec.types import DataSpec

    return open_table(NAME, files, DataSpec(nulls=nulls), table_format)


def _part(table: "Table", sampled: bool) -> "pl.LazyFrame":
    return table.frame.head(SAMPLED_ROWS) if sampled else table.frame
