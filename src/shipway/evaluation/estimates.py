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
from math import ceil, inf
from typing import TYPE_CHECKING, Protocol

from shipway.stats.auc import FEW, Auc
from shipway.stats.bootstrap import bca, bca_p_value, percentile, percentile_p_value
from shipway.stats.bounds import Alternative, Bounds, Sides
from shipway.stats.influence import from_influence, influence_p_value, variance
from shipway.stats.proportions import score_p_value, wilson
from shipway.stats.rows import rows_for_mean, rows_for_none_seen, rows_for_proportion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
    """`hits` of `trials`, which are among `rows` rows: Wilson, and the score test that it inverts.

    With weights `hits` and `trials` are effective numbers, no whole ones.
    """

    hits: float
    trials: float
    rows: int

    @property
    def value(self) -> float:
        """The share."""
        return self.hits / self.trials

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """Wilson's interval."""
        return wilson(self.hits, self.trials, confidence, sides)

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The score test of one proportion."""
        return score_p_value(self.hits, self.trials, limit, alternative)

    def more(self, limit: float, confidence: float) -> int | None:
        """From the power of the score test."""
        needed = rows_for_proportion(self.value, limit, confidence)
        return rows_to_come(needed, self.trials, self.rows)


@dataclass(frozen=True, slots=True)
class Area:
    """The area under the ROC curve of one model: DeLong."""

    auc: Auc

    @property
    def value(self) -> float:
        """The area."""
        return self.auc.value

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """DeLong's interval, or a cautious one where placements say too little."""
        return self.auc.bounds(confidence, sides)

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """DeLong's test."""
        return self.auc.p_value(limit, alternative)

    def more(self, limit: float, confidence: float) -> int | None:
        """As for a share of the rarer class where placements say too little."""
        rows = self.auc.positives + self.auc.negatives
        if self.auc.degenerate:
            needed = rows_for_proportion(self.value, limit, confidence)
            needed = None if needed is None else max(needed, FEW)
            return rows_to_come(needed, self.auc.effective, rows)
        needed = rows_for_mean(rows, self.auc.variance, self.value - limit, confidence)
        return rows_to_come(needed, rows, rows)


@dataclass(frozen=True, slots=True)
class Spread:
    """A number that each row moves a little: by influence values, or (few rows) by replicates.

    `influence` (n) belongs to n rows, of which `units` can vary on their own (groups that are
    ranked together count once; with weights as many as equal weights would make). It lies between
    the `ends`, to which bounds are cut; where both are finite, rows that all say the same bound how
    many could say otherwise. `of_mean`: it is a mean of one value per row.
    `replicates` are read by BCa, for a contrast of two models by percentiles: there is little bias
    to correct in it, and correcting for what there is rejects 6 % to 8 % instead of 5 %.
    """

    value: float
    influence: "NDArray[np.float64]"
    units: float
    ends: tuple[float, float] = (-inf, inf)
    of_mean: bool = False
    replicates: "NDArray[np.float64] | None" = None
    contrast: bool = False

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
        if self.replicates is not None and self.contrast:
            return percentile(self.replicates, confidence, sides)
        if self.replicates is not None:
            return bca(self.replicates, self.value, self.influence, confidence, sides)
        return from_influence(self.value, self.influence, confidence, sides, of_mean=self.of_mean)

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The level at which the bound is `limit`; None where there is no bound."""
        if self.units < FEW:
            return None
        if self.replicates is not None and self.contrast:
            return percentile_p_value(self.replicates, limit, alternative)
        if self.replicates is not None:
            return bca_p_value(self.replicates, self.value, self.influence, limit, alternative)
        return influence_p_value(
            self.value, self.influence, limit, alternative, of_mean=self.of_mean
        )

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
