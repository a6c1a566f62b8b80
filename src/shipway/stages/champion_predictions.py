# SPDX-License-Identifier: Apache-2.0
"""What the champion says about today's rows: its own model, in its own locked environment.

    met = meet_champion(ctx, source, dataset, version)
    met.asked       its answers, row by row; None when they could not be had
    met.why         why not

Answers are kept in the store under a name made of all that they follow from, so that the next
challenger on the same rows does not wait for the champion again, on whichever machine it is judged.

A champion that can't be asked is no error: whatever the reason (an environment that can't be
installed any more, a model that was lost, a column that is gone, a crash, no network), its gates
fail with that reason and all others are decided. Releasing without a comparison is never what
happens by itself where something was live. Where the reason may pass (network, disk, store),
`for_now` says so: that verdict is not kept, and the next run asks again.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from shipway.base.digests import digest_of, hex_of
from shipway.base.errors import OutsideError, ShipwayError
from shipway.data.locate import written_tables
from shipway.records.data import Dataset
from shipway.records.delivery import ModelVersion
from shipway.records.source import PythonEnvironment, Source
from shipway.stages.answers import Asked, asked_of
from shipway.stages.context import StageContext
from shipway.stages.predictions import ask_table, open_model
from shipway.stages.tables import table_files
from shipway_runtime import formats

# Raised by hand when the same champion would answer the same rows differently.
VERSION = 1


@dataclass(frozen=True)
class Met:
    """What became of the question to the champion `version`."""

    version: ModelVersion
    asked: Asked | None = None
    why: str = ""
    for_now: bool = False

    @property
    def name(self) -> str:
        """`fraud@3`."""
        return f"{self.version.model}@{self.version.number}"


class KeptAnswers(msgspec.Struct, frozen=True):
    """What `cache/<key>.json` holds: the object with the answers, and what belongs to them."""

    predictions: str
    rows: int
    classes: tuple[Any, ...] = ()
    positive: Any = None
    task: str = ""
    target: str = ""


def meet_champion(
    ctx: StageContext, source: Source, dataset: Dataset, champion: ModelVersion
) -> Met:
    """Ask the champion about the rows of `dataset`, or find what it said about them before."""
    met = Met(champion)
    if champion.flavour == formats.FILES_FLAVOUR:
        return Met(champion, why=f"only the application of {met.name} knows how to predict")
    key = _key(ctx, dataset, champion)
    known = _find(ctx, key, dataset)
    if known is not None:
        ctx.tell(f"the champion, {met.name}: answers from cache")
        return Met(champion, known)
    ctx.tell(f"asking the champion, {met.name}")
    try:
        asked = _ask(ctx, source, dataset, champion)
    except (ShipwayError, formats.FormatError, msgspec.MsgspecError, OSError) as error:
        if ctx.cancelled.is_set():
            raise
        return _could_not(ctx, met, error)
    _keep(ctx, key, asked)
    return Met(champion, asked)


def _ask(ctx: StageContext, source: Source, dataset: Dataset, champion: ModelVersion) -> Asked:
    kept = ctx.store.objects.read(champion.environment)
    environment = ctx.environments.ensure(
        msgspec.json.decode(kept, type=PythonEnvironment), ctx.tell
    )
    model = open_model(ctx, environment, champion)
    files = table_files(ctx, source, {dataset.name: dataset})[dataset.name]
    return asked_of(ask_table(ctx, model, files), model.info)


def _could_not(ctx: StageContext, met: Met, error: Exception) -> Met:
    """The reason in one line for the gates; the whole of it where people look."""
    said = (error.what if isinstance(error, ShipwayError) else str(error)) or repr(error)
    for_now = isinstance(error, OutsideError | OSError)
    why = f"{met.name} could not be asked: {said.splitlines()[0]}"
    ctx.note("\n".join(filter(None, [f"the champion {why}", getattr(error, "cure", "")])))
    return Met(met.version, why=why, for_now=for_now)


def _key(ctx: StageContext, dataset: Dataset, champion: ModelVersion) -> str:
    """Named by all that the answers follow from: model, code, lock, rows, how they are written."""
    data = ctx.spec.data
    tables = {} if data is None else written_tables(data)
    written = tables.get(dataset.name, tables.get("all"))
    parts = {
        "version": VERSION,
        "model": champion.digest,
        "code": champion.code,
        "folder": champion.import_folder,
        "environment": champion.environment,
        "rows": dataset.object or [[file.path, file.digest] for file in dataset.files],
        "format": [dataset.format, dataset.origin],
        "written": msgspec.to_builtins(written),
        "nulls": [] if data is None else list(data.nulls),
    }
    return f"cache/answers-{hex_of(digest_of(parts))}.json"


def _find(ctx: StageContext, key: str, dataset: Dataset) -> Asked | None:
    """Answers that were kept, whole and for as many rows; None where they must be had anew."""
    entry = ctx.store.get(key)
    if entry is None:
        return None
    try:
        kept = msgspec.json.decode(entry, type=KeptAnswers)
        found = msgspec.json.decode(ctx.store.objects.read(kept.predictions))
        answers = formats.Predictions(found["prediction"], found["score"])
    except (msgspec.MsgspecError, OutsideError, ValueError, KeyError, TypeError):
        return None
    if not len(answers.predictions) == kept.rows == dataset.rows:
        return None
    return Asked(answers, kept.classes, kept.positive, kept.task, kept.target)


def _keep(ctx: StageContext, key: str, asked: Asked) -> None:
    """Remember the answers, where the store can be written to."""
    path = ctx.scratch / "champion-answers.json"
    with contextlib.suppress(OutsideError, OSError):
        formats.write_predictions(path, asked.answers)
        entry = KeptAnswers(
            predictions=ctx.store.objects.put(Path(path)),
            rows=len(asked.answers.predictions),
            classes=asked.classes,
            positive=asked.positive,
            task=asked.task,
            target=asked.target,
        )
        ctx.store.put(key, msgspec.json.encode(entry))
