# SPDX-License-Identifier: Apache-2.0
"""Values with their intervals, one above the other on one scale: a forest plot, row by row.

Each row is a small picture for a table's cell, so that the numbers beside it stay text.
"""

from collections.abc import Sequence

from markupsafe import Markup

from shipway.records.training import Interval, Metric
from shipway.reports.charts.axes import Scale, bounds
from shipway.reports.charts.svg import element, picture, rule
from shipway.reports.text import fixed

WIDTH, HEIGHT = 200, 22
APART = 5


def forest(metrics: Sequence[Metric], overall: float | None) -> list[Markup]:
    """A picture for each metric; `overall` is the value that all are compared with by eye.

    The champion's value and interval stand below the model's own.
    """
    seen = [] if overall is None else [overall]
    for metric in metrics:
        for value, sure in ((metric.value, metric.interval), _champion(metric)):
            seen += [] if value is None else [value]
            seen += [sure.low, sure.high] if sure else []
    low, high = bounds(seen)
    scale = Scale(low, high, 4, WIDTH - 4)
    return [_row(metric, overall, scale) for metric in metrics]


def _champion(metric: Metric) -> tuple[float | None, Interval | None]:
    return metric.champion, metric.champion_interval


def _row(metric: Metric, overall: float | None, scale: Scale) -> Markup:
    middle = HEIGHT / 2
    parts: list[str] = [rule(scale.start, middle, scale.end, middle, "grid")]
    if overall is not None:
        parts.append(rule(scale.at(overall), 1, scale.at(overall), HEIGHT - 1, "guess"))
    said = _said(metric.value, metric.interval)
    if metric.champion is None:
        parts += _mark(metric.value, metric.interval, scale, middle, "a")
    else:
        parts += _mark(*_champion(metric), scale, middle + APART, "b")
        parts += _mark(metric.value, metric.interval, scale, middle - APART, "a")
        said += f"; champion {_said(*_champion(metric))}"
    return picture(WIDTH, HEIGHT, f"{metric.name} of {metric.slice or 'all rows'}", said, *parts)


def _mark(
    value: float | None, sure: Interval | None, scale: Scale, at: float, kind: str
) -> list[Markup]:
    found = []
    if sure:
        found.append(rule(scale.at(sure.low), at, scale.at(sure.high), at, f"whisker {kind}"))
    if value is not None:
        found.append(element("circle", cx=scale.at(value), cy=at, r=3.6, class_=f"dot {kind}"))
    return found


def _said(value: float | None, sure: Interval | None) -> str:
    said = fixed(value)
    return f"{said}, from {fixed(sure.low)} to {fixed(sure.high)}" if sure else said
