# SPDX-License-Identifier: Apache-2.0
"""The area under the ROC curve of one model, or of two, and how sure it is.

DeLong's method sees the area as the mean of placements (see `ranks`). The variance of the
placements gives the variance of the area, and their covariance over the same rows that of a
difference; on different rows the variances add up.

    area(positive, scores).bounds(0.95)
    compare(positive, challenger, champion).bounds(0.95)                # same rows
    compare(positive, challenger, champion, factor=0.99)                # at most 1 % below it
    difference(area(positive[men], s[men]), area(positive[women], s[women]))

Weighted rows change the means, and count in the variance by the squares of their shares.

Sources: E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, "Comparing the areas under two or
more correlated receiver operating characteristic curves: a nonparametric approach", Biometrics 44
(1988); X. Sun and W. Xu, "Fast implementation of DeLong's algorithm for comparing the areas under
correlated receiver operating characteristic curves", IEEE Signal Process. Lett. 21 (2014).
"""

from dataclasses import dataclass
from math import inf, sqrt
from typing import TYPE_CHECKING

import numpy as np

from shipway.stats.bounds import Alternative, Bounds, Sides, quantile
from shipway.stats.influence import freedom
from shipway.stats.proportions import wilson
from shipway.stats.ranks import alike, placements
from shipway.stats.score import p_value, standardised
from shipway.stats.special import normal_tail

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW = 10
"""With fewer rows of either class than this a variance of placements is not to be trusted."""


@dataclass(frozen=True, slots=True)
class Auc:
    """An area, DeLong's variance of it (0 where all placements agree) and the class sizes.

    `effective` is what the rows of the rarer class count for: their number without weights,
    Kish's (sum w)^2 / sum w^2 with them. `freedom` are the variance's degrees of freedom.
    """

    value: float
    variance: float
    positives: int
    negatives: int
    effective: float
    freedom: float = inf

    @property
    def smaller(self) -> int:
        """Rows of the rarer class."""
        return min(self.positives, self.negatives)

    @property
    def degenerate(self) -> bool:
        """True where DeLong's variance says nothing: very few rows, or placements all alike."""
        return self.effective < FEW or self.variance <= 0

    def bounds(self, confidence: float = 0.95, sides: Sides = 2) -> Bounds:
        """DeLong's interval, cut to [0, 1].

        A degenerate area (0, 1, ties everywhere, a handful of rows) gets Wilson's interval with
        the rarer class as the number of trials: the variance of an area A is never more than
        A (1 - A) / min(positives, negatives) (Z. W. Birnbaum and O. M. Klose, "Bounds for the
        variance of the Mann-Whitney statistic", Ann. Math. Stat. 28, 1957).
        """
        low, high = self.reach(confidence, sides)
        method = "Wilson on the rarer class" if self.degenerate else "DeLong"
        return Bounds(
            max(self.value - low, 0.0), min(self.value + high, 1.0), confidence, sides, method
        )

    def reach(self, confidence: float, sides: Sides) -> tuple[float, float]:
        """How far the interval reaches below the value, and above it, before it is cut."""
        if self.degenerate:
            hits = self.value * self.effective
            cautious = wilson(hits, self.effective, confidence, sides)
            return self.value - cautious.low, cautious.high - self.value
        half = quantile(confidence, sides) * sqrt(self.variance)
        return half, half

    def p_value(self, limit: float, alternative: Alternative = "greater") -> float:
        """One-sided, and belongs to `bounds`: that the area is on this side of `limit`."""
        variance = self.variance
        if self.degenerate:
            variance = max(limit * (1 - limit), 0.0) / self.effective
        return _p_value(self.value - limit, variance, alternative)


@dataclass(frozen=True, slots=True)
class AucDifference:
    """First area minus `factor` times the second on the same rows, and its variance.

    `alike` when both rank every row the same way. `freedom` are the variance's degrees of freedom.
    """

    value: float
    variance: float
    first: Auc
    second: Auc
    alike: bool
    factor: float = 1.0
    freedom: float = inf

    @property
    def smaller(self) -> int:
        """Rows of the rarer class."""
        return self.first.smaller

    @property
    def equal(self) -> bool:
        """True where the difference is none by nature: one ranking, compared with itself."""
        return self.alike and self.factor == 1

    def bounds(self, confidence: float = 0.95, sides: Sides = 2) -> Bounds:
        """The paired DeLong interval, cut to [-factor, 1].

        Fewer than ten rows of a class say nothing: [-factor, 1]. Models that rank all rows alike
        differ by nothing: [0, 0]. Otherwise, where no placement departs from the mean difference,
        the rarer class bounds the share of rows that could: 1 - alpha^(1/n), the exact binomial
        bound for none seen in n.
        """
        if self.first.effective < FEW:
            return Bounds(-self.factor, 1.0, confidence, sides, "too few rows")
        if self.equal:
            return Bounds(0.0, 0.0, confidence, sides, "same ranking")
        if self.variance <= 0:
            half = 1 - ((1 - confidence) / sides) ** (1 / self.first.effective)
            method = "none seen in n"
        else:
            half = quantile(confidence, sides) * sqrt(self.variance)
            method = "DeLong, paired"
        low, high = max(self.value - half, -self.factor), min(self.value + half, 1.0)
        return Bounds(low, high, confidence, sides, method)

    def p_value(self, limit: float = 0.0, alternative: Alternative | None = None) -> float | None:
        """Of the hypothesis that the difference is `limit` (two-sided), or not on this side of it.

        Belongs to `bounds`. None with too few rows.
        """
        if self.first.effective < FEW:
            return None
        distance = self.value - limit
        if self.equal or self.variance > 0:
            return _p_value(distance, self.variance, alternative)
        none_seen = float(max(0.0, 1 - abs(distance)) ** self.first.effective)
        if alternative is None:
            return min(1.0, 2 * none_seen)
        return none_seen if (distance > 0) == (alternative == "greater") else 1.0


@dataclass(frozen=True, slots=True)
class UnpairedAucDifference:
    """First area minus `factor` times the second, on rows of their own."""

    first: Auc
    second: Auc
    factor: float = 1.0

    @property
    def value(self) -> float:
        """The difference."""
        return self.first.value - self.factor * self.second.value

    @property
    def variance(self) -> float:
        """DeLong's, of independent areas."""
        return self.first.variance + self.factor**2 * self.second.variance

    def bounds(self, confidence: float = 0.95, sides: Sides = 2) -> Bounds:
        """The normal interval, cut to [-factor, 1]; for degenerate areas that of their intervals.

        Both from one formula, the square-and-add of the reaches of both areas (R. G. Newcombe,
        "Interval estimation for the difference between independent proportions", Stat. Med. 17,
        1998), which for two DeLong intervals is the normal interval of the difference.
        """
        below, above = self.first.reach(confidence, sides)
        other_below, other_above = self.second.reach(confidence, sides)
        low = self.value - sqrt(below**2 + (self.factor * other_above) ** 2)
        high = self.value + sqrt(above**2 + (self.factor * other_below) ** 2)
        wilson_used = self.first.degenerate or self.second.degenerate
        method = "square-and-add, unpaired" if wilson_used else "DeLong, unpaired"
        return Bounds(max(low, -self.factor), min(high, 1.0), confidence, sides, method)

    def p_value(self, limit: float = 0.0, alternative: Alternative | None = None) -> float | None:
        """Of the hypothesis that the difference is `limit` (two-sided), or not on this side of it.

        Belongs to `bounds`. None where an area is degenerate.
        """
        if self.first.degenerate or self.second.degenerate:
            return None
        return _p_value(self.value - limit, self.variance, alternative)


def area(
    positive: "NDArray[np.bool_]",
    scores: "NDArray[np.float64]",
    weight: "NDArray[np.float64] | None" = None,
) -> Auc | None:
    """The area of one model; None when a class has no rows (then there is nothing to rank).

    `positive` marks the rows of the positive class and `scores` ranks them; `weight` is what each
    row counts for, from 0. All of shape (n,). ValueError when a score is NaN.
    """
    placed = placements(positive, scores, weight)
    return None if placed is None else _area(positive, placed, weight)


def compare(
    positive: "NDArray[np.bool_]",
    first: "NDArray[np.float64]",
    second: "NDArray[np.float64]",
    weight: "NDArray[np.float64] | None" = None,
    factor: float = 1.0,
) -> AucDifference | None:
    """The paired contrast first - factor * second over the same rows; None without a class.

    `factor` is for relative margins: an area is above 0.99 times another's when the contrast with
    0.99 is above 0. ValueError when it is negative.
    """
    if factor < 0:
        raise ValueError(f"a factor is not negative, as {factor} is")
    one, other = placements(positive, first, weight), placements(positive, second, weight)
    if one is None or other is None:
        return None
    left, right = _area(positive, one, weight), _area(positive, other, weight)
    apart = _area(positive, one - factor * other, weight)
    value = left.value - factor * right.value
    same = left.value == right.value and alike(first, second)
    return AucDifference(value, apart.variance, left, right, same, factor, apart.freedom)


def difference(first: Auc, second: Auc, factor: float = 1.0) -> UnpairedAucDifference:
    """The contrast first - factor * second of areas on different rows; ValueError as `compare`."""
    if factor < 0:
        raise ValueError(f"a factor is not negative, as {factor} is")
    return UnpairedAucDifference(first, second, factor)


def influence(
    positive: "NDArray[np.bool_]",
    scores: "NDArray[np.float64]",
    weight: "NDArray[np.float64] | None" = None,
) -> "NDArray[np.float64] | None":
    """The influence values of the area, shape (n,), as `shipway.stats.influence` takes them.

    A row's placement less the area, divided by its class's share of all rows; O(n log n). The sum
    of squares over n^2 is DeLong's variance but for its m / (m - 1). None when a class has no rows.
    """
    placed = placements(positive, scores, weight)
    if placed is None:
        return None
    psi = np.empty(len(placed))
    for members in (positive, ~positive):
        share = _shares(members, weight)
        psi[members] = len(placed) * share * (placed[members] - share @ placed[members])
    return psi


def _area(
    positive: "NDArray[np.bool_]",
    placed: "NDArray[np.float64]",
    weight: "NDArray[np.float64] | None",
) -> Auc:
    ahead, behind = _shares(positive, weight), _shares(~positive, weight)
    above, below = placed[positive], placed[~positive]
    positives, negatives = int(np.count_nonzero(ahead)), int(np.count_nonzero(behind))
    effective = float(min(positives, negatives))
    if weight is not None:
        # Shares add up to 1, so Kish's effective number is one over the sum of their squares.
        effective = round(min(1 / float(ahead @ ahead), 1 / float(behind @ behind)), 6)
    variance = _variance_of_mean(above, ahead) + _variance_of_mean(below, behind)
    # A sum of shares can miss 1, the area of a perfect model, by its last digit.
    value = float(above.mean()) if weight is None else min(float(ahead @ above), 1.0)
    moves = np.concatenate((_apart(above, ahead), _apart(below, behind)))
    return Auc(value, variance, positives, negatives, effective, freedom(moves))


def _shares(
    members: "NDArray[np.bool_]", weight: "NDArray[np.float64] | None"
) -> "NDArray[np.float64]":
    if weight is None:
        count = np.count_nonzero(members)
        return np.full(count, 1 / count)
    mass = weight[members]
    return np.asarray(mass / mass.sum())


def _variance_of_mean(values: "NDArray[np.float64]", share: "NDArray[np.float64]") -> float:
    counted = share > 0
    count = np.count_nonzero(counted)
    # Equal placements can leave a variance of 1e-33 behind, which would read as certainty.
    if count < 2 or np.ptp(values[counted]) < 1e-12:
        return 0.0
    # Not `@`: BLAS starts threads for it, which take milliseconds where other work runs.
    apart = _apart(values, share)
    return float((apart * apart).sum()) * count / (count - 1)


def _apart(values: "NDArray[np.float64]", share: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """What each row adds to its class's mean, less the mean."""
    return np.asarray(share * (values - (share * values).sum()))


def _p_value(distance: float, variance: float, alternative: Alternative | None) -> float:
    z = standardised(distance, variance)
    return 2 * normal_tail(abs(z)) if alternative is None else p_value(z, alternative)
