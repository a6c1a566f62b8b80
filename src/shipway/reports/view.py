# SPDX-License-Identifier: Apache-2.0
"""What the page of a run shows, picked from the records by type and put in order."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from markupsafe import Markup

from shipway.records.base import Record
from shipway.records.data import ValidatedData
from shipway.records.delivery import Deployment, ModelVersion, Package, Verification
from shipway.records.run import RunRecord
from shipway.records.source import PythonEnvironment, Source
from shipway.records.training import Evaluation, Metric, TestReport, TrainedModel
from shipway.reports.charts import lines
from shipway.reports.charts.drawn import charts_of
from shipway.reports.charts.figure import Figure
from shipway.reports.charts.forest import forest
from shipway.reports.check_groups import CheckGroups, grouped
from shipway.reports.lineage import Link, chain, every, first
from shipway.reports.outcome import Outcome, outcome


class SliceTable(msgspec.Struct, frozen=True):
    """One metric over all slices: the whole dataset's value, and each slice with its picture."""

    name: str
    overall: Metric | None
    rows: list[tuple[Metric, Markup]]


class View(msgspec.Struct, frozen=True):
    """Everything that the template needs; parts that the run did not reach are None or empty."""

    run: RunRecord
    source: Source | None
    outcome: Outcome
    environment: PythonEnvironment | None = None
    data: ValidatedData | None = None
    checks: CheckGroups | None = None
    tests: TestReport | None = None
    model: TrainedModel | None = None
    training: list[Figure] = []
    evaluation: Evaluation | None = None
    metrics: list[Metric] = []
    slices: list[SliceTable] = []
    charts: list[Figure] = []
    version: ModelVersion | None = None
    package: Package | None = None
    deployments: list[Deployment] = []
    verifications: list[Verification] = []
    lineage: list[Link] = []


def view_of(run: RunRecord, results: Mapping[str, Record], next_steps: Sequence[str] = ()) -> View:
    """The view of a run and the results of those of its stages that have one."""
    source = first(results, Source) or source_of(run.source)
    data = first(results, ValidatedData)
    model = first(results, TrainedModel)
    evaluation = first(results, Evaluation)
    return View(
        run=run,
        source=source,
        outcome=outcome(run, results, next_steps),
        environment=first(results, PythonEnvironment),
        data=data,
        checks=grouped(data.checks) if data else None,
        tests=first(results, TestReport),
        model=model,
        training=_training(model),
        evaluation=evaluation,
        metrics=[m for m in evaluation.metrics if not m.slice] if evaluation else [],
        slices=slice_tables(evaluation.metrics) if evaluation else [],
        charts=_charts(evaluation),
        version=first(results, ModelVersion),
        package=first(results, Package),
        deployments=every(results, Deployment),
        verifications=every(results, Verification),
        lineage=chain(results, source),
    )


def source_of(value: Any) -> Source | None:
    """The source of a run, also when its record came from a file and holds plain JSON."""
    if isinstance(value, Source):
        return value
    try:
        return msgspec.convert(value, Source)
    except msgspec.ValidationError:
        return None


def _training(model: TrainedModel | None) -> list[Figure]:
    groups = lines.grouped(model.curves) if model else {}
    return [lines.training(name, curves) for name, curves in groups.items()]


def slice_tables(metrics: Sequence[Metric]) -> list[SliceTable]:
    """The metrics of slices, a table for each metric, with its value on all rows."""
    by_name: dict[str, list[Metric]] = {}
    for metric in metrics:
        if metric.slice:
            by_name.setdefault(metric.name, []).append(metric)
    whole = {metric.name: metric for metric in metrics if not metric.slice}
    tables = []
    for name, sliced in by_name.items():
        overall = whole.get(name)
        pictures = forest(sliced, overall.value if overall else None)
        tables.append(SliceTable(name, overall, list(zip(sliced, pictures, strict=True))))
    return tables


def _charts(evaluation: Evaluation | None) -> list[Figure]:
    if evaluation is None:
        return []
    return charts_of(
        evaluation.drawn,
        evaluation.champion_drawn,
        thresholds=(evaluation.threshold, None),
    )
