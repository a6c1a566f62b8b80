# SPDX-License-Identifier: Apache-2.0
"""The champion's side of a comparison: its predictions for the challenger's rows, or why there are
none, be it the live model or a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.records.training import Champion
from shipway.spec.types import Task
from shipway.stages.answers import (
    Asked,
    Truth,
    class_note,
    incomparable,
    predictions_of,
    usable,
)
from shipway.stages.champion_file import answers_in_file
from shipway.stages.champion_predictions import Met
from shipway.stages.context import StageContext

if TYPE_CHECKING:
    import polars as pl

    from shipway.evaluation.predictions import Predictions


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


def opponent_of(
    ctx: StageContext, folder: Path, frame: "pl.DataFrame", truth: Truth, met: Met | None
) -> Opponent:
    """The champion's side of the comparison: from the file that the spec names, or as it was met.

    InputError for a file whose rows don't pair with those of `frame`.
    """
    evaluate_spec, spec = ctx.spec.evaluate, ctx.spec.model
    assert evaluate_spec is not None and spec is not None  # noqa: S101 - checked by the plan
    if evaluate_spec.champion is not None:
        asked, digest = answers_in_file(ctx, folder, frame, spec)
        made = Opponent(champion=Champion(0, digest))
        return _compared(ctx, truth, asked, made, evaluate_spec.champion.predictions)
    if met is None:
        return Opponent()
    live = Champion(met.version.number, met.version.digest)
    # Numbers that its training reported are about rows of its own: only for what nobody measures.
    reported = {n: v for n, v in met.version.reported.items() if not _is_measured(n, spec.task)}
    made = Opponent(champion=live, reported=reported, why=met.why)
    return made if met.asked is None else _compared(ctx, truth, met.asked, made, met.name)


def _compared(ctx: StageContext, truth: Truth, asked: Asked, made: Opponent, name: str) -> Opponent:
    """`made` with the predictions, or with the reason why they can't be compared."""
    spec = ctx.spec.model
    assert spec is not None  # noqa: S101 - checked by the plan
    why = incomparable(spec, truth, asked)
    if why:
        ctx.note(f"the champion {name} can't be compared: {why}")
        return replace(made, why=f"{name} can't be compared: {why}")
    asked, notes = usable(spec, asked)
    about = tuple(f"champion: {note}" for note in notes)
    different = class_note(spec, truth, asked)
    return replace(
        made,
        predictions=predictions_of(spec, truth, asked),
        asked=asked,
        notes=(*about, different) if different else about,
    )


def _is_measured(name: str, task: Task) -> bool:
    from shipway.evaluation.metrics import find

    try:
        find(name, task)
    except InputError:
        return False
    return True
