# SPDX-License-Identifier: Apache-2.0
"""What a table looks like from outside: its columns, their types and ranges, and what is odd.

    finding = look_at([Path("data/churn.csv")], "data/churn.csv")
    finding.columns, finding.nulls, finding.doubts, finding.problem

Facts only. Oddities that may be mistakes (99999999 for "unknown") are doubts: they are told, never
silently treated. Of a large file the first rows are looked at.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.discovery.tables import TableFinding

if TYPE_CHECKING:
    import polars as pl

    from shipway.data.opening import Table

NAME = "all"
LARGE = 256 << 20
SAMPLED_ROWS = 1_000_000


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
    strange = [name for name in raw.frame.collect_schema().names() if _means_others(name)]
    if strange:
        return TableFinding(
            path,
            problem=f"has a column called {strange[0]!r}, which would stand for other columns",
            cure="Give it another name.",
        )
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


def _means_others(name: str) -> bool:
    """Names that polars takes for all columns, or for a pattern of names."""
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def _open(files: Sequence[Path], nulls: tuple[str, ...]) -> "Table":
    from shipway.adapters.tables import table_format
    from shipway.data.opening import open_table
    from shipway.spec.types import DataSpec

    return open_table(NAME, files, DataSpec(nulls=nulls), table_format)


def _part(table: "Table", sampled: bool) -> "pl.LazyFrame":
    return table.frame.head(SAMPLED_ROWS) if sampled else table.frame
