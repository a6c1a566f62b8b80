# SPDX-License-Identifier: Apache-2.0
"""Line charts: ROC, precision-recall and cost curves, and what training reported by step."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from shipway.records.comparison import Curve
from shipway.records.training import CurvePoint
from shipway.reports.charts.axes import HUGE, Scale, bounds, frame
from shipway.reports.charts.figure import Figure, Series
from shipway.reports.charts.svg import element, picture, rule
from shipway.reports.text import number

WIDTH, HEIGHT = 420, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 34, 50


NAMES = ("this model", "champion")


def roc(curve: Curve, other: Curve | None = None, names: tuple[str, str] = NAMES) -> Figure:
    """True positive rate over false positive rate, with the line of a guess."""
    shown = _compared(curve, other, names)
    x, y = square()
    parts = [rule(x.at(0), y.at(0), x.at(1), y.at(1), "guess"), _draw(shown[::-1], x, y)]
    said = _said("True positive rate over false positive rate", shown)
    key = [*shown, Series("guessing", (), "guess")]
    return framed(
        "ROC curve", "False positive rate", "True positive rate", said, (x, y), parts, key
    )


def precision_recall(
    curve: Curve, other: Curve | None = None, names: tuple[str, str] = NAMES
) -> Figure:
    """Precision over recall."""
    shown = _compared(curve, other, names)
    x, y = square()
    said = _said("Precision over recall", shown)
    parts = [_draw(shown[::-1], x, y)]
    return framed("Precision-recall curve", "Recall", "Precision", said, (x, y), parts, shown)


def costs(curve: Curve, other: Curve | None = None, names: tuple[str, str] = NAMES) -> Figure:
    """The mean cost of a row over the threshold."""
    shown = _compared(curve, other, names)
    places = [point for line in shown for point in line.points]
    highest = bounds([0.0, *(cost for _, cost in places)])[1]
    at = [threshold for threshold, _ in places]
    x, y = scales(min(at), max(at) if max(at) > min(at) else min(at) + 1, 0.0, highest)
    said = "; ".join(_cheapest(line) for line in shown)
    parts = [_draw(shown[::-1], x, y)]
    return framed(
        "Cost by threshold", "Threshold", "Mean cost of a row", said, (x, y), parts, shown
    )


def _cheapest(line: Series) -> str:
    threshold, cost = min(line.points, key=lambda point: point[1])
    return f"{line.name} costs least, {number(cost)} a row, at threshold {number(threshold)}"


def training(name: str, curves: dict[str, tuple[CurvePoint, ...]]) -> Figure:
    """One chart of metrics that belong together, over the training's steps."""
    kinds = "abcd"
    lines = [
        Series(title, tuple((p.step, p.value) for p in points), kinds[i % len(kinds)])
        for i, (title, points) in enumerate(curves.items())
    ]
    places = [point for line in lines for point in line.points]
    x_low, x_high = bounds([x for x, _ in places])
    steps = [x for x, _ in places if abs(x) < HUGE]
    if steps and min(steps) < max(steps):
        x_low, x_high = min(steps), max(steps)
    y_low, y_high = bounds([y for _, y in places])
    x, y = scales(x_low, x_high, y_low, y_high)
    said = "; ".join(f"{line.name} ends at {number(line.points[-1][1])}" for line in lines)
    content = (frame(x, y, "Step", ""), _draw(lines, x, y))
    return Figure(name, picture(WIDTH, HEIGHT, f"{name} by step", said, *content), tuple(lines))


def grouped(
    curves: dict[str, tuple[CurvePoint, ...]],
) -> dict[str, dict[str, tuple[CurvePoint, ...]]]:
    """Curves that differ only in the set they are measured on, together.

    `train_loss` and `validation_loss` go to `loss`. Empty curves are left out.
    """
    found: dict[str, dict[str, tuple[CurvePoint, ...]]] = {}
    for name, points in curves.items():
        head, _, rest = name.partition("_")
        known = head in ("train", "training", "validation", "valid", "val", "test", "eval") and rest
        if points:
            found.setdefault(rest if known else name, {})[name] = points
    return found


def square() -> tuple[Scale, Scale]:
    """The scales of a chart of two shares."""
    return scales(0, 1, 0, 1)


def scales(x_low: float, x_high: float, y_low: float, y_high: float) -> tuple[Scale, Scale]:
    """The scales of a chart of the usual size."""
    x = Scale(x_low, x_high, _LEFT, WIDTH - _RIGHT)
    return x, Scale(y_low, y_high, HEIGHT - _BOTTOM, _TOP)


def framed(
    title: str,
    x_name: str,
    y_name: str,
    said: str,
    axes: tuple[Scale, Scale],
    parts: Sequence[Markup],
    key: Sequence[Series],
) -> Figure:
    """A chart of the usual size; `said` describes it to those who can't see it."""
    content = (frame(*axes, x_name, y_name), *parts)
    return Figure(title, picture(WIDTH, HEIGHT, title, said, *content), tuple(key))


def _compared(curve: Curve, other: Curve | None, names: tuple[str, str]) -> list[Series]:
    found = [Series(names[0], _points(curve), "a")]
    return [*found, Series(names[1], _points(other), "b")] if other else found


def _points(curve: Curve) -> tuple[tuple[float, float], ...]:
    return tuple(zip(curve.x, curve.y, strict=False))


def _said(what: str, shown: Sequence[Series]) -> str:
    return f"{what}: " + " and ".join(line.name for line in shown)


def _draw(lines: Sequence[Series], x: Scale, y: Scale) -> Markup:
    parts = []
    for line in lines:
        for piece in _pieces(line.points):
            places = " ".join(f"{x.at(a):.1f},{y.at(b):.1f}" for a, b in piece)
            if len(piece) == 1:
                a, b = piece[0]
                parts.append(
                    element("circle", cx=x.at(a), cy=y.at(b), r=3, class_=f"dot {line.kind}")
                )
            else:
                parts.append(element("polyline", points=places, class_=f"line {line.kind}"))
    return element("g", *parts)


def _pieces(points: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """The line, broken where a value is no number."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for a, b in points:
        if math.isfinite(a) and math.isfinite(b):
            pieces[-1].append((a, b))
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if piece]
