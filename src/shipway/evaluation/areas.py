# SPDX-License-Identifier: Apache-2.0
"""Areas under curves: ROC, precision-recall, and the mean ROC area of many classes.

Rows with equal scores are taken together. The influence of a row on the ROC area is its placement:
the share of the other class on its right side (see `stats.auc`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.binary import NO_NEGATIVES, NO_POSITIVES
from shipway.evaluation.confusion import divided
from shipway.evaluation.formulas import SmoothMetric, own_weights, score_problem, weights
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.multiclass import number_of
from shipway.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]


def roc_auc(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """Chance that a positive row scores above a negative one, ties counted half."""
    found, alarms = steps(predictions, counts)
    positives, negatives = found[:, -1], alarms[:, -1]
    ahead = np.diff(found, axis=1, prepend=0.0)
    behind = negatives[:, None] - alarms + np.diff(alarms, axis=1, prepend=0.0) / 2
    return divided((ahead * behind).sum(axis=1), positives * negatives)


def roc_auc_influence(kind: MetricKind, predictions: Predictions) -> "Vector":
    """n w (placement - area) / weight of the row's class."""
    own = own_weights(predictions)
    found, alarms = (each[0] for each in predictions.totals)
    below = alarms[-1] - alarms + np.diff(alarms, prepend=0.0) / 2
    above = found - np.diff(found, prepend=0.0) / 2
    step, positive = predictions.ranked.step, predictions.target == 1
    area = (np.diff(found, prepend=0.0) * below).sum() / (found[-1] * alarms[-1])
    placed = np.where(positive, below[step] / alarms[-1], above[step] / found[-1])
    size = np.where(positive, found[-1], alarms[-1])
    return np.asarray(len(own) * own * (placed - area) / size)


def average_precision(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """Sum of precision over the steps in recall, tied scores in one step, not interpolated."""
    found, alarms = steps(predictions, counts)
    rows = found + alarms
    precision = np.divide(found, rows, out=np.zeros_like(rows), where=rows > 0)
    above = (np.diff(found, axis=1, prepend=0.0) * precision).sum(axis=1)
    return divided(above, found[:, -1])


def average_precision_influence(kind: MetricKind, predictions: Predictions) -> "Vector":
    """The derivative of the sum: a row changes the precision of its step and of all below it."""
    own = own_weights(predictions)
    found, alarms = (each[0] for each in predictions.totals)
    rows, gained = found + alarms, np.diff(found, prepend=0.0)
    inverse = np.divide(1.0, rows, out=np.zeros_like(rows), where=rows > 0)
    total = (gained * found * inverse).sum() / found[-1]
    diluted = _from_below(gained * found * inverse**2)
    kept = _from_below(gained * inverse)
    step, positive = predictions.ranked.step, predictions.target == 1
    change = np.where(positive, (found * inverse + kept)[step] - total, 0.0) - diluted[step]
    return np.asarray(len(own) * own * change / found[-1])


def roc_auc_ovr(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """Mean area of each class against the rest, or that of one class."""
    numbers = _numbers(kind, predictions)
    parts = (predictions.against_rest(number) for number in numbers)
    return np.asarray(sum(roc_auc(kind, part, counts) for part in parts) / len(numbers))


def roc_auc_ovr_influence(kind: MetricKind, predictions: Predictions) -> "Vector":
    """The mean of the classes' influence values."""
    numbers = _numbers(kind, predictions)
    parts = (predictions.against_rest(number) for number in numbers)
    return np.asarray(sum(roc_auc_influence(kind, part) for part in parts) / len(numbers))


def both_classes_problem(kind: MetricKind, predictions: Predictions) -> str:
    """Why positive and negative rows can't be told apart by score."""
    positive = predictions.target == 1
    if problem := score_problem(kind, predictions) or positives_problem(kind, predictions):
        return problem
    return NO_NEGATIVES if positive.all() else ""


def positives_problem(kind: MetricKind, predictions: Predictions) -> str:
    """Why positive rows can't be looked for by score."""
    problem = score_problem(kind, predictions)
    return problem or ("" if (predictions.target == 1).any() else NO_POSITIVES)


def _ovr_problem(kind: MetricKind, predictions: Predictions) -> str:
    if problem := score_problem(kind, predictions):
        return problem
    rows = np.bincount(predictions.target, minlength=len(predictions.classes))
    for number in _numbers(kind, predictions):
        if rows[number] in (0, len(predictions)):
            return f"class {predictions.classes[number]} has no rows, or all of them"
    return ""


def _numbers(kind: MetricKind, predictions: Predictions) -> Sequence[int]:
    """The classes whose areas are wanted. One is ranked at a time: so many orders fill a memory."""
    if "class" in kind.options:
        return (number_of(kind, predictions.classes),)
    return range(len(predictions.classes))


def steps(predictions: Predictions, counts: "Vector") -> "tuple[Vector, Vector]":
    """Positive and negative weight at or above each step, for rows drawn so often (b, n)."""
    if counts is predictions.once:
        return predictions.totals
    each, positive = weights(predictions, counts), predictions.target == 1
    ranked = predictions.ranked
    return ranked.totals(each * positive), ranked.totals(each * ~positive)


def _from_below(values: "Vector") -> "Vector":
    """For each step the sum over it and all steps below."""
    return np.asarray(np.cumsum(values[::-1])[::-1])


SMOOTH: dict[str, SmoothMetric] = {
    "roc_auc": SmoothMetric(roc_auc, roc_auc_influence, both_classes_problem),
    "average_precision": SmoothMetric(
        average_precision, average_precision_influence, positives_problem, NO_POSITIVES
    ),
    "roc_auc_ovr": SmoothMetric(roc_auc_ovr, roc_auc_ovr_influence, _ovr_problem),
    "roc_auc_ovr@class": SmoothMetric(roc_auc_ovr, roc_auc_ovr_influence, _ovr_problem),
}
