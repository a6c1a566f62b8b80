# SPDX-License-Identifier: Apache-2.0
"""Whether scores can be taken at their word: calibration error, slope and intercept.

The calibration error compares, bin by bin, the mean score with the share of positives, and takes
the mean distance weighted by the rows of each bin (M. P. Naeini, G. F. Cooper and M. Hauskrecht,
"Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015). Of many classes the
highest probability is compared with the share of rows whose class it was (C. Guo et al., "On
calibration of modern neural networks", ICML 2017). It is never negative and its expectation is
above 0 even for a perfect model: the fewer rows in a bin, the more.

Slope and intercept come from a logistic regression of the truth on the log odds of the score (D. R.
Cox, Biometrika 45, 1958): the slope with a free intercept, the intercept with the slope held at 1
(B. Van Calster et al., "Calibration: the Achilles heel of predictive analytics", BMC Medicine 17,
2019). A perfect model has 1 and 0. Scores of 0 and 1 are taken 2.2e-16 away from there.
"""

from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.formulas import (
    SmoothMetric,
    own_weights,
    probability_problem,
    weights,
)
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.probabilistic import SMALLEST, probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

MOST_STEPS = 50
CLOSE = 1e-10


def calibration_error(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """Mean over the rows of the distance, in their bin, of mean score and share of positives.

    Bins of equal width are (0, 0.1], (0.1, 0.2]… with 0 in the first. Of bins by quantile each has
    as nearly the same weight as rows with equal scores, which stay together, allow.
    """
    each = weights(predictions, counts)
    score, right = _said(predictions)
    bins = kind.count("bins")
    total = each.sum(axis=1)
    found = np.full(len(each), np.nan)
    fixed = _uniform(score, bins) if kind.text("strategy") == "uniform" else None
    for number, row in enumerate(each):
        if total[number] > 0:
            place = _quantile(score, row, bins) if fixed is None else fixed
            gaps = np.bincount(place, row * (score - right), minlength=bins)
            found[number] = np.abs(gaps).sum() / total[number]
    return found


def calibration_error_influence(kind: MetricKind, predictions: Predictions) -> "Vector":
    """n w (sign of the bin's gap times the row's own gap - error) / weight.

    Bins by quantile are held where they are: rows that cross an edge change the sum only where the
    gaps on both sides have opposite signs, and there the gap itself is about 0.
    """
    own, (score, right) = own_weights(predictions), _said(predictions)
    uniform, bins = kind.text("strategy") == "uniform", kind.count("bins")
    place = _uniform(score, bins) if uniform else _quantile(score, own, bins)
    gaps = np.bincount(place, own * (score - right), minlength=bins)
    error = np.abs(gaps).sum() / own.sum()
    return np.asarray(own * (np.sign(gaps)[place] * (score - right) - error) / own.mean())


def calibration_slope(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """How much the log odds of the scores must be stretched."""
    return _fitted(predictions, counts, free_slope=True)[:, 1]


def calibration_intercept(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """How far the log odds of the scores must be shifted."""
    return _fitted(predictions, counts, free_slope=False)[:, 0]


def slope_influence(kind: MetricKind, predictions: Predictions) -> "Vector":
    """Of an estimator that solves equations: inverse of their slope times each row's part."""
    return _fit_influence(predictions, free_slope=True)[:, 1]


def intercept_influence(kind: MetricKind, predictions: Predictions) -> "Vector":
    """As `slope_influence`, with one equation."""
    return _fit_influence(predictions, free_slope=False)[:, 0]


def _said(predictions: Predictions) -> "tuple[Vector, Vector]":
    """What each row was told (n) and whether it was so (n)."""
    scores = probabilities(predictions)
    if scores.ndim == 1:
        return scores, (predictions.target == 1).astype(np.float64)
    top = scores.argmax(axis=1)
    return scores.max(axis=1), (predictions.target == top).astype(np.float64)


def _uniform(score: "Vector", bins: int) -> "NDArray[np.int64]":
    edges = np.linspace(0, 1, bins + 1)[1:-1]
    return np.asarray(np.searchsorted(edges, score, side="left"))


def _quantile(score: "Vector", each: "Vector", bins: int) -> "NDArray[np.int64]":
    """A row's bin is that in which the middle of its score's weight falls."""
    values, place = np.unique(score, return_inverse=True)
    sizes = np.bincount(place, each, minlength=len(values))
    middle = (np.cumsum(sizes) - sizes / 2) / each.sum()
    return np.asarray(np.minimum((middle * bins).astype(np.int64), bins - 1)[place])


def _log_odds(predictions: Predictions) -> "Vector":
    scores = np.clip(probabilities(predictions), SMALLEST, 1 - SMALLEST)
    return np.asarray(np.log(scores) - np.log1p(-scores))


def _fitted(predictions: Predictions, counts: "Vector", *, free_slope: bool) -> "Vector":
    """Intercept and slope of each draw (b, 2) by Newton's method; NaN where there is no answer."""
    each = weights(predictions, counts)
    x, y = _log_odds(predictions), (predictions.target == 1).astype(np.float64)
    found = np.tile([0.0, 1.0], (len(each), 1))
    moving = np.arange(len(each))
    for _ in range(MOST_STEPS):
        step = _newton(each[moving], x, y, found[moving], free_slope)
        found[moving] += step
        moving = moving[~(np.abs(step).max(axis=1) < CLOSE)]
        if not len(moving):
            return found
    # What has not settled runs away: the classes are separated, or one of them is missing.
    found[moving] = np.nan
    return found


def _newton(each: "Vector", x: "Vector", y: "Vector", at: "Vector", free_slope: bool) -> "Vector":
    """One step of intercept and slope (b, 2), at most 4 long."""
    likely = _logistic(at[:, :1] + at[:, 1:] * x)
    left, spread = each * (y - likely), each * likely * (1 - likely)
    score, s0, s1, s2 = left.sum(axis=1), spread.sum(axis=1), spread @ x, spread @ (x * x)
    with np.errstate(divide="ignore", invalid="ignore"):
        if not free_slope:
            step = np.stack([score / s0, np.zeros_like(s0)], axis=1)
        else:
            also, size = left @ x, s0 * s2 - s1 * s1
            step = np.stack([s2 * score - s1 * also, s0 * also - s1 * score], axis=1)
            step /= np.where(size > SMALLEST * s0 * s2, size, np.nan)[:, None]
        longest = np.abs(step).max(axis=1, keepdims=True)
        return np.asarray(step * (4 / np.maximum(longest, 4)))


def _fit_influence(predictions: Predictions, *, free_slope: bool) -> "Vector":
    own = own_weights(predictions)
    ones = np.ones((1, len(own)))
    at = _fitted(predictions, ones, free_slope=free_slope)
    x, y = _log_odds(predictions), (predictions.target == 1).astype(np.float64)
    likely = _logistic(at[0, 0] + at[0, 1] * x)
    rows = np.stack([np.ones_like(x), x if free_slope else np.zeros_like(x)], axis=1)
    spread = rows.T @ (rows * (own * likely * (1 - likely))[:, None])
    part = rows * (own * (y - likely))[:, None]
    return np.asarray(len(own) * part @ np.linalg.pinv(spread))


def _logistic(values: "Vector") -> "Vector":
    return np.asarray(0.5 * (1 + np.tanh(values / 2)))


_ALIKE = "the classes are separated, or one has no rows: there is no recalibration"
SMOOTH: dict[str, SmoothMetric] = {
    "calibration_error": SmoothMetric(
        calibration_error, calibration_error_influence, probability_problem
    ),
    "calibration_slope": SmoothMetric(
        calibration_slope, slope_influence, probability_problem, _ALIKE
    ),
    "calibration_intercept": SmoothMetric(
        calibration_intercept, intercept_influence, probability_problem, _ALIKE
    ),
}
