# SPDX-License-Identifier: Apache-2.0
"""The words for what a comparison found: the same in a check, on a terminal, on a page."""

from shipway.data.wording import listed
from shipway.records.drift import DriftColumn, DriftMethod, DriftReport

NAMES: dict[DriftMethod, str] = {
    "psi": "PSI",
    "js": "Jensen-Shannon distance",
    "ks": "KS distance",
    "chi2": "Cramér's V",
}
FLOOR = 1e-6
ORDER = {"failed": 0, "inconclusive": 1, "passed": 2}


def by_urgency(report: DriftReport) -> list[DriftColumn]:
    """Failed columns first, then by how far they are from the reference."""
    return sorted(
        report.columns,
        key=lambda column: (ORDER[column.verdict], -(column.effect or 0.0), column.column),
    )


def expected(column: DriftColumn, report: DriftReport) -> str:
    """`PSI at most 0.2`."""
    if column.method is None:
        return f"as in {report.reference}"
    return f"{NAMES[column.method]} at most {report.at_most:g}"


def observed(column: DriftColumn) -> str:
    """`0.412 (p < 0.000001), missing 1.2% → 9.0%`; without any value of the table."""
    if column.effect is None:
        return column.note
    p = column.p if column.adjusted is None else column.adjusted
    said = (f"{effect_words(column)} ({p_words(p)})", missing_words(column), *remarks(column))
    return ", ".join(part for part in said if part)


def effect_words(column: DriftColumn) -> str:
    """`0.412`."""
    return "" if column.effect is None else f"{column.effect:.3f}"


def remarks(column: DriftColumn) -> list[str]:
    """What else there is to say, without any value."""
    new = f"{column.new_rows:,} rows with new values" if column.new_rows else ""
    return [said for said in (column.note, new) if said]


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
