# SPDX-License-Identifier: Apache-2.0
"""A comparison of two tables as one HTML page that needs nothing else: no script, no font.

Path("drift.html").write_text(render_drift(report))
"""

import msgspec

from shipway.data.drift_words import (
    NAMES,
    by_urgency,
    changed_values,
    effect_words,
    missing_words,
    p_words,
    remarks,
)
from shipway.records.base import Verdict
from shipway.records.drift import DriftColumn, DriftReport
from shipway.reports.html import page_environment
from shipway.reports.text import percent, plural


class BarView(msgspec.Struct, frozen=True):
    """A part of the values: its share in both tables, and bars in percent of the longest one."""

    label: str
    reference: str
    current: str
    reference_width: float
    current_width: float


class ColumnView(msgspec.Struct, frozen=True):
    """One column as the page shows it; `anchor` is the place that the table links to."""

    anchor: str
    name: str
    verdict: Verdict
    measure: str
    effect: str
    p: str
    said: tuple[str, ...]
    bars: tuple[BarView, ...]


class DriftView(msgspec.Struct, frozen=True):
    """The whole page."""

    current: str
    reference: str
    verdict: Verdict
    headline: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[ColumnView, ...]
    left_out: dict[str, str]


def render_drift(report: DriftReport) -> str:
    """The page, failed columns first."""
    return page_environment().get_template("drift.html.j2").render(view=drift_view(report))


def drift_view(report: DriftReport) -> DriftView:
    """What the page says, ready to be shown."""
    columns = [_column(number, column) for number, column in enumerate(by_urgency(report))]
    failed = sum(column.verdict == "failed" for column in columns)
    headline = f"{plural(failed, 'column')} drifted" if failed else "No drift"
    if report.verdict == "inconclusive":
        headline = "Nothing to compare"
    return DriftView(
        current=report.current,
        reference=report.reference,
        verdict=report.verdict,
        headline=headline,
        facts=(
            ("Current", f"{report.current}, {plural(report.current_rows, 'row')}"),
            ("Reference", f"{report.reference}, {plural(report.reference_rows, 'row')}"),
            ("Largest effect allowed", f"{report.at_most:g}"),
            ("False alarms allowed", f"{percent(report.significance)} of those reported"),
        ),
        columns=tuple(columns),
        left_out=report.left_out,
    )


def _column(number: int, column: DriftColumn) -> ColumnView:
    target = "The target." if column.target else ""
    said = (target, missing_words(column), *remarks(column), changed_values(column))
    return ColumnView(
        anchor=f"c{number}",
        name=column.column,
        verdict=column.verdict,
        measure=NAMES[column.method] if column.method is not None else "",
        effect=effect_words(column),
        p=p_words(column.adjusted),
        said=tuple(each for each in said if each),
        bars=_bars(column),
    )


def _bars(column: DriftColumn) -> tuple[BarView, ...]:
    before = sum(cell.reference for cell in column.cells) or 1
    now = sum(cell.current for cell in column.cells) or 1
    shares = [(cell.label, cell.reference / before, cell.current / now) for cell in column.cells]
    most = max((max(pair) for _, *pair in shares), default=0.0) or 1.0
    return tuple(
        BarView(
            label,
            f"{reference:.1%}",
            f"{current:.1%}",
            round(100 * reference / most, 1),
            round(100 * current / most, 1),
        )
        for label, reference, current in shares
    )
