# SPDX-License-Identifier: Apache-2.0
"""The decision threshold of a binary model, chosen on scores whose truth is known.

    choose(target == 1, scores, find("f1", "binary"))
    choose(target == 1, scores, find("cost", "binary", costs=Costs({"fp": 1, "fn": 20})))
    choose(target == 1, scores, find("recall@precision=0.9", "binary"))

Every cut between two different scores is tried, none positive and all positive among them. The
threshold lies in the middle between the scores on both sides of the best cut; of equally good cuts
the one with the fewest positive predictions is taken. Whoever calls this uses the validation
split: a threshold chosen on the test set makes the test worthless.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from shipway.base.errors import InputError
from shipway.evaluation.binary import cell_metric
from shipway.evaluation.confusion import MOST_NUMBERS
from shipway.evaluation.cost import Costs
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.operating import CONDITIONS, Cuts, best_allowed
from shipway.evaluation.ranked import Ranked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

RESAMPLES = 500
MOST_STEPS = 2_000
CONFIDENCE = 0.95
TRIVIAL = {
    "recall": "every row is predicted positive",
    "fnr": "every row is predicted positive",
    "specificity": "no row is predicted positive",
    "fpr": "no row is predicted positive",
}
CHOICES = "Take f1, balanced_accuracy, mcc, cost or a condition, such as recall@precision=0.9."


@dataclass(frozen=True, slots=True)
class Threshold:
    """Scores of `value` and more are positive; `metric_value` is what that gives.

    `low` and `high` are the bootstrap's percentile interval of the value, at `confidence`.
    """

    value: float
    metric_value: float
    low: float
    high: float
    confidence: float = CONFIDENCE


def choose(
    target_positive: "NDArray[np.bool_]",
    scores: "Vector",
    metric: MetricKind,
    *,
    costs: Costs | None = None,
    weight: "Vector | None" = None,
    seed: int = 0,
) -> Threshold:
    """The threshold at which `metric` is best (largest or smallest, whichever is better).

    All vectors have length n; O(n log n). `metric` is one of the confusion table, or one with a
    condition (`recall@precision=0.9`). `costs` stand in for those that the metric carries. The
    interval draws rows anew 500 times, by steps of the score of which there are at most 2,000.
    InputError when there is nothing to choose: one class, one score, missing scores, a metric that
    a trivial answer makes best.
    """
    if costs is not None:
        metric = msgspec.structs.replace(metric, costs=costs)
    _check_metric(metric)
    _check_rows(target_positive, scores)
    own = np.ones(len(scores)) if weight is None else np.asarray(weight, dtype=np.float64)
    ranked = Ranked(np.asarray(scores, dtype=np.float64))
    at = Cuts(*(_from_none(ranked.totals((own * part)[None])) for part in _parts(target_positive)))
    if not (at.found[0, -1] > 0 and at.alarms[0, -1] > 0):
        raise InputError("the rows of one class weigh nothing: there is no threshold to choose")
    best, values = _best(metric, at)
    if not np.isfinite(values[0]):
        raise InputError(f"{metric.name} has no value at any threshold of these rows")
    chosen = _again(metric, ranked, target_positive, own, seed)
    value = float(_middles(ranked.scores)[best[0]])
    ends = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    low, high = np.quantile(np.append(chosen, value), ends)
    return Threshold(value, float(values[0]), min(float(low), value), max(float(high), value))


def cost_curve(
    target_positive: "NDArray[np.bool_]",
    scores: "Vector",
    costs: Costs,
    *,
    weight: "Vector | None" = None,
) -> "tuple[Vector, Vector]":
    """Thresholds, falling, and the mean cost of a row at each, for all distinct cuts (s + 1)."""
    _check_rows(target_positive, scores)
    own = np.ones(len(scores)) if weight is None else weight
    ranked = Ranked(scores)
    at = Cuts(*(_from_none(ranked.totals((own * part)[None])) for part in _parts(target_positive)))
    metric = MetricKind("cost", "", "lower", "labels", "cells", "cost", "cost", costs=costs)
    return _middles(ranked.scores), _values(metric, at)[0]


def _best(metric: MetricKind, at: Cuts) -> "tuple[NDArray[np.int64], Vector]":
    """For each draw (b) the best cut, and the metric there."""
    draws = np.arange(len(at.found))
    if any(key in metric.options for key in CONDITIONS):
        best = best_allowed(metric, at)
        return best, at.of(metric.base)[draws, best]
    values = _values(metric, at)
    sign = 1.0 if metric.better == "higher" else -1.0
    known = np.where(np.isnan(values), -np.inf, sign * values)
    # Sums of weights differ in their last digits: what is equal but for these is equally good.
    edge = known.max(axis=1, keepdims=True)
    best = np.argmax(known >= edge - 1e-12 * np.maximum(1.0, np.abs(edge)), axis=1)
    return best, values[draws, best]


def _values(metric: MetricKind, at: Cuts) -> "Vector":
    """The metric at each cut (b, s + 1)."""
    tables = np.zeros((*at.found.shape, 2, 3))
    tables[..., 1, 1], tables[..., 0, 1] = at.found, at.alarms
    tables[..., 1, 0] = at.found[:, -1:] - at.found
    tables[..., 0, 0] = at.alarms[:, -1:] - at.alarms
    return cell_metric(metric).value(tables.reshape(-1, 2, 3)).reshape(at.found.shape)


def _again(
    metric: MetricKind, ranked: Ranked, positive: "NDArray[np.bool_]", own: "Vector", seed: int
) -> "Vector":
    """The thresholds that resamples of the rows choose."""
    steps = len(ranked.ends)
    kept = np.unique(np.linspace(0, steps, min(steps, MOST_STEPS) + 1).round().astype(np.int64))
    place = np.searchsorted(kept[1:], ranked.step, side="right")
    cells = 2 * place + positive
    rows = np.bincount(cells, minlength=2 * (len(kept) - 1))
    weight = np.bincount(cells, own, minlength=len(rows))
    mean = np.divide(weight, rows, out=np.zeros(len(rows)), where=rows > 0)
    thresholds = _middles(ranked.scores)[kept]
    draw = np.random.default_rng(seed)
    size = max(1, MOST_NUMBERS // (6 * len(kept)))
    found = []
    for start in range(0, RESAMPLES, size):
        times = min(size, RESAMPLES - start)
        drawn = draw.multinomial(len(own), rows / len(own), times) * mean
        sums = [_from_none(np.cumsum(drawn[:, part::2], axis=1)) for part in (1, 0)]
        at = Cuts(*sums)
        best, values = _best(metric, at)
        both = (at.found[:, -1] > 0) & (at.alarms[:, -1] > 0)
        found.append(thresholds[best[both & np.isfinite(values)]])
    return np.concatenate(found)


def _middles(scores: "Vector") -> "Vector":
    """The threshold of each cut (s + 1) of falling scores (s)."""
    between = scores[1:] + (scores[:-1] - scores[1:]) / 2
    between = np.where(between > scores[1:], between, scores[:-1])
    return np.concatenate(([np.nextafter(scores[0], np.inf)], between, scores[-1:]))


def _from_none(totals: "Vector") -> "Vector":
    return np.concatenate((np.zeros((len(totals), 1)), totals), axis=1)


def _parts(positive: "NDArray[np.bool_]") -> "tuple[NDArray[np.bool_], NDArray[np.bool_]]":
    return positive, ~positive


def _check_metric(metric: MetricKind) -> None:
    conditional = any(key in metric.options for key in CONDITIONS)
    if "threshold" in metric.options:
        raise InputError(f"{metric.name} has its threshold already", cure=CHOICES)
    if metric.family not in ("share", "cells") and not conditional:
        raise InputError(f"{metric.name} has no threshold to choose", cure=CHOICES)
    if metric.better is None:
        raise InputError(f"{metric.name} is not better in any direction", cure=CHOICES)
    if metric.base in TRIVIAL and not conditional:
        what = f"{metric.name} is best when {TRIVIAL[metric.base]}: that is no threshold"
        raise InputError(what, cure=CHOICES)
    if metric.base == "cost" and metric.costs is None:
        raise InputError("a threshold by cost needs evaluate.cost: {fp: 1, fn: 20}")


def _check_rows(positive: "NDArray[np.bool_]", scores: "Vector") -> None:
    if len(positive) != len(scores):
        raise InputError(f"{len(positive)} rows have a target but {len(scores)} a score")
    if missing := int((~np.isfinite(scores)).sum()):
        raise InputError(f"{missing} of {len(scores)} scores are missing or infinite")
    if positive.all() or not positive.any():
        which = "positive" if len(positive) and positive.all() else "negative"
        raise InputError(
            f"all {len(positive)} rows are {which}: there is no threshold to choose",
            cure="The validation split needs rows of both classes.",
        )
    if scores.min() == scores.max():
        raise InputError("all rows have the same score: there is no threshold to choose")
