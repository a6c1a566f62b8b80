# SPDX-License-Identifier: Apache-2.0
"""How good scores are as probabilities, row by row: Brier score and log loss.

`calibration` says whether they can be taken at their word.
"""

from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.formulas import RowMetric, probability_problem
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST = float(np.finfo(np.float64).eps)


def brier(kind: MetricKind, predictions: Predictions) -> "NDArray[np.float64]":
    """Squared difference of probability and truth; with many classes summed over them.

    So it lies in [0, 1] for binary models and in [0, 2] for others (G. W. Brier, Mon. Weather Rev.
    78, 1950, has the sum for both).
    """
    scores = probabilities(predictions)
    if scores.ndim == 1:
        return np.asarray((scores - predictions.target) ** 2)
    likely = scores[np.arange(len(scores)), predictions.target]
    return np.asarray((scores**2).sum(axis=1) - 2 * likely + 1)


def log_loss(kind: MetricKind, predictions: Predictions) -> "NDArray[np.float64]":
    """Negative log likelihood of the truth; probabilities are kept 2.2e-16 away from 0 and 1."""
    scores = probabilities(predictions)
    if scores.ndim == 1:
        likely = np.where(predictions.target == 1, scores, 1 - scores)
    else:
        likely = scores[np.arange(len(scores)), predictions.target]
    return np.asarray(-np.log(np.clip(likely, SMALLEST, 1 - SMALLEST)))


def probabilities(predictions: Predictions) -> "NDArray[np.float64]":
    """The scores; of many classes, each row is scaled to a sum of 1."""
    scores = predictions.score
    if scores is None:
        raise ValueError("no scores")
    return scores if scores.ndim == 1 else scores / scores.sum(axis=1, keepdims=True)


ROWS: dict[str, RowMetric] = {
    "brier": RowMetric(brier, probability_problem),
    "log_loss": RowMetric(log_loss, probability_problem),
}
