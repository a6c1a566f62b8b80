# SPDX-License-Identifier: Apache-2.0
"""The metrics that are shown: overall and for each slice, beside the champion's.

Reported slices ask many questions of the same rows, so the p-values of a metric's differences are
corrected over its slices (Holm). Gates are decided elsewhere and need no correction: all of them
must pass.
"""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from shipway.evaluation.decide import Evidence, value_of
from shipway.evaluation.measure import bounds, interval
from shipway.evaluation.metrics import KINDS
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.slices import Slices
from shipway.records.training import Metric
from shipway.spec.types import Task
from shipway.stats.auc import compare
from shipway.stats.multiple import holm
from shipway.stats.paired import mcnemar

CONFIDENCE = 0.95


def overall(names: Iterable[str], evidence: Evidence) -> tuple[Metric, ...]:
    """Each metric over all rows, then the other values that the training reported."""
    found = [_metric(name, evidence) for name in names]
    known = {metric.name for metric in found}
    return (*found, *(_metric(name, evidence) for name in evidence.reported if name not in known))


def by_slice(names: Sequence[str], shown: Slices, evidence: Evidence) -> tuple[Metric, ...]:
    """Each measured metric in each slice of `shown`; p-values corrected over the slices."""
    parts = [
        (part if part == source else f"{source}={part}", evidence.within(mask))
        for source, masks in shown.items()
        for part, mask in masks.items()
    ]
    found: list[Metric] = []
    for name in names:
        if name in KINDS[evidence.task]:
            found += _corrected([_metric(name, inside, part) for part, inside in parts])
    return tuple(found)


def _metric(name: str, evidence: Evidence, part: str = "") -> Metric:
    found = value_of(name, evidence)
    champion = value_of(name, evidence, champion=True)
    kind = KINDS[evidence.task].get(name)
    measured = kind is not None and evidence.challenger is not None
    metric = Metric(
        name,
        found.value,
        0 if evidence.challenger is None else len(evidence.challenger),
        slice=part,
        champion=champion.value,
        source="reported" if name in evidence.reported and not measured else "measured",
        note=found.note,
    )
    if kind is None or evidence.challenger is None:
        return metric
    sure = bounds(kind, evidence.challenger, evidence.task, CONFIDENCE, sides=2)
    p_value = None
    if evidence.champion is not None and found.value is not None and champion.value is not None:
        p_value = difference(name, evidence.challenger, evidence.champion, evidence.task)
    return msgspec.structs.replace(metric, interval=interval(sure), p_value=p_value)


def difference(
    name: str, challenger: Predictions, champion: Predictions, task: Task
) -> float | None:
    """Two-sided p-value that both models are equal in a metric; None where no test is at hand.

    ROC-AUC: DeLong, paired. Accuracy, recall, specificity: McNemar, exact.
    """
    if name == "roc_auc" and challenger.score is not None and champion.score is not None:
        apart = compare(challenger.target == 1, challenger.score, champion.score)
        return None if apart is None else apart.p_value()
    rows = {
        "accuracy": np.ones(len(challenger), dtype=bool),
        "recall": challenger.target == 1,
        "specificity": challenger.target == 0,
    }.get(name)
    if rows is None or (task == "regression"):
        return None
    right = challenger.target[rows] == _labels(challenger)[rows]
    other = champion.target[rows] == _labels(champion)[rows]
    return mcnemar(int((right & ~other).sum()), int((other & ~right).sum()))


def _labels(predictions: Predictions) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    if predictions.label is None:
        raise ValueError("no labels")
    return predictions.label


def _corrected(metrics: list[Metric]) -> list[Metric]:
    asked = [metric.p_value for metric in metrics if metric.p_value is not None]
    adjusted = iter(holm(asked))
    return [
        metric
        if metric.p_value is None
        else msgspec.structs.replace(metric, p_value=next(adjusted))
        for metric in metrics
    ]
