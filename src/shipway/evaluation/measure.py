# SPDX-License-Identifier: Apache-2.0
"""A metric by its name, measured over rows, and all that an interval of it can be made from.

measure(kind, predictions, task)              the value
hits(kind, predictions, task)                 which rows are hits, of which trials (share)
influence(kind, predictions, task)            how much each row moves the value
resampled(kind, predictions, task, counts)    the value under counts of a bootstrap

All of them honour `predictions.weight`. The unit is a row, for metrics of groups (`by=`) a group.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation import multiclass, regression
from shipway.evaluation.catalogue import ROWS, SMOOTH, cell_metric, problem, seen_by
from shipway.evaluation.confusion import MOST_NUMBERS, CellMetric, divided, table
from shipway.evaluation.formulas import own_weights, weights
from shipway.evaluation.measured import Measured, share_of_rows, undefined
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.predictions import Predictions
from shipway.spec.types import Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

TOO_LARGE = "some values are too large, or too small to divide by"


def measure(kind: MetricKind, predictions: Predictions, task: Task) -> Measured:
    """The value of `kind`; undefined, with a note, where these rows have none.

    ValueError for metrics that these rows alone don't have: `churn` and those of samples.
    """
    if kind.needs in ("champion", "sample"):
        raise ValueError(f"{kind.name} is not a metric of one model's rows")
    if reason := problem(kind, predictions, task):
        return undefined(reason)
    with np.errstate(all="ignore"):
        found = _measured(kind, predictions, task)
    if found.value is not None and not np.isfinite(found.value):
        return undefined(TOO_LARGE)
    return found


def _measured(kind: MetricKind, predictions: Predictions, task: Task) -> Measured:
    metric = cell_metric(kind, task, predictions.classes)
    if metric is not None:
        return _of_cells(metric, seen_by(kind, predictions))
    if kind.family == "share":
        return share_of_rows(multiclass.among_first(kind, predictions), predictions.weight)
    if kind.family == "extreme":
        return Measured(regression.max_error(predictions))
    if kind.family == "mean":
        values = ROWS[task][kind.key].values(kind, predictions)
        return Measured(float(np.average(values, weights=predictions.weight)))
    smooth = SMOOTH[task][kind.key]
    value = float(smooth.value(kind, predictions, predictions.once)[0])
    return undefined(smooth.undefined) if value != value else Measured(value)


def hits(
    kind: MetricKind, predictions: Predictions, task: Task
) -> "tuple[NDArray[np.bool_], NDArray[np.bool_]] | None":
    """Which rows (n) are hits and which are trials of a share; None for other families."""
    if kind.base == "top_k_accuracy":
        return multiclass.among_first(kind, predictions), np.ones(len(predictions), dtype=bool)
    found = cell_metric(kind, task, predictions.classes)
    if found is None or found.hit is None or found.trial is None:
        return None
    cell = _cell_of_rows(seen_by(kind, predictions))
    return found.hit[cell], found.trial[cell]


def influence(kind: MetricKind, predictions: Predictions, task: Task) -> "Vector | None":
    """Empirical influence values (n): n times the derivative of the metric by each row's count.

    Their mean is 0 and sum(psi²) / n² estimates the metric's variance (the infinitesimal
    jackknife: L. A. Jaeckel, 1972; B. Efron, "The Jackknife, the Bootstrap and Other Resampling
    Plans", 1982). A metric of groups has the influence of each group on its first row, 0 on the
    others. None for families extreme and sample, where it is not known, and where these rows have
    no value.
    """
    if measure(kind, predictions, task).value is None:
        return None
    own = own_weights(predictions)
    metric = cell_metric(kind, task, predictions.classes)
    if metric is not None:
        seen = seen_by(kind, predictions)
        slope = metric.gradient(table(seen))[_cell_of_rows(seen)]
        return np.asarray(len(own) * own * slope)
    if kind.family in ("share", "mean"):
        values = _values(kind, predictions, task)
        return np.asarray(own * (values - np.average(values, weights=own)) / own.mean())
    smooth = SMOOTH[task].get(kind.key)
    return None if smooth is None else smooth.influence(kind, predictions)


def resampled(
    kind: MetricKind, predictions: Predictions, task: Task, counts: "NDArray[np.generic]"
) -> "Vector":
    """The metric (B) when row i is drawn counts[b, i] times, for counts (B, n); NaN: undefined.

    The same as measuring the repeated rows, but sorted once. For a metric of groups each group is
    drawn as often as its first row. ValueError for families extreme and sample.
    """
    if kind.family in ("extreme", "sample") or kind.needs == "champion":
        raise ValueError(f"{kind.name} has no bootstrap")
    if measure(kind, predictions, task).value is None:
        return np.full(len(counts), np.nan)
    compute = _under_counts(kind, predictions, task)
    size = max(1, MOST_NUMBERS // max(1, len(predictions)))
    parts = [
        compute(np.asarray(counts[start : start + size], dtype=np.float64))
        for start in range(0, len(counts), size)
    ]
    return np.concatenate(parts) if parts else np.empty(0)


def _under_counts(
    kind: MetricKind, predictions: Predictions, task: Task
) -> "Callable[[Vector], Vector]":
    if kind.family in ("smooth", "area"):
        formula = SMOOTH[task][kind.key].value
        return lambda counts: formula(kind, predictions, counts)
    metric = cell_metric(kind, task, predictions.classes)
    if metric is None:
        values = _values(kind, predictions, task)
        return lambda counts: _means(values, weights(predictions, counts))
    seen, of_tables = seen_by(kind, predictions), metric.value
    return lambda counts: of_tables(_tables(seen, weights(predictions, counts)))


def _values(kind: MetricKind, predictions: Predictions, task: Task) -> "Vector":
    """The values (n) of which a share or a mean is the mean."""
    if kind.family == "share":
        return multiclass.among_first(kind, predictions).astype(np.float64)
    return ROWS[task][kind.key].values(kind, predictions)


def _means(values: "Vector", each: "Vector") -> "Vector":
    return divided(each @ values, each.sum(axis=1))


def _tables(seen: Predictions, each: "Vector") -> "Vector":
    """Confusion tables (b, k, k + 1) under weights (b, n)."""
    width = len(seen.classes)
    true, predicted = _cell_of_rows(seen)
    place = true * (width + 1) + predicted
    found = [np.bincount(place, row, minlength=width * (width + 1)) for row in each]
    return np.array(found, dtype=np.float64).reshape(-1, width, width + 1)


def _of_cells(metric: CellMetric, seen: Predictions) -> Measured:
    counts = table(seen)
    value = float(metric.value(counts[None])[0])
    if value != value:
        return undefined(metric.undefined)
    if metric.hit is None or metric.trial is None:
        return Measured(value)
    trials = counts[metric.trial].sum()
    if seen.weight is not None:
        trials = trials**2 / table(seen, power=2)[metric.trial].sum()
    hit = counts[metric.hit & metric.trial].sum() if seen.weight is None else value * trials
    return Measured(value, "", float(hit), float(trials))


def _cell_of_rows(predictions: Predictions) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    if predictions.label is None:
        raise ValueError("no labels")
    return predictions.target, predictions.label
