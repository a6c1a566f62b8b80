# SPDX-License-Identifier: Apache-2.0
"""`shipway compare`: two model versions side by side.

What each evaluation found is read from the store. Where both used the same rows, their kept
predictions are paired, so that a difference has an interval of its own: it is far more certain
than the two values that it is the difference of.
"""

from pathlib import Path

import msgspec

from shipway.base.errors import InputError
from shipway.engine.wiring import Project, open_project
from shipway.operations.paired_predictions import Paired, pair
from shipway.operations.versions import find_version
from shipway.records.compared import Comparison, MetricPair
from shipway.records.delivery import ModelVersion
from shipway.records.training import Evaluation, Interval, Metric

Place = tuple[str, str]


def compare(folder: Path, first: str, second: str) -> Comparison:
    """Compare two versions (MODEL@N or `champion`); InputError for one that was not evaluated."""
    project = open_project(folder)
    versions = find_version(project, first), find_version(project, second)
    one, other = (_evaluation(project, version) for version in versions)
    # An evaluation without a test set judged what the training reported: there are no rows.
    same = one.test_set == other.test_set and one.details == other.details
    paired = pair(project, one, other) if same and one.test_set else None
    return Comparison(
        first=versions[0],
        second=versions[1],
        same_rows=same,
        dataset=other.details or other.dataset,
        rows=other.rows if same else 0,
        metrics=_metrics(one, other, paired),
        flips=None if paired is None else paired.flips,
        first_drawn=one.drawn,
        second_drawn=other.drawn,
        first_threshold=one.threshold,
        second_threshold=other.threshold,
        differs=_differences(*versions),
    )


def _evaluation(project: Project, version: ModelVersion) -> Evaluation:
    if not version.evaluation:
        raise InputError(
            f"{version.model}@{version.number} was never evaluated",
            cure="Add 'evaluate' to the spec and run again.",
        )
    return msgspec.json.decode(project.store.objects.read(version.evaluation), type=Evaluation)


def _metrics(one: Evaluation, other: Evaluation, paired: Paired | None) -> tuple[MetricPair, ...]:
    firsts = {_place(metric): metric for metric in one.metrics}
    seconds = {_place(metric): metric for metric in other.metrics}
    apart = {_place(metric): metric for metric in (paired.metrics if paired else ())}
    return tuple(
        _pair(place, firsts.get(place), seconds.get(place), apart.get(place))
        for place in dict.fromkeys([*firsts, *seconds])
    )


def _place(metric: Metric) -> Place:
    return metric.name, metric.slice


def _pair(
    place: Place, first: Metric | None, second: Metric | None, apart: Metric | None
) -> MetricPair:
    shown = second or first
    # What only one evaluation measured, the paired predictions tell of both.
    paired = apart or Metric(place[0], None, 0)
    before, first_interval = _known(first, (paired.champion, paired.champion_interval))
    after, second_interval = _known(second, (paired.value, paired.interval))
    return MetricPair(
        name=place[0],
        slice=place[1],
        first=before,
        second=after,
        delta=None if before is None or after is None else after - before,
        rows=0 if shown is None else shown.rows,
        first_interval=first_interval,
        second_interval=second_interval,
        delta_interval=paired.difference,
        p_value=paired.p_value,
    )


def _known(
    metric: Metric | None, paired: tuple[float | None, Interval | None]
) -> tuple[float | None, Interval | None]:
    if metric is not None:
        return metric.value, metric.interval
    return paired


def _differences(first: ModelVersion, second: ModelVersion) -> tuple[str, ...]:
    lines = []
    for name in ("commit", "code", "environment", "flavour"):
        if getattr(first, name) != getattr(second, name):
            lines.append(f"{name} differs")
    for name in sorted(first.params.keys() | second.params.keys()):
        before, after = first.params.get(name), second.params.get(name)
        if before != after:
            lines.append(f"params.{name}: {before} → {after}")
    for name in sorted(first.data.keys() | second.data.keys()):
        if first.data.get(name) != second.data.get(name):
            lines.append(f"data.{name} differs")
    return tuple(lines)
