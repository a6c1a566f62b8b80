# SPDX-License-Identifier: Apache-2.0
"""Drift of a project's tables as checks among the others.

demand = demand_of(data, target)
reference = open_reference(["data/last_year.parquet"], data, demand, table_format)
checks = drift_checks(tables, data, demand, reference, line_of)
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from shipway.data.binning import Looked
from shipway.data.drift import Demand, compare
from shipway.data.drift_words import changed_values, expected, observed
from shipway.data.layout import layout_of
from shipway.data.opening import Formats, Table, open_table, reading
from shipway.data.profile_subjects import subjects_of
from shipway.data.references import Reference, from_profile, from_table, read_profile
from shipway.data.table_checks import LineOf
from shipway.records.data import CheckResult
from shipway.records.drift import DriftReport
from shipway.spec.drift import DriftSpec
from shipway.spec.types import DataSpec

PROFILE = ".json"
PARTS = ("train", "validation", "test")


def demand_of(data: DataSpec, target: str | None = None) -> Demand:
    """What `data.drift` asks, or else the defaults."""
    spec = data.drift if data.drift is not None else DriftSpec()
    return Demand(
        method=spec.method,
        at_most=spec.at_most,
        significance=spec.significance,
        columns=spec.columns,
        without=set_aside(data),
        target=target,
    )


def set_aside(data: DataSpec) -> dict[str, str]:
    """Columns that `data` says are no features, each with the reason not to compare it."""
    without = dict.fromkeys(data.ignore, "it is ignored")
    moving = (data.time, data.split.by if data.split is not None else None)
    without |= {name: "time moves on" for name in moving if name is not None}
    return without | ({data.id: "it names the row"} if data.id is not None else {})


def open_reference(
    files: Sequence[Path],
    data: DataSpec,
    demand: Demand,
    formats: Formats,
    *,
    name: str,
    written: Sequence[str] = (),
) -> Reference:
    """The reference in `files`, which is written as `name`; `written` are the names of the files.

    One file in JSON is a stored profile; anything else is a table, which is read as `data` says.
    InputError for a file that can't be read.
    """
    if len(files) == 1 and files[0].suffix == PROFILE:
        profile = read_profile(files[0].read_bytes(), str(files[0]))
        return from_profile(name, profile, cells=demand.cells)
    layout = layout_of(name, written or map(str, files))
    table = open_table("reference", files, data, formats, layout)
    with reading([table]):
        return from_table(name, look_at(table, data), cells=demand.cells)


def look_at(table: Table, data: DataSpec) -> Looked:
    """The columns of an open table, typed as `data` declares them."""
    decimal = table.layout.decimal
    subjects, frame = subjects_of(table.frame, data.columns, text=table.is_text, decimal=decimal)
    step = table.stretches[0].step if len(table.stretches) == 1 else None
    return Looked(subjects, frame, step)


def drift_checks(
    tables: Mapping[str, Table],
    data: DataSpec,
    demand: Demand,
    reference: Reference,
    line_of: LineOf,
) -> tuple[CheckResult, ...]:
    """A check for each column of train, validation and test, or of `all` before its split."""
    names = ["all"] if "all" in tables else [name for name in PARTS if name in tables]
    line = line_of("data", "drift")
    on_fail = data.drift.on_fail if data.drift is not None else "stop"
    results: list[CheckResult] = []
    for name in names:
        report = compare(reference, name, look_at(tables[name], data), demand)
        results += check_results(report, line, on_fail)
    return tuple(results)


def check_results(
    report: DriftReport, line: int = 0, on_fail: Literal["stop", "warn"] = "stop"
) -> list[CheckResult]:
    """Each column as the result of a check, those that were not compared with the reason."""
    found = [
        CheckResult(
            dataset=report.current,
            column=column.column,
            check="drift",
            verdict=column.verdict,
            observed=observed(column),
            expected=expected(column, report),
            rows=report.current_rows,
            line=line,
            detail=changed_values(column),
            on_fail=on_fail,
        )
        for column in report.columns
    ]
    found += [
        without_reference(f"not compared: {reason}", report.current, line, column)
        for column, reason in report.left_out.items()
    ]
    return found


def without_reference(why: str, dataset: str = "", line: int = 0, column: str = "") -> CheckResult:
    """A check that passes since there is nothing to compare with, and says so."""
    return CheckResult(dataset, column, "drift", "passed", observed=why, expected="", line=line)
