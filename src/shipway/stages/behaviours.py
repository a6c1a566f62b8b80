# SPDX-License-Identifier: Apache-2.0
"""How the model behaves when one column of a row changes: what gates on behaviour are judged by.

    invariance(gender) <= 0.05       the score moves by at most 0.05, whatever the gender
    increasing(amount) >= 0.99       in 99 % of the rows the score never falls as the amount rises

The control plane writes the changed rows (`perturbing`), the challenger answers in its own
environment, and one number for each row comes out: how far its score moved at most, or whether it
only ever moved the right way. The score of a regression is its prediction; of several classes the
one that moved most counts; a model without scores changes its label (1) or keeps it (0).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from shipway.base.errors import InputError, ShipwayError, StoppedError
from shipway.base.names import did_you_mean
from shipway.evaluation.gate_parser import parse_gate
from shipway.evaluation.gates import Gate
from shipway.stages.context import StageContext
from shipway.stages.predictions import OpenModel, ask_pieces
from shipway_runtime.columns import Columns
from shipway_runtime.formats import ModelInfo

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from shipway.stages.perturbing import Question

FORMS = ("invariance", "increasing", "decreasing")
# Sums of the same numbers in another order differ by so much, relative to their size.
ROUNDING = 1e-9


@dataclass
class Behaviours:
    """What the model answered, by the gates' subjects: a number for each row of the dataset (NaN
    for rows that were not asked about), or why there is no answer; and what is to be said about it.
    """

    values: "dict[str, NDArray[np.float64]]" = field(default_factory=dict)
    unanswered: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def gates_on_behaviour(ctx: StageContext) -> list[tuple[Gate, str]]:
    """The gates of the spec that ask how the model behaves, with their places."""
    spec = ctx.spec.evaluate
    found = []
    for number, item in enumerate(spec.gates if spec is not None else ()):
        gate = parse_gate(item.gate)
        if gate.form in FORMS:
            found.append((gate, ctx.document.where("evaluate", "gates", number)))
    return found


def check_behaviours(ctx: StageContext, info: ModelInfo) -> None:
    """InputError, before anybody is asked, for a column that is no feature of the model."""
    names = [feature.name for feature in info.features]
    for gate, where in gates_on_behaviour(ctx):
        column = gate.columns[0]
        if names and column not in names:
            raise InputError(
                f"{gate.subject}: the model has no feature {column!r}",
                where=where,
                cure=did_you_mean(column, names),
            )
        if info.task == "multiclass" and gate.form != "invariance":
            raise InputError(
                f"{gate.subject}: a model of several classes has no one score that could rise",
                where=where,
                cure="Gate on invariance, or on metrics of a class.",
            )


def ask_behaviours(
    ctx: StageContext, model: OpenModel, frame: "pl.DataFrame", gates: Sequence[tuple[Gate, str]]
) -> Behaviours:
    """Ask `model` about changed rows of `frame`, once for each subject.

    InputError for a column without order in a gate on order. What the model can't answer is told
    in `unanswered`.
    """
    found = Behaviours()
    for gate, where in {gate.subject: (gate, where) for gate, where in gates}.values():
        asked = _question(ctx, gate, where, model.info, frame)
        if isinstance(asked, str):
            found.unanswered[gate.subject] = asked
            continue
        ctx.tell(f"asking about {gate.subject}")
        try:
            answers = ask_pieces(ctx, model, asked.pieces(frame))
        except (StoppedError, InputError) as error:
            if ctx.cancelled.is_set():
                raise
            found.unanswered[gate.subject] = _refused(ctx, gate, error)
            continue
        _read(found, gate, asked, answers, model.info, frame.height)
    return found


def _question(
    ctx: StageContext, gate: Gate, where: str, info: ModelInfo, frame: "pl.DataFrame"
) -> "Question | str":
    from shipway.stages.perturbing import has_order, question

    column = gate.columns[0]
    if not info.features:
        return "the model has no signature, so its columns are not known"
    if column not in frame.columns:
        return f"these rows have no column {column!r}"
    declared = ctx.spec.data.columns.get(column) if ctx.spec.data is not None else None
    categorical = declared is not None and declared.type == "category"
    if gate.form != "invariance" and not has_order(frame[column], categorical=categorical):
        raise InputError(
            f"{gate.subject}: {column} has no order",
            where=where,
            cure="Name a column of numbers, dates or truth values; or gate on invariance.",
        )
    return question(gate, frame, categorical=categorical)


def _refused(ctx: StageContext, gate: Gate, error: ShipwayError) -> str:
    why = f"the model could not answer: {error.what.splitlines()[0]}"
    ctx.note("\n".join(filter(None, [f"{gate.subject}: {why}", error.cure])))
    return why


def _read(
    found: Behaviours,
    gate: Gate,
    asked: "Question",
    answers: Sequence[Columns],
    info: ModelInfo,
    total: int,
) -> None:
    numbers = as_numbers([copy.values for copy in answers], info)
    silent = int(np.isnan(numbers).any(axis=(0, 2)).sum())
    if silent:
        found.unanswered[gate.subject] = (
            f"the model gives no prediction for {silent:,} rows when {asked.column} changes"
        )
        return
    values = np.full(total, np.nan)
    values[asked.rows] = (
        moved(numbers) if gate.form == "invariance" else one_way(numbers, gate.form)
    )
    found.values[gate.subject] = values
    note = asked.note(total)
    found.notes += [note] if note else []


def as_numbers(copies: Sequence[Mapping[str, Any]], info: ModelInfo) -> "NDArray[np.float64]":
    """Scores as copies × rows × classes, NaN where there is none.

    Of a model without scores: for each class 1 where it is the label, 0 elsewhere, so that another
    label moves by 1; of a binary one whether it is the positive class.
    """
    if info.task == "regression":
        return _array([copy["prediction"] for copy in copies])
    if all("score" in copy for copy in copies):
        return _array([copy["score"] for copy in copies])
    if all("0" in copy for copy in copies):
        columns = [key for key in copies[0] if key != "prediction"]
        return np.concatenate([_array([copy[key] for copy in copies]) for key in columns], axis=2)
    return _labels([list(copy["prediction"]) for copy in copies], info)


def _array(copies: Sequence[Any]) -> "NDArray[np.float64]":
    rows = [np.asarray(list(copy), dtype=np.float64) for copy in copies]
    return np.stack(rows)[:, :, None]


def _labels(copies: Sequence[Sequence[Any]], info: ModelInfo) -> "NDArray[np.float64]":
    from shipway.evaluation.columns import class_text

    texts = [
        [None if label is None else class_text(label) for label in labels] for labels in copies
    ]
    known = sorted({text for labels in texts for text in labels if text is not None})
    wanted = [class_text(info.positive)] if info.task == "binary" else known
    found = np.array(
        [
            [[np.nan if text is None else float(text == each) for each in wanted] for text in row]
            for row in texts
        ]
    )
    return found.reshape(len(copies), len(copies[0]), len(wanted))


def moved(numbers: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """For each row the largest move of any class from the first copy to any other."""
    moves: NDArray[np.float64] = np.abs(numbers[1:] - numbers[0]).max(axis=(0, 2))
    return moves


def one_way(numbers: "NDArray[np.float64]", form: str) -> "NDArray[np.float64]":
    """1 for each row whose score never falls (`increasing`) or rises from copy to copy, else 0."""
    scores = numbers[:, :, 0]
    steps = np.diff(scores, axis=0) * (1 if form == "increasing" else -1)
    slack = ROUNDING * np.maximum(1.0, np.abs(scores).max(axis=0))
    right: NDArray[np.bool_] = (steps >= -slack).all(axis=0)
    return right.astype(np.float64)
