# SPDX-License-Identifier: Apache-2.0
"""`shipway.check(frame, checks)`: the checks of a table that is in memory, for notebooks and tests.

report = shipway.check(frame, {"columns": {"amount": {"min": 0}}})
report.raise_if_failed()
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shipway.base import clock
from shipway.base.errors import InputError
from shipway.operations.check_report import Report
from shipway.operations.deciding import decide
from shipway.operations.one_table import one_table
from shipway.records.data import CheckReport, verdict_of
from shipway.spec.checks_file import (
    AGAINST,
    CHECKED,
    read_checks,
    read_checks_text,
    read_checks_values,
)
from shipway.spec.document import Document
from shipway.spec.types import DataSpec

if TYPE_CHECKING:
    from shipway.data.drift import Demand
    from shipway.data.opening import Table
    from shipway.data.references import Reference

NAME, TABLE = "checks", "the table"
YAML = (".yaml", ".yml")


def check(frame: Any, checks: Mapping[str, Any] | str | Path, *, against: Any = None) -> Report:
    """Check a table against demands; the report says what held and what did not.

    `frame` is a DataFrame of pandas or polars, a LazyFrame of polars, or a Table of pyarrow.
    `checks` are the demands: a dict, a YAML text, or the path of such a file; the keys are those of
    a file for `shipway check --checks`. `against` is the table that `overlap`, `order`, `seen_in`
    and `drift` compare with.

    Raises shipway.base.errors.InputError, with the place, for mistakes in `checks`, and for a
    `frame` that is no table. Checks that fail raise nothing: see `Report.raise_if_failed`.
    """
    from shipway.data.frames import name_of

    document = _document(checks)
    other = AGAINST if against is not None else ""
    demands = one_table(document, checked=TABLE, against=other, strict=True)
    table = _open(CHECKED, frame, document)
    beside = _open(AGAINST, against, document) if against is not None else None
    results, until, rows = decide(
        document,
        demands,
        demands.tables(table, beside),
        partial(_refer, beside, document) if beside is not None else None,
        of_project=False,
    )
    return Report(
        CheckReport(
            file=name_of(frame),
            demands=document.path.name,
            rows=rows,
            checks=results,
            verdict=verdict_of(results),
            valid_until=until,
            notes=demands.notes,
            shows=document.spec.report.rows,
            sensitive=demands.sensitive,
            checked=clock.stamp(),
        )
    )


def _document(checks: Mapping[str, Any] | str | Path) -> Document:
    if isinstance(checks, Path):
        return read_checks(checks)
    if isinstance(checks, Mapping):
        return read_checks_values(checks, NAME)
    if isinstance(checks, str):
        named = "\n" not in checks and checks.strip().endswith(YAML)
        return read_checks(Path(checks)) if named else read_checks_text(checks, Path(NAME))
    raise InputError(
        f"found {type(checks).__name__}", where=NAME, cure="Give a dict, a YAML text or a path."
    )


def _open(name: str, frame: Any, document: Document) -> "Table":
    """The frame as a table; what counts as missing is so there too."""
    import polars as pl

    from shipway.adapters.tables.markers import without_markers
    from shipway.data.frames import in_memory, lazy_frame, unreadable

    data = document.spec.data or DataSpec()
    try:
        return in_memory(name, without_markers(lazy_frame(frame), data.nulls))
    except pl.exceptions.PolarsError as error:
        raise unreadable(error) from error


def _refer(other: "Table", document: Document, demand: "Demand") -> "Reference":
    """The other table as the reference of drift."""
    from shipway.data.drift_checks import look_at
    from shipway.data.references import from_table

    looked = look_at(other, document.spec.data or DataSpec())
    return from_table(AGAINST, looked, cells=demand.cells)
