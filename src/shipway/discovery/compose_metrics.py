# SPDX-License-Identifier: Apache-2.0
"""The metrics that a training reports by itself: where `train.metrics` finds them, and their names.

An estimator's own `score()` is accuracy for classes and R² for numbers.
"""

import re
from collections.abc import Sequence

import msgspec

from shipway.discovery.compose_command import written_path
from shipway.discovery.compose_notes import Notes
from shipway.discovery.findings import MetricReport
from shipway.discovery.metric_names import TRAINING, by_label
from shipway.discovery.metric_tables import OF_ANY, OF_CLASSES, REPORT
from shipway.evaluation.directions import better_way
from shipway.spec.types import MetricsSource, Task

ORDER = ("json", "stdout", "mlflow", "csv")
SCORE = re.compile(r"(?<![A-Za-z])model_score")
SCORES: dict[Task, str] = {"binary": "accuracy", "multiclass": "accuracy", "regression": "r2"}


class Reported(msgspec.Struct, frozen=True):
    """What a training reports: where it is found, and the names that are known beforehand.

    `training` are those of the rows that the model was fitted on.
    """

    source: MetricsSource | None = None
    names: tuple[str, ...] = ()
    training: frozenset[str] = frozenset()

    @property
    def unseen(self) -> tuple[str, ...]:
        """The metrics of rows that the training did not see, as far as the code tells."""
        return tuple(name for name in self.names if name not in self.training)


def compose_metrics(
    reports: Sequence[MetricReport], folder: str, task: Task, notes: Notes
) -> Reported:
    """Where the metrics are: one source, the most exact one of those whose names are known.

    Training runs in `folder`.
    """
    kinds = {kind: [one for one in reports if _place(one) == kind] for kind in ORDER}
    named = [kind for kind in ORDER if any(one.metrics for one in kinds[kind])]
    kind = next(iter(named or [kind for kind in ORDER if kinds[kind]]), "")
    if not kind:
        return Reported()
    found = kinds[kind]
    notes.found(f"metrics: {found[0].at} {found[0].why.replace('model_score', SCORES[task])}")
    for one in found:
        if one.negated:
            notes.unknown(f"{one.at}: {one.metric} is logged with its sign turned")
    names, training = _names(found, task)
    return Reported(_source(kind, found, folder, task), names, training)


def _place(report: MetricReport) -> str:
    """A table of scikit-learn's is printed like any other line."""
    return "stdout" if report.kind == "report" else report.kind


def _names(found: Sequence[MetricReport], task: Task) -> tuple[tuple[str, ...], frozenset[str]]:
    """The names in the order of the code, and which of them are of the training rows."""
    names: dict[str, bool] = {}
    for one in found:
        for name in _own_names(one, task):
            # What is reported last is what counts.
            names[name] = name in one.training or name.startswith(TRAINING)
    return tuple(names), frozenset(name for name, seen in names.items() if seen)


def _own_names(one: MetricReport, task: Task) -> list[str]:
    if one.kind == "report":
        of_positive = task == "binary" and one.metrics == OF_CLASSES
        return [name for name in OF_CLASSES if of_positive or name in OF_ANY]
    if one.kind == "json":
        names = [ours for ours, _ in one.map] or [key for key in one.metrics if _is_known(key)]
    else:
        names = list(one.metrics)
    return [_scored(name, task) for name in names]


def _is_known(name: str) -> bool:
    """Whether a number in a file is a metric, and not a number of rows."""
    return bool(by_label(name)) or better_way(name) is not None


def _scored(text: str, task: Task) -> str:
    return SCORE.sub(SCORES[task], text)


def _source(
    kind: str, found: Sequence[MetricReport], folder: str, task: Task
) -> MetricsSource | None:
    first = found[0]
    names = {_scored(ours, task): theirs for one in found for ours, theirs in one.map}
    path = written_path(first.path, first.written, folder)
    if kind == "json":
        return MetricsSource(json=path, map=names)
    if kind == "csv":
        return MetricsSource(csv=path, map=names)
    if kind == "mlflow":
        return MetricsSource(mlflow=True, map=names)
    texts = [REPORT if one.kind == "report" else _scored(one.pattern, task) for one in found]
    patterns = tuple(dict.fromkeys(filter(None, texts)))
    return MetricsSource(stdout=patterns) if patterns else None
