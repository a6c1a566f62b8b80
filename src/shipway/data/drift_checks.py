# SPDX-License-Identifier: Apache-2.0
"""Drift of a project's tables as checks among the others, and its words for people.

demand = demand_of(data, target)
reference = open_reference(["data/last_year.parquet"], data, demand, table_format)
checks = drift_checks(tables, data, demand, reference, line_of)
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from shipway.data.drift import Demand, compare
from shipway.data.opening import Formats, Table, open_table, reading
from shipway.data.references import Reference, from_profile, from_table, read_profile
from shipway.data.table_checks import LineOf
from shipway.data.wording import listed
from shipway.records.data import CheckResult
from shipway.records.drift import DriftColumn, DriftMethod, DriftReport
from shipway.spec.types import DataSpec

PROFILE = ".json"
PARTS = ("train", "validation", "test")
NAMES: dict[DriftMethod, str] = {
    "psi": "PSI",
    "js": "Jensen-Shannon distance",
    "ks": "KS distance",
    "chi2": "Cramér's V",
}
FLOOR = 1e-6


def demand_of(data: DataSpec, target: str | None = None) -> Demand:
    """What `data.drift` asks, or else the defaults; what `data` says is no feature is set aside."""
    without = dict.fromkeys(data.ignore, "it is ignored")
    moving = (data.time, data.split.by if data.split is not None else None)
    without |= {name: "time moves on" for name in moving if name is not None}
    without |= {data.id: "it names the row"} if data.id is not None else {}
    spec = data.drift
    if spec is None:
        return Demand(without=without, target=target)
    return Demand(
        method=spec.method,
        at_most=spec.at_most,
        significance=spec.significance,
        columns=spec.columns,
        without=without,
        target=target,
    )


def open_reference(
    files: Sequence[Path], data: DataSpec, demand: Demand, formats: Formats, *, name: str = ""
) -> Reference:
    """The reference in `files`: a stored profile, or a table, which is read as `data` says.

    InputError for a file that can't be read.
    """
    name = name or ", ".join(file.name for file in files)
    if len(files) == 1 and files[0].suffix == PROFILE:
        return from_profile(name, read_profile(files[0].read_bytes(), str(files[0])))
    table = open_table("reference", files, data, formats)
    with reading([table]):
        return from_table(name, table.frame, data.columns, text=table.is_text, cells=demand.cells)


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
        table = tables[name]
        report = compare(reference, name, table.frame, data.columns, demand, text=table.is_text)
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


def expected(column: DriftColumn, report: DriftReport) -> str:
    """`PSI at most 0.2`."""
    if column.method is None:
        return f"as in {report.reference}"
    return f"{NAMES[column.method]} at most {report.at_most:g}"


def observed(column: DriftColumn) -> str:
    """`0.41 (p < 0.000001), missing 1.2% → 9.0%`; without any value of the table."""
    if column.effect is None:
        return column.note
    p = column.p if column.adjusted is None else column.adjusted
    said = [f"{column.effect:.3g} ({p_words(p)})", missing_words(column), column.note]
    if column.new_rows:
        said.append(f"{column.new_rows:,} rows with new values")
    return ", ".join(part for part in said if part)


def p_words(p: float | None) -> str:
    """`p = 0.013`."""
    if p is None:
        return ""
    return f"p < {FLOOR:f}" if p < FLOOR else f"p = {p:.2g}"


def missing_words(column: DriftColumn) -> str:
    """`missing 1.2% → 9.0%`, where that changed visibly."""
    before, now = column.reference_missing, column.current_missing
    if before is None or now is None or f"{before:.1%}" == f"{now:.1%}":
        return ""
    return f"missing {before:.1%} → {now:.1%}"


def changed_values(column: DriftColumn) -> str:
    """`new: XX, YY; vanished: NO`; shows values."""
    said = [
        f"{word}: {listed(values)}"
        for word, values in (("new", column.new), ("vanished", column.vanished))
        if values
    ]
    return "; ".join(said)
