# SPDX-License-Identifier: Apache-2.0
"""From predictions and a dataset's columns to an evaluation: the hands around pure judgement."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from shipway.base.errors import StoppedError
from shipway.base.names import did_you_mean
from shipway.records.data import Dataset
from shipway.records.delivery import ModelVersion
from shipway.records.training import Champion, Evaluation, TrainedModel
from shipway.spec.types import ModelSpec
from shipway.stages.context import StageContext
from shipway.stages.slice_masks import slice_masks
from shipway_runtime.formats import Predictions as Answers

if TYPE_CHECKING:
    import polars as pl

    from shipway.evaluation.predictions import Predictions


@dataclass(frozen=True)
class Judged:
    """What challenger and champion said about the same rows.

    `model` is the challenger, for what is asked of it besides; `met` what became of the question to
    the live model, None when there is none or when a file holds its place.
    """

    challenger: Asked
    model: OpenModel
    met: Met | None
    ever_live: bool


@dataclass(frozen=True)
class Opponent:
    """The champion's predictions in the order of the rows, or why there are none.

    `notes` tell what is odd about the comparison. None of it is there before the first release.
    """

    predictions: "Predictions | None" = None
    asked: Asked | None = None
    champion: Champion | None = None
    why: str = ""
    reported: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


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
    asked, notes = usable(spec, judged.challenger)
    truth = Truth(frame[spec.target].to_numpy(), asked.classes, _weights(ctx, frame))
    opponent = _opponent(ctx, frame, truth, judged)
    behaviours = ask_behaviours(ctx, judged.model, frame, gates_on_behaviour(ctx))
    groups = rank_groups(ctx, frame)
    evidence = Evidence(
        task=spec.task,
        challenger=replace(predictions_of(spec, truth, asked), groups=groups),
        champion=None
        if opponent.predictions is None
        else replace(opponent.predictions, groups=groups),
        slices=slice_masks(
            frame, evaluate_spec.slices, [gate.gate for gate in evaluate_spec.gates]
        ),
        ever_live=judged.ever_live,
        reported=model.reported,
        champion_reported=opponent.reported,
        behaviours=behaviours.values,
        unanswered=behaviours.unanswered,
        no_champion_because=opponent.why,
        min_slice=evaluate_spec.min_slice,
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
        champion=opponent.champion,
        predictions=_keep(ctx, frame[spec.target], judged.challenger),
    )
    found = evaluate(evaluate_spec, evidence, subject, lines=lines)
    said = (*notes, *opponent.notes, *behaviours.notes)
    for note in said:
        ctx.note(note)
    why = (opponent.why,) if opponent.why else ()
    return msgspec.structs.replace(
        found,
        notes=(*found.notes, *why, *said),
        champion_predictions=_kept_champion(ctx, frame[spec.target], opponent),
        valid_until=clock.stamp() if judged.met and judged.met.for_now else found.valid_until,
    )


def _opponent(
    ctx: StageContext, frame: "pl.DataFrame", truth: Truth, judged: Judged
) -> Opponent:
    """The champion's side of the comparison: from the file that the spec names, or as it was met.

    InputError for a file whose rows don't pair with those of `frame`.
    """
    evaluate_spec, spec = ctx.spec.evaluate, ctx.spec.model
    assert evaluate_spec is not None and spec is not None  # noqa: S101 - checked by the plan
    if evaluate_spec.champion is not None:
        asked, digest = answers_in_file(ctx, frame, spec)
        return _compared(spec, truth, asked, Opponent(champion=Champion(0, digest)))
    met = judged.met
    if met is None:
        return Opponent()
    live = Champion(met.version.number, met.version.digest)
    # Numbers that its training reported are about rows of its own: only for what nobody measures.
    reported = {n: v for n, v in met.version.reported.items() if not is_measured(n, spec.task)}
    made = Opponent(champion=live, reported=reported, why=met.why)
    return made if met.asked is None else _compared(spec, truth, met.asked, made)


def _compared(spec: ModelSpec, truth: Truth, asked: Asked, made: Opponent) -> Opponent:
    """`made` with the predictions, or with the reason why they can't be compared."""
    name = f"version {made.champion.version}" if made.champion and made.champion.version else "file"
    why = incomparable(spec, truth, asked)
    if why:
        return replace(made, why=f"the champion ({name}) can't be compared: {why}")
    asked, notes = usable(spec, asked)
    about = tuple(f"champion: {note}" for note in notes)
    different = class_note(spec, truth, asked)
    return replace(
        made,
        predictions=predictions_of(spec, truth, asked),
        asked=asked,
        notes=(*about, different) if different else about,
    )


def _weights(ctx: StageContext, frame: "pl.DataFrame") -> "NDArray[np.float64] | None":
    """The weight of each row; StoppedError for a column that is missing or holds no weights."""
    assert ctx.spec.evaluate is not None  # noqa: S101 - checked by the plan
    name = ctx.spec.evaluate.weights
    if name is None:
        return None
    where = ctx.document.where("evaluate", "weights")
    if name not in frame.columns:
        cure = did_you_mean(name, frame.columns)
        raise StoppedError(f"there is no column {name!r} of weights", where=where, cure=cure)
    column = frame[name]
    if not column.dtype.is_numeric():
        raise StoppedError(f"the weights in {name!r} are no numbers", where=where)
    weights = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    problem = weights_problem(weights)
    if problem:
        raise StoppedError(f"the weights in {name!r}: {problem}", where=where)
    return weights


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
