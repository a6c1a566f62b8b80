# SPDX-License-Identifier: Apache-2.0
"""From predictions and a dataset's columns to an evaluation: the hands around pure judgement."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shipway.base import clock
from shipway.base.errors import StoppedError
from shipway.base.names import did_you_mean
from shipway.records.data import Dataset
from shipway.records.delivery import ModelVersion
from shipway.records.training import Champion, Evaluation, TrainedModel
from shipway.rows.slice_masks import slice_masks
from shipway.stages.answers import Asked, Truth, predictions_of, usable
from shipway.stages.behaviours import Behaviours, ask_behaviours, gates_on_behaviour
from shipway.stages.budgets import Account
from shipway.stages.champion_predictions import Met
from shipway.stages.context import StageContext
from shipway.stages.latency import only_warning, with_machine
from shipway.stages.measurements import Subjects, with_measurements
from shipway.stages.opponents import Opponent, opponent_of
from shipway.stages.row_columns import rank_groups, row_weights

if TYPE_CHECKING:
    import polars as pl

    from shipway.evaluation.decide import Evidence
    from shipway.evaluation.predictions import Predictions

UNASKED = "Shipway can't ask this model: only what the training reported is known of it"
UNPAIRED = "what the training reported can't be compared with predictions in a file"


@dataclass(frozen=True)
class Judged:
    """What challenger and champion said about the same rows.

    `subjects` are for what is asked besides; `met` is what became of the question to the live
    model, None when there is none or when a file holds its place.
    """

    challenger: Asked
    subjects: Subjects
    met: Met | None


def judge(
    ctx: StageContext,
    folder: Path,
    dataset: Dataset,
    model: TrainedModel,
    judged: Judged,
    account: Account | None = None,
) -> Evaluation:
    """Measure, compare and decide; `account` is charged with the use of the rows before.

    StoppedError when the target or a slice's column is missing, or the rows may not be used.
    """
    from shipway.adapters.tables import table_format
    from shipway.data.datasets import scan_dataset

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
    return _evaluate(ctx, folder, frame, model, judged, account)


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
    ctx: StageContext,
    folder: Path,
    frame: "pl.DataFrame",
    model: TrainedModel,
    judged: Judged,
    account: Account | None,
) -> Evaluation:
    from shipway.data.tableset import row_set
    from shipway.evaluation.evaluate import ONE_USE, Subject, evaluate

    spec, about = ctx.spec.evaluate, ctx.spec.model
    assert spec is not None and about is not None  # noqa: S101 - checked by the plan
    asked, notes = usable(about, judged.challenger)
    truth = Truth(frame[about.target].to_numpy(), asked.classes, row_weights(ctx, frame))
    opponent = opponent_of(ctx, folder, frame, truth, judged.met)
    behaviours = ask_behaviours(ctx, judged.subjects.model, frame, gates_on_behaviour(ctx))
    challenger = predictions_of(about, truth, asked)
    evidence = with_measurements(
        ctx,
        spec,
        judged.subjects,
        _evidence(ctx, frame, model, challenger, opponent, behaviours),
        frame[about.target],
        (judged.challenger, opponent.asked),
    )
    # After all that may be found wrong with the spec, before anything is known of the verdict.
    rows = row_set(frame)
    use = ONE_USE if account is None else account.charge(rows, opponent.champion)
    subject = Subject(
        model=model.digest,
        dataset=spec.dataset,
        test_set=rows.name,
        rows=frame.height,
        budget=use,
        champion=opponent.champion,
        predictions=_keep(ctx, truth, judged.challenger, "predictions", account),
    )
    level = account.level if account is not None and use.uses else None
    found = evaluate(only_warning(spec), evidence, subject, lines=_lines(ctx), level=level)
    found = with_machine(spec, found)
    theirs = opponent.asked
    return msgspec.structs.replace(
        found,
        threshold=judged.subjects.model.info.threshold,
        notes=(*found.notes, *_told(ctx, opponent, (*notes, *behaviours.notes))),
        champion_predictions=None
        if theirs is None
        else _keep(ctx, truth, theirs, "champion_predictions", account),
        valid_until=clock.stamp() if judged.met and judged.met.for_now else found.valid_until,
    )


def _evidence(
    ctx: StageContext,
    frame: "pl.DataFrame",
    model: TrainedModel,
    challenger: "Predictions",
    opponent: Opponent,
    behaviours: Behaviours,
) -> "Evidence":
    from shipway.evaluation.cost import parse_costs
    from shipway.evaluation.decide import Evidence

    spec, about = ctx.spec.evaluate, ctx.spec.model
    assert spec is not None and about is not None  # noqa: S101 - checked by the plan
    groups, theirs = rank_groups(ctx, frame), opponent.predictions
    return Evidence(
        task=about.task,
        challenger=replace(challenger, groups=groups),
        champion=replace(theirs, groups=groups) if theirs is not None else None,
        slices=slice_masks(frame, spec.slices, [gate.gate for gate in spec.gates]),
        ever_live=ctx.champions.ever_live,
        reported=model.reported,
        champion_reported=opponent.reported,
        behaviours=behaviours.values,
        unanswered=behaviours.unanswered,
        no_champion_because=opponent.why,
        min_slice=spec.min_slice,
        costs=parse_costs(spec.cost, about.task),
    )


def _told(ctx: StageContext, opponent: Opponent, notes: tuple[str, ...]) -> tuple[str, ...]:
    """What the record tells besides the numbers; what nobody was told yet is told here."""
    for note in (*opponent.notes, *notes):
        ctx.note(note)
    why = (f"not compared with the champion: {opponent.why}",) if opponent.why else ()
    return (*why, *opponent.notes, *notes)


def _lines(ctx: StageContext) -> list[int]:
    """The lines of the spec on which the gates stand."""
    gates = ctx.spec.evaluate.gates if ctx.spec.evaluate is not None else ()
    return [ctx.document.line_of("evaluate", "gates", number) for number in range(len(gates))]


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
        unanswered={gate.subject: UNASKED for gate, _ in gates_on_behaviour(ctx)},
        no_champion_because="" if spec.champion is None else UNPAIRED,
    )
    champion = Champion(opponent.number, opponent.digest) if opponent is not None else None
    subject = Subject(model.digest, "", "", 0, champion=champion)
    shown = msgspec.structs.replace(spec, metrics=spec.metrics or tuple(model.reported), slices=())
    return evaluate(only_warning(shown), evidence, subject, lines=_lines(ctx))


def _keep(
    ctx: StageContext, truth: Truth, asked: Asked, name: str, account: Account | None
) -> str | None:
    """The predictions as a Parquet object, if they may be told.

    Its columns are row, target, prediction, score, weight: those that there are.
    """
    import polars as pl

    columns = {"target": pl.Series(truth.target)}
    if asked.answers.predictions:
        columns["prediction"] = pl.Series(asked.answers.predictions, strict=False)
    if asked.answers.scores is not None:
        columns["score"] = pl.Series(asked.answers.scores, strict=False)
    if truth.weight is not None:
        columns["weight"] = pl.Series(truth.weight)
    path = ctx.scratch / f"{name}.parquet"
    pl.DataFrame(columns).with_row_index("row").write_parquet(path)
    return ctx.store.objects.put(path) if account is None else account.keep(name, path)
