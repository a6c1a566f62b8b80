# SPDX-License-Identifier: Apache-2.0
"""Measures the model on a dataset, beside the champion on the same rows, and decides the gates.

Predictions come from each model in its own locked environment. Every use of a test set is counted
in its log before the verdict is known to anybody.
"""

from pathlib import Path

import msgspec

from shipway.base.errors import InputError
from shipway.evaluation.silence import only_verdict
from shipway.records.base import Skipped
from shipway.records.data import Dataset, ValidatedData
from shipway.records.delivery import ModelVersion
from shipway.records.source import PythonEnvironment, Source
from shipway.records.training import Evaluation, TrainedModel
from shipway.spec.types import EvaluateSpec
from shipway.stages.answers import asked_of
from shipway.stages.behaviours import check_behaviours
from shipway.stages.budgets import Account
from shipway.stages.champion_file import file_digest
from shipway.stages.champion_predictions import meet_champion
from shipway.stages.context import StageContext
from shipway.stages.details import of_details, other_rows
from shipway.stages.judging import Judged, judge, judge_reported
from shipway.stages.measurements import Subjects
from shipway.stages.own_metrics import function_depends
from shipway.stages.predictions import OpenModel, ask_table, open_model
from shipway.stages.stage import Parts, Scope
from shipway.stages.tables import table_files
from shipway_runtime.formats import FILES_FLAVOUR


def evaluate(
    ctx: StageContext,
    source: Source,
    environment: PythonEnvironment,
    model: TrainedModel,
    data: ValidatedData | Skipped,
) -> Evaluation:
    """The metrics and the verdict. InputError when the dataset or its target is not there.

    What the training reported is judged where nothing better can be had: a model that only its own
    application can ask, or a training that set its test rows apart itself.
    """
    spec = ctx.spec.evaluate
    assert spec is not None  # noqa: S101 - the plan has this stage only with its key
    why = _only_reported(spec, model, data)
    if why:
        ctx.tell(f"{why}: judging what the training reported")
        if spec.test_set_budget is not None:
            ctx.note("no rows are used here, so test_set_budget counts nothing")
        return judge_reported(ctx, model, _opponent(ctx, spec, model))
    dataset = _dataset(ctx, spec, data)
    opened = open_model(ctx, environment, _as_version(ctx, model))
    check_behaviours(ctx, opened.info)
    rest = other_rows(spec, data)
    account = Account(ctx, model, environment, dataset.name, details=rest is not None)
    found = _judged(ctx, source, opened, dataset, model, account)
    found = account.settle(found)
    if not account.silent:
        return found
    details = None
    if rest is not None:
        ctx.tell(f"measuring on {rest.name} what may be shown")
        details = _judged(of_details(ctx, rest.name), source, opened, rest, model, None)
    return only_verdict(found, details, spec.gates)


def _judged(
    ctx: StageContext,
    source: Source,
    opened: OpenModel,
    dataset: Dataset,
    model: TrainedModel,
    account: Account | None,
) -> Evaluation:
    """What challenger and champion say of the rows of `dataset`, judged."""
    spec = ctx.spec.evaluate
    assert spec is not None  # noqa: S101 - the plan has this stage only with its key
    ctx.tell("asking the model")
    files = table_files(ctx, source, {dataset.name: dataset})[dataset.name]
    challenger = asked_of(ask_table(ctx, opened, files), opened.info)
    opponent = _opponent(ctx, spec, model)
    met = None if opponent is None else meet_champion(ctx, source, dataset, opponent)
    ctx.tell("deciding the gates" if account else "measuring")
    judged = Judged(challenger, Subjects(source, opened, files), met)
    return judge(ctx, Path(source.folder), dataset, model, judged, account)


def _opponent(ctx: StageContext, spec: EvaluateSpec, model: TrainedModel) -> ModelVersion | None:
    """The live model, unless the spec names a file with somebody else's predictions."""
    return ctx.champions.opponent(model.digest) if spec.champion is None else None


def _only_reported(spec: EvaluateSpec, model: TrainedModel, data: ValidatedData | Skipped) -> str:
    """Why Shipway can't measure, or need not; empty when it has to."""
    if model.flavour == FILES_FLAVOUR:
        return "only the application knows how to predict"
    known = {} if isinstance(data, Skipped) else data.datasets
    if spec.dataset == EvaluateSpec().dataset and spec.dataset not in known and model.reported:
        return "the training set its test rows apart itself"
    return ""


def _dataset(ctx: StageContext, spec: EvaluateSpec, data: ValidatedData | Skipped) -> Dataset:
    known = {} if isinstance(data, Skipped) else data.datasets
    if spec.dataset not in known:
        raise InputError(
            f"there is no dataset {spec.dataset!r} to evaluate on",
            where=ctx.document.where("evaluate", "dataset"),
            cure="Declare it under 'data', or name another one in 'evaluate.dataset'.",
        )
    return known[spec.dataset]


def _as_version(ctx: StageContext, model: TrainedModel) -> ModelVersion:
    """What is asked of a registered version, for a model that has no number yet."""
    spec, train = ctx.spec.model, ctx.spec.train
    assert spec is not None and train is not None  # noqa: S101 - there is a trained model
    return ModelVersion(
        model=spec.name,
        number=0,
        digest=model.digest,
        gates="",
        evaluation="",
        verdict="inconclusive",
        provenance="",
        flavour=model.flavour,
        project=ctx.spec.project,
        commit="",
        branch="",
        author="",
        created="",
        run=ctx.run_id,
        environment="",
        code=model.code,
        trusted_types=spec.trusted_types,
        allow_pickle=train.allow_pickle,
        import_folder=train.folder,
    )


def depends(scope: Scope) -> Parts:
    """What is measured and demanded, and whom the model is compared with."""
    spec = scope.spec
    given = spec.evaluate.champion if spec.evaluate is not None else None
    model = msgspec.to_builtins(spec.model)
    for text in ("description", "intended_use", "owner"):
        model.pop(text, None)
    return {
        "evaluate": msgspec.to_builtins(spec.evaluate),
        "model": model,
        "columns": {} if spec.data is None else msgspec.to_builtins(spec.data.columns),
        "champion": scope.champion() if given is None else file_digest(scope, given),
        **({} if spec.evaluate is None else function_depends(scope, spec.evaluate)),
    }
