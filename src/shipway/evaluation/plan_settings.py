# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with the settings around metrics and gates: the threshold, costs, functions,
weights and a file of the champion's predictions."""

import re
from collections.abc import Iterator

from shipway.base.errors import InputError
from shipway.evaluation.cost import cost_problems
from shipway.evaluation.known import Known
from shipway.evaluation.metric_forms import FORMS
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.problem import Problem
from shipway.spec.evaluation import EvaluateSpec, ThresholdSpec
from shipway.spec.types import DataSpec, ModelSpec

OWN_NAME = re.compile(r"[^\W\d]\w*")
THRESHOLD = ("model", "threshold")
CONDITIONS = frozenset(("precision", "recall", "specificity", "fpr"))
TRIVIAL = ("recall", "fnr", "specificity", "fpr")
AIMS = (
    "Name a metric that counts both kinds of mistakes (f1, mcc, cost), or one with a condition: "
    "recall@precision=0.9."
)


def setting_problems(
    spec: EvaluateSpec, known: Known, model: ModelSpec | None, data: DataSpec | None
) -> Iterator[Problem]:
    """All of them, in the order of the reference."""
    if model is not None and isinstance(model.threshold, ThresholdSpec):
        yield from threshold_problems(model.threshold, known, data)
    if model is not None and spec.weights == model.target:
        yield Problem(
            ("evaluate", "weights"),
            f"{spec.weights} is the target: a row can't weigh what is to be predicted",
            "Name a column that says how much each row counts.",
        )
    for what in cost_problems(spec.cost, known.task):
        yield Problem(("evaluate", "cost"), what)
    yield from _functions(spec)
    yield from _champion(spec, known, model)


def threshold_problems(
    threshold: ThresholdSpec, known: Known, data: DataSpec | None
) -> Iterator[Problem]:
    """What keeps a threshold from being found on the validation split."""
    if data is not None and not _has_validation(data):
        yield Problem(
            (*THRESHOLD, "from"),
            "there is no validation table to choose a threshold on",
            "Add under data: validation: PATH, or split: {validation: 10%}. The test set is no "
            "place for it: what was tuned on it can't be judged on it.",
        )
    if (threshold.maximise is None) == (threshold.minimise is None):
        found = "both" if threshold.maximise is not None else "neither"
        yield Problem(
            THRESHOLD,
            f"maximise and minimise: {found} of them",
            "Write one: {from: validation, maximise: f1}.",
        )
        return
    way, name = ("maximise", threshold.maximise) if threshold.maximise else (
        "minimise", threshold.minimise)  # fmt: skip
    try:
        kind = known.metric(name or "")
    except InputError as error:
        yield Problem((*THRESHOLD, way), error.what, error.cure)
        return
    yield from _aim(way, name or "", kind)


def _aim(way: str, name: str, kind: MetricKind | None) -> Iterator[Problem]:
    keys = (*THRESHOLD, way)
    conditional = kind is not None and bool(CONDITIONS & set(kind.options))
    fitting = kind is not None and kind.family in ("share", "cells") and kind.needs == "labels"
    if kind is None or not (fitting or conditional):
        yield Problem(
            keys,
            f"{name} does not depend on a threshold in a way that one could be chosen by",
            AIMS,
        )
    elif kind.better is None:
        yield Problem(keys, f"neither more nor less {name} is better", AIMS)
    elif (kind.better == "higher") != (way == "maximise"):
        other = "minimise" if way == "maximise" else "maximise"
        yield Problem(keys, f"{name} is better when {kind.better}", f"Write {other}: {name}.")
    elif kind.base in TRIVIAL and not conditional:
        yield Problem(keys, f"the best {name} is had by giving every row the same label", AIMS)


def _has_validation(data: DataSpec) -> bool:
    split = data.split
    return data.validation is not None or (split is not None and split.validation is not None)


def _functions(spec: EvaluateSpec) -> Iterator[Problem]:
    ours = {form.base for forms in FORMS.values() for form in forms}
    for name in spec.functions:
        keys = ("evaluate", "functions", name)
        if name in ours:
            yield Problem(keys, f"{name} is one of Shipway's own metrics", "Take another name.")
        elif not OWN_NAME.fullmatch(name) or name == "champion":
            yield Problem(
                keys,
                f"{name!r} can't stand in a gate",
                "Take a name of letters, digits and _ that begins with a letter.",
            )


def _champion(spec: EvaluateSpec, known: Known, model: ModelSpec | None) -> Iterator[Problem]:
    champion = spec.champion
    if champion is None:
        return
    keys = ("evaluate", "champion")
    if champion.prediction is None and champion.score is None:
        yield Problem(
            keys,
            "says not which column holds what the champion predicted",
            "Add prediction: COLUMN, score: COLUMN or both.",
        )
    if known.task == "regression" and champion.score is not None:
        yield Problem((*keys, "score"), "a regression model has no scores", "Write prediction.")
    if champion.prediction is not None and champion.prediction == champion.score:
        yield Problem(
            (*keys, "score"),
            f"{champion.score} can't be both the predicted label and the score",
            "Name two columns, or only one of them.",
        )
    if model is not None and champion.key == model.target:
        yield Problem(
            (*keys, "key"), "the target does not tell rows apart", "Name a column that does."
        )
