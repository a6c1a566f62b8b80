# SPDX-License-Identifier: Apache-2.0
"""Gives the stored model a number, and a card that says what it is for."""

import msgspec

from shipway.base import clock
from shipway.base.digests import digest_of
from shipway.base.errors import InputError
from shipway.records.base import Skipped
from shipway.records.delivery import ModelVersion, StoredModel
from shipway.records.source import PythonEnvironment, Source
from shipway.records.training import Evaluation
from shipway.spec.types import Spec
from shipway.stages.context import StageContext


def register(
    ctx: StageContext, source: Source, stored: StoredModel, evaluation: Evaluation | Skipped
) -> ModelVersion:
    """The version of this model with these gate verdicts: a new one, or the one it already has.

    OutsideError when the registry can't be reached.
    """
    model = ctx.spec.model
    if model is None:
        raise InputError("a model needs a name", where="shipway.yaml", cure="Add 'model: {name}'.")
    gates = digest_of(evaluation.content())
    identity = stored.digest, gates, _serving(ctx, stored)
    for version in ctx.registry.versions(model.name):
        if version.identity == identity:
            return ctx.registry.register(version)
    return ctx.registry.register(_new_version(ctx, source, stored, evaluation, gates))


def _serving(ctx: StageContext, stored: StoredModel) -> str:
    """Code and lock, where the user's own code may answer for the model; else nothing.

    A pickle names functions and classes by their modules, as does a skops file with types that
    the spec has to trust: equal bytes, but what they do is what the code does.
    """
    if ctx.spec.package.server is None and not code_answers(ctx.spec):
        return ""
    record = ctx.store.objects.read(stored.environment)
    lock = msgspec.json.decode(record, type=PythonEnvironment).digest
    return digest_of([stored.code, lock])


def code_answers(spec: Spec) -> bool:
    """Whether what a model answers may depend on the user's own code, besides its files."""
    train = spec.train
    own = train is not None and (train.predict is not None or train.allow_pickle)
    return own or (spec.model is not None and bool(spec.model.trusted_types))


def _new_version(
    ctx: StageContext,
    source: Source,
    stored: StoredModel,
    evaluation: Evaluation | Skipped,
    gates: str,
) -> ModelVersion:
    from shipway.reports.markdown import model_card

    model = ctx.spec.model
    assert model is not None  # noqa: S101 - checked by `register`
    measured = {} if isinstance(evaluation, Skipped) else _measured(evaluation)
    version = ModelVersion(
        model=model.name,
        number=0,
        digest=stored.digest,
        gates=gates,
        evaluation=stored.evaluation,
        verdict=evaluation.verdict if isinstance(evaluation, Evaluation) else "inconclusive",
        provenance=stored.provenance,
        flavour=stored.flavour,
        project=ctx.spec.project,
        commit=source.commit,
        branch=source.branch,
        author=source.author,
        created=clock.stamp(),
        run=ctx.run_id,
        environment=stored.environment,
        code=stored.code,
        data=stored.data,
        params=stored.params,
        metrics=measured,
        reported=stored.reported,
        trusted_types=model.trusted_types,
        allow_pickle=ctx.spec.train.allow_pickle if ctx.spec.train else False,
        profile=stored.profile,
        import_folder=ctx.spec.train.folder if ctx.spec.train else ".",
        serving=_serving(ctx, stored),
    )
    found = evaluation if isinstance(evaluation, Evaluation) else None
    return _with_card(version, model_card(version, model, found))


def _with_card(version: ModelVersion, card: str) -> ModelVersion:
    return msgspec.structs.replace(version, card=card)


def _measured(evaluation: Evaluation) -> dict[str, float]:
    return {
        metric.name: metric.value
        for metric in evaluation.metrics
        if not metric.slice and metric.value is not None
    }
