# SPDX-License-Identifier: Apache-2.0
"""Which formula computes which metric: the one place where `metric_forms` meets the computations.

A family's module holds the formulas by `Form.key`; here the families are put together by task.
"""

from shipway.evaluation import (
    areas,
    binary,
    calibration,
    correlation,
    multiclass,
    operating,
    probabilistic,
    ranking,
    regression,
)
from shipway.evaluation.confusion import CellMetric
from shipway.evaluation.formulas import NO_ROWS, RowMetric, SmoothMetric, score_problem
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.predictions import Predictions
from shipway.spec.types import Task

SMOOTH: dict[Task, dict[str, SmoothMetric]] = {
    "binary": areas.SMOOTH | operating.SMOOTH | calibration.SMOOTH | ranking.SMOOTH,
    "multiclass": areas.SMOOTH | calibration.SMOOTH,
    "regression": regression.SMOOTH | correlation.SMOOTH | ranking.SMOOTH,
}
ROWS: dict[Task, dict[str, RowMetric]] = {
    "binary": probabilistic.ROWS,
    "multiclass": probabilistic.ROWS,
    "regression": regression.ROWS,
}


def cell_metric(kind: MetricKind, task: Task, classes: tuple[str, ...]) -> CellMetric | None:
    """The metric as a function of confusion tables; None when it is none."""
    if kind.family not in ("share", "cells") or kind.base in ("churn", "top_k_accuracy"):
        return None
    if task == "binary":
        return binary.cell_metric(kind)
    return multiclass.cell_metric(kind, classes)


def problem(kind: MetricKind, predictions: Predictions, task: Task) -> str:
    """Why these rows can't have a value of `kind` ("" when they can)."""
    if kind.needs == "scores" and predictions.score is None:
        return "the model gives no scores"
    if kind.needs == "labels" and predictions.label is None:
        return "there are no predicted labels"
    if not len(predictions):
        return NO_ROWS
    if predictions.weight is not None and not predictions.weight.any():
        return "the rows weigh nothing"
    if kind.family in ("share", "cells"):
        return score_problem(kind, predictions) if kind.needs == "scores" else ""
    if kind.family == "extreme":
        return regression.value_problem(kind, predictions)
    if kind.family == "mean":
        return ROWS[task][kind.key].problem(kind, predictions)
    return SMOOTH[task][kind.key].problem(kind, predictions)


def seen_by(kind: MetricKind, predictions: Predictions) -> Predictions:
    """The predictions as `kind` sees them: labelled anew where it names a threshold."""
    if "threshold" not in kind.options:
        return predictions
    return predictions.with_threshold(kind.number("threshold"))
