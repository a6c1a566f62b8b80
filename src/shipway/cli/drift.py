# SPDX-License-Identifier: Apache-2.0
"""How a comparison of two tables looks on a terminal: a line a column, failed ones first."""

from shipway.data.drift_words import (
    NAMES,
    by_urgency,
    changed_values,
    effect_words,
    missing_words,
    p_words,
    remarks,
)
from shipway.records.drift import DriftColumn, DriftReport
from shipway.reports.text import percent, plural

LONGEST_NAME = 28
HEADER = ("", "column", "measure", "effect", "adjusted", "")


def drift_lines(report: DriftReport) -> list[str]:
    """The lines; the last one is the verdict."""
    lines = [
        f"{report.current}: {plural(report.current_rows, 'row')}, "
        f"against {report.reference}: {plural(report.reference_rows, 'row')}",
        "",
    ]
    rows = [_row(column) for column in by_urgency(report)]
    widths = [max(len(row[place]) for row in (HEADER, *rows)) for place in range(len(HEADER))]
    for row in (HEADER, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    left_out = [f"{name} is not compared: {reason}" for name, reason in report.left_out.items()]
    lines += ["", *left_out] if left_out else []
    return [*lines, "", _verdict(report)]


def _row(column: DriftColumn) -> tuple[str, ...]:
    name = column.column
    name = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
    said = [missing_words(column), *remarks(column), changed_values(column)]
    if column.target:
        said.insert(0, "the target")
    return (
        column.verdict,
        name,
        NAMES[column.method] if column.method is not None else "",
        effect_words(column),
        p_words(column.adjusted),
        ", ".join(part for part in said if part),
    )


def _verdict(report: DriftReport) -> str:
    compared = len(report.columns)
    wrong = sum(column.verdict != "passed" for column in report.columns)
    asked = f"at most {report.at_most:g}, {percent(report.significance)} false alarms"
    return f"{report.verdict}: {compared - wrong} of {compared} columns passed ({asked})"
