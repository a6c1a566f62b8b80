# SPDX-License-Identifier: Apache-2.0
"""Two shares of different rows: of two groups of people, two slices, two test sets.

    newcombe(56, 70, 48, 80)                        # first - second = 0.2, in [0.0524, 0.3339]
    farrington_manning(56, 70, 48, 80)              # [0.0533, 0.3377]
    farrington_manning_p_value(56, 70, 48, 80, 0)   # 0.0040: is the first not larger?

The ratio of both shares is in `independent_ratio`. ValueError when the counts are impossible.
"""

from math import inf, sqrt

from shipway.stats.bounds import Alternative, Bounds, Sides, quantile
from shipway.stats.proportions import wilson
from shipway.stats.score import invert, p_value, root, standardised


def newcombe(
    successes: float,
    trials: float,
    other_successes: float,
    other_trials: float,
    confidence: float = 0.95,
    sides: Sides = 2,
) -> Bounds:
    """Newcombe's hybrid score interval for the difference of two shares, first - other.

    Both Wilson intervals, squared and added: his method 10. A group without rows gives [-1, 1].

    Source: R. G. Newcombe, "Interval estimation for the difference between independent
    proportions: comparison of eleven methods", Statistics in Medicine 17 (1998).
    """
    first = wilson(successes, trials, confidence, sides)
    other = wilson(other_successes, other_trials, confidence, sides)
    if trials == 0 or other_trials == 0:
        return Bounds(-1.0, 1.0, confidence, sides, "Newcombe")
    share, other_share = successes / trials, other_successes / other_trials
    down = sqrt((share - first.low) ** 2 + (other.high - other_share) ** 2)
    up = sqrt((first.high - share) ** 2 + (other_share - other.low) ** 2)
    low, high = max(share - other_share - down, -1.0), min(share - other_share + up, 1.0)
    return Bounds(low, high, confidence, sides, "Newcombe")


def farrington_manning(
    successes: float,
    trials: float,
    other_successes: float,
    other_trials: float,
    confidence: float = 0.95,
    sides: Sides = 2,
) -> Bounds:
    """The score interval for first - other, inverting Farrington and Manning's test.

    The variance is that of the constrained estimates as it stands, without the factor N / (N - 1)
    of Miettinen and Nurminen; so it is Mee's interval (1984). A group without rows gives [-1, 1].

    Source: C. P. Farrington and G. Manning, "Test statistics and sample size formulae for
    comparative binomial trials with null hypothesis of non-zero risk difference or non-unity
    relative risk", Statistics in Medicine 9 (1990).
    """
    counts = (successes, trials, other_successes, other_trials)
    check(*counts)
    z = quantile(confidence, sides)
    if trials == 0 or other_trials == 0:
        return Bounds(-1.0, 1.0, confidence, sides, "Farrington-Manning")
    estimate = successes / trials - other_successes / other_trials
    low, high = invert(lambda limit: _statistic(*counts, limit), estimate, -1.0, 1.0, z)
    return Bounds(low, high, confidence, sides, "Farrington-Manning")


def farrington_manning_p_value(
    successes: float,
    trials: float,
    other_successes: float,
    other_trials: float,
    limit: float,
    alternative: Alternative = "greater",
) -> float:
    """One-sided p-value of the hypothesis first - other <= limit (>= with "less").

    At `limit` 0 it is the pooled z-test. A hypothesis that must be true has p = 1, as has one
    without rows in a group; one that can't be, 0.
    """
    check(successes, trials, other_successes, other_trials)
    if alternative == "less":
        return farrington_manning_p_value(
            other_successes, other_trials, successes, trials, -limit, "greater"
        )
    if trials == 0 or other_trials == 0 or limit >= 1:
        return 1.0
    if limit < -1:
        return 0.0
    return p_value(_statistic(successes, trials, other_successes, other_trials, limit), "greater")


def null_shares(
    successes: float, trials: float, other_successes: float, other_trials: float, limit: float
) -> tuple[float, float]:
    """Both shares by maximum likelihood under first - other = limit, in [-1, 1].

    The derivative of the log-likelihood falls all along the range of the smaller share: a search
    for its zero keeps the digits that the closed form of the cubic equation loses.
    """
    if limit < 0:
        other, first = null_shares(other_successes, other_trials, successes, trials, -limit)
        return first, other
    if limit == 0:
        pooled = (successes + other_successes) / (trials + other_trials)
        return pooled, pooled
    if limit == 1:
        return 1.0, 0.0
    failures, other_failures = trials - successes, other_trials - other_successes

    def slope(share: float) -> float:
        rise = _part(successes, share + limit) + _part(other_successes, share)
        return rise - _part(failures, 1 - limit - share) - _part(other_failures, 1 - share)

    share = root(slope, 0.0, 1 - limit)
    return min(1.0, share + limit), share


def check(successes: float, trials: float, other_successes: float, other_trials: float) -> None:
    """ValueError unless both counts of successes are possible."""
    if not (0 <= successes <= trials and 0 <= other_successes <= other_trials):
        raise ValueError(
            f"{successes} successes in {trials} trials, {other_successes} in {other_trials}"
        )


def _statistic(
    successes: float, trials: float, other_successes: float, other_trials: float, limit: float
) -> float:
    first, other = null_shares(successes, trials, other_successes, other_trials, limit)
    variance = first * (1 - first) / trials + other * (1 - other) / other_trials
    return standardised(successes / trials - other_successes / other_trials - limit, variance)


def _part(count: float, share: float) -> float:
    """What `count` rows with a chance of `share` add to the derivative of the log-likelihood."""
    if count == 0:
        return 0.0
    return count / share if share > 0 else inf
