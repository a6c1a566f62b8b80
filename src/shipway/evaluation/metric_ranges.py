# SPDX-License-Identifier: Apache-2.0
"""Between which values a metric lies, so that a gate can be told that it demands the impossible.

Both ends can be reached, except that nothing reaches an infinite one.
"""

from math import inf

from shipway.evaluation.gates import Form
from shipway.evaluation.metrics import MetricKind
from shipway.spec.types import Task

Range = tuple[float, float]

UNIT: Range = (0.0, 1.0)
SIGNED: Range = (-1.0, 1.0)
SIZE: Range = (0.0, inf)
EXPLAINED: Range = (-inf, 1.0)
ANY: Range = (-inf, inf)

BY_BASE: dict[str, Range] = {
    **dict.fromkeys(("mcc", "kappa", "pearson", "spearman"), SIGNED),
    **dict.fromkeys(("r2", "explained_variance"), EXPLAINED),
    **dict.fromkeys(("mae", "mse", "rmse", "median_absolute_error", "max_error"), SIZE),
    **dict.fromkeys(("mape", "quantile_loss", "log_loss", "cost", "lift"), SIZE),
    **dict.fromkeys(("predict_ms", "model_mb"), SIZE),
    **dict.fromkeys(("average_precision", "balanced_accuracy", "f1", "fbeta", "brier"), UNIT),
    **dict.fromkeys(("f1_macro", "precision_macro", "recall_macro"), UNIT),
    **dict.fromkeys(("f1_weighted", "precision_weighted", "recall_weighted"), UNIT),
    **dict.fromkeys(("recall", "precision", "specificity", "roc_auc_ovr"), UNIT),
    **dict.fromkeys(("calibration_error", "ndcg", "map", "mrr"), UNIT),
    "smape": (0.0, 2.0),
}
"""The ranges of metrics that are no shares of rows, by the first part of their name."""


def metric_range(kind: MetricKind | None, task: Task) -> Range:
    """The range of a metric; unbounded where nothing is known of it."""
    if kind is None:
        return ANY
    if kind.family in ("share", "area"):
        return UNIT
    if kind.base == "brier" and task == "multiclass":
        return (0.0, 2.0)
    return BY_BASE.get(kind.base, ANY)


def subject_range(form: Form, kind: MetricKind | None, task: Task) -> Range:
    """The range of what a gate is about: a metric, or a form around one."""
    if form == "metric":
        return metric_range(kind, task)
    if form == "difference":
        low, high = metric_range(kind, task)
        return (0.0, high - low)
    return SIZE if form == "invariance" else UNIT
