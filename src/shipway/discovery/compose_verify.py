# SPDX-License-Identifier: Apache-2.0
"""Tries out what was composed: the checks must hold for the data, the text must read back.

A check that fails on the very rows that it was inferred from (a range of the first million rows, a
category that only the test file has) is relaxed, and after that left out.
"""

from pathlib import Path

import msgspec

from shipway.base import clock
from shipway.base.errors import InputError
from shipway.discovery.compose_notes import Notes
from shipway.discovery.compose_text import write
from shipway.records.data import CheckResult
from shipway.spec.document import Document
from shipway.spec.reader import read_text
from shipway.spec.types import ColumnSpec, DataSpec, Spec

ROUNDS = 4
LARGEST = 1 << 30


def verified(folder: Path, spec: Spec, notes: Notes) -> Spec:
    """`spec` without what does not hold; of tables beyond a gigabyte only the text is tried."""
    if spec.data is not None and _size(folder, spec.data) > LARGEST:
        notes.on("data", "columns", text="not tried on the rest: the first run reads all of it")
        notes.unknown("the table is too large to try the checks on all of it; the first run does")
        read_back(spec)
        return spec
    for _ in range(ROUNDS):
        if spec.data is None:
            break
        try:
            failed = failing(folder, spec)
        except InputError as error:
            notes.unknown(f"the checks can't be tried out: {error.what}")
            break
        if not failed:
            break
        spec = msgspec.structs.replace(spec, data=_relaxed(spec.data, failed))
    read_back(spec)
    return spec


def _size(folder: Path, data: DataSpec) -> int:
    """The bytes of all tables."""
    from shipway.data.locate import data_files

    return sum(path.stat().st_size for path in data_files(folder, data))


def read_back(spec: Spec) -> Document:
    """The document that the text of `spec` is; SpecError would be a mistake of ours."""
    return read_text(write(spec), Path("shipway.yaml"))


def failing(folder: Path, spec: Spec) -> list[CheckResult]:
    """The checks of `spec` that the data in `folder` do not pass; InputError when unreadable."""
    from shipway.adapters.tables import table_format
    from shipway.data.locate import locate_tables
    from shipway.data.opening import open_tables, reading
    from shipway.data.validation import check_and_split

    data = spec.data
    assert data is not None  # noqa: S101 - the caller looked
    tables = open_tables(locate_tables(folder, data), data, table_format)
    with reading(tables.values()):
        checked = check_and_split(
            tables,
            data,
            line_of=lambda *keys: 0,
            now=clock.now(),
            target=spec.model.target if spec.model else None,
        )
    return [check for check in checked.checks if check.verdict != "passed"]


def _relaxed(data: DataSpec, failed: list[CheckResult]) -> DataSpec:
    columns = dict(data.columns)
    for check in failed:
        if check.check == "presence":
            columns.pop(check.column, None)
        elif check.column in columns:
            columns[check.column] = _without(columns[check.column], check.check)
    return msgspec.structs.replace(data, columns=columns)


def _without(column: ColumnSpec, check: str) -> ColumnSpec:
    """The demands on a column without the one that failed; without its type none makes sense."""
    if check == "type":
        return ColumnSpec(max_missing=column.max_missing)
    if check == "unique":
        return msgspec.structs.replace(column, unique=False)
    if check == "values" and column.type == "category":
        return msgspec.structs.replace(column, type="string", values=None)
    if check in ("min", "max", "values", "max_missing", "pattern", "outliers", "newest_within"):
        return msgspec.structs.replace(column, **{check: None})
    return ColumnSpec()
