# SPDX-License-Identifier: Apache-2.0
"""What a table looks like from outside: its columns, their types and ranges, and what is odd.

    finding = look_at([Path("data/churn.csv")], "data/churn.csv")
    finding.columns, finding.nulls, finding.examined, finding.problem

Facts only, as `data.examination` finds them. Of a large file the first rows are looked at.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.discovery.tables import ColumnFinding, TableFinding

if TYPE_CHECKING:
    from shipway.data.examination import Examined
    from shipway.data.opening import Table
    from shipway.records.profile import ColumnProfile

NAME = "all"
LARGE = 256 << 20
SAMPLED_ROWS = 1_000_000
FEW = 60
NUMBERS = ("integer", "float")


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
    from shipway.data.examination import examine

    def opened(nulls: tuple[str, ...]) -> "Table":
        return _open(files, nulls)

    strange = [n for n in opened(()).frame.collect_schema().names() if _means_others(n)]
    if strange:
        return TableFinding(
            path,
            problem=f"has a column called {strange[0]!r}, which would stand for other columns",
            cure="Give it another name.",
        )
    sampled = sum(file.stat().st_size for file in files) > LARGE
    examined = examine(opened, most=SAMPLED_ROWS if sampled else None)
    columns = tuple(
        _finding(column, examined) for column in examined.profile.columns if not column.note
    )
    return TableFinding(path, examined.profile.rows, columns, examined=examined)


def _finding(column: "ColumnProfile", examined: "Examined") -> ColumnFinding:
    from shipway.data.proposals import KINDS, written_values

    numbers = column.type in NUMBERS
    few = column.distinct <= FEW
    counts = (rows for _, rows in column.top)
    return ColumnFinding(
        name=column.name,
        type=KINDS.get(column.type) if column.missing < column.rows else None,
        rows=column.rows,
        missing=column.missing,
        distinct=column.rows if column.name in examined.keys else column.distinct,
        low=column.low if numbers else None,
        high=column.high if numbers else None,
        values=tuple(zip(written_values(column), counts, strict=True)) if few else (),
        counter=column.name in examined.counters,
    )


def _means_others(name: str) -> bool:
    """Names that polars takes for all columns, or for a pattern of names."""
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def _open(files: Sequence[Path], nulls: tuple[str, ...]) -> "Table":
    from shipway.adapters.tables import table_format
    from shipway.data.opening import open_table
    from shipway.spec.types import DataSpec

    return open_table(NAME, files, DataSpec(nulls=nulls), table_format)
