# SPDX-License-Identifier: Apache-2.0
"""The binomial distribution: the chance of a count, and of one at least or at most as large.

    at_least(12, 17, 0.5)   # 0.0717
    at_most(5, 17, 0.5)     # 0.0717

The `log_*` forms do not underflow. All take trials of up to some ten million, and any share.
"""

from math import exp, inf, log, log1p

from shipway.stats.beta import log_density, log_tails


def pmf(successes: int, trials: int, share: float) -> float:
    """P(X = successes) for X ~ Bin(trials, share)."""
    return exp(log_pmf(successes, trials, share))


def log_pmf(successes: int, trials: int, share: float) -> float:
    """ln P(X = successes) for X ~ Bin(trials, share); -inf where it can't be."""
    _check(trials, share)
    failures = trials - successes
    if successes < 0 or failures < 0:
        return -inf
    if share in (0, 1):
        return 0.0 if (failures if share == 1 else successes) == 0 else -inf
    if failures == 0:
        return successes * log(share)
    if successes == 0:
        return failures * log1p(-share)
    density = log_density(successes, failures, share)
    return density + log(trials) - log(successes) - log(failures)


def at_least(successes: float, trials: float, share: float) -> float:
    """P(X >= successes) for X ~ Bin(trials, share)."""
    return exp(log_at_least(successes, trials, share))


def at_most(successes: float, trials: float, share: float) -> float:
    """P(X <= successes) for X ~ Bin(trials, share)."""
    return exp(log_at_most(successes, trials, share))


def log_at_least(successes: float, trials: float, share: float) -> float:
    """ln P(X >= successes), as ln I_share(successes, trials - successes + 1)."""
    _check(trials, share)
    if successes <= 0:
        return 0.0
    if successes > trials:
        return -inf
    return log_tails(successes, trials - successes + 1, share)[0]


def log_at_most(successes: float, trials: float, share: float) -> float:
    """ln P(X <= successes), as the complement of ln I_share(successes + 1, trials - successes)."""
    _check(trials, share)
    if successes < 0:
        return -inf
    if successes >= trials:
        return 0.0
    return log_tails(successes + 1, trials - successes, share)[1]


def _check(trials: float, share: float) -> None:
    if not (trials >= 0 and 0 <= share <= 1):
        raise ValueError(f"no binomial distribution of {trials} trials with share {share}")
