# SPDX-License-Identifier: Apache-2.0
"""`shipway gate`: decide gates on a file of predictions, without Git, spec, registry or budget."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import msgspec.inspect

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.records.base import Verdict
from shipway.records.training import GateResult
from shipway.spec.mistakes import Findings
from shipway.spec.text import compose, load
from shipway.spec.types import Base, EvaluateSpec, GateSpec, Task
from shipway.spec.walker import Walker
from shipway.stages.judging import slice_masks

if TYPE_CHECKING:
    import polars as pl

    from shipway.evaluation.predictions import Predictions

FORMATS = {".parquet": "parquet", ".csv": "csv"}


class GateReport(msgspec.Struct, frozen=True):
    """The verdict, and the evidence of each gate."""

    verdict: Verdict
    gates: tuple[GateResult, ...]


@dataclass(frozen=True)
class GateRequest:
    """What to decide: files, columns, and the gates' file.

    `score` is the column of the positive class's probability, `prediction` of the predicted label
    or value; at least one is given. `key` pairs the rows of a champion's file; without it they
    pair by position.
    """

    predictions: Path
    gates: Path
    target: str
    score: str | None = None
    prediction: str | None = None
    champion: Path | None = None
    key: str | None = None
    positive: str | None = None


def gate_predictions(request: GateRequest) -> GateReport:
    """Decide the gates. InputError for unreadable files, missing columns or unequal rows."""
    from shipway.evaluation.decide import Evidence
    from shipway.evaluation.evaluate import decide_all, verdict_of

    spec = read_gates(request.gates)
    frame = _read(request, request.predictions)
    other = None
    if request.champion is not None:
        other = _paired(request, frame, _read(request, request.champion))
    task = _task(request, frame)
    _check(spec, task)
    evidence = Evidence(
        task=task,
        challenger=_predictions(request, task, frame),
        champion=_predictions(request, task, other) if other is not None else None,
        slices=slice_masks(frame, (), [gate.gate for gate in spec.gates]),
    )
    results = decide_all(spec.gates, evidence)
    return GateReport(verdict_of(results), results)


class GatesFile(Base, frozen=True):
    """What a file of gates says."""

    gates: tuple[GateSpec, ...]


def read_gates(path: Path) -> EvaluateSpec:
    """The `gates:` of a file, as they stand in the spec; SpecError lists all mistakes."""
    text = load(path)
    findings = Findings(path.name)
    walker = Walker(findings, text.splitlines())
    values = walker.read(compose(text, findings), msgspec.inspect.type_info(GatesFile), ())
    findings.stop()
    gates = msgspec.convert(values, GatesFile).gates
    if not gates:
        raise InputError("there is no gate in this file", where=str(path), cure="Add: gates: […]")
    return EvaluateSpec(gates=gates)


def _check(spec: EvaluateSpec, task: Task) -> None:
    from shipway.evaluation.plan import problems

    found = problems(spec, task)
    if found:
        lines = [f"{problem.what} {problem.cure}".strip() for problem in found]
        raise InputError("\n".join(lines))


def _read(request: GateRequest, path: Path) -> "pl.DataFrame":
    import polars as pl

    kind = FORMATS.get(path.suffix)
    if kind is None:
        raise InputError("neither .parquet nor .csv", where=str(path))
    try:
        frame = pl.read_parquet(path) if kind == "parquet" else pl.read_csv(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"can't be read: {error}", where=str(path)) from None
    wanted = (request.target, request.score, request.prediction, request.key)
    for column in filter(None, wanted):
        if column not in frame.columns:
            cure = did_you_mean(column, frame.columns)
            raise InputError(f"there is no column {column!r}", where=str(path), cure=cure)
    return frame


def _paired(request: GateRequest, frame: "pl.DataFrame", other: "pl.DataFrame") -> "pl.DataFrame":
    """The champion's rows in the order of the challenger's."""
    if request.key is not None:
        return _by_key(request.key, frame, other)
    where = str(request.champion)
    if other.height != frame.height:
        raise InputError(
            f"{other.height} rows, but the challenger has {frame.height}",
            where=where,
            cure="Give both the same rows, or name their key: --key COLUMN.",
        )
    if not other[request.target].equals(frame[request.target]):
        raise InputError(
            "the targets are not those of the challenger, row by row",
            where=where,
            cure="The rows are others or in another order; name their key: --key COLUMN.",
        )
    return other


def _by_key(key: str, frame: "pl.DataFrame", other: "pl.DataFrame") -> "pl.DataFrame":
    for name, table in (("challenger", frame), ("champion", other)):
        if table[key].is_duplicated().any():
            raise InputError(f"the {name}'s {key!r} is not unique")
    joined = frame.select(key).join(other, on=key, how="left", maintain_order="left")
    missing = joined.height - other.join(frame.select(key), on=key, how="semi").height
    if missing or other.height != frame.height:
        raise InputError(
            f"challenger and champion do not have the same rows ({missing} are missing)",
            cure="Predict the same rows with both.",
        )
    return joined


def _task(request: GateRequest, frame: "pl.DataFrame") -> Task:
    if request.score is not None or request.positive is not None:
        return "binary"
    target = frame[request.target]
    if target.dtype.is_float():
        return "regression"
    return "binary" if target.n_unique() <= 2 else "multiclass"


def _predictions(request: GateRequest, task: Task, frame: "pl.DataFrame") -> "Predictions":
    from shipway.evaluation import columns

    target: Any = frame[request.target].to_numpy()
    label = None if request.prediction is None else frame[request.prediction].to_numpy()
    score = None if request.score is None else frame[request.score].to_numpy()
    if task == "regression":
        if label is None:
            raise InputError("which column holds the predictions?", cure="Give --prediction.")
        return columns.regression(target, label)
    if task == "multiclass":
        return columns.multiclass(target, label=label)
    _check_scores(request, score)
    return columns.binary(target, label=label, score=score, positive=request.positive)


def _check_scores(request: GateRequest, score: Any) -> None:
    if score is not None and len(score) and (score.min() < 0 or score.max() > 1):
        raise InputError(
            f"column {request.score!r} holds scores outside [0, 1]",
            cure="Give probabilities of the positive class.",
        )
