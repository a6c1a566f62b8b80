# SPDX-License-Identifier: Apache-2.0
"""`shipway.check(frame, checks)`: the checks of a table that is in memory, for notebooks and tests.

report = shipway.check(frame, {"columns": {"amount": {"min": 0}}})
report.raise_if_failed()
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shipway.base import clock
from shipway.base.errors import InputError
from shipway.operations.check import nothing_demanded
from shipway.operations.check_report import Report
from shipway.operations.one_table import Demands, one_table
from shipway.records.data import CheckReport, CheckResult, verdict_of
from shipway.spec.checks_file import (
    AGAINST,
    CHECKED,
    read_checks,
    read_checks_text,
    read_checks_values,
)
from shipway.spec.document import Document

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
    results, until, rows = _run(frame, against, demands, document)
    if not results:
        raise nothing_demanded(document)
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


def _refuse_own(document: Document) -> None:
    """What runs in another Python needs a table that it can open."""
    data = document.spec.data
    for key in ("pandera", "checks"):
        if data is not None and getattr(data, key):
            raise InputError(
                f"{key} asks the project's own Python, which can't see this frame",
                where=document.where("data", key),
                cure="Write it to a file, and use: shipway check FILE --checks CHECKS",
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


def _run(
    frame: Any, against: Any, demands: Demands, document: Document
) -> tuple[tuple[CheckResult, ...], str | None, int]:
    """All results, until when they hold, and the number of rows."""
    import polars as pl

    from shipway.adapters.tables.markers import without_markers
    from shipway.data.checks import check_tables
    from shipway.data.frames import lazy_frame

    other = lazy_frame(against) if against is not None else None
    frames = demands.tables(lazy_frame(frame), other)
    try:
        frames = {k: without_markers(each, demands.data.nulls) for k, each in frames.items()}
        found, until = check_tables(frames, demands.data, line_of=document.line_of, now=clock.now())
        found += _drift(frames, demands, document)
        rows = max((result.rows for result in found), default=0)
        rows = rows or int(frames[CHECKED].select(pl.len()).collect(engine="streaming").item())
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).strip().partition("\n")[0]
        raise InputError(
            f"the table can't be read: {first}",
            cure="Does frame.collect() work?" if isinstance(frame, pl.LazyFrame) else "",
        ) from error
    return tuple(demands.named(result) for result in found), until, rows


def _drift(
    frames: Mapping[str, Any], demands: Demands, document: Document
) -> tuple[CheckResult, ...]:
    """The table compared with `against`, or with the file that the demand names."""
    drift = demands.data.drift
    if drift is None:
        return ()
    from shipway.adapters.tables import table_format
    from shipway.data.binning import Looked
    from shipway.data.drift import compare
    from shipway.data.drift_checks import check_results, demand_of, open_reference
    from shipway.data.locate import find_files
    from shipway.data.profile_subjects import subjects_of
    from shipway.data.references import from_table

    data = demands.data
    demand = demand_of(data, demands.target)
    looked = {
        name: Looked(*subjects_of(each, data.columns, text=False)) for name, each in frames.items()
    }
    if demands.against:
        reference = from_table(demands.against, looked[demands.against], cells=demand.cells)
    else:
        where = document.where("data", "drift", "against")
        files = find_files(document.path.parent, drift.against, where=where)
        reference = open_reference(files, data, demand, table_format, name=drift.against)
    report = compare(reference, CHECKED, looked[CHECKED], demand)
    return tuple(check_results(report, document.line_of("data", "drift"), drift.on_fail))
