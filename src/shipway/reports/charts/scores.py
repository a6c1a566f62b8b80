# SPDX-License-Identifier: Apache-2.0
"""The scores of both classes as one histogram, each class as shares of its own rows.

Counts would hide the rare class, which is the one that matters.
"""

from collections.abc import Sequence

from markupsafe import Markup

from shipway.records.comparison import Histogram
from shipway.reports.charts.axes import Scale
from shipway.reports.charts.figure import Figure, Series
from shipway.reports.charts.lines import framed, scales
from shipway.reports.charts.svg import element, rule

LOWEST = 1.5


def scores(histogram: Histogram, title: str, threshold: float | None = None) -> Figure:
    """Bars of both classes over the score; a dotted line where a row begins to be positive."""
    positive, negative = _shares(histogram.positive), _shares(histogram.negative)
    most = max((*positive, *negative), default=0.0) or 1.0
    x, y = scales(histogram.edges[0], _end(histogram.edges), 0.0, most * 1.04)
    parts = [*_bars(histogram, negative, "b", x, y), *_bars(histogram, positive, "a", x, y)]
    if threshold is not None and x.low <= threshold <= x.high:
        parts.append(rule(x.at(threshold), y.start, x.at(threshold), y.end, "guess"))
    rows = sum(histogram.positive), sum(histogram.negative)
    said = f"{rows[0]:,} positive and {rows[1]:,} other rows by score"
    key = [Series(f"positive, {rows[0]:,}", (), "a"), Series(f"others, {rows[1]:,}", (), "b")]
    if threshold is not None:
        key.append(Series(f"threshold {threshold:.4g}", (), "guess"))
    return framed(title, "Score", "Share of the class", said, (x, y), parts, key)


def _end(edges: Sequence[float]) -> float:
    return edges[-1] if edges[-1] > edges[0] else edges[0] + 1.0


def _shares(counts: Sequence[int]) -> list[float]:
    total = sum(counts) or 1
    return [count / total for count in counts]


def _bars(
    histogram: Histogram, shares: Sequence[float], kind: str, x: Scale, y: Scale
) -> list[Markup]:
    found = []
    for start, end, share in zip(histogram.edges, histogram.edges[1:], shares, strict=False):
        if share:
            left, width = x.at(start), max(0.8, x.at(end) - x.at(start) - 1)
            top = min(y.at(share), y.start - LOWEST)
            kinds = f"bar {kind}"
            found.append(
                element("rect", x=left, y=top, width=width, height=y.start - top, class_=kinds)
            )
    return found
