# SPDX-License-Identifier: Apache-2.0
"""Two models on the same rows, each right or wrong: do they differ, and by how much?

    mcnemar(40, 20)          # 0.0135: are both right equally often?
    tango(40, 20, 160)       # first - second = 0.125, in [0.0309, 0.2181]
    tango_p_value(40, 20, 160, -0.02)   # 0.0015: is the first worse by more than 0.02?

Only rows on which the models disagree tell them apart: `only_first` counts those that only the
first model gets right, `only_second` those that only the second does, `rows` all of them. The
ratio of both shares is in `paired_ratio`. ValueError when the counts are impossible.
"""

from math import sqrt

from shipway.stats.binomial import at_most, pmf
from shipway.stats.bounds import Alternative, Bounds, Sides, quantile
from shipway.stats.score import invert, p_value, standardised


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided exact p-value that both models are right equally often.

    p = min(1, 2 P(Bin(b + c, 1/2) <= min(b, c))); no disagreement gives 1. One-sided, that the
    first is better: `binomial_p_value(only_first, only_first + only_second, 0.5)`.

    Source: Q. McNemar, "Note on the sampling error of the difference between correlated
    proportions or percentages", Psychometrika 12 (1947), in its exact binomial form.
    """
    _check(only_first, only_second, only_first + only_second)
    fewer, disagree = min(only_first, only_second), only_first + only_second
    return min(1.0, 2 * at_most(fewer, disagree, 0.5))


def mcnemar_midp(only_first: int, only_second: int) -> float:
    """Two-sided mid-p value of the same hypothesis: the observed count weighs half.

    Less cautious than the exact test: it holds its level nearly always, not by proof.

    Source: M. W. Fagerland, S. Lydersen and P. Laake, "The McNemar test for binary matched-pairs
    data: mid-p and asymptotic are better than exact conditional", BMC Med. Res. Methodol. 13
    (2013).
    """
    _check(only_first, only_second, only_first + only_second)
    fewer, disagree = min(only_first, only_second), only_first + only_second
    seen = pmf(fewer, disagree, 0.5)
    if only_first == only_second:
        return 1 - seen / 2
    return 2 * at_most(fewer, disagree, 0.5) - seen


def tango(
    only_first: float,
    only_second: float,
    rows: float,
    confidence: float = 0.95,
    sides: Sides = 2,
) -> Bounds:
    """Tango's score interval for first - second, the difference of two shares of the same rows.

    It lies in [-1, 1] and has width where the models never disagree: z^2 / (n + z^2) to both
    sides. No rows at all give [-1, 1].

    Source: T. Tango, "Equivalence test and confidence interval for the difference in proportions
    for the paired-sample design", Statistics in Medicine 17 (1998).
    """
    _check(only_first, only_second, rows)
    z = quantile(confidence, sides)
    if rows == 0:
        return Bounds(-1.0, 1.0, confidence, sides, "Tango")

    def statistic(limit: float) -> float:
        return _statistic(only_first, only_second, rows, limit)

    low, high = invert(statistic, (only_first - only_second) / rows, -1.0, 1.0, z)
    return Bounds(low, high, confidence, sides, "Tango")


def tango_p_value(
    only_first: float,
    only_second: float,
    rows: float,
    limit: float,
    alternative: Alternative = "greater",
) -> float:
    """One-sided p-value of the hypothesis first - second <= limit (>= with "less").

    Superiority at `limit` 0, non-inferiority at the negative margin. It is below alpha just where
    Tango's one-sided bound at 1 - alpha is clear of `limit`. Models that never disagree have p =
    0.5 at `limit` 0. A hypothesis that must be true has p = 1, as has one without rows; one that
    can't be, 0.
    """
    _check(only_first, only_second, rows)
    if alternative == "less":
        return tango_p_value(only_second, only_first, rows, -limit)
    if rows == 0 or limit >= 1:
        return 1.0
    if limit < -1:
        return 0.0
    return p_value(_statistic(only_first, only_second, rows, limit), "greater")


def null_variance(only_first: float, only_second: float, rows: float, limit: float) -> float:
    """The variance for each row of first - second if `limit`, in [-1, 1], were the difference.

    2 q21 + D (1 - D), where q21 is the share of rows that only the second gets right, estimated by
    maximum likelihood under first - second = D: the larger root of 2 n q^2 + ((2 n - b + c) D - b
    - c) q - c D (1 - D).
    """
    if limit < 0:
        return null_variance(only_second, only_first, rows, -limit)
    linear = (2 * rows - only_first + only_second) * limit - only_first - only_second
    constant = only_second * limit * (1 - limit)
    spread = sqrt(linear * linear + 8 * rows * constant)
    if linear <= 0:
        share = (spread - linear) / (4 * rows)
    else:
        share = 2 * constant / (linear + spread)
    return 2 * share + limit * (1 - limit)


def _statistic(only_first: float, only_second: float, rows: float, limit: float) -> float:
    distance = only_first - only_second - rows * limit
    return standardised(distance, rows * null_variance(only_first, only_second, rows, limit))


def _check(only_first: float, only_second: float, rows: float) -> None:
    if not (only_first >= 0 and only_second >= 0 and only_first + only_second <= rows):
        raise ValueError(f"{only_first} and {only_second} of {rows} rows")
