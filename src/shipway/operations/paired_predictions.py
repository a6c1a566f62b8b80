# SPDX-License-Identifier: Apache-2.0
"""The kept predictions of two evaluations on the same rows, measured row against row."""

import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shipway.base.errors import InputError, OutsideError
from shipway.engine.wiring import Project
from shipway.records.comparison import Flips
from shipway.records.training import Evaluation, Metric
from shipway.stages.answers import Asked, Truth, asked_of, incomparable, predictions_of, usable
from shipway.storage.interface import Objects
from shipway.storage.trees import tree_files
from shipway_runtime.formats import MODEL_FILE, ModelInfo, Predictions, read_model

if TYPE_CHECKING:
    import polars as pl


class Paired(msgspec.Struct, frozen=True):
    """Metrics of the second model with the first as its champion, and how predictions changed."""

    metrics: tuple[Metric, ...]
    flips: Flips | None


def pair(project: Project, one: Evaluation, other: Evaluation) -> Paired | None:
    """None where one of them kept no predictions, or they can't be laid side by side."""
    from shipway.evaluation.cost import parse_costs
    from shipway.evaluation.decide import Evidence
    from shipway.evaluation.flips import flips
    from shipway.evaluation.report import overall

    spec = project.document.spec
    if spec.model is None or spec.evaluate is None:
        return None
    try:
        tables = _kept(project.store.objects, one), _kept(project.store.objects, other)
        theirs, asked = (usable(spec.model, each)[0] for _, each in tables)
        truth = _truth(tables[1][0], asked)
        if not tables[0][0]["target"].equals(tables[1][0]["target"]):
            return None
        if incomparable(spec.model, truth, theirs):
            return None
        first, second = (predictions_of(spec.model, truth, each) for each in (theirs, asked))
    except (InputError, OutsideError, KeyError):
        return None
    evidence = Evidence(
        task=spec.model.task,
        challenger=second,
        champion=first,
        costs=parse_costs(spec.evaluate.cost, spec.model.task),
    )
    names = dict.fromkeys(m.name for m in (*other.metrics, *one.metrics) if not m.slice)
    rows = [name for name in names if evidence.kind(name) is not None]
    return Paired(overall(rows, evidence), flips(second, first, spec.model.task))


def _kept(objects: Objects, evaluation: Evaluation) -> "tuple[pl.DataFrame, Asked]":
    import polars as pl

    frame = pl.read_parquet(io.BytesIO(objects.read(evaluation.predictions or ""))).sort("row")
    labels = frame["prediction"].to_list() if "prediction" in frame.columns else []
    scores = frame["score"].to_list() if "score" in frame.columns else None
    return frame, asked_of(Predictions(labels, scores), _info(objects, evaluation.model))


def _info(objects: Objects, model: str) -> ModelInfo:
    """`model.json` of a kept model."""
    digest = next(file.digest for file in tree_files(objects, model) if file.path == MODEL_FILE)
    with tempfile.TemporaryDirectory() as folder:
        objects.fetch(digest, Path(folder) / MODEL_FILE)
        return read_model(Path(folder))


def _truth(frame: "pl.DataFrame", asked: Asked) -> Truth:
    weight = frame["weight"].to_numpy() if "weight" in frame.columns else None
    return Truth(frame["target"].to_numpy(), asked.classes, weight)
