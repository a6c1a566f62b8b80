# SPDX-License-Identifier: Apache-2.0
"""A metric by its name, measured over rows, with the interval that it carries.

measure(find("recall", "binary"), predictions, "binary")
bounds(kind, predictions, "binary", confidence=0.95, sides=2)
"""

from shipway.evaluation import binary, multiclass, regression
from shipway.evaluation.measured import Measured, undefined
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.predictions import Predictions
from shipway.records.training import Interval
from shipway.spec.types import Task
from shipway.stats.auc import area
from shipway.stats.bounds import Bounds, Sides
from shipway.stats.proportions import wilson


def measure(kind: MetricKind, predictions: Predictions, task: Task) -> Measured:
    """The value of `kind`; undefined, with a note, where these rows have none."""
    if kind.needs == "scores" and predictions.score is None:
        return undefined("the model gives no scores")
    if kind.needs == "labels" and predictions.label is None:
        return undefined("there are no predicted labels")
    if task == "regression":
        return regression.measure(kind.name, predictions)
    compute = binary.COMPUTE if task == "binary" else multiclass.COMPUTE
    return compute[kind.name](predictions)


def bounds(
    kind: MetricKind, predictions: Predictions, task: Task, confidence: float, sides: Sides
) -> Bounds | None:
    """Wilson's interval of a share, DeLong's of an area; None for other and undefined metrics."""
    found = measure(kind, predictions, task)
    if found.value is None or kind.interval is None:
        return None
    if kind.interval == "share":
        return wilson(found.hits, found.trials, confidence, sides)
    ranked = area(predictions.target == 1, predictions.score)  # type: ignore[arg-type]
    return None if ranked is None else ranked.bounds(confidence, sides)


def interval(bounds: Bounds | None) -> Interval | None:
    """`bounds` as a record; one-sided bounds say so in their method."""
    if bounds is None:
        return None
    method = bounds.method if bounds.sides == 2 else f"{bounds.method}, one-sided"
    return Interval(bounds.low, bounds.high, bounds.confidence, method)
