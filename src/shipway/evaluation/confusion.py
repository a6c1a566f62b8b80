# SPDX-License-Identifier: Apache-2.0
"""Confusion tables, and metrics as functions of them.

A table has a row for each true class and a column for each predicted one, with one more column for
labels that are no class: k × (k + 1). Such a metric needs no more than the table: its value, its
value under resampling (of cells instead of rows) and, from its gradient, the influence of each row.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shipway.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Tables = NDArray[np.float64]

STEP = 1e-30
MOST_NUMBERS = 4_000_000
"""Numbers that one array of intermediate results may hold."""


class CellMetric(NamedTuple):
    """A metric of tables (B, k, k + 1): its values (B), NaN where it has none, and its gradient.

    `gradient` is of one table (k, k + 1); `undefined` says why there may be no value. For a share,
    `hit` and `trial` (k, k + 1) mark the cells of its hits and of its trials.
    """

    value: "Callable[[Tables], NDArray[np.float64]]"
    gradient: "Callable[[Tables], Tables]"
    undefined: str
    hit: "NDArray[np.bool_] | None" = None
    trial: "NDArray[np.bool_] | None" = None


def table(predictions: Predictions, power: int = 1) -> "Tables":
    """Weights (each to the `power`) of the rows by true and predicted class: (k, k + 1)."""
    if predictions.label is None:
        raise ValueError("no labels")
    classes = len(predictions.classes)
    shape = (classes, classes + 1)
    cells = predictions.target * shape[1] + predictions.label
    weights = None if predictions.weight is None else predictions.weight**power
    counts = np.bincount(cells, weights, minlength=shape[0] * shape[1])
    return counts.reshape(shape).astype(np.float64)


def matrix(predictions: Predictions) -> "NDArray[np.int64]":
    """Rows, whatever they weigh, by true and predicted class: (k + 1, k + 1), last row empty."""
    if predictions.label is None:
        raise ValueError("no labels")
    width = len(predictions.classes) + 1
    cells = predictions.target * width + predictions.label
    return np.bincount(cells, minlength=width * width).reshape(width, width)


def share_of(hit: "NDArray[np.bool_]", trial: "NDArray[np.bool_]", undefined: str) -> CellMetric:
    """The share of the rows in `trial` that lie in `hit`; both mark cells (k, k + 1)."""

    def value(tables: "Tables") -> "NDArray[np.float64]":
        hits, trials = (tables * hit).sum((1, 2)), (tables * trial).sum((1, 2))
        return divided(hits, trials)

    def gradient(one: "Tables") -> "Tables":
        trials = (one * trial).sum()
        return np.asarray((hit - trial * ((one * hit).sum() / trials)) / trials)

    return CellMetric(value, gradient, undefined, hit, trial)


def mean_of(costs: "NDArray[np.float64]", undefined: str) -> CellMetric:
    """The mean over all rows of what their cell costs (k, k + 1)."""

    def value(tables: "Tables") -> "NDArray[np.float64]":
        return divided((tables * costs).sum((1, 2)), tables.sum((1, 2)))

    def gradient(one: "Tables") -> "Tables":
        return np.asarray((costs - (one * costs).sum() / one.sum()) / one.sum())

    return CellMetric(value, gradient, undefined)


def divided(above: "NDArray[np.float64]", below: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Quotients, NaN where the divisor is zero; complex numbers as well."""
    empty = np.full(below.shape, np.nan, dtype=np.result_type(above, below, np.float64))
    return np.divide(above, below, out=empty, where=below.real != 0)


def derivative(
    function: "Callable[[NDArray[np.complex128]], NDArray[np.complex128]]", at: "Tables"
) -> "Tables":
    """The gradient of `function` (of vectors (B, m), to (B)) at one vector (m).

    By a step along the imaginary axis, which loses no digits because nothing is subtracted:
    W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions",
    SIAM Rev. 40 (1998).
    """
    size = len(at)
    found = np.empty(size)
    rows = max(1, MOST_NUMBERS // size)
    for start in range(0, size, rows):
        block = np.arange(start, min(start + rows, size))
        points = np.repeat(at[None].astype(np.complex128), len(block), axis=0)
        points[np.arange(len(block)), block] += 1j * STEP
        found[block] = function(points).imag / STEP
    return found
