# SPDX-License-Identifier: Apache-2.0
"""The metrics of regression models, from the errors (predicted less true) of the values."""

from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.confusion import divided
from shipway.evaluation.formulas import (
    NO_ROWS,
    RowMetric,
    SmoothMetric,
    own_weights,
    weights,
)
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

FEW = 2_000
"""Below so many rows the density at the median is too rough for influence values."""
FLAT = "the target is the same for all rows, so there is nothing to explain"


def errors(predictions: Predictions) -> "Vector":
    """Predicted less true values (n)."""
    if predictions.label is None:
        raise ValueError("no predicted values")
    return np.asarray(predictions.label - predictions.target, dtype=np.float64)


def value_problem(kind: MetricKind, predictions: Predictions) -> str:
    """Why there are no errors to measure."""
    if predictions.label is None:
        return "there are no predicted values"
    if not len(predictions):
        return NO_ROWS
    if missing := int((~np.isfinite(errors(predictions))).sum()):
        return f"{missing} of {len(predictions)} predictions are missing or infinite"
    return ""


def max_error(predictions: Predictions) -> float:
    """Largest absolute error of the rows that weigh something."""
    return float(np.abs(errors(predictions))[own_weights(predictions) > 0].max())


def _mape_problem(kind: MetricKind, predictions: Predictions) -> str:
    problem = value_problem(kind, predictions)
    if not problem and (predictions.target == 0).any():
        return "a true value is 0, so there is no relative error"
    return problem


def _smape_problem(kind: MetricKind, predictions: Predictions) -> str:
    problem = value_problem(kind, predictions)
    if not problem and ((predictions.target == 0) & (predictions.label == 0)).any():
        return "a true and its predicted value are both 0, so there is no relative error"
    return problem


def _smape(kind: MetricKind, predictions: Predictions) -> "Vector":
    size = np.abs(predictions.target) + np.abs(errors(predictions) + predictions.target)
    return np.asarray(2 * np.abs(errors(predictions)) / size)


def _pinball(kind: MetricKind, predictions: Predictions) -> "Vector":
    """Roger Koenker and Gilbert Bassett, "Regression quantiles", Econometrica 46 (1978)."""
    under, q = -errors(predictions), kind.number("q")
    return np.maximum(q * under, (q - 1) * under)


ROWS: dict[str, RowMetric] = {
    "mae": RowMetric(lambda kind, p: np.abs(errors(p)), value_problem),
    "mse": RowMetric(lambda kind, p: errors(p) ** 2, value_problem),
    "bias": RowMetric(lambda kind, p: errors(p), value_problem),
    "mape": RowMetric(lambda kind, p: np.abs(errors(p) / p.target), _mape_problem),
    "smape": RowMetric(_smape, _smape_problem),
    "quantile_loss@q": RowMetric(_pinball, value_problem),
}


def rmse(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """Root of the mean squared error."""
    each = weights(predictions, counts)
    return np.sqrt(divided(each @ errors(predictions) ** 2, each.sum(axis=1)))


def rmse_influence(kind: MetricKind, predictions: Predictions) -> "Vector":
    """By the chain rule from the mean squared error."""
    own, squared = own_weights(predictions), errors(predictions) ** 2
    mean = np.average(squared, weights=own)
    scale = 2 * np.sqrt(mean) * own.mean()
    return own * (squared - mean) / scale if scale else np.zeros(len(own))


def r2(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """1 - sum of squared errors / sum of squares around the mean."""
    each, target = weights(predictions, counts), predictions.target
    return _explained(each @ errors(predictions) ** 2, _around_mean(each, target), each, target)


def r2_influence(kind: MetricKind, predictions: Predictions) -> "Vector":
    """Of a quotient; the mean of the target is where its squares are least, so it adds nothing."""
    return _explained_influence(predictions, errors(predictions) ** 2)


def explained_variance(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """1 - variance of the errors / variance of the target."""
    each, target = weights(predictions, counts), predictions.target
    left = _around_mean(each, errors(predictions))
    return _explained(left, _around_mean(each, target), each, target)


def explained_variance_influence(kind: MetricKind, predictions: Predictions) -> "Vector":
    """As that of r2, of errors around their mean."""
    left = errors(predictions)
    middle = np.average(left, weights=own_weights(predictions))
    return _explained_influence(predictions, (left - middle) ** 2)


def _explained(left: "Vector", total: "Vector", each: "Vector", target: "Vector") -> "Vector":
    # Sums of squares of one repeated value leave rounding behind where there should be nothing.
    size = each.sum(axis=1) * max(1.0, float(np.abs(target).max())) ** 2
    total = np.where(total <= 1e-28 * size, 0.0, total)
    return 1 - divided(left, total)


def _explained_influence(predictions: Predictions, squared: "Vector") -> "Vector":
    own, target = own_weights(predictions), predictions.target
    around = (target - np.average(target, weights=own)) ** 2
    left, total = (own * squared).sum(), (own * around).sum()
    return np.asarray(len(own) * own * (left * around / total - squared) / total)


def _around_mean(each: "Vector", values: "Vector") -> "Vector":
    """Sums of squares of `values` (n) around their mean, for each draw (b)."""
    centred = values - values.mean()
    total = each.sum(axis=1)
    shift = divided(each @ centred, total)
    return np.asarray(np.maximum(each @ centred**2 - total * shift**2, 0.0))


def median_absolute_error(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """Median absolute error: half of the weight lies on each side."""
    sizes = np.abs(errors(predictions))
    order = np.argsort(sizes, kind="stable")
    each = weights(predictions, counts)[:, order]
    return weighted_median(sizes[order], each)


def median_influence(kind: MetricKind, predictions: Predictions) -> "Vector | None":
    """Of a quantile: (1/2 - share below) / density, the density from the n^(2/3) nearest errors.

    None with few rows, or where so many errors are alike that there is no density.
    """
    sizes, own = np.abs(errors(predictions)), own_weights(predictions)
    if len(sizes) < FEW:
        return None
    order = np.argsort(sizes, kind="stable")
    middle = float(weighted_median(sizes[order], own[None, order])[0])
    place, half = int(np.searchsorted(sizes[order], middle)), round(len(sizes) ** (2 / 3) / 2)
    near = order[max(0, place - half) : place + half]
    width = float(np.ptp(sizes[near]))
    if width <= 0:
        return None
    below = (sizes < middle) + (sizes == middle) / 2
    found = own * (np.average(below, weights=own) - below) * width / own[near].sum()
    return np.asarray(len(sizes) * found)


def weighted_median(ordered: "Vector", each: "Vector") -> "Vector":
    """Of rising values (n) with weights (b, n): (b); the middle of two where both halve it."""
    sums = np.cumsum(each, axis=1)
    half = sums[:, -1] / 2
    slack = 1e-12 * half
    low = np.array(
        [np.searchsorted(row, h - s) for row, h, s in zip(sums, half, slack, strict=True)]
    )
    high = np.array(
        [
            np.searchsorted(row, h + s, side="right")
            for row, h, s in zip(sums, half, slack, strict=True)
        ]
    )
    last = len(ordered) - 1
    found = (ordered[np.minimum(low, last)] + ordered[np.minimum(high, last)]) / 2
    return np.where(half > 0, found, np.nan)


SMOOTH: dict[str, SmoothMetric] = {
    "rmse": SmoothMetric(rmse, rmse_influence, value_problem),
    "median_absolute_error": SmoothMetric(median_absolute_error, median_influence, value_problem),
    "r2": SmoothMetric(r2, r2_influence, value_problem, FLAT),
    "explained_variance": SmoothMetric(
        explained_variance, explained_variance_influence, value_problem, FLAT
    ),
}
