# SPDX-License-Identifier: Apache-2.0
"""The metrics of regression models, from the errors of the predicted values."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.measured import Measured, undefined
from shipway.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Errors = NDArray[np.float64]


def measure(name: str, predictions: Predictions) -> Measured:
    """The metric called `name`; undefined without rows or when a prediction is missing."""
    if predictions.label is None:
        raise ValueError("no predicted values")
    if not len(predictions):
        return undefined("there are no rows")
    errors = np.asarray(predictions.label, dtype=np.float64) - predictions.target
    if missing := int((~np.isfinite(errors)).sum()):
        return undefined(f"{missing} of {len(errors)} predictions are missing or infinite")
    return FORMULAS[name](errors, predictions.target)


def mae(errors: "Errors", target: "Errors") -> Measured:
    """Mean absolute error."""
    return Measured(float(np.abs(errors).mean()))


def mse(errors: "Errors", target: "Errors") -> Measured:
    """Mean squared error."""
    return Measured(float((errors**2).mean()))


def rmse(errors: "Errors", target: "Errors") -> Measured:
    """Root of the mean squared error."""
    return Measured(float(np.sqrt((errors**2).mean())))


def median_absolute_error(errors: "Errors", target: "Errors") -> Measured:
    """Median absolute error."""
    return Measured(float(np.median(np.abs(errors))))


def max_error(errors: "Errors", target: "Errors") -> Measured:
    """Largest absolute error."""
    return Measured(float(np.abs(errors).max()))


def mape(errors: "Errors", target: "Errors") -> Measured:
    """Mean of |error / true value|; undefined when a true value is zero."""
    if (target == 0).any():
        return undefined("a true value is 0, so there is no relative error")
    return Measured(float(np.abs(errors / target).mean()))


def r2(errors: "Errors", target: "Errors") -> Measured:
    """1 - sum of squared errors / sum of squares around the mean."""
    around = float(((target - target.mean()) ** 2).sum())
    return _explained(float((errors**2).sum()), around)


def explained_variance(errors: "Errors", target: "Errors") -> Measured:
    """1 - variance of the errors / variance of the target."""
    return _explained(float(errors.var()), float(target.var()))


def _explained(left: float, total: float) -> Measured:
    if total == 0:
        return undefined("the target is the same for all rows, so there is nothing to explain")
    return Measured(1 - left / total)


FORMULAS: "dict[str, Callable[[Errors, Errors], Measured]]" = {
    "mae": mae,
    "mse": mse,
    "rmse": rmse,
    "median_absolute_error": median_absolute_error,
    "max_error": max_error,
    "mape": mape,
    "r2": r2,
    "explained_variance": explained_variance,
}
