# SPDX-License-Identifier: Apache-2.0
"""How many rows of a test set a promise costs, by inequalities that hold for every distribution.

All calculators ask for the rows at which an estimate is wrong by more than `tolerance` with a
probability of at most exp(log_delta). One-sided: too high by more than that, and too low by more
than that, each with this probability. Two-sided: both together. `budget.log_delta` gives the
share of one of many uses.

    hoeffding(1, 0.01, log(0.0001 / 32))            # 63,381: one accuracy, 32 uses
    bennett(0.1, 0.01, log(0.00005 / 32), sides=2)  # 29,048: a difference, a tenth changed

Counts are rounded up. ValueError for a tolerance that is not above 0, and what is no probability.

Source: C. Renggli et al., "Continuous integration of machine learning models with ease.ml/ci:
towards a rigorous yet practical treatment", MLSys 2019, sections 3 and 4. Inequalities:
W. Hoeffding, J. Am. Stat. Assoc. 58 (1963); G. Bennett, J. Am. Stat. Assoc. 57 (1962).
"""

from collections.abc import Sequence
from math import ceil, log, log1p

from shipway.stats.bounds import Sides

STEPS = 200
"""Parts in which `coarse_then_fine` looks for the best coarse tolerance."""


def hoeffding(span: float, tolerance: float, log_delta: float, sides: Sides = 1) -> int:
    """Rows for the mean of values that lie within `span` of each other.

    n = span^2 ln(1 / delta) / (2 tolerance^2).
    """
    _check(tolerance, log_delta)
    return ceil(span**2 * (log(sides) - log_delta) / (2 * tolerance**2))


def hoeffding_of_sum(
    spans: Sequence[float], tolerance: float, log_delta: float, sides: Sides = 1
) -> int:
    """Rows for a sum of means of `spans`, each estimated on its own with delta / len(spans).

    The tolerance is shared out so that the largest of the samples is as small as it can be:
    in the proportion of the spans, which makes all of them equal.
    """
    return hoeffding(sum(spans), tolerance, log_delta - log(len(spans)), sides)


def bennett(variance: float, tolerance: float, log_delta: float, sides: Sides = 1) -> int:
    """Rows for the mean of values at most 1 from their mean, of a variance of at most `variance`.

    n = ln(1 / delta) / (v h(tolerance / v)), h(u) = (1 + u) ln(1 + u) - u. For the difference of
    two accuracies the variance is at most the share of predictions that changed.
    """
    _check(tolerance, log_delta)
    if not 0 < variance <= 1:
        raise ValueError(f"a variance lies in (0, 1], not {variance}")
    u = tolerance / variance
    return ceil((log(sides) - log_delta) / (variance * ((1 + u) * log1p(u) - u)))


def coarse_then_fine(error: float, tolerance: float, log_delta: float, sides: Sides = 1) -> int:
    """Rows for an accuracy near 1 - error: bound the error coarsely, then use how small it is.

    With delta / 2 Hoeffding bounds the error by error + t; with the other half Bennett estimates
    it with that for the variance. Both on the same rows, so the larger count, at the best t.
    """
    half = log_delta - log(2)
    rows = hoeffding(1, tolerance, log_delta, sides)
    for step in range(1, STEPS):
        coarse = (1 - error) * step / STEPS
        fine = bennett(error + coarse, tolerance, half, sides)
        rows = min(rows, max(hoeffding(1, coarse, half), fine))
    return rows


def zero_error(share: float, log_delta: float) -> int:
    """Rows of which none may be a hit, to show that less than `share` of all are hits.

    n = ln delta / ln(1 - share), one-sided. ValueError unless 0 < share < 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"a share to rule out lies in (0, 1), not {share}")
    _check(1, log_delta)
    return ceil(log_delta / log1p(-share))


def _check(tolerance: float, log_delta: float) -> None:
    if not tolerance > 0:
        raise ValueError(f"a tolerance is above 0, not {tolerance}")
    if not log_delta < 0:
        raise ValueError("an error probability is below 1")
