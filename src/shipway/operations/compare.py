# SPDX-License-Identifier: Apache-2.0
"""`shipway compare`: two model versions side by side, as each was evaluated."""

from pathlib import Path

import msgspec

from shipway.base.errors import InputError
from shipway.engine.wiring import Project, open_project
from shipway.operations.versions import find_version
from shipway.records.delivery import ModelVersion
from shipway.records.training import Evaluation, Metric


class MetricPair(msgspec.Struct, frozen=True):
    """One metric of both versions; `delta` is the second's value less the first's."""

    name: str
    slice: str
    first: float | None
    second: float | None
    delta: float | None


class Comparison(msgspec.Struct, frozen=True):
    """Both versions, their metrics, and what differs in what they were made of.

    `same_rows` says whether both were evaluated on the same rows: only then do differences mean
    anything.
    """

    first: ModelVersion
    second: ModelVersion
    same_rows: bool
    metrics: tuple[MetricPair, ...]
    differs: tuple[str, ...]


def compare(folder: Path, first: str, second: str) -> Comparison:
    """Compare two versions (MODEL@N or `champion`); InputError for one that was not evaluated."""
    project = open_project(folder)
    versions = find_version(project, first), find_version(project, second)
    one, other = (_evaluation(project, version) for version in versions)
    return Comparison(
        first=versions[0],
        second=versions[1],
        same_rows=one.test_set == other.test_set,
        metrics=_paired(one, other),
        differs=_differences(*versions),
    )


def _evaluation(project: Project, version: ModelVersion) -> Evaluation:
    if not version.evaluation:
        raise InputError(
            f"{version.model}@{version.number} was never evaluated",
            cure="Add 'evaluate' to the spec and run again.",
        )
    return msgspec.json.decode(project.store.objects.read(version.evaluation), type=Evaluation)


def _paired(one: Evaluation, other: Evaluation) -> tuple[MetricPair, ...]:
    firsts = {_place(metric): metric.value for metric in one.metrics}
    seconds = {_place(metric): metric.value for metric in other.metrics}
    return tuple(
        MetricPair(name, part, *_values(firsts.get((name, part)), seconds.get((name, part))))
        for name, part in dict.fromkeys([*firsts, *seconds])
    )


def _place(metric: Metric) -> tuple[str, str]:
    return metric.name, metric.slice


def _values(
    first: float | None, second: float | None
) -> tuple[float | None, float | None, float | None]:
    if first is None or second is None:
        return first, second, None
    return first, second, second - first


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
