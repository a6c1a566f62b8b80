# SPDX-License-Identifier: Apache-2.0
"""Gates `at N%`: what bounds an estimate, and how many more rows would settle it.

Both questions have one shape: an estimate with one-sided bounds on both sides, a limit that it
must clear, and the number of rows at which it would.
"""

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from shipway.evaluation.gates import Gate
from shipway.evaluation.measured import Measured
from shipway.evaluation.predictions import Predictions
from shipway.stats.auc import FEW, Auc, AucDifference, area, compare
from shipway.stats.bounds import Bounds
from shipway.stats.proportions import wilson
from shipway.stats.rows import rows_for_mean, rows_for_none_seen, rows_for_proportion

if TYPE_CHECKING:
    from shipway.records.base import Verdict


@dataclass(frozen=True, slots=True)
class Certainty:
    """The one-sided `bounds` of an estimate, the `limit` to clear, and what would settle it.

    `more` counts rows that are still needed (of the same rows that were judged); None when no
    number of rows would do while the estimate stays. `p_value` belongs to a difference.
    """

    bounds: Bounds
    limit: float
    more: int | None
    p_value: float | None = None

    def verdict(self, gate: Gate) -> "Verdict":
        """Passed when the bound clears the limit, failed when the other bound is clear of it."""
        low, high, limit = self.bounds.low, self.bounds.high, self.limit
        if clears(gate, low if gate.upward else high, limit):
            return "passed"
        return "inconclusive" if clears(gate, high if gate.upward else low, limit) else "failed"


def clears(gate: Gate, value: float, limit: float) -> bool:
    """Whether `value` satisfies the gate's operator; equal up to rounding counts as equal."""
    if abs(value - limit) <= 1e-12 * max(1.0, abs(value), abs(limit)):
        return gate.operator in (">=", "<=")
    return value > limit if gate.upward else value < limit


def of_share(gate: Gate, found: Measured, rows: int, limit: float) -> Certainty:
    """A share of rows against a number: Wilson."""
    confidence = gate.confidence or 0.0
    share = found.hits / found.trials
    bounds = wilson(found.hits, found.trials, confidence, sides=1)
    needed = rows_for_proportion(share, limit, confidence)
    return Certainty(bounds, limit, _more(needed, found.trials, rows))


def of_area(gate: Gate, predictions: Predictions, limit: float) -> Certainty | None:
    """The area under the ROC curve against a number: DeLong; None when a class has no rows."""
    if predictions.score is None:
        return None
    found = area(predictions.target == 1, predictions.score)
    if found is None:
        return None
    confidence = gate.confidence or 0.0
    more = _more_for_area(found, limit, confidence)
    return Certainty(found.bounds(confidence, sides=1), limit, more)


def of_difference(
    gate: Gate, challenger: Predictions, champion: Predictions, limit: float
) -> Certainty | None:
    """Challenger's area minus champion's on the same rows, against a margin: paired DeLong."""
    if challenger.score is None or champion.score is None:
        return None
    found = compare(challenger.target == 1, challenger.score, champion.score)
    if found is None:
        return None
    confidence = gate.confidence or 0.0
    more = _more_for_difference(found, limit, confidence)
    return Certainty(found.bounds(confidence, sides=1), limit, more, found.p_value())


def _more_for_area(found: Auc, limit: float, confidence: float) -> int | None:
    rows = found.positives + found.negatives
    if found.degenerate:
        needed = rows_for_proportion(found.value, limit, confidence)
        return _more(None if needed is None else max(needed, FEW), found.smaller, rows)
    needed = rows_for_mean(rows, found.variance, found.value - limit, confidence)
    return _more(needed, rows, rows)


def _more_for_difference(found: AucDifference, limit: float, confidence: float) -> int | None:
    rows = found.first.positives + found.first.negatives
    distance = found.value - limit
    if found.variance > 0 and found.smaller >= FEW:
        return _more(rows_for_mean(rows, found.variance, distance, confidence), rows, rows)
    needed = rows_for_none_seen(abs(distance), confidence)
    return _more(None if needed is None else max(needed, FEW), found.smaller, rows)


def _more(needed: int | None, present: int, rows: int) -> int | None:
    """Rows still to come when `needed` are wanted and `present` of `rows` count; at least one."""
    if needed is None:
        return None
    return max(1, ceil(needed * rows / present) - rows)
