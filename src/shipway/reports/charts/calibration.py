# SPDX-License-Identifier: Apache-2.0
"""A reliability diagram: the share of positives of rows with similar scores, over their score."""

from collections.abc import Sequence

from markupsafe import Markup

from shipway.records.comparison import CalibrationBin
from shipway.reports.charts.axes import Scale
from shipway.reports.charts.figure import Figure, Series
from shipway.reports.charts.lines import framed, square
from shipway.reports.charts.svg import element, rule

Bins = tuple[CalibrationBin, ...]


def calibration(bins: Bins, other: Bins | None, names: tuple[str, str]) -> Figure:
    """One model's bins, and the other's behind them; whiskers are 95 % intervals of the shares."""
    x, y = square()
    shown = [(bins, "a", names[0])]
    if other:
        shown.append((other, "b", names[1]))
    parts = [rule(x.at(0), y.at(0), x.at(1), y.at(1), "guess")]
    for each, kind, _ in reversed(shown):
        parts += _bins(each, kind, x, y)
    lines = [Series(name, tuple((b.score, b.share) for b in each), k) for each, k, name in shown]
    return framed(
        "Calibration",
        "Mean score",
        "Share of positives",
        "; ".join(f"{name}: {_furthest(each)}" for each, _, name in shown),
        (x, y),
        parts,
        [*lines, Series("as probable as the score says", (), "guess")],
    )


def _bins(bins: Sequence[CalibrationBin], kind: str, x: Scale, y: Scale) -> list[Markup]:
    parts = []
    for each in bins:
        at = x.at(each.score)
        parts.append(rule(at, y.at(each.low), at, y.at(each.high), f"whisker {kind}"))
    places = " ".join(f"{x.at(each.score):.1f},{y.at(each.share):.1f}" for each in bins)
    parts.append(element("polyline", points=places, class_=f"line {kind}"))
    for each in bins:
        parts.append(
            element("circle", cx=x.at(each.score), cy=y.at(each.share), r=3.5, class_=f"dot {kind}")
        )
    return parts


def _furthest(bins: Sequence[CalibrationBin]) -> str:
    worst = max(bins, key=lambda each: abs(each.share - each.score))
    return f"furthest off at score {worst.score:.2f}, where {worst.share:.2f} are positive"
