# SPDX-License-Identifier: Apache-2.0
"""What every interval has in common: its two ends, its confidence and where it came from."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

Sides = Literal[1, 2]

Alternative = Literal["greater", "less"]
"""What a one-sided test is to show: that the quantity is greater, or less, than the limit.

A small p-value speaks for it. "greater" tests the hypothesis `quantity <= limit`, "less" the
hypothesis `quantity >= limit`.
"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """`low` and `high` of an interval.

    With `sides` 2 the interval as a whole covers the truth with `confidence`. With `sides` 1 each
    end is a bound of its own: the truth is above `low` with `confidence`, and below `high` with
    `confidence`.
    """

    low: float
    high: float
    confidence: float
    sides: Sides
    method: str


def tail(confidence: float, sides: Sides) -> float:
    """What a bound leaves out beyond it; ValueError unless 0.5 <= confidence < 1."""
    if not 0.5 <= confidence < 1:
        raise ValueError(f"a confidence lies in [0.5, 1), not {confidence}")
    return (1 - confidence) / sides


def quantile(confidence: float, sides: Sides) -> float:
    """The standard normal quantile of a bound; ValueError unless 0.5 <= confidence < 1."""
    return -NormalDist().inv_cdf(tail(confidence, sides))
