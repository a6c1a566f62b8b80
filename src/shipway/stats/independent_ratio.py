# SPDX-License-Identifier: Apache-2.0
"""Two shares of different rows: their ratio.

    farrington_manning_ratio(8, 15, 4, 15)                # first / other = 2, in [0.815, 5.336]
    farrington_manning_ratio_p_value(8, 15, 4, 15, 0.8)   # is it at most 0.8 of the other?

A rule of fairness such as "four fifths" is about a ratio.
"""

from math import inf, sqrt

from shipway.stats.bounds import Alternative, Bounds, Sides, quantile
from shipway.stats.independent import check
from shipway.stats.score import p_value, root, standardised


def farrington_manning_ratio(
    successes: float,
    trials: float,
    other_successes: float,
    other_trials: float,
    confidence: float = 0.95,
    sides: Sides = 2,
) -> Bounds:
    """The score interval for first / other, inverting Farrington and Manning's test.

    The variance is that of the constrained estimates as it stands, without the factor N / (N - 1)
    of Miettinen and Nurminen; so it is Koopman's interval (1984). It lies in [0, inf]: `high` is
    infinite where the other share is 0, `low` 0 where the first is, and both where both are or a
    group has no rows. Source: see `farrington_manning`.
    """
    check(successes, trials, other_successes, other_trials)
    z = quantile(confidence, sides)
    low = _low(successes, trials, other_successes, other_trials, z)
    turned = _low(other_successes, other_trials, successes, trials, z)
    high = 1 / turned if turned > 0 else inf
    return Bounds(low, high, confidence, sides, "Farrington-Manning, ratio")


def farrington_manning_ratio_p_value(
    successes: float,
    trials: float,
    other_successes: float,
    other_trials: float,
    limit: float,
    alternative: Alternative = "greater",
) -> float:
    """One-sided p-value of the hypothesis first <= limit * other (>= with "less").

    Without rows in a group p = 1. ValueError for a negative or infinite limit.
    """
    check(successes, trials, other_successes, other_trials)
    if not 0 <= limit < inf:
        raise ValueError(f"a ratio is never {limit}")
    if trials == 0 or other_trials == 0:
        return 1.0
    z = _statistic(successes, trials, other_successes, other_trials, limit)
    return p_value(z, alternative)


def null_shares(
    successes: float, trials: float, other_successes: float, other_trials: float, limit: float
) -> tuple[float, float]:
    """Both shares by maximum likelihood under first = limit * other, for a limit in [0, 1].

    The other share is the smaller root of (n1 + n2) k p^2 - (n1 k + x1 + n2 + x2 k) p + x1 + x2,
    whose discriminant is written as a sum of terms none of which is negative.
    """
    failures = (trials - successes) * (other_trials - other_successes)
    rising, falling = limit * (trials + other_successes), other_trials + successes
    spread = sqrt((rising - falling) ** 2 + 4 * limit * failures)
    other = min(1.0, 2 * (successes + other_successes) / (rising + falling + spread))
    return limit * other, other


def _statistic(
    successes: float, trials: float, other_successes: float, other_trials: float, limit: float
) -> float:
    if limit > 1:
        return -_statistic(other_successes, other_trials, successes, trials, 1 / limit)
    first, other = null_shares(successes, trials, other_successes, other_trials, limit)
    variance = first * (1 - first) / trials
    variance += limit * limit * other * (1 - other) / other_trials
    return standardised(successes / trials - limit * other_successes / other_trials, variance)


def _low(
    successes: float, trials: float, other_successes: float, other_trials: float, z: float
) -> float:
    """The lower end, searched over first / (first + other), which is never infinite."""
    if successes == 0 or other_trials == 0:
        return 0.0
    first, other = successes / trials, other_successes / other_trials

    def distance(part: float) -> float:
        limit = part / (1 - part) if part < 1 else inf
        return _statistic(successes, trials, other_successes, other_trials, limit) - z

    part = root(distance, 0.0, first / (first + other))
    return part / (1 - part) if part < 1 else inf
