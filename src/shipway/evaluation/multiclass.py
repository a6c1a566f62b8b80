# SPDX-License-Identifier: Apache-2.0
"""The metrics of models with more than two classes, from the confusion matrix and the scores.

A class that never occurs, neither in truth nor in prediction, takes no part in a mean. A class
without rows has no recall, one that is never predicted a precision of 0.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from shipway.evaluation.measured import Measured, ratio, share, undefined
from shipway.evaluation.predictions import Predictions
from shipway.stats.auc import area

if TYPE_CHECKING:
    from numpy.typing import NDArray

Part = Literal["precision", "recall", "f1"]
SMALLEST = float(np.finfo(np.float64).eps)
NO_ROWS = "there are no rows"


class ByClass(NamedTuple):
    """For each class: rows predicted right, rows of the class, rows predicted as the class."""

    right: "NDArray[np.float64]"
    true: "NDArray[np.float64]"
    predicted: "NDArray[np.float64]"


def matrix(predictions: Predictions) -> "NDArray[np.int64]":
    """Rows of true class i predicted as j; the last column holds labels that are no class."""
    if predictions.label is None:
        raise ValueError("no labels")
    width = len(predictions.classes) + 1
    cells = predictions.target * width + predictions.label
    return np.bincount(cells, minlength=width * width).reshape(width, width)


def by_class(predictions: Predictions) -> ByClass:
    """The counts behind precision and recall, classes that never occur left out."""
    counts = matrix(predictions).astype(np.float64)
    found = ByClass(np.diag(counts)[:-1], counts.sum(axis=1)[:-1], counts.sum(axis=0)[:-1])
    occurs = (found.true + found.predicted) > 0
    return ByClass(*(each[occurs] for each in found))


def accuracy(predictions: Predictions) -> Measured:
    """Share of rows predicted right."""
    return share(int((predictions.target == predictions.label).sum()), len(predictions), NO_ROWS)


def balanced_accuracy(predictions: Predictions) -> Measured:
    """Mean recall of the classes that have rows."""
    counts = by_class(predictions)
    has_rows = counts.true > 0
    if not has_rows.any():
        return undefined(NO_ROWS)
    return Measured(float((counts.right[has_rows] / counts.true[has_rows]).mean()))


def averaged(part: Part, weighted: bool, predictions: Predictions) -> Measured:
    """Mean of a part over the classes, plain (macro) or weighted by the rows of each class."""
    counts = by_class(predictions)
    if not len(predictions):
        return undefined(NO_ROWS)
    below = {
        "precision": counts.predicted,
        "recall": counts.true,
        "f1": (counts.true + counts.predicted) / 2,
    }[part]
    values = np.divide(counts.right, below, out=np.zeros_like(below), where=below > 0)
    weights = counts.true if weighted else None
    return Measured(float(np.average(values, weights=weights)))


def mcc(predictions: Predictions) -> Measured:
    """Matthews' correlation for many classes (J. Gorodkin, Comput. Biol. Chem. 28, 2004)."""
    counts = by_class(predictions)
    rows = float(len(predictions))
    above = counts.right.sum() * rows - (counts.true * counts.predicted).sum()
    spread = (rows**2 - (counts.predicted**2).sum()) * (rows**2 - (counts.true**2).sum())
    return ratio(
        float(above), float(np.sqrt(spread)), "truth or prediction is the same for all rows"
    )


def roc_auc_ovr(predictions: Predictions) -> Measured:
    """Mean area under the ROC curve of each class against the rest."""
    scores, problem = _scores(predictions)
    if problem:
        return undefined(problem)
    areas = []
    for number, name in enumerate(predictions.classes):
        found = area(predictions.target == number, scores[:, number])
        if found is None:
            return undefined(f"class {name} has no rows, or all of them")
        areas.append(found.value)
    return Measured(float(np.mean(areas)))


def log_loss(predictions: Predictions) -> Measured:
    """Mean negative log likelihood of the true class; each row is scaled to a sum of 1."""
    scores, problem = _scores(predictions)
    if problem or (scores < 0).any() or not (scores.sum(axis=1) > 0).all():
        return undefined(problem or "some scores are no probabilities")
    likely = scores[np.arange(len(scores)), predictions.target] / scores.sum(axis=1)
    return Measured(float(-np.log(np.clip(likely, SMALLEST, 1.0)).mean()))


def _scores(predictions: Predictions) -> "tuple[NDArray[np.float64], str]":
    scores = predictions.score
    if scores is None:
        raise ValueError("no scores")
    if missing := int(np.isnan(scores).any(axis=1).sum()):
        return scores, f"{missing} of {len(scores)} rows lack a score"
    return scores, "" if len(scores) else NO_ROWS


COMPUTE: dict[str, Callable[[Predictions], Measured]] = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "precision_macro": partial(averaged, "precision", False),
    "precision_weighted": partial(averaged, "precision", True),
    "recall_macro": partial(averaged, "recall", False),
    "recall_weighted": partial(averaged, "recall", True),
    "f1_macro": partial(averaged, "f1", False),
    "f1_weighted": partial(averaged, "f1", True),
    "mcc": mcc,
    "roc_auc_ovr": roc_auc_ovr,
    "log_loss": log_loss,
}
