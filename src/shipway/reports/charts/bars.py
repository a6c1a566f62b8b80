# SPDX-License-Identifier: Apache-2.0
"""A histogram as a small picture: bars as high as their counts, the ends and the tallest named."""

from collections.abc import Sequence

from markupsafe import Markup

from shipway.records.profile import Histogram
from shipway.reports.charts.svg import element, label, picture, rule

WIDTH, HEIGHT = 360, 112
TOP, BOTTOM = 16, 92
GAP = 1.0
LOWEST = 1.5


def histogram_picture(
    histogram: Histogram, title: str, description: str, ends: Sequence[str]
) -> Markup:
    """`ends` name the lowest and the highest edge, in words that are shown as they are."""
    most = max(histogram.counts, default=0)
    low, high = histogram.edges[0], histogram.edges[-1]
    bars = [
        _bar(start, end, count / most)
        for start, end, count in zip(
            _places(histogram.edges[:-1], low, high),
            _places(histogram.edges[1:], low, high),
            histogram.counts,
            strict=True,
        )
        if count
    ]
    if low == high and bars:
        bars = [_bar(WIDTH / 2 - 6, WIDTH / 2 + 6, 1.0)]
    return picture(
        WIDTH,
        HEIGHT,
        title,
        description,
        element("g", *bars, class_="bars"),
        rule(0, BOTTOM, WIDTH, BOTTOM, "axis"),
        label(0, TOP - 5, f"{most:,}", anchor="start"),
        label(0, HEIGHT - 5, ends[0], anchor="start"),
        label(WIDTH, HEIGHT - 5, ends[1], anchor="end"),
    )


def _places(edges: Sequence[float], low: float, high: float) -> list[float]:
    # Halves, because the difference of the two largest numbers is infinite.
    span = high / 2 - low / 2
    return [WIDTH * (edge / 2 - low / 2) / span if span else 0.0 for edge in edges]


def _bar(start: float, end: float, share: float) -> Markup:
    height = max(LOWEST, share * (BOTTOM - TOP))
    width = max(0.8, end - start - GAP)
    return element("rect", x=start, y=BOTTOM - height, width=width, height=height, class_="bar")
