# SPDX-License-Identifier: Apache-2.0
"""How a binary model's scores lie: a histogram for each class, and how honest they are.

A calibrated model's score is a probability: of the rows with scores near 0.3, about 30 % are
positive. The reliability diagram shows the share of positives of rows with similar scores.
"""

from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.predictions import Predictions
from shipway.records.comparison import CalibrationBin, Histogram
from shipway.stats.proportions import wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 10
BARS = 30


def calibration(predictions: Predictions) -> tuple[CalibrationBin, ...] | None:
    """Ten bins of equal width over [0, 1], those without rows left out.

    None where the scores are no probabilities.
    """
    scores = _usable(predictions)
    if scores is None or scores.min() < 0 or scores.max() > 1:
        return None
    place = np.minimum((scores * BINS).astype(np.int64), BINS - 1)
    rows = np.bincount(place, minlength=BINS)
    sums = np.bincount(place, weights=scores, minlength=BINS)
    positive = np.bincount(place, weights=predictions.target == 1, minlength=BINS)
    return tuple(
        _bin(float(sums[i]), int(positive[i]), int(rows[i])) for i in range(BINS) if rows[i]
    )


def _bin(total: float, positive: int, rows: int) -> CalibrationBin:
    sure = wilson(positive, rows)
    return CalibrationBin(total / rows, positive / rows, rows, sure.low, sure.high)


def histogram(predictions: Predictions) -> Histogram | None:
    """Rows of each class by score, in thirty bars: over [0, 1], or over the scores' own range."""
    scores = _usable(predictions)
    if scores is None or not np.isfinite(scores).all():
        return None
    low, high = float(scores.min()), float(scores.max())
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    positive = predictions.target == 1
    counts, edges = np.histogram(scores[positive], BARS, (low, high))
    others, _ = np.histogram(scores[~positive], BARS, (low, high))
    return Histogram(tuple(edges.tolist()), tuple(map(int, counts)), tuple(map(int, others)))


def _usable(predictions: Predictions) -> "NDArray[np.float64] | None":
    scores = predictions.score
    if scores is None or not len(scores) or scores.ndim != 1 or np.isnan(scores).any():
        return None
    return scores
