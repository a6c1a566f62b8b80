# SPDX-License-Identifier: Apache-2.0
"""The metrics by name: what each means, which way is better and what it needs.

Only names and words stand here, so that a spec can be checked without numpy. How a metric is
computed stands in `binary`, `multiclass` and `regression`; `measure` joins the two.
"""

from typing import Literal

import msgspec

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.spec.types import Task


class MetricKind(msgspec.Struct, frozen=True):
    """A metric of one task.

    `needs` says whether it is computed from predicted labels (for regression: values) or from
    scores. `interval` is `share` for a proportion of rows and `area` for the area under the ROC
    curve: these carry intervals.
    """

    name: str
    words: str
    better: Literal["higher", "lower"] = "higher"
    needs: Literal["labels", "scores"] = "labels"
    interval: Literal["share", "area"] | None = None


_BINARY = (
    MetricKind("roc_auc", "area under the ROC curve", needs="scores", interval="area"),
    MetricKind(
        "average_precision", "area under the precision-recall curve, by steps", needs="scores"
    ),
    MetricKind("accuracy", "share of rows predicted right", interval="share"),
    MetricKind("balanced_accuracy", "mean of recall and specificity"),
    MetricKind("precision", "share of predicted positives that are positive", interval="share"),
    MetricKind("recall", "share of positives that are found", interval="share"),
    MetricKind("specificity", "share of negatives that are left alone", interval="share"),
    MetricKind("f1", "harmonic mean of precision and recall"),
    MetricKind("mcc", "correlation of predicted and true class (Matthews)"),
    MetricKind("brier", "mean squared error of the probability", "lower", "scores"),
    MetricKind("log_loss", "mean negative log likelihood", "lower", "scores"),
)

_MULTICLASS = (
    MetricKind("accuracy", "share of rows predicted right", interval="share"),
    MetricKind("balanced_accuracy", "mean recall of the classes"),
    MetricKind("precision_macro", "mean precision of the classes"),
    MetricKind("precision_weighted", "precision of the classes, weighted by their rows"),
    MetricKind("recall_macro", "mean recall of the classes"),
    MetricKind("recall_weighted", "recall of the classes, weighted by their rows"),
    MetricKind("f1_macro", "mean F1 of the classes"),
    MetricKind("f1_weighted", "F1 of the classes, weighted by their rows"),
    MetricKind("mcc", "correlation of predicted and true class (Matthews)"),
    MetricKind(
        "roc_auc_ovr", "mean area under the ROC curve, each class against the rest", needs="scores"
    ),
    MetricKind("log_loss", "mean negative log likelihood", "lower", "scores"),
)

_REGRESSION = (
    MetricKind("mae", "mean absolute error", "lower"),
    MetricKind("mse", "mean squared error", "lower"),
    MetricKind("rmse", "root of the mean squared error", "lower"),
    MetricKind("median_absolute_error", "median absolute error", "lower"),
    MetricKind("max_error", "largest absolute error", "lower"),
    MetricKind("mape", "mean absolute error as a share of the true value", "lower"),
    MetricKind("r2", "share of the variance that is explained"),
    MetricKind("explained_variance", "share of the variance that is explained, without the bias"),
)

KINDS: dict[Task, dict[str, MetricKind]] = {
    "binary": {kind.name: kind for kind in _BINARY},
    "multiclass": {kind.name: kind for kind in _MULTICLASS},
    "regression": {kind.name: kind for kind in _REGRESSION},
}

DEFAULTS: dict[Task, tuple[str, ...]] = {
    "binary": ("roc_auc", "average_precision", "precision", "recall", "f1"),
    "multiclass": ("accuracy", "f1_macro", "f1_weighted"),
    "regression": ("mae", "rmse", "r2"),
}


def find(name: str, task: Task, *, where: str = "") -> MetricKind:
    """The metric called `name`; InputError with the nearest name when `task` has none."""
    kind = KINDS[task].get(name)
    if kind is None:
        raise InputError(
            f"there is no metric {name!r} for {task} models",
            where=where,
            cure=did_you_mean(name, KINDS[task]),
        )
    return kind


def words_for(name: str) -> str:
    """What `name` measures, whatever the task; the name itself when no metric is called so."""
    for kinds in KINDS.values():
        if name in kinds:
            return f"{kinds[name].words} ({name})"
    return name
