# SPDX-License-Identifier: Apache-2.0
"""The area under the ROC curve of one model, or of two on the same rows, and how sure it is.

DeLong's method sees the area as the mean of *placements*: for a positive row, the share of
negative rows that score below it (ties count half); for a negative row, the share of positive
rows above it. The variance of the placements gives the variance of the area, and their covariance
over the same rows that of a difference. Mid-ranks give all placements in O(n log n).

Sources: E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, "Comparing the areas under two or
more correlated receiver operating characteristic curves: a nonparametric approach", Biometrics 44
(1988); X. Sun and W. Xu, "Fast implementation of DeLong's algorithm for comparing the areas under
correlated receiver operating characteristic curves", IEEE Signal Process. Lett. 21 (2014).
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from shipway.stats.bounds import Bounds, Sides, quantile
from shipway.stats.proportions import wilson
from shipway.stats.ranks import midranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW = 10
"""With fewer rows of either class than this a variance of placements is not to be trusted."""


@dataclass(frozen=True, slots=True)
class Auc:
    """An area, DeLong's variance of it (0 where all placements agree) and the class sizes."""

    value: float
    variance: float
    positives: int
    negatives: int

    @property
    def smaller(self) -> int:
        """Rows of the rarer class."""
        return min(self.positives, self.negatives)

    @property
    def degenerate(self) -> bool:
        """True where DeLong's variance says nothing: very few rows, or placements all alike."""
        return self.smaller < FEW or self.variance <= 0

    def bounds(self, confidence: float = 0.95, sides: Sides = 2) -> Bounds:
        """DeLong's interval, cut to [0, 1].

        A degenerate area (0, 1, ties everywhere, a handful of rows) gets Wilson's interval with
        the rarer class as the number of trials: the variance of an area A is never more than
        A (1 - A) / min(positives, negatives) (Z. W. Birnbaum and O. M. Klose, "Bounds for the
        variance of the Mann-Whitney statistic", Ann. Math. Stat. 28, 1957).
        """
        if self.degenerate:
            cautious = wilson(self.value * self.smaller, self.smaller, confidence, sides)
            method = "Wilson on the rarer class"
            return Bounds(cautious.low, cautious.high, confidence, sides, method)
        half = quantile(confidence, sides) * sqrt(self.variance)
        low, high = max(self.value - half, 0.0), min(self.value + half, 1.0)
        return Bounds(low, high, confidence, sides, "DeLong")


@dataclass(frozen=True, slots=True)
class AucDifference:
    """First area minus second on the same rows; `alike` when both rank every row the same way."""

    value: float
    variance: float
    first: Auc
    second: Auc
    alike: bool

    @property
    def smaller(self) -> int:
        """Rows of the rarer class."""
        return self.first.smaller

    def bounds(self, confidence: float = 0.95, sides: Sides = 2) -> Bounds:
        """The paired DeLong interval, cut to [-1, 1].

        Fewer than ten rows of a class say nothing: [-1, 1]. Models that rank all rows alike
        differ by nothing: [0, 0]. Otherwise, where no placement departs from the mean difference,
        the rarer class bounds the share of rows that could: 1 - alpha^(1/n), the exact binomial
        bound for none seen in n.
        """
        if self.smaller < FEW:
            return Bounds(-1.0, 1.0, confidence, sides, "too few rows")
        if self.alike:
            return Bounds(0.0, 0.0, confidence, sides, "same ranking")
        if self.variance <= 0:
            half = 1 - ((1 - confidence) / sides) ** (1 / self.smaller)
            method = "none seen in n"
        else:
            half = quantile(confidence, sides) * sqrt(self.variance)
            method = "DeLong, paired"
        low, high = max(self.value - half, -1.0), min(self.value + half, 1.0)
        return Bounds(low, high, confidence, sides, method)

    def p_value(self) -> float | None:
        """Two-sided, of the hypothesis that both areas are equal; None with too few rows."""
        if self.smaller < FEW:
            return None
        if self.value == 0:
            return 1.0
        if self.variance <= 0:
            return None
        return 2 * NormalDist().cdf(-abs(self.value) / sqrt(self.variance))


def area(positive: "NDArray[np.bool_]", scores: "NDArray[np.float64]") -> Auc | None:
    """The area of one model; None when a class has no rows (then there is nothing to rank).

    `positive` marks the rows of the positive class and `scores` ranks them, both of length n.
    ValueError when a score is NaN.
    """
    placed = _placements(positive, scores)
    return None if placed is None else _area(*placed)


def compare(
    positive: "NDArray[np.bool_]", first: "NDArray[np.float64]", second: "NDArray[np.float64]"
) -> AucDifference | None:
    """The paired difference first - second over the same rows; None when a class has no rows."""
    one, other = _placements(positive, first), _placements(positive, second)
    if one is None or other is None:
        return None
    apart = _area(one[0] - other[0], one[1] - other[1])
    alike = bool(np.array_equal(midranks(first), midranks(second)))
    left, right = _area(*one), _area(*other)
    return AucDifference(left.value - right.value, apart.variance, left, right, alike)


def _placements(
    positive: "NDArray[np.bool_]", scores: "NDArray[np.float64]"
) -> "tuple[NDArray[np.float64], NDArray[np.float64]] | None":
    if np.isnan(scores).any():
        raise ValueError("a score is NaN")
    ahead, behind = scores[positive], scores[~positive]
    if len(ahead) == 0 or len(behind) == 0:
        return None
    ranks = midranks(np.concatenate((ahead, behind)))
    above = (ranks[: len(ahead)] - midranks(ahead)) / len(behind)
    below = 1 - (ranks[len(ahead) :] - midranks(behind)) / len(ahead)
    return above, below


def _area(above: "NDArray[np.float64]", below: "NDArray[np.float64]") -> Auc:
    variance = _variance_of_mean(above) + _variance_of_mean(below)
    return Auc(float(above.mean()), variance, len(above), len(below))


def _variance_of_mean(values: "NDArray[np.float64]") -> float:
    # Equal placements can leave a variance of 1e-33 behind, which would read as certainty.
    if len(values) < 2 or np.ptp(values) < 1e-12:
        return 0.0
    return float(values.var(ddof=1)) / len(values)
