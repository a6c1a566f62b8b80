# SPDX-License-Identifier: Apache-2.0
"""Keeps the model for good: its objects are in the store, its provenance is signed."""

import msgspec

from shipway.records.base import Record, Skipped
from shipway.records.data import ValidatedData
from shipway.records.delivery import StoredModel
from shipway.records.source import PythonEnvironment, Source
from shipway.records.training import Evaluation, TrainedModel
from shipway.stages.context import StageContext


def keep_record(ctx: StageContext, record: Record) -> str:
    """Put a record into the store as an object; its digest."""
    return ctx.store.objects.put(msgspec.json.encode(record, order="sorted"))


def store(
    ctx: StageContext,
    source: Source,
    environment: PythonEnvironment,
    data: ValidatedData | Skipped,
    model: TrainedModel,
    evaluation: Evaluation | Skipped,
) -> StoredModel:
    """Sign and keep what the model was made of. The same model, evaluated the same way, keeps the
    envelope that it has. OutsideError when the store can't be reached.
    """
    stored = StoredModel(
        digest=model.digest,
        provenance="",
        environment=keep_record(ctx, environment),
        code=model.code,
        flavour=model.flavour,
        evaluation=keep_record(ctx, evaluation) if isinstance(evaluation, Evaluation) else "",
        data={} if isinstance(data, Skipped) else {n: d.digest for n, d in data.datasets.items()},
        params=model.params,
        reported=model.reported,
    )
    signed = _signed(ctx, source, environment, stored)
    return msgspec.structs.replace(signed, profile=_profile(data))


def _profile(data: ValidatedData | Skipped) -> str:
    """That of the one table that was profiled: what the model was trained on."""
    profiles = {} if isinstance(data, Skipped) else data.profiles
    return next(iter(profiles.values()), "")


def _signed(
    ctx: StageContext, source: Source, environment: PythonEnvironment, stored: StoredModel
) -> StoredModel:
    from shipway.base.digests import digest_of, hex_of

    key = f"cache/provenance-{hex_of(digest_of([stored, source.commit]))}.json"
    known = ctx.store.get(key)
    if known is not None and ctx.store.objects.has(known.decode()):
        return msgspec.structs.replace(stored, provenance=known.decode(), unchanged=True)
    envelope = ctx.store.objects.put(_envelope(ctx, source, environment, stored))
    ctx.store.put(key, envelope.encode())
    return msgspec.structs.replace(stored, provenance=envelope)


def _envelope(
    ctx: StageContext, source: Source, environment: PythonEnvironment, stored: StoredModel
) -> bytes:
    from shipway import __version__
    from shipway.base import clock
    from shipway.storage.provenance import model_predicate, sign_statement
    from shipway.storage.signing import user_key

    materials = {**stored.data, "code": stored.code}
    if stored.evaluation:
        materials["evaluation"] = stored.evaluation
    predicate = model_predicate(
        project=ctx.spec.project,
        commit=source.commit,
        lock=environment.digest,
        data=materials,
        params=stored.params,
        run=ctx.run_id,
        shipway=__version__,
        finished=clock.stamp(),
    )
    name = ctx.spec.model.name if ctx.spec.model else ctx.spec.project
    return sign_statement(name, stored.digest, predicate, user_key())
