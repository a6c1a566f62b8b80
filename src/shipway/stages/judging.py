# SPDX-License-Identifier: Apache-2.0
"""From predictions and a dataset's columns to an evaluation: the hands around pure judgement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from shipway.base.errors import StoppedError
from shipway.base.names import did_you_mean
from shipway.records.data import Dataset
from shipway.records.delivery import ModelVersion
from shipway.records.training import Champion, Evaluation, TrainedModel
from shipway.spec.evaluation import SliceSpec
from shipway.spec.types import ModelSpec
from shipway.stages.context import StageContext
from shipway_runtime.formats import Predictions as Answers

if TYPE_CHECKING:
    import polars as pl

    from shipway.evaluation.predictions import Predictions


@dataclass(frozen=True)
class Asked:
    """What a model said about each row, and the order of its classes."""

    answers: Answers
    classes: tuple[Any, ...]


@dataclass(frozen=True)
class Judged:
    """What challenger and champion said about the same rows."""

    challenger: Asked
    champion: Asked | None
    opponent: ModelVersion | None
    ever_live: bool


def judge(
    ctx: StageContext, folder: Path, dataset: Dataset, model: TrainedModel, judged: Judged
) -> Evaluation:
    """Measure, compare and decide. StoppedError when the target or a slice's column is missing."""
    from shipway.adapters.tables import table_format
    from shipway.data.datasets import scan_dataset
    from shipway.data.tableset import rows_digest

    data, spec = ctx.spec.data, ctx.spec.model
    assert data is not None and spec is not None  # noqa: S101 - there are a dataset and a model
    frame = scan_dataset(
        dataset, folder, ctx.store.objects, ctx.scratch, data, table_format
    ).collect()
    if spec.target not in frame.columns:
        raise StoppedError(
            f"{dataset.name} has no column {spec.target!r}, the target",
            where=ctx.document.where("model", "target"),
            cure=did_you_mean(spec.target, frame.columns),
        )
    _refuse_missing(ctx, frame, dataset.name, spec.target)
    return _evaluate(ctx, frame, model, judged, rows_digest(frame))


def _refuse_missing(ctx: StageContext, frame: "pl.DataFrame", dataset: str, target: str) -> None:
    column = frame[target]
    missing = column.is_null() | column.is_nan() if column.dtype.is_float() else column.is_null()
    count, first = int(missing.sum()), missing.arg_max()
    if count:
        raise StoppedError(
            f"{count:,} of {frame.height:,} rows of {dataset} have no {target}, the target; the "
            f"first is row {first}",
            where=ctx.document.where("model", "target"),
            cure="Leave those rows out of the table: what a model says of them can't be judged. "
            f"To be told before training: `max_missing: 0` for {target} under data.columns.",
        )


def _evaluate(
    ctx: StageContext, frame: "pl.DataFrame", model: TrainedModel, judged: Judged, test_set: str
) -> Evaluation:
    from shipway.evaluation.decide import Evidence
    from shipway.evaluation.evaluate import Subject, evaluate

    evaluate_spec, spec = ctx.spec.evaluate, ctx.spec.model
    assert evaluate_spec is not None and spec is not None  # noqa: S101 - checked by the plan
    target = frame[spec.target].to_numpy()
    champion, opponent = judged.champion, judged.opponent
    evidence = Evidence(
        task=spec.task,
        challenger=_predictions(spec, target, judged.challenger),
        champion=_predictions(spec, target, champion) if champion is not None else None,
        slices=slice_masks(
            frame, evaluate_spec.slices, [gate.gate for gate in evaluate_spec.gates]
        ),
        ever_live=judged.ever_live,
        reported=model.reported,
        champion_reported=opponent.reported if opponent is not None else {},
    )
    lines = [
        ctx.document.line_of("evaluate", "gates", number)
        for number in range(len(evaluate_spec.gates))
    ]
    subject = Subject(
        model=model.digest,
        dataset=evaluate_spec.dataset,
        test_set=test_set,
        rows=frame.height,
        champion=Champion(opponent.number, opponent.digest) if opponent is not None else None,
        predictions=_keep(ctx, frame[spec.target], judged.challenger),
    )
    return evaluate(evaluate_spec, evidence, subject, lines=lines)


def judge_reported(
    ctx: StageContext, model: TrainedModel, opponent: ModelVersion | None
) -> Evaluation:
    """Decide by what the training reported, where Shipway can't measure.

    StoppedError when it reported nothing.
    """
    from shipway.evaluation.decide import Evidence
    from shipway.evaluation.evaluate import Subject, evaluate

    spec, about = ctx.spec.evaluate, ctx.spec.model
    assert spec is not None and about is not None  # noqa: S101 - checked by the plan
    if not model.reported:
        raise StoppedError(
            "nothing is known about this model: only the application of package.server can predict "
            "with it, and the training reported no metrics",
            where=ctx.document.where("evaluate"),
            cure="Name the metrics that the training writes (`train.metrics`), or a function that "
            "predicts (`train.predict: module:function`).",
        )
    evidence = Evidence(
        task=about.task,
        challenger=None,
        ever_live=ctx.champions.ever_live,
        reported=model.reported,
        champion_reported=opponent.reported if opponent is not None else {},
    )
    lines = [ctx.document.line_of("evaluate", "gates", n) for n in range(len(spec.gates))]
    champion = Champion(opponent.number, opponent.digest) if opponent is not None else None
    subject = Subject(model.digest, "", "", 0, champion=champion)
    shown = msgspec.structs.replace(spec, metrics=spec.metrics or tuple(model.reported), slices=())
    return evaluate(shown, evidence, subject, lines=lines)


def _keep(ctx: StageContext, target: "pl.Series", asked: Asked) -> str:
    """The predictions as a Parquet object: row, target, prediction, score."""
    import polars as pl

    columns = {"target": target, "prediction": asked.answers.predictions}
    if asked.answers.scores is not None:
        columns["score"] = asked.answers.scores
    path = ctx.scratch / "predictions.parquet"
    pl.DataFrame(columns).with_row_index("row").write_parquet(path)
    return ctx.store.objects.put(path)


def _predictions(spec: ModelSpec, target: Any, asked: Asked) -> "Predictions":
    from shipway.evaluation import columns

    labels, scores = asked.answers
    if spec.task == "regression":
        return columns.regression(target, labels)
    if spec.task == "binary":
        return columns.binary(target, label=labels, score=scores, positive=spec.positive)
    return columns.multiclass(target, label=labels, score=scores, classes=asked.classes)


def slice_masks(
    frame: "pl.DataFrame", slices: Iterable[SliceSpec], gates: Iterable[str]
) -> dict[str, Mapping[str, Any]]:
    """The masks that an evaluation wants: for each value of a column, or where an expression holds.

    A column that is not there gives none, which fails the gates that want it.
    """
    from shipway.data.rules import compile_condition
    from shipway.evaluation.plan import sources
    from shipway.evaluation.slices import masks
    from shipway.spec.expressions import parse

    found: dict[str, Mapping[str, Any]] = {}
    for part in sources(slices, gates):
        if part.expression:
            condition = compile_condition(parse(part.source), frame.schema).fill_null(value=False)
            mask = frame.select(condition.alias("mask"))["mask"].to_numpy()
            found[part.source] = {part.source: mask}
        elif part.source in frame.columns:
            found[part.source] = masks(part.source, frame[part.source].to_list())
    return found
