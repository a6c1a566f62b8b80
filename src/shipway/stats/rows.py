# SPDX-License-Identifier: Apache-2.0
"""How many rows would settle a question that the present ones leave open.

All calculators take the present estimate for the truth and ask for the sample at which the
one-sided bound at `confidence` would clear the limit with probability `power`. None means that no
sample would, because the estimate lies on the limit or the limit is not a possible value.

    rows_for_proportion(0.93, 0.9, 0.95)          # 558: of a share, 0.93 now, to be at least 0.9
    rows_for_paired(60, 40, 1000, 0, 0.95)        # 1,544: that the first model is better
    rows_for_difference(0.8, 0.6, 0.05, 0.95)     # 226, of both groups together

The calculators for score tests know two variances for each row: the one if the limit were the
truth, which sets the width of the bound, and the one of the estimate, which scatters it. Sources:
C. P. Farrington and G. Manning, Statistics in Medicine 9 (1990), for independent shares; J.-M. Nam,
"Establishing equivalence of two treatments and sample size requirements in matched-pairs design",
Biometrics 53 (1997), for paired ones.
"""

from math import ceil, log, sqrt
from statistics import NormalDist

from shipway.stats import independent, paired, paired_ratio
from shipway.stats.bounds import Sides, quantile

POWER = 0.8


def rows_for_proportion(
    value: float, limit: float, confidence: float, power: float = POWER
) -> int | None:
    """Trials at which Wilson's one-sided bound of a share `value` clears `limit`.

    n = ((z_a sqrt(l (1 - l)) + z_b sqrt(v (1 - v))) / (v - l))^2: the score test of one
    proportion, which Wilson's bound inverts (J. L. Fleiss, B. Levin and M. C. Paik, "Statistical
    Methods for Rates and Proportions", 3rd ed., section 2.4).
    """
    if not 0 <= limit <= 1:
        return None
    null, true = limit * (1 - limit), value * (1 - value)
    return _settled(value - limit, null, true, quantile(confidence, 1), power)


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


def rows_for_paired(
    only_first: float,
    only_second: float,
    rows: float,
    limit: float,
    confidence: float,
    power: float = POWER,
) -> int | None:
    """Rows at which Tango's bound of first - second, shares of the same rows, clears `limit`.

    Counts as in `paired.tango`; the shares of rows that only one model gets right stay as they
    are.
    """
    if rows <= 0 or not -1 < limit < 1:
        return None
    difference = (only_first - only_second) / rows
    null = paired.null_variance(only_first, only_second, rows, limit)
    true = (only_first + only_second) / rows - difference**2
    return _settled(difference - limit, null, true, quantile(confidence, 1), power)


def rows_for_mcnemar(
    only_first: float,
    only_second: float,
    rows: float,
    confidence: float,
    power: float = POWER,
    sides: Sides = 2,
) -> int | None:
    """Rows at which McNemar's test finds that one model is better, at level 1 - `confidence`.

    For the test without continuity correction; the exact one wants a few more. Source: R. J.
    Connor, "Sample size for testing differences in proportions for the paired-sample design",
    Biometrics 43 (1987).
    """
    if rows <= 0:
        return None
    difference, apart = (only_first - only_second) / rows, (only_first + only_second) / rows
    z = quantile(confidence, sides)
    return _settled(difference, apart, apart - difference**2, z, power)


def rows_for_paired_ratio(
    both: float,
    only_first: float,
    only_second: float,
    rows: float,
    limit: float,
    confidence: float,
    power: float = POWER,
) -> int | None:
    """Rows at which Tang's bound of first / second, shares of the same rows, clears `limit`.

    Counts as in `paired_ratio.tang`, of `rows` in all; `limit` is 0.99 where the first model may
    be 1 % worse than the second, relatively.
    """
    if rows <= 0 or limit <= 0:
        return None
    if limit > 1:
        return rows_for_paired_ratio(
            both, only_second, only_first, rows, 1 / limit, confidence, power
        )
    distance = (both + only_first - limit * (both + only_second)) / rows
    null = paired_ratio.null_variance(both, only_first, only_second, limit) / rows
    squares = only_first + limit**2 * only_second + (1 - limit) ** 2 * both
    true = squares / rows - distance**2
    return _settled(distance, null, true, quantile(confidence, 1), power)


def rows_for_difference(
    first: float,
    other: float,
    limit: float,
    confidence: float,
    power: float = POWER,
    first_part: float = 0.5,
) -> int | None:
    """Rows of two groups together at which the bound of the difference of shares clears `limit`.

    `first` and `other` are the shares now; `first_part` of the rows are of the first group. By
    Farrington and Manning's test, their method 3.
    """
    if not (0 < first_part < 1 and -1 < limit < 1):
        return None
    other_part = 1 - first_part
    null_first, null_other = independent.null_shares(
        first_part * first, first_part, other_part * other, other_part, limit
    )
    null = null_first * (1 - null_first) / first_part + null_other * (1 - null_other) / other_part
    true = first * (1 - first) / first_part + other * (1 - other) / other_part
    return _settled(first - other - limit, null, true, quantile(confidence, 1), power)


def _settled(distance: float, null: float, true: float, z: float, power: float) -> int | None:
    """n at which a score test rejects: ((z sqrt(null) + z_power sqrt(true)) / distance)^2."""
    if abs(distance) < 1e-12:
        return None
    spread = z * sqrt(null) + NormalDist().inv_cdf(power) * sqrt(max(true, 0.0))
    return max(1, ceil((spread / distance) ** 2))
