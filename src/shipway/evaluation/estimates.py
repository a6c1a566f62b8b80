# SPDX-License-Identifier: Apache-2.0
"""An estimate and how sure it is: what every gate and every reported interval is made from.

Whatever is estimated (a metric, a difference of two models, a gap between groups), four questions
are asked of it, and a class here answers them for each kind of evidence:

    estimate.value                       0.913
    estimate.bounds(0.95, sides=1)     the truth is above `low` with 95 %, below `high` with 95 %
    estimate.p_value(0.9, "greater")   one-sided: how well "0.9 or less" would explain the rows
    estimate.more(0.9, 0.95)           rows to come until the bound clears 0.9, at 80 % power

Bounds and p-value of one kind invert the same test, so that they never contradict each other. Where
nothing is known the bounds are infinite: such an estimate settles nothing.
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, inf, sqrt
from typing import TYPE_CHECKING, Protocol

from shipway.stats.auc import FEW, Auc
from shipway.stats.auc_score import area_score, area_score_p_value
from shipway.stats.bootstrap import bca, bca_p_value, percentile, percentile_p_value
from shipway.stats.bounds import Alternative, Bounds, Sides, quantile
from shipway.stats.influence import freedom, from_influence, influence_p_value, variance
from shipway.stats.proportions import binomial_p_value, clopper_pearson, score_p_value, wilson
from shipway.stats.rows import rows_for_mean, rows_for_none_seen, rows_for_proportion
from shipway.stats.student import stretched, stretched_p_value, to_student

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEW_HITS = 50
"""With fewer hits or misses a share is bounded exactly."""

FEW_RANKED = 1_000
"""With fewer rows of a class DeLong's interval of one area is widened."""


class Estimate(Protocol):
    """A number, and how sure it is."""

    @property
    def value(self) -> float:
        """What was measured."""

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """Its confidence bounds; infinite where nothing is known."""

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """One-sided p-value of the hypothesis that the truth is not `alternative` than `limit`."""

    def more(self, limit: float, confidence: float) -> int | None:
        """Rows still to come, like those judged, until a bound clears `limit` at 80 % power.

        None when no number of rows would do while the estimate stays.
        """


@dataclass(frozen=True, slots=True)
class Exact:
    """A number in which there is no chance: a size, two models that say the same of every row."""

    value: float
    method: str

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """The number itself."""
        return Bounds(self.value, self.value, confidence, sides, self.method)

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """None: nothing is left to chance."""
        return None

    def more(self, limit: float, confidence: float) -> int | None:
        """None: rows change nothing."""
        return None


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `trials`, which are among `rows` rows: Wilson, of few hits or misses exact.

    With weights `hits` and `trials` are effective numbers, no whole ones.

    Wilson's bounds from few hits are too sure of themselves: by enumeration of all samples a 95 %
    lower bound is above the truth 6 % of the time where ten hits are expected (18 % at worst where
    less than one is), 5.1 % (6 % at worst) from fifty on.
    """

    hits: float
    trials: float
    rows: int

    @property
    def value(self) -> float:
        """The share."""
        return self.hits / self.trials

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """Clopper and Pearson's interval, or Wilson's."""
        method = clopper_pearson if self._few else wilson
        return method(self.hits, self.trials, confidence, sides)

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The binomial test, or the score test of one proportion."""
        test = binomial_p_value if self._few else score_p_value
        return test(self.hits, self.trials, limit, alternative)

    @property
    def _few(self) -> bool:
        return min(self.hits, self.trials - self.hits) < FEW_HITS

    def more(self, limit: float, confidence: float) -> int | None:
        """From the power of the score test."""
        needed = rows_for_proportion(self.value, limit, confidence)
        return rows_to_come(needed, self.trials, self.rows)


@dataclass(frozen=True, slots=True)
class Area:
    """The area under the ROC curve of one model: DeLong, of few rows Newcombe's where wider."""

    auc: Auc

    @property
    def value(self) -> float:
        """The area."""
        return self.auc.value

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """The wider end of each side; a cautious interval where placements say too little."""
        found = self.auc.bounds(confidence, sides)
        if not self._few:
            return found
        score = area_score(self.value, *self._sizes, confidence, sides)
        low, high = min(found.low, score.low), max(found.high, score.high)
        return Bounds(low, high, confidence, sides, "DeLong, widened")

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The larger of both tests' p-values."""
        found = self.auc.p_value(limit, alternative)
        if not self._few:
            return found
        return max(found, area_score_p_value(self.value, *self._sizes, limit, alternative))

    @property
    def _few(self) -> bool:
        return not self.auc.degenerate and self.auc.effective < FEW_RANKED

    @property
    def _sizes(self) -> tuple[float, float]:
        """What the rows of the rarer and of the larger class count for."""
        larger = max(self.auc.positives, self.auc.negatives)
        return self.auc.effective, larger * self.auc.effective / self.auc.smaller

    def more(self, limit: float, confidence: float) -> int | None:
        """As for a share of the rarer class where placements say too little."""
        rows = self.auc.positives + self.auc.negatives
        if self.auc.degenerate:
            needed = rows_for_proportion(self.value, limit, confidence)
            needed = None if needed is None else max(needed, FEW)
            return rows_to_come(needed, self.auc.effective, rows)
        needed = rows_for_mean(rows, self.auc.variance, self.value - limit, confidence)
        return rows_to_come(needed, rows, rows)


@dataclass(frozen=True, eq=False)
class Spread:
    """A number that each row moves a little: by influence values, or (few rows) by replicates.

    `influence` (n) belongs to n rows, of which `units` can vary on their own (groups that are
    ranked together count once; with weights as many as equal weights would make). It lies between
    the `ends`, to which bounds are cut; where both are finite, rows that all say the same bound how
    many could say otherwise. `of_mean`: it is a mean of one value per row.

    Two intervals are made, and the wider end of each side taken: BCa (with `replicates`) or that of
    `influence`, and the plain symmetric one. The first knows of skewness but trusts what it has
    seen of it; alone it lets through up to 8 % instead of 5 %. Both are stretched from the normal
    quantile to that of Student's t with the degrees of freedom that the influence values leave.
    """

    value: float
    influence: "NDArray[np.float64]"
    units: float
    ends: tuple[float, float] = (-inf, inf)
    of_mean: bool = False
    replicates: "NDArray[np.float64] | None" = None

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """By replicates or influence values, never without the value; unknown of few units.

        A metric that is biased (a calibration error is, upwards) can have all its corrected
        interval on one side of it.
        """
        if self.units < FEW:
            return Bounds(-inf, inf, confidence, sides, "too few rows")
        found = self._found(confidence, sides)
        if found is not None:
            low = min(self.value, max(self.ends[0], found.low))
            high = max(self.value, min(self.ends[1], found.high))
            return Bounds(low, high, confidence, sides, found.method)
        if not self._still:
            return Bounds(-inf, inf, confidence, sides, "undefined in too many resamples")
        return unvaried(self.value, self.units, self.ends, confidence, sides)

    def _found(self, confidence: float, sides: Sides) -> Bounds | None:
        found = self._corrected(stretched(confidence, sides, self._freedom), sides)
        if found is None or self._still:
            return found
        reach = to_student(quantile(confidence, sides), self._freedom)
        plain = sqrt(variance(self.influence)) * reach
        low, high = min(found.low, self.value - plain), max(found.high, self.value + plain)
        return Bounds(low, high, confidence, sides, found.method)

    def _corrected(self, confidence: float, sides: Sides) -> Bounds | None:
        if self.replicates is not None:
            return bca(self.replicates, self.value, self.influence, confidence, sides)
        return from_influence(self.value, self.influence, confidence, sides, of_mean=self.of_mean)

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The level at which the bound is `limit`; None where there is no bound."""
        if self.units < FEW:
            return None
        corrected = self._corrected_p_value(limit, alternative)
        if corrected is None:
            return None
        plain = influence_p_value(self.value, self.influence, limit, alternative)
        largest = corrected if plain is None else max(corrected, plain)
        return stretched_p_value(largest, self._freedom)

    def _corrected_p_value(self, limit: float, alternative: Alternative) -> float | None:
        if self.replicates is not None:
            return bca_p_value(self.replicates, self.value, self.influence, limit, alternative)
        return influence_p_value(
            self.value, self.influence, limit, alternative, of_mean=self.of_mean
        )

    @cached_property
    def _freedom(self) -> float:
        return freedom(self.influence)

    def more(self, limit: float, confidence: float) -> int | None:
        """From the variance that the influence values give; as for none seen without one."""
        distance, rows = self.value - limit, len(self.influence)
        if self.units < FEW:
            return rows_to_come(FEW, self.units, rows)
        if self._still:
            needed = rows_for_none_seen(abs(distance) / self._span, confidence)
            return rows_to_come(needed, self.units, rows)
        needed = rows_for_mean(rows, variance(self.influence), distance, confidence)
        return rows_to_come(needed, rows, rows)

    @property
    def _span(self) -> float:
        return self.ends[1] - self.ends[0]

    @property
    def _still(self) -> bool:
        """Whether no row moves the number, but for rounding."""
        largest = float(abs(self.influence).max(initial=0.0))
        return largest <= 1e-12 * max(1.0, abs(self.value))


@dataclass(frozen=True, slots=True)
class Resampled:
    """A number of which only replicates are known: the percentiles of a bootstrap.

    `rows` were resampled; `units` and `ends` are as in `Spread`.
    """

    value: float
    replicates: "NDArray[np.float64]"
    rows: int
    units: float = inf
    ends: tuple[float, float] = (-inf, inf)

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """Percentiles; unknown where the replicates are mostly undefined."""
        if self.units < FEW:
            return Bounds(-inf, inf, confidence, sides, "too few rows")
        found = percentile(self.replicates, confidence, sides)
        if found is not None:
            return found
        if self._spread > 0:
            return Bounds(-inf, inf, confidence, sides, "undefined in too many resamples")
        return unvaried(self.value, self.units, self.ends, confidence, sides)

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The share of replicates beyond the limit, interpolated."""
        if self.units < FEW:
            return None
        return percentile_p_value(self.replicates, limit, alternative)

    def more(self, limit: float, confidence: float) -> int | None:
        """From the variance of the replicates."""
        if self.units < FEW:
            return rows_to_come(FEW, self.units, self.rows)
        distance = self.value - limit
        if self._spread == 0:
            needed = rows_for_none_seen(abs(distance) / (self.ends[1] - self.ends[0]), confidence)
            return rows_to_come(needed, self.units, self.rows)
        needed = rows_for_mean(self.rows, self._spread, distance, confidence)
        return rows_to_come(needed, self.rows, self.rows)

    @property
    def _spread(self) -> float:
        import numpy as np

        known = self.replicates[np.isfinite(self.replicates)]
        return float(np.var(known)) if len(known) and np.ptp(known) > 1e-12 else 0.0


def unvaried(
    value: float, units: float, ends: tuple[float, float], confidence: float, sides: Sides
) -> Bounds:
    """Bounds of a number that nothing seen moves: none of `units` said otherwise.

    Fewer than 1 - alpha^(1 / units) of all do, and each could move it from end to end. Infinite
    where it has no ends.
    """
    half = (ends[1] - ends[0]) * (1 - ((1 - confidence) / sides) ** (1 / units))
    method = "none seen in n" if half < inf else "no row differs"
    low, high = max(ends[0], value - half), min(ends[1], value + half)
    if half == inf:
        low, high = -inf, inf
    return Bounds(low, high, confidence, sides, method)


def rows_to_come(needed: int | None, present: float, rows: int) -> int | None:
    """Rows to come when `needed` are wanted and `present` of `rows` count; at least one."""
    if needed is None or present <= 0:
        return None
    return max(1, ceil(needed * rows / present) - rows)
