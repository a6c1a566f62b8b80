# SPDX-License-Identifier: Apache-2.0
"""Values with their intervals, one above the other on one scale: a forest plot, row by row.

Each row is a small picture for a table's cell, so that the numbers beside it stay text.
"""

from collections.abc import Sequence

from markupsafe import Markup

from shipway.records.training import Metric
from shipway.reports.charts.axes import Scale, bounds
from shipway.reports.charts.svg import element, picture, rule
from shipway.reports.text import fixed

WIDTH, HEIGHT = 200, 22


def forest(metrics: Sequence[Metric], overall: float | None) -> list[Markup]:
    """A picture for each metric; `overall` is the value that all are compared with by eye."""
    seen = [] if overall is None else [overall]
    for metric in metrics:
        seen += [] if metric.value is None else [metric.value]
        seen += [metric.interval.low, metric.interval.high] if metric.interval else []
    low, high = bounds(seen)
    scale = Scale(low, high, 4, WIDTH - 4)
    return [_row(metric, overall, scale) for metric in metrics]


def _row(metric: Metric, overall: float | None, scale: Scale) -> Markup:
    middle = HEIGHT / 2
    parts: list[str] = [rule(scale.start, middle, scale.end, middle, "grid")]
    if overall is not None:
        parts.append(rule(scale.at(overall), 1, scale.at(overall), HEIGHT - 1, "guess"))
    said = fixed(metric.value)
    if metric.interval:
        left, right = scale.at(metric.interval.low), scale.at(metric.interval.high)
        parts.append(rule(left, middle, right, middle, "whisker"))
        said += f", from {fixed(metric.interval.low)} to {fixed(metric.interval.high)}"
    if metric.value is not None:
        parts.append(element("circle", cx=scale.at(metric.value), cy=middle, r=4, class_="dot a"))
    return picture(WIDTH, HEIGHT, f"{metric.name} of {metric.slice or 'all rows'}", said, *parts)
