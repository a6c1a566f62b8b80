# SPDX-License-Identifier: Apache-2.0
"""A challenger less (a multiple of) a champion on the same rows, as estimates.

The multiple k makes a relative margin honest: "at most 1 % worse than the champion" is a statement
about challenger - 0.99 champion, in which the champion's value is as uncertain as the challenger's.
"""

from dataclasses import dataclass
from math import inf

from shipway.evaluation.estimates import rows_to_come
from shipway.stats.auc import FEW, AucDifference
from shipway.stats.bounds import Alternative, Bounds, Sides
from shipway.stats.paired import tango, tango_p_value
from shipway.stats.paired_exact import cautious, cautious_p_value
from shipway.stats.paired_ratio import tang, tang_p_value
from shipway.stats.rows import (
    rows_for_mean,
    rows_for_none_seen,
    rows_for_paired,
    rows_for_paired_ratio,
)
from shipway.stats.student import stretched, stretched_p_value


@dataclass(frozen=True, slots=True)
class PairedShare:
    """Two shares of the same `trials` rows, which are among `rows`: Tango, exact where few differ.

    `only_first` and `only_second` count trials that just one of the models gets right.
    """

    only_first: int
    only_second: int
    trials: int
    rows: int

    @property
    def value(self) -> float:
        """First less second."""
        return (self.only_first - self.only_second) / self.trials

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """Tango's score interval, or one that is never inside it."""
        method = cautious if self._few else tango
        return method(self.only_first, self.only_second, self.trials, confidence, sides)

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The test that it inverts."""
        test = cautious_p_value if self._few else tango_p_value
        return test(self.only_first, self.only_second, self.trials, limit, alternative)

    def more(self, limit: float, confidence: float) -> int | None:
        """From the power of the score test."""
        needed = rows_for_paired(self.only_first, self.only_second, self.trials, limit, confidence)
        return rows_to_come(needed, self.trials, self.rows)

    @property
    def _few(self) -> bool:
        return self.only_first + self.only_second < FEW


@dataclass(frozen=True, slots=True)
class PairedRatio:
    """First share less `factor` times the second, of the same trials: the score test of a ratio.

    The second model is right at least once. Bounds of the ratio become bounds of the contrast in
    units of the second's share.
    """

    both: int
    only_first: int
    only_second: int
    trials: int
    rows: int
    factor: float

    @property
    def second(self) -> float:
        """The second model's share."""
        return (self.both + self.only_second) / self.trials

    @property
    def value(self) -> float:
        """The contrast."""
        return (self.both + self.only_first) / self.trials - self.factor * self.second

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """Nam and Blackwelder's, and Tang's, interval of the ratio."""
        ratio = tang(self.both, self.only_first, self.only_second, confidence, sides)
        low, high = ((end - self.factor) * self.second for end in (ratio.low, ratio.high))
        return Bounds(low, high, confidence, sides, "Tang, ratio")

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The score test that it inverts; None for a limit that no ratio can have."""
        ratio = self._ratio(limit)
        if not 0 <= ratio < inf:
            return None
        return tang_p_value(self.both, self.only_first, self.only_second, ratio, alternative)

    def more(self, limit: float, confidence: float) -> int | None:
        """From the power of the score test."""
        counts = (self.both, self.only_first, self.only_second, self.trials)
        needed = rows_for_paired_ratio(*counts, self._ratio(limit), confidence)
        return rows_to_come(needed, self.trials, self.rows)

    def _ratio(self, limit: float) -> float:
        return self.factor + limit / self.second


@dataclass(frozen=True, slots=True)
class AreaContrast:
    """One area less a multiple of another: DeLong, paired, by Student's t.

    Its degrees of freedom are those that the placements which matter leave (`influence.freedom`).
    """

    apart: AucDifference

    @property
    def value(self) -> float:
        """The contrast."""
        return self.apart.value

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """The paired interval, or a cautious one where placements say too little."""
        if not self._varied:
            return self.apart.bounds(confidence, sides)
        found = self.apart.bounds(stretched(confidence, sides, self.apart.freedom), sides)
        return Bounds(found.low, found.high, confidence, sides, found.method)

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The test that it inverts; None with too few rows."""
        found = self.apart.p_value(limit, alternative)
        if found is None or not self._varied:
            return found
        return stretched_p_value(found, self.apart.freedom)

    @property
    def _varied(self) -> bool:
        """Whether placements say how sure the contrast is."""
        apart = self.apart
        return apart.variance > 0 and not apart.equal and apart.first.effective >= FEW

    def more(self, limit: float, confidence: float) -> int | None:
        """As for none seen in n where placements say too little."""
        first, distance = self.apart.first, self.value - limit
        rows = first.positives + first.negatives
        if self.apart.variance > 0 and first.effective >= FEW:
            needed = rows_for_mean(rows, self.apart.variance, distance, confidence)
            return rows_to_come(needed, rows, rows)
        needed = rows_for_none_seen(abs(distance), confidence)
        needed = None if needed is None else max(needed, FEW)
        return rows_to_come(needed, first.effective, rows)
