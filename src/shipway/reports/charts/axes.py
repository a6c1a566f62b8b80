# SPDX-License-Identifier: Apache-2.0
"""From values to places: a linear scale with round ticks, and the frame that shows them."""

import math
from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from shipway.reports.charts.svg import element, label, rule
from shipway.reports.text import number

# Beyond this the arithmetic of a scale overflows; such a value is not drawn.
HUGE = 1e100


class Scale(msgspec.Struct, frozen=True):
    """Maps `low…high` to the pixels `start…end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value; values outside are put on the edge."""
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round values between `low` and `high`, about as many as asked for.

    Steps are 1, 2 or 5 times a power of ten.
    """
    span = high - low
    power = 10.0 ** math.floor(math.log10(span / about))
    step = next(power * m for m in (1, 2, 5, 10) if span / (power * m) <= about)
    first = math.ceil(low / step - 1e-9)
    digits = max(0, 3 - math.floor(math.log10(step)))
    return [round(i * step, digits) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def bounds(values: Sequence[float]) -> tuple[float, float]:
    """The range of the finite values, with a little room; 0…1 when there are none."""
    finite = [value for value in values if abs(value) < HUGE]
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    room = (high - low) * 0.04 or max(abs(high) * 0.1, 1e-9)
    return low - room, high + room


def frame(x: Scale, y: Scale, x_label: str, y_label: str) -> Markup:
    """Grid lines, tick labels and the names of both axes (none where the caption says it)."""
    left, right, bottom, top = x.start, x.end, y.start, y.end
    parts: list[str] = []
    for tick in ticks(y.low, y.high):
        parts.append(rule(left, y.at(tick), right, y.at(tick), "grid"))
        parts.append(label(left - 8, y.at(tick) + 4, tick_text(tick), anchor="end"))
    for tick in ticks(x.low, x.high):
        parts.append(rule(x.at(tick), bottom, x.at(tick), bottom + 4, "axis"))
        parts.append(label(x.at(tick), bottom + 18, tick_text(tick)))
    parts.append(rule(left, bottom, right, bottom, "axis"))
    parts.append(label((left + right) / 2, bottom + 36, x_label, "name"))
    if y_label:
        parts.append(label(left - 40, top - 12, y_label, "name", "start"))
    return element("g", *parts)


def tick_text(tick: float) -> str:
    """`0.2`, not `0.2000`."""
    return f"{tick:g}" if abs(tick) < 10000 else number(tick)
