# SPDX-License-Identifier: Apache-2.0
"""The metrics of binary models, from two counts tables: the confusion table and the ranks."""

from collections.abc import Callable
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shipway.evaluation.measured import Measured, ratio, share, undefined
from shipway.evaluation.predictions import Predictions
from shipway.stats.auc import area

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_POSITIVES = "no row is positive"
NO_NEGATIVES = "no row is negative"
SMALLEST = float(np.finfo(np.float64).eps)


class Table(NamedTuple):
    """True and false positives, false and true negatives."""

    tp: int
    fp: int
    fn: int
    tn: int


def table(predictions: Predictions) -> Table:
    """The confusion table; a label that is neither class counts as wrong for its row."""
    if predictions.label is None:
        raise ValueError("no labels")
    truth, label = predictions.target == 1, predictions.label == 1
    wrong_negative = ~truth & (predictions.label != 0)
    tp, fp = int((truth & label).sum()), int(wrong_negative.sum())
    return Table(tp, fp, int(truth.sum()) - tp, int((~truth).sum()) - fp)


def accuracy(predictions: Predictions) -> Measured:
    """Share of rows predicted right."""
    counts = table(predictions)
    return share(counts.tp + counts.tn, sum(counts), "there are no rows")


def recall(predictions: Predictions) -> Measured:
    """Share of positive rows that are predicted positive."""
    counts = table(predictions)
    return share(counts.tp, counts.tp + counts.fn, NO_POSITIVES)


def specificity(predictions: Predictions) -> Measured:
    """Share of negative rows that are predicted negative."""
    counts = table(predictions)
    return share(counts.tn, counts.tn + counts.fp, NO_NEGATIVES)


def precision(predictions: Predictions) -> Measured:
    """Share of rows predicted positive that are positive."""
    counts = table(predictions)
    return share(counts.tp, counts.tp + counts.fp, "no row is predicted positive")


def balanced_accuracy(predictions: Predictions) -> Measured:
    """Mean of recall and specificity."""
    found, spared = recall(predictions), specificity(predictions)
    if found.value is None or spared.value is None:
        return undefined(found.note or spared.note)
    return Measured((found.value + spared.value) / 2)


def f1(predictions: Predictions) -> Measured:
    """2 tp / (2 tp + fp + fn)."""
    counts = table(predictions)
    below = 2 * counts.tp + counts.fp + counts.fn
    return ratio(2 * counts.tp, below, "no row is positive or predicted positive")


def mcc(predictions: Predictions) -> Measured:
    """Matthews' correlation of truth and prediction."""
    tp, fp, fn, tn = table(predictions)
    below = sqrt(float(tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return ratio(tp * tn - fp * fn, below, "truth or prediction is the same for all rows")


def roc_auc(predictions: Predictions) -> Measured:
    """Area under the ROC curve."""
    scores, problem = _scores(predictions)
    if problem:
        return undefined(problem)
    found = area(predictions.target == 1, scores)
    if found is None:
        return undefined(NO_POSITIVES if not (predictions.target == 1).any() else NO_NEGATIVES)
    return Measured(found.value)


def average_precision(predictions: Predictions) -> Measured:
    """Sum of precision over the steps in recall, tied scores in one step, not interpolated."""
    scores, problem = _scores(predictions)
    positive = predictions.target == 1
    if problem or not positive.any():
        return undefined(problem or NO_POSITIVES)
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    found = np.cumsum(positive[order])[ends]
    steps = np.diff(found, prepend=0) / found[-1]
    return Measured(float((steps * (found / (ends + 1))).sum()))


def brier(predictions: Predictions) -> Measured:
    """Mean squared difference of probability and truth."""
    scores, problem = _probabilities(predictions)
    if problem:
        return undefined(problem)
    return Measured(float(np.mean((scores - (predictions.target == 1)) ** 2)))


def log_loss(predictions: Predictions) -> Measured:
    """Mean negative log likelihood; probabilities are kept 2.2e-16 away from 0 and 1."""
    scores, problem = _probabilities(predictions)
    if problem:
        return undefined(problem)
    likely = np.clip(np.where(predictions.target == 1, scores, 1 - scores), SMALLEST, 1 - SMALLEST)
    return Measured(float(-np.log(likely).mean()))


def _scores(predictions: Predictions) -> "tuple[NDArray[np.float64], str]":
    """The scores, and why they can't be used ("" when they can)."""
    scores = predictions.score
    if scores is None:
        raise ValueError("no scores")
    if missing := int(np.isnan(scores).sum()):
        return scores, f"{missing} of {len(scores)} scores are missing"
    return scores, "" if len(scores) else "there are no rows"


def _probabilities(predictions: Predictions) -> "tuple[NDArray[np.float64], str]":
    scores, problem = _scores(predictions)
    if not problem and not ((scores >= 0) & (scores <= 1)).all():
        problem = "some scores lie outside [0, 1] and are no probabilities"
    return scores, problem


COMPUTE: dict[str, Callable[[Predictions], Measured]] = {
    "roc_auc": roc_auc,
    "average_precision": average_precision,
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "precision": precision,
    "recall": recall,
    "specificity": specificity,
    "f1": f1,
    "mcc": mcc,
    "brier": brier,
    "log_loss": log_loss,
}
