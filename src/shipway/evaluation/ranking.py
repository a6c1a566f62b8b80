# SPDX-License-Identifier: Apache-2.0
"""Metrics of rankings in groups: for each query, user or day its rows are ranked by score.

    ndcg@k=10,by=query_id    map@by=query_id    mrr@by=query_id    precision@k=5,by=query_id

The metric is the mean over the groups that have something to find (a positive row; a true value
above 0 for ndcg); the others are left out. A group weighs what its rows weigh on average. Rows with
equal scores share their places: each counts with the mean of what those places are worth.

The unit is the group, so influence and resampling are of groups: see `measure`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.confusion import divided
from shipway.evaluation.formulas import SmoothMetric, own_weights, score_problem
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.regression import value_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

NOTHING = "no group has anything to find"


@dataclass(frozen=True)
class Groups:
    """The n rows in the order of their groups and, within each, of falling scores.

    `gain` (n) is what finding a row is worth, `group` (n) its group, `above` and `to` (n) say that
    its score takes the places above + 1 to `to` of the group. `first` (g) has each group's first
    row in the original order, `rows` (g) its size, `weight` (g) its weight.
    """

    gain: "Vector"
    group: "NDArray[np.int64]"
    above: "NDArray[np.int64]"
    to: "NDArray[np.int64]"
    first: "NDArray[np.int64]"
    rows: "NDArray[np.int64]"
    weight: "Vector"

    def sums(self, values: "Vector") -> "Vector":
        """Sums of values (n) by group (g)."""
        return np.bincount(self.group, values, minlength=len(self.first)).astype(np.float64)


def grouped(kind: MetricKind, predictions: Predictions) -> Groups:
    """The rows of `predictions`, ranked within the groups of the column that `kind` names."""
    _, first, codes = np.unique(
        predictions.groups[kind.text("by")], return_index=True, return_inverse=True
    )
    scores = predictions.ranking
    order = np.lexsort((-scores, codes))
    group, ordered = codes[order], scores[order]
    rows = np.bincount(codes, minlength=len(first))
    starts = np.cumsum(rows) - rows
    new = np.append(True, (np.diff(ordered) != 0) | (np.diff(group) != 0))
    begins = np.flatnonzero(new)
    sizes = np.diff(np.append(begins, len(order)))
    above = np.repeat(begins, sizes) - starts[group]
    gain = np.asarray(predictions.target, dtype=np.float64)[order]
    weight = np.bincount(codes, own_weights(predictions), minlength=len(first)) / rows
    return Groups(gain, group, above, above + np.repeat(sizes, sizes), first, rows, weight)


def ndcg(kind: MetricKind, groups: Groups) -> "Vector":
    """Gain / log2(rank + 1), summed, as a share of the best order's, for each group (g).

    The gain is the true value itself (K. Järvelin and J. Kekäläinen, "Cumulated gain-based
    evaluation of IR techniques", ACM Trans. Inf. Syst. 20, 2002); ties as in F. McSherry and M.
    Najork, "Computing information retrieval performance measures efficiently in the presence of
    tied scores", ECIR 2008.
    """
    longest = int(groups.rows.max())
    worth = 1 / np.log2(np.arange(2, longest + 2))
    if "k" in kind.options:
        worth[kind.count("k") :] = 0.0
    found = groups.sums(groups.gain * _mean_worth(groups, worth))
    best = np.lexsort((-groups.gain, groups.group))
    place = np.arange(len(best)) - np.repeat(np.cumsum(groups.rows) - groups.rows, groups.rows)
    return divided(found, groups.sums(groups.gain[best] * worth[place]))


def precision_first(kind: MetricKind, groups: Groups) -> "Vector":
    """Positives among the first k rows, divided by k (g); groups without positives left out."""
    found = _among_first(kind, groups) / kind.count("k")
    return np.where(groups.sums(groups.gain) > 0, found, np.nan)


def recall_first(kind: MetricKind, groups: Groups) -> "Vector":
    """Positives among the first k rows, divided by all of the group (g)."""
    return divided(_among_first(kind, groups), groups.sums(groups.gain))


def average_precision(kind: MetricKind, groups: Groups) -> "Vector":
    """Mean over a group's positives of the precision down to their score (g)."""
    positives = np.cumsum(groups.gain)
    starts = np.repeat(np.cumsum(groups.rows) - groups.rows, groups.rows)
    before = np.append(0.0, positives)[starts]
    down = positives[starts + groups.to - 1] - before
    return divided(groups.sums(groups.gain * down / groups.to), groups.sums(groups.gain))


def reciprocal_rank(kind: MetricKind, groups: Groups) -> "Vector":
    """1 / rank of a group's first positive (g).

    Among t tied rows with p positives its expected place is (t + 1) / (p + 1).
    """
    new = (np.diff(groups.above) != 0) | (np.diff(groups.group) != 0)
    step = np.flatnonzero(np.append(True, new))
    positives = np.add.reduceat(groups.gain, step)
    tied = (groups.to - groups.above)[step]
    place = groups.above[step] + (tied + 1) / (positives + 1)
    found = np.full(len(groups.first), np.nan)
    has = positives > 0
    # Written from the last step up, so that the first of a group stays.
    found[groups.group[step][has][::-1]] = 1 / place[has][::-1]
    return found


def _among_first(kind: MetricKind, groups: Groups) -> "Vector":
    worth = np.zeros(int(groups.rows.max()))
    worth[: kind.count("k")] = 1.0
    return groups.sums(groups.gain * _mean_worth(groups, worth))


def _mean_worth(groups: Groups, worth: "Vector") -> "Vector":
    """For each row the mean of what the places of its score are worth (n)."""
    sums = np.append(0.0, np.cumsum(worth))
    return np.asarray((sums[groups.to] - sums[groups.above]) / (groups.to - groups.above))


def _metric(of_groups: "Callable[[MetricKind, Groups], Vector]") -> SmoothMetric:
    """The mean of one value for each group, where NaN leaves a group out."""

    def parts(kind: MetricKind, predictions: Predictions) -> "tuple[Groups, Vector, Vector]":
        groups = grouped(kind, predictions)
        values = of_groups(kind, groups)
        known = ~np.isnan(values)
        return groups, np.where(known, values, 0.0), known * groups.weight

    def value(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
        groups, values, weight = parts(kind, predictions)
        drawn = counts[:, groups.first] * weight
        return divided(drawn @ values, drawn.sum(axis=1))

    def influence(kind: MetricKind, predictions: Predictions) -> "Vector":
        groups, values, weight = parts(kind, predictions)
        found = np.zeros(len(predictions))
        distance = values - np.average(values, weights=weight)
        found[groups.first] = len(predictions) * weight * distance / weight.sum()
        return found

    return SmoothMetric(value, influence, groups_problem, NOTHING)


def groups_problem(kind: MetricKind, predictions: Predictions) -> str:
    """Why the rows can't be ranked in groups."""
    by = kind.text("by")
    if by not in predictions.groups:
        return f"there is no column {by} to group by"
    numbers = predictions.score is None
    problem = (value_problem if numbers else score_problem)(kind, predictions)
    if not problem and (predictions.target < 0).any():
        return "a true value is below 0: it is no gain"
    return problem


SMOOTH: dict[str, SmoothMetric] = {
    "ndcg@by": _metric(ndcg),
    "ndcg@k,by": _metric(ndcg),
    "map@by": _metric(average_precision),
    "mrr@by": _metric(reciprocal_rank),
    "precision@k,by": _metric(precision_first),
    "recall@k,by": _metric(recall_first),
}
