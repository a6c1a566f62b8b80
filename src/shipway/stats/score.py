# SPDX-License-Identifier: Apache-2.0
"""Score tests and the intervals that invert them.

A score test measures the distance of an estimate from a limit in standard deviations that hold
*if the limit were the truth*: the nuisance parameters are their maximum-likelihood estimates under
that constraint. So it has an answer where the sample has no spread of its own (all right, none
changed), and the limits that it does not reject form an interval inside the possible values.
"""

from collections.abc import Callable
from math import copysign, inf, sqrt

from shipway.stats.bounds import Alternative
from shipway.stats.special import normal_tail

EPSILON = 2.3e-16
TINY = 1e-30


def standardised(distance: float, variance: float) -> float:
    """`distance` in standard deviations: 0 for none, infinite when there is no variance."""
    # Shares that agree up to rounding can leave a distance but no variance.
    if abs(distance) < 1e-15:
        return 0.0
    return distance / sqrt(variance) if variance > 0 else copysign(inf, distance)


def p_value(z: float, alternative: Alternative) -> float:
    """The one-sided p-value of a standardised distance from the limit."""
    return normal_tail(z if alternative == "greater" else -z)


def invert(
    z: Callable[[float], float], estimate: float, floor: float, ceiling: float, quantile: float
) -> tuple[float, float]:
    """The ends of {limit: |z(limit)| <= quantile} in [floor, ceiling].

    `z` falls as the limit rises and is 0 at `estimate`; an estimate on the floor or the ceiling is
    an end itself.
    """
    low, high = floor, ceiling
    if estimate > floor:
        low = root(lambda limit: z(limit) - quantile, floor, estimate)
    if estimate < ceiling:
        high = root(lambda limit: z(limit) + quantile, estimate, ceiling)
    return low, high


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling `function` crosses zero in [low, high], to the last digits.

    Infinite values are fine. Without a change of sign the end that is nearer to zero.
    Source: T. R. Chandrupatla, "A new hybrid quadratic/bisection algorithm for finding the zero of
    a nonlinear function without using derivatives", Adv. Eng. Software 28 (1997).
    """
    a, b = high, low
    at_a, at_b = function(a), function(b)
    if at_a >= 0 or at_b <= 0:
        return a if at_a >= 0 else b
    part = 0.5
    while True:
        x = a + part * (b - a)
        at_x = function(x)
        if (at_x > 0) == (at_a > 0):
            c, at_c = a, at_a
        else:
            c, b, at_c, at_b = b, a, at_b, at_a
        a, at_a = x, at_x
        best, at_best = (a, at_a) if abs(at_a) < abs(at_b) else (b, at_b)
        least = (2 * EPSILON * abs(best) + TINY) / abs(b - a)
        if least > 0.5 or at_best == 0:
            return best
        part = _part(a, b, c, at_a, at_b, at_c)
        part = min(1 - least, max(least, part))


def _part(a: float, b: float, c: float, at_a: float, at_b: float, at_c: float) -> float:
    """How far to go from a to b: inverse quadratic interpolation where it is safe, else half."""
    if at_c in (at_a, at_b):
        return 0.5
    across, along = (a - b) / (c - b), (at_a - at_b) / (at_c - at_b)
    if not (along * along < across and (1 - along) * (1 - along) < 1 - across):
        return 0.5
    first = at_a / (at_b - at_a) * at_c / (at_b - at_c)
    return first + (c - a) / (b - a) * at_a / (at_c - at_a) * at_b / (at_c - at_b)
