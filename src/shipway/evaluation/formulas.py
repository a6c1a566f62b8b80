# SPDX-License-Identifier: Apache-2.0
"""What a metric that is not read off the confusion table gives to `measure`.

Both kinds take weights, so that one formula serves the measured value (each row once), weighted
rows and every resample (each row as often as it was drawn).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Counts = NDArray[np.float64]

NO_ROWS = "there are no rows"


class RowMetric(NamedTuple):
    """A mean of one value for each row: `values` (n); `problem` says why there are none, or ""."""

    values: "Callable[[MetricKind, Predictions], Vector]"
    problem: "Callable[[MetricKind, Predictions], str]"


class SmoothMetric(NamedTuple):
    """Any other function of the rows.

    `value` takes how often each row is drawn (b, n) and gives a value for each draw (b), NaN where
    there is none. `influence` (n) is the derivative of the value with respect to each row's count,
    times n; None where that is not known. `problem` says why rows have no value, or "", and
    `undefined` why the value is NaN although they had none.
    """

    value: "Callable[[MetricKind, Predictions, Counts], Vector]"
    influence: "Callable[[MetricKind, Predictions], Vector | None]"
    problem: "Callable[[MetricKind, Predictions], str]"
    undefined: str = "the rows weigh nothing"


def weights(predictions: Predictions, counts: "Counts") -> "Counts":
    """How much each row weighs in each draw (b, n)."""
    return counts if predictions.weight is None else counts * predictions.weight


def own_weights(predictions: Predictions) -> "Vector":
    """How much each row weighs (n)."""
    return np.ones(len(predictions)) if predictions.weight is None else predictions.weight


def score_problem(kind: MetricKind, predictions: Predictions) -> str:
    """Why the scores can't be ranked."""
    scores = predictions.score
    if scores is None:
        return "the model gives no scores"
    if not len(scores):
        return NO_ROWS
    missing = np.isnan(scores) if scores.ndim == 1 else np.isnan(scores).any(axis=1)
    if count := int(missing.sum()):
        return f"{count} of {len(scores)} scores are missing"
    return ""


def probability_problem(kind: MetricKind, predictions: Predictions) -> str:
    """Why the scores are no probabilities."""
    problem = score_problem(kind, predictions)
    scores = predictions.score
    if problem or scores is None:
        return problem
    if not ((scores >= 0) & (scores <= 1)).all():
        return "some scores lie outside [0, 1] and are no probabilities"
    if scores.ndim == 2 and not (scores.sum(axis=1) > 0).all():
        return "the scores of some rows are 0 for every class"
    return ""
