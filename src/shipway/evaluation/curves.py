# SPDX-License-Identifier: Apache-2.0
"""What a report draws of one model: curves over all thresholds, and the confusion matrix."""

from typing import TYPE_CHECKING

import numpy as np

from shipway.base.errors import InputError
from shipway.evaluation.confusion import matrix
from shipway.evaluation.cost import Costs
from shipway.evaluation.distributions import calibration, histogram
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.thresholds import cost_curve
from shipway.records.comparison import Confusion, Curve, Drawn
from shipway.spec.types import Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_POINTS = 200
MOST_CLASSES = 50


def drawn(predictions: Predictions, task: Task, costs: Costs | None = None) -> Drawn:
    """All that is drawn of one model; the cost by threshold where mistakes have `costs`."""
    if task != "binary":
        return Drawn(confusion=confusion(predictions, task))
    return Drawn(
        roc=roc(predictions),
        precision_recall=precision_recall(predictions),
        confusion=confusion(predictions, task),
        calibration=calibration(predictions),
        scores=histogram(predictions),
        costs=None if costs is None else cost_by_threshold(predictions, costs),
    )


def roc(predictions: Predictions) -> Curve | None:
    """False positive rate (x) and recall (y) over all thresholds; None without both classes."""
    steps = _steps(predictions)
    if steps is None or steps[1][-1] == 0:
        return None
    hits, alarms = steps
    x = np.concatenate(([0.0], alarms / alarms[-1]))
    return _thinned(x, np.concatenate(([0.0], hits / hits[-1])))


def precision_recall(predictions: Predictions) -> Curve | None:
    """Recall (x) and precision (y) over all thresholds; None without positive rows."""
    steps = _steps(predictions)
    if steps is None:
        return None
    hits, alarms = steps
    precision = hits / (hits + alarms)
    recall = hits / hits[-1]
    return _thinned(np.concatenate(([0.0], recall)), np.concatenate((precision[:1], precision)))


def cost_by_threshold(predictions: Predictions, costs: Costs) -> Curve | None:
    """Threshold (x) and mean cost of a row (y); None where no threshold could be chosen."""
    if predictions.score is None:
        return None
    try:
        thresholds, mean = cost_curve(
            predictions.target == 1, predictions.score, costs, weight=predictions.weight
        )
    except InputError:
        return None
    return _thinned(thresholds[::-1], mean[::-1])


def confusion(predictions: Predictions, task: Task) -> Confusion | None:
    """Rows by true and predicted class; None without labels or with more than 50 classes.

    Labels that are no class of the target stand in a last column `other`, when there are any.
    """
    labels = predictions.classes
    if task == "regression" or predictions.label is None or len(labels) > MOST_CLASSES:
        return None
    counts = matrix(predictions)
    if not counts[:, -1].any():
        return Confusion(labels, tuple(map(tuple, counts[:-1, :-1].tolist())))
    return Confusion((*labels, "other"), tuple(map(tuple, counts.tolist())))


def _steps(predictions: Predictions) -> "tuple[NDArray[np.float64], NDArray[np.float64]] | None":
    """True and false positives at each distinct score, from the highest down."""
    scores = predictions.score
    if scores is None or not len(scores) or scores.ndim != 1 or np.isnan(scores).any():
        return None
    positive = predictions.target == 1
    if not positive.any():
        return None
    order = np.argsort(-scores)
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    hits = np.cumsum(positive[order])[ends].astype(np.float64)
    return hits, ends + 1 - hits


def _thinned(x: "NDArray[np.float64]", y: "NDArray[np.float64]") -> Curve:
    """At most 200 of the points, evenly spaced along the curve, both ends among them."""
    if len(x) > MOST_POINTS:
        size = max(1.0, float(np.abs(y).max()))
        way = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)) / size)))
        stops = np.linspace(0.0, way[-1], MOST_POINTS)
        kept = np.unique(np.searchsorted(way, stops).clip(0, len(x) - 1))
        kept[-1] = len(x) - 1
        x, y = x[kept], y[kept]
    return Curve(tuple(x.round(6).tolist()), tuple(y.round(6).tolist()))
