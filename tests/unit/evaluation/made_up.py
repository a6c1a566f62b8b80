# SPDX-License-Identifier: Apache-2.0
"""Predictions of every task, drawn at random, and the name of every metric with options."""

import numpy as np

from shipway.evaluation.cost import Costs
from shipway.evaluation.metric_forms import FORMS
from shipway.evaluation.metrics import find
from shipway.evaluation.predictions import Predictions

CLASSES = ("a", "b", "c")
COSTS = {
    "binary": Costs({"fp": 1.0, "fn": 20.0, "tn": 0.25}),
    "multiclass": Costs(by_class={"a": {"b": 1.0, "c": 5.0}, "b": {"a": 2.0}, "c": {"a": 3.0}}),
    "regression": None,
}
VALUES = {
    "precision": "0.6", "recall": "0.7", "specificity": "0.8", "fpr": "0.25", "k": "12",
    "beta": "2", "class": "b", "by": "query", "q": "0.9", "threshold": "0.4", "more_than": "0.5",
    "bins": "7", "strategy": "quantile", "statistic": "p99",
}  # fmt: skip


def names(task):
    """Each metric of the rows of one model, with each of its options once."""
    found = []
    for form in FORMS[task]:
        if form.needs in ("champion", "sample"):
            continue
        keys = [option.key for option in form.options]
        values = VALUES | ({"k": "2"} if task == "multiclass" else {})
        for chosen in {tuple(form.demanded), tuple(keys)}:
            options = ",".join(f"{key}={values[key]}" for key in chosen)
            found.append(f"{form.base}@{options}" if options else form.base)
    return sorted(set(found))


def kinds(task):
    return [find(name, task, costs=COSTS[task]) for name in names(task)]


def draw(task, seed, rows=60, *, weighted=False):
    """Predictions with ties among the scores, and with groups in the column query."""
    rng = np.random.default_rng(seed)
    weight = rng.uniform(0.2, 3, rows) if weighted else None
    groups = {"query": rng.integers(0, 9, rows)}
    if task == "binary":
        target = np.append(rng.integers(0, 2, rows - 2), [0, 1])
        score = (target * 0.3 + rng.random(rows)).round(2) / 1.31
        label = (score > 0.45).astype(int)
        return Predictions(target, label, score, ("no", "yes"), weight, groups)
    if task == "multiclass":
        target = np.append(rng.integers(0, 3, rows - 3), [0, 1, 2])
        score = rng.dirichlet([1, 1, 1], rows) + np.eye(3)[target] * 0.3
        score = (score / score.sum(axis=1, keepdims=True)).round(3)
        return Predictions(target, score.argmax(axis=1), score, CLASSES, weight, groups)
    target = rng.gamma(3, 2, rows).round(1) + 0.1
    label = (target + rng.normal(0.3, 1.5, rows)).round(1)
    return Predictions(target, label, None, (), weight, groups)
