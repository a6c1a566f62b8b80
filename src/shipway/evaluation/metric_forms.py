# SPDX-License-Identifier: Apache-2.0
"""The table of all metrics: what each means, which way is better, what it needs and may be told.

One line declares a form of a metric: a name with the options that it demands. `metrics.find` reads
the table to understand a name, `docs/metrics.md` is written from it, and `measure` finds the
computation by `Form.key`. Nothing here needs numpy.
"""

from typing import Literal

import msgspec

from shipway.spec.types import Task

Better = Literal["higher", "lower"]
Needs = Literal["labels", "scores", "champion", "sample"]
Family = Literal["share", "area", "cells", "mean", "smooth", "extreme", "sample"]
"""What kind of number a metric is, which decides how its interval is found: see `FAMILIES`."""
FAMILIES: dict[Family, str] = {
    "share": "hits of trials: a proportion of rows",
    "area": "the area under the ROC curve",
    "cells": "any other function of the confusion table",
    "mean": "the mean of one value for each row",
    "smooth": "everything else that a bootstrap is right for",
    "extreme": "no resampling is right for it: only the values are compared",
    "sample": "not about rows: latency and size, from measurements of their own",
}
Value = Literal["share", "positive", "number", "count", "class", "column", "choice"]


class Option(msgspec.Struct, frozen=True):
    """An option: what may be its value, and its default (None: it has to be given)."""

    key: str
    value: Value
    words: str
    default: str | None = None
    choices: tuple[str, ...] = ()


class Form(msgspec.Struct, frozen=True):
    """A metric of one task. `better` is None where neither way is better, as for a bias.

    With `costs` it needs `evaluate.cost`.
    """

    base: str
    words: str
    family: Family
    better: Better | None = "higher"
    needs: Needs = "labels"
    options: tuple[Option, ...] = ()
    costs: bool = False

    @property
    def demanded(self) -> tuple[str, ...]:
        """The options that have to be given."""
        return tuple(option.key for option in self.options if option.default is None)

    @property
    def key(self) -> str:
        """The form without the values of its options: `recall@precision`, `recall`."""
        return f"{self.base}@{','.join(self.demanded)}" if self.demanded else self.base


_AT = Option("threshold", "number", "rows with this score or more are predicted positive")
_K = Option("k", "count", "how many of the highest scores")
_CLASS = Option("class", "class", "the class")
_BY = Option("by", "column", "the column that says which rows are ranked together")
_BINS = (
    Option("bins", "count", "how many bins", "10"),
    Option("strategy", "choice", "bins of equal width, or with equally many rows", "uniform",
           ("uniform", "quantile")),
)  # fmt: skip
_STATISTICS = ("mean", "p50", "p90", "p95", "p99", "max")


def _floor(key: str) -> tuple[Option, ...]:
    return (Option(key, "share", f"the least {key}"),)


_FPR = (Option("fpr", "share", "the largest share of negatives that is predicted positive"),)
_BETA = (Option("beta", "positive", "how much more recall counts than precision"),)

_LABELS = (
    Form("accuracy", "share of rows predicted right", "share"),
    Form("precision", "share of predicted positives that are positive", "share"),
    Form("recall", "share of positives that are found", "share"),
    Form("specificity", "share of negatives that are left alone", "share"),
    Form("npv", "share of predicted negatives that are negative", "share"),
    Form("fpr", "share of negatives that are predicted positive", "share", "lower"),
    Form("fnr", "share of positives that are missed", "share", "lower"),
    Form("selection_rate", "share of rows that are predicted positive", "share", None),
    Form("balanced_accuracy", "mean of recall and specificity", "cells"),
    Form("f1", "harmonic mean of precision and recall", "cells"),
    Form("fbeta", "weighted harmonic mean of precision and recall", "cells", options=_BETA),
    Form("mcc", "correlation of predicted and true class (Matthews)", "cells"),
    Form("kappa", "agreement of predicted and true class beyond chance (Cohen)", "cells"),
    Form("cost", "mean cost of a row", "cells", "lower", costs=True),
)


def _at_threshold(form: Form) -> Form:
    words = f"{form.words}, at a threshold of the score"
    return msgspec.structs.replace(form, words=words, needs="scores", options=(*form.options, _AT))


def _ndcg(needs: Needs) -> tuple[Form, ...]:
    words = "gain discounted by rank, as a share of the best possible; mean of groups"
    first = words.replace("gain", "gain of the first k", 1)
    return (
        Form("ndcg", words, "smooth", needs=needs, options=(_BY,)),
        Form("ndcg", first, "smooth", needs=needs, options=(_K, _BY)),
    )


_BINARY = (
    Form("roc_auc", "area under the ROC curve", "area", needs="scores"),
    Form("average_precision", "area under the precision-recall curve, by steps", "smooth",
         needs="scores"),
    *_LABELS,
    *(_at_threshold(form) for form in _LABELS),
    Form("recall", "largest recall with at least this precision", "smooth", needs="scores",
         options=_floor("precision")),
    Form("recall", "largest recall with at most this false positive rate", "smooth",
         needs="scores", options=_FPR),
    Form("recall", "largest recall with at least this specificity", "smooth", needs="scores",
         options=_floor("specificity")),
    Form("precision", "largest precision with at least this recall", "smooth", needs="scores",
         options=_floor("recall")),
    Form("specificity", "largest specificity with at least this recall", "smooth", needs="scores",
         options=_floor("recall")),
    Form("precision", "share of positives among the k highest scores", "smooth", needs="scores",
         options=(_K,)),
    Form("recall", "share of all positives among the k highest scores", "smooth", needs="scores",
         options=(_K,)),
    Form("lift", "precision among the k highest scores, divided by the share of positives",
         "smooth", needs="scores", options=(_K,)),
    Form("brier", "mean squared error of the probability", "mean", "lower", "scores"),
    Form("log_loss", "mean negative log likelihood", "mean", "lower", "scores"),
    Form("calibration_error", "mean distance of probability and share of positives, by bins",
         "smooth", "lower", "scores", _BINS),
    Form("calibration_slope", "slope of the logistic recalibration: below 1 scores are too extreme",
         "smooth", None, "scores"),
    Form("calibration_intercept", "shift of the log odds that puts the mean probability right",
         "smooth", None, "scores"),
    *_ndcg("scores"),
    Form("map", "mean over groups of the average precision", "smooth", needs="scores",
         options=(_BY,)),
    Form("mrr", "mean over groups of 1 / rank of the first positive", "smooth", needs="scores",
         options=(_BY,)),
    Form("precision", "share of positives among the first k; mean of groups", "smooth",
         needs="scores", options=(_K, _BY)),
    Form("recall", "share of a group's positives among its first k; mean of groups", "smooth",
         needs="scores", options=(_K, _BY)),
)  # fmt: skip

_MULTICLASS = (
    Form("accuracy", "share of rows predicted right", "share"),
    Form("balanced_accuracy", "mean recall of the classes", "cells"),
    Form("precision_macro", "mean precision of the classes", "cells"),
    Form("precision_weighted", "precision of the classes, weighted by their rows", "cells"),
    Form("recall_macro", "mean recall of the classes", "cells"),
    Form("recall_weighted", "recall of the classes, weighted by their rows", "cells"),
    Form("f1_macro", "mean F1 of the classes", "cells"),
    Form("f1_weighted", "F1 of the classes, weighted by their rows", "cells"),
    Form("precision", "share of rows predicted as the class that are of it", "share",
         options=(_CLASS,)),
    Form("recall", "share of the class's rows that are found", "share", options=(_CLASS,)),
    Form("f1", "harmonic mean of the class's precision and recall", "cells", options=(_CLASS,)),
    Form("selection_rate", "share of rows that are predicted as the class", "share", None,
         options=(_CLASS,)),
    Form("mcc", "correlation of predicted and true class (Matthews)", "cells"),
    Form("kappa", "agreement of predicted and true class beyond chance (Cohen)", "cells"),
    Form("cost", "mean cost of a row", "cells", "lower", costs=True),
    Form("top_k_accuracy", "share of rows whose class is among the k of the highest scores",
         "share", needs="scores", options=(_K,)),
    Form("roc_auc_ovr", "mean area under the ROC curve, each class against the rest", "smooth",
         needs="scores"),
    Form("roc_auc_ovr", "area under the ROC curve of one class against the rest", "smooth",
         needs="scores", options=(_CLASS,)),
    Form("log_loss", "mean negative log likelihood", "mean", "lower", "scores"),
    Form("brier", "mean squared error of the probabilities, summed over the classes", "mean",
         "lower", "scores"),
    Form("calibration_error", "mean distance of the highest probability and accuracy, by bins",
         "smooth", "lower", "scores", _BINS),
)  # fmt: skip

_REGRESSION = (
    Form("mae", "mean absolute error", "mean", "lower"),
    Form("mse", "mean squared error", "mean", "lower"),
    Form("rmse", "root of the mean squared error", "smooth", "lower"),
    Form("median_absolute_error", "median absolute error", "smooth", "lower"),
    Form("max_error", "largest absolute error", "extreme", "lower"),
    Form("mape", "mean absolute error as a share of the true value", "mean", "lower"),
    Form("smape", "mean absolute error as a share of the mean of both sizes", "mean", "lower"),
    Form("bias", "mean error: predicted less true", "mean", None),
    Form("quantile_loss", "mean pinball loss: the prediction as a quantile", "mean", "lower",
         options=(Option("q", "share", "which quantile is predicted"),)),
    Form("r2", "share of the variance that is explained", "smooth"),
    Form("explained_variance", "share of the variance that is explained, without the bias",
         "smooth"),
    Form("pearson", "correlation of true and predicted value", "smooth"),
    Form("spearman", "correlation of the ranks of true and predicted value", "smooth"),
    *_ndcg("labels"),
)  # fmt: skip

_ANY = (
    Form("churn", "share of rows that the champion predicts differently", "share", "lower",
         "champion"),
    Form("predict_ms", "milliseconds of one prediction", "sample", "lower", "sample",
         (Option("statistic", "choice", "which figure of the calls", "p99", _STATISTICS),)),
    Form("model_mb", "size of the model's files in megabytes", "sample", "lower", "sample"),
)  # fmt: skip
_CHANGED = Option("more_than", "number", "how far apart two predicted values have to lie")

FORMS: dict[Task, tuple[Form, ...]] = {
    "binary": (*_BINARY, *_ANY),
    "multiclass": (*_MULTICLASS, *_ANY),
    "regression": (
        *_REGRESSION,
        msgspec.structs.replace(_ANY[0], options=(_CHANGED,)),
        *_ANY[1:],
    ),
}
"""All forms of each task; where a base has several, the options that are given choose one."""
