# SPDX-License-Identifier: Apache-2.0
"""How many rows would settle a question that the present ones leave open.

Both calculators take the present estimate for the truth and ask for the sample at which the
bound at `confidence` would clear the limit with probability `power`. None means that no sample
would, because the estimate lies on the limit.
"""

from math import ceil, log, sqrt
from statistics import NormalDist

from shipway.stats.bounds import quantile

POWER = 0.8


def rows_for_proportion(
    value: float, limit: float, confidence: float, power: float = POWER
) -> int | None:
    """Trials at which Wilson's one-sided bound of a share `value` clears `limit`.

    n = ((z_a sqrt(l (1 - l)) + z_b sqrt(v (1 - v))) / (v - l))^2: the score test of one
    proportion, which Wilson's bound inverts (J. L. Fleiss, B. Levin and M. C. Paik, "Statistical
    Methods for Rates and Proportions", 3rd ed., section 2.4).
    """
    if abs(value - limit) < 1e-12 or not 0 <= limit <= 1:
        return None
    spread = quantile(confidence, 1) * sqrt(limit * (1 - limit))
    spread += NormalDist().inv_cdf(power) * sqrt(value * (1 - value))
    return max(1, ceil((spread / (value - limit)) ** 2))


def rows_for_mean(
    rows: int, variance: float, distance: float, confidence: float, power: float = POWER
) -> int | None:
    """Rows at which an estimate's bound clears a limit `distance` away.

    `variance` is that of the estimate on `rows` rows and shrinks as 1 / rows: an area under the
    ROC curve, or a paired difference, as long as the share of positives stays.
    """
    if abs(distance) < 1e-12:
        return None
    z = quantile(confidence, 1) + NormalDist().inv_cdf(power)
    return max(1, ceil(rows * variance * (z / distance) ** 2))


def rows_for_none_seen(distance: float, confidence: float) -> int | None:
    """Rows at which none seen in n bounds a share below `distance`: ln(1 - c) / ln(1 - d)."""
    if not 0 < distance < 1:
        return None
    return ceil(log(1 - confidence) / log(1 - distance))
