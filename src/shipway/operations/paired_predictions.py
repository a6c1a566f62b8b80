# SPDX-License-Identifier: Apache-2.0
"""The kept predictions of two evaluations on the same rows, measured row against row."""

import io
from typing import TYPE_CHECKING

import msgspec

from shipway.base.errors import InputError
from shipway.engine.wiring import Project
from shipway.records.comparison import Flips
from shipway.records.training import Evaluation, Metric
from shipway.spec.types import ModelSpec

if TYPE_CHECKING:
    from shipway.evaluation.predictions import Predictions


class Paired(msgspec.Struct, frozen=True):
    """Metrics of the second model with the first as its champion, and how predictions changed."""

    metrics: tuple[Metric, ...]
    flips: Flips | None


def pair(project: Project, one: Evaluation, other: Evaluation) -> Paired | None:
    """None where one of them kept no predictions, or they can't be laid side by side."""
    from shipway.evaluation.decide import Evidence
    from shipway.evaluation.flips import flips
    from shipway.evaluation.report import overall

    spec = project.document.spec.model
    if spec is None or one.predictions is None or other.predictions is None:
        return None
    try:
        first, second = (_read(project, spec, each) for each in (one, other))
    except InputError:
        return None
    if len(first) != len(second) or first.classes != second.classes:
        return None
    evidence = Evidence(task=spec.task, challenger=second, champion=first)
    names = [m.name for m in other.metrics if not m.slice and m.source == "measured"]
    return Paired(overall(names, evidence), flips(second, first, spec.task))


def _read(project: Project, spec: ModelSpec, evaluation: Evaluation) -> "Predictions":
    import polars as pl

    from shipway.evaluation import columns

    data = project.store.objects.read(evaluation.predictions or "")
    frame = pl.read_parquet(io.BytesIO(data)).sort("row")
    target, label = frame["target"].to_numpy(), frame["prediction"].to_numpy()
    if spec.task == "regression":
        return columns.regression(target, label)
    if spec.task == "multiclass":
        return columns.multiclass(target, label=label)
    score = frame["score"].to_numpy() if "score" in frame.columns else None
    return columns.binary(target, label=label, score=score, positive=spec.positive)
