# SPDX-License-Identifier: Apache-2.0
"""`shipway gate`: decide gates on a file of predictions, without Git, spec, registry or budget.

shipway gate predictions.parquet --target y --score p --gates gates.yaml
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from shipway.base.errors import InputError
from shipway.operations.gate_tables import paired, read_table
from shipway.operations.gates_file import Asked, read_gates
from shipway.records.base import Verdict
from shipway.records.training import GateResult
from shipway.spec.types import Task
from shipway.stages.slice_masks import slice_masks

if TYPE_CHECKING:
    import polars as pl

    from shipway.evaluation.gates import Gate
    from shipway.evaluation.predictions import Predictions


class GateReport(msgspec.Struct, frozen=True):
    """The verdict, and the evidence of each gate; `rows` are those of the file."""

    verdict: Verdict
    gates: tuple[GateResult, ...]
    rows: int = 0
    task: Task = "binary"


@dataclass(frozen=True)
class GateRequest:
    """What to decide: files, columns, and the gates' file.

    `score` is the column of the positive class's probability, `prediction` of the predicted label
    or value; at least one is given, and a gate that wants the other fails. With `threshold` a row
    is predicted positive from that score on. `key` pairs the rows of a champion's file; without it
    they pair by position. `weights` is a column with a weight for each row. `task` is found from
    the rest when it is not given.
    """

    predictions: Path
    gates: Path
    target: str
    score: str | None = None
    prediction: str | None = None
    champion: Path | None = None
    key: str | None = None
    positive: str | None = None
    threshold: float | None = None
    weights: str | None = None
    task: Task | None = None

    def columns(self) -> list[str]:
        """The columns that both files have."""
        named = (self.target, self.score, self.prediction, self.key)
        return [column for column in named if column is not None]


def gate_predictions(request: GateRequest) -> GateReport:
    """Decide the gates; the verdict is part of the report.

    InputError for files that can't be read, columns that are missing or can't be used, rows that
    do not pair, gates that can't be decided, and gates on a champion that was not given.
    """
    from shipway.evaluation.decide import Evidence
    from shipway.evaluation.evaluate import decide_all, verdict_of

    _refuse_unclear(request)
    asked = read_gates(request.gates)
    own = [request.weights] if request.weights else []
    frame = read_table(request.predictions, [*request.columns(), *own])
    task = request.task or _task(asked, request, frame)
    asked.check(task)
    _refuse_undecidable(asked, request)
    challenger = _predictions(request, task, frame, request.predictions)
    champion = None
    if request.champion is not None:
        other = read_table(request.champion, request.columns())
        paths = request.predictions, request.champion
        other = paired(frame, other, request.target, request.key, paths)
        champion = _predictions(request, task, other, request.champion)
    spec = asked.spec
    evidence = Evidence(
        task=task,
        challenger=challenger,
        champion=champion,
        slices=slice_masks(frame, spec.slices, [gate.gate for gate in spec.gates]),
        min_slice=spec.min_slice,
    )
    lines = [asked.line(number) for number in range(len(spec.gates))]
    results = decide_all(spec.gates, evidence, lines)
    return GateReport(verdict_of(results), results, frame.height, task)


def _refuse_unclear(request: GateRequest) -> None:
    if request.score is None and request.prediction is None:
        raise InputError(
            "which column holds the predictions?", cure="Give --score, --prediction or both."
        )
    if request.threshold is not None and (request.score is None or request.prediction is not None):
        raise InputError(
            "a threshold makes labels of scores",
            cure="Give --threshold with --score, and without --prediction.",
        )


def _refuse_undecidable(asked: Asked, request: GateRequest) -> None:
    """Gates that want what is not in any file: a champion, or the model itself."""
    from shipway.evaluation.gate_parser import parse_gate

    for number, item in enumerate(asked.spec.gates):
        gate = parse_gate(item.gate)
        where = asked.where("gates", number)
        if request.champion is None and _wants_champion(gate):
            raise InputError(
                f"{item.gate!r} asks for a champion, and none was given",
                where=where,
                cure="Name the file of its predictions: --champion FILE.",
            )
        if gate.form in ("invariance", "increasing", "decreasing"):
            raise InputError(
                f"{gate.subject} asks the model itself, and there are only its predictions",
                where=where,
                cure="Put this gate under 'evaluate' in shipway.yaml, where runs ask the model.",
            )


def _wants_champion(gate: "Gate") -> bool:
    return gate.bound.champion or gate.metric.split("@")[0] == "churn"


def _task(asked: Asked, request: GateRequest, frame: "pl.DataFrame") -> Task:
    """What the options, the gates' metrics and the target together say."""
    from shipway.evaluation.gate_parser import parse_gate
    from shipway.evaluation.metrics import find

    if request.score is not None or request.positive is not None:
        return "binary"
    target = frame[request.target]
    names = set()
    for item in asked.spec.gates:
        with suppress(InputError):
            names.add(parse_gate(item.gate).metric)
    if target.dtype.is_float() or _all_known(names, find):
        return "regression"
    return "binary" if target.n_unique() <= 2 else "multiclass"


def _all_known(names: set[str], find: Any) -> bool:
    """True when there are metrics, and each is one of regression models."""
    try:
        return bool([find(name, "regression") for name in names])
    except InputError:
        return False


def _predictions(
    request: GateRequest, task: Task, frame: "pl.DataFrame", path: Path
) -> "Predictions":
    from shipway.evaluation import columns

    target: Any = frame[request.target].to_numpy()
    label = None if request.prediction is None else frame[request.prediction].to_numpy()
    score = None if request.score is None else frame[request.score].to_numpy()
    try:
        if task == "regression":
            return columns.regression(target, label if label is not None else [])
        if task == "multiclass":
            return columns.multiclass(target, label=label)
        found = columns.binary(target, label=label, score=score, positive=request.positive)
    except InputError as error:
        raise InputError(error.what, where=str(path), cure=error.cure) from None
    if found.score is not None and ((found.score < 0) | (found.score > 1)).any():
        raise InputError(
            f"column {request.score!r} holds scores outside [0, 1]",
            where=str(path),
            cure="Give probabilities of the positive class.",
        )
    return found if request.threshold is None else _labelled(found, request.threshold)


def _labelled(predictions: "Predictions", threshold: float) -> "Predictions":
    """The same with labels: positive from `threshold` on."""
    import numpy as np

    assert predictions.score is not None  # noqa: S101 - a threshold is refused without --score
    return replace(predictions, label=(predictions.score >= threshold).astype(np.int64))
