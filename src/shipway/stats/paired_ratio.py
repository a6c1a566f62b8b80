# SPDX-License-Identifier: Apache-2.0
"""Two models on the same rows, each right or wrong: the ratio of both shares.

    tang(446, 5, 16, confidence=0.9)     # first / second = 0.976, in [0.958, 0.992]
    tang_p_value(446, 5, 16, 0.95)       # is the first worse by more than 5 %?

`both` counts the rows that both models get right, `only_first` and `only_second` those that just
one of them does; rows that both get wrong say nothing about a ratio. ValueError for negative
counts.
"""

from math import inf, sqrt

from shipway.stats.bounds import Alternative, Bounds, Sides, quantile
from shipway.stats.score import p_value, root, standardised


def tang(
    both: float,
    only_first: float,
    only_second: float,
    confidence: float = 0.95,
    sides: Sides = 2,
) -> Bounds:
    """The score interval for first / second, a ratio of two shares of the same rows.

    It lies in [0, inf]: `high` is infinite where the second model is never right, `low` is 0 where
    the first is never, and both where neither is.

    Sources: J.-M. Nam and W. C. Blackwelder, "Analysis of the ratio of marginal probabilities in a
    matched-pair setting", Statistics in Medicine 21 (2002); N.-S. Tang, M.-L. Tang and I. S. F.
    Chan, "On tests of equivalence via non-unity relative risk for matched-pair design", Statistics
    in Medicine 22 (2003). Both are the same constrained-likelihood score test.
    """
    _check(both, only_first, only_second)
    z = quantile(confidence, sides)
    low = _low(both, only_first, only_second, z)
    turned = _low(both, only_second, only_first, z)
    high = 1 / turned if turned > 0 else inf
    return Bounds(low, high, confidence, sides, "Tang")


def tang_p_value(
    both: float,
    only_first: float,
    only_second: float,
    limit: float,
    alternative: Alternative = "greater",
) -> float:
    """One-sided p-value of the hypothesis first <= limit * second (>= with "less").

    `limit` 0.99 asks whether the first is at most 1 % worse, relatively. A hypothesis about no
    right rows at all has p = 1. ValueError for a negative or infinite limit.
    """
    _check(both, only_first, only_second)
    if not 0 <= limit < inf:
        raise ValueError(f"a ratio is never {limit}")
    if both + only_first + only_second == 0:
        return 1.0
    return p_value(_statistic(both, only_first, only_second, limit), alternative)


def null_variance(both: float, only_first: float, only_second: float, limit: float) -> float:
    """The variance of first - limit * second, times rows squared, if it were 0; limit in [0, 1].

    The counts are estimated by maximum likelihood under that constraint; of m rows on which a
    model is right, x that only the second gets right is the larger root of (1 + k) x^2 + (s k^2 -
    b - c - s) x + c (1 - k) m, with s right rows of the second. Its discriminant is written as a
    sum of terms none of which is negative.
    """
    if limit == 0:
        return 0.0
    some, second = both + only_first + only_second, both + only_second
    under = 1 - limit * limit
    apart = under * second - only_second
    more = 2 * under * both + 2 * limit * limit * only_second + only_first
    spread = sqrt(apart * apart + only_first * more)
    lost = (under * second + only_second + only_first + spread) / (2 * (1 + limit))
    won = max(0.0, lost - (1 - limit) * some) / limit
    kept = max(0.0, some - lost - won)
    return won + limit * limit * lost + (1 - limit) * (1 - limit) * kept


def _statistic(both: float, only_first: float, only_second: float, limit: float) -> float:
    if limit > 1:
        return -_statistic(both, only_second, only_first, 1 / limit)
    distance = both + only_first - limit * (both + only_second)
    return standardised(distance, null_variance(both, only_first, only_second, limit))


def _low(both: float, only_first: float, only_second: float, z: float) -> float:
    """The lower end, searched over first / (first + second), which is never infinite."""
    first, second = both + only_first, both + only_second
    if first == 0:
        return 0.0

    def distance(part: float) -> float:
        limit = part / (1 - part) if part < 1 else inf
        return _statistic(both, only_first, only_second, limit) - z

    part = root(distance, 0.0, first / (first + second))
    return part / (1 - part) if part < 1 else inf


def _check(both: float, only_first: float, only_second: float) -> None:
    if not (both >= 0 and only_first >= 0 and only_second >= 0):
        raise ValueError(f"{both}, {only_first} and {only_second} rows")
