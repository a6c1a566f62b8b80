# SPDX-License-Identifier: Apache-2.0
"""`shipway gate`: decide gates on a file of predictions, without Git, spec, registry or budget.

    shipway gate predictions.parquet --target y --score p --gates gates.yaml

The gates stand in a file of their own, as they would under `evaluate`:

    gates:
      - roc_auc >= 0.90 at 95%
      - {gate: "recall[country=*] >= 0.5", on_fail: warn}
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import msgspec.inspect

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.records.base import Verdict
from shipway.records.training import GateResult
from shipway.spec.document import KeyPath, Position
from shipway.spec.mistakes import Findings
from shipway.spec.text import compose, load
from shipway.spec.types import DataSpec, EvaluateSpec, GateSpec, Task
from shipway.spec.walker import Walker
from shipway.spec.written import Base
from shipway.stages.judging import slice_masks

if TYPE_CHECKING:
    import polars as pl

    from shipway.evaluation.predictions import Predictions


class GateReport(msgspec.Struct, frozen=True):
    """The verdict, and the evidence of each gate."""

    verdict: Verdict
    gates: tuple[GateResult, ...]


@dataclass(frozen=True)
class GateRequest:
    """What to decide: files, columns, and the gates' file.

    `score` is the column of the positive class's probability, `prediction` of the predicted label
    or value; at least one is given, and a gate that wants the other fails. `key` pairs the rows of
    a champion's file; without it they pair by position.
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
    """Decide the gates; the verdict is part of the report.

    InputError for files that can't be read, columns that are missing or can't be used, rows that
    do not pair, gates that can't be decided, and gates on a champion that was not given.
    """
    from shipway.evaluation.decide import Evidence
    from shipway.evaluation.evaluate import decide_all, verdict_of

    if request.score is None and request.prediction is None:
        raise InputError(
            "which column holds the predictions?", cure="Give --score, --prediction or both."
        )
    asked = read_gates(request.gates)
    frame = _read(request, request.predictions)
    task = _task(asked.spec, request, frame)
    _check(asked, task, request)
    other = None
    if request.champion is not None:
        other = _paired(request, frame, _read(request, request.champion))
    evidence = Evidence(
        task=task,
        challenger=_predictions(request, task, frame, request.predictions),
        champion=None
        if other is None
        else _predictions(request, task, other, request.champion or Path()),
        slices=slice_masks(frame, (), [gate.gate for gate in asked.spec.gates]),
    )
    results = decide_all(asked.spec.gates, evidence)
    return GateReport(verdict_of(results), results)


class GatesFile(Base, frozen=True):
    """What a file of gates says."""

    gates: tuple[GateSpec, ...]


@dataclass(frozen=True)
class Asked:
    """The gates of a file, and where each of them stands."""

    spec: EvaluateSpec
    path: Path
    positions: dict[KeyPath, Position]

    def where(self, number: int) -> str:
        """`gates.yaml:3:5` of the gate `number`."""
        place = self.positions[("gates", number)]
        return f"{self.path.name}:{place.line}:{place.column}"


def read_gates(path: Path) -> Asked:
    """The `gates:` of a file, as they stand in the spec; SpecError lists all mistakes."""
    text = load(path)
    findings = Findings(path.name)
    walker = Walker(findings, text.splitlines())
    values = walker.read(compose(text, findings), msgspec.inspect.type_info(GatesFile), ())
    findings.stop()
    gates = msgspec.convert(values, GatesFile).gates
    if not gates:
        raise InputError("there is no gate in this file", where=str(path), cure="Add: gates: […]")
    return Asked(EvaluateSpec(gates=gates), path, walker.positions)


def _check(asked: Asked, task: Task, request: GateRequest) -> None:
    """InputError unless all gates can be decided from what was given."""
    from shipway.evaluation.gate_parser import parse_gate
    from shipway.evaluation.plan import problems

    lines = []
    for problem in problems(asked.spec, task):
        place = asked.where(int(problem.keys[-1]))
        lines.append("\n".join(filter(None, (f"{place}: {problem.what}", problem.cure))))
    if lines:
        raise InputError("\n".join(lines))
    for number, gate in enumerate(asked.spec.gates):
        if request.champion is None and parse_gate(gate.gate).bound.champion:
            raise InputError(
                f"{gate.gate!r} asks for a champion, and none was given",
                where=asked.where(number),
                cure="Name the file of its predictions: --champion FILE.",
            )


def _read(request: GateRequest, path: Path) -> "pl.DataFrame":
    from shipway.adapters.tables import table_format
    from shipway.data.columns import typed
    from shipway.data.locate import find_files
    from shipway.data.opening import open_table, reading

    files = [path] if path.is_file() else find_files(Path(), str(path))
    table = open_table(path.name, files, DataSpec(), table_format)
    with reading([table]):
        frame = typed(table.frame, {}, text=table.is_text).collect()
    for column in filter(None, (request.target, request.score, request.prediction, request.key)):
        if column not in frame.columns:
            cure = did_you_mean(column, frame.columns)
            raise InputError(f"there is no column {column!r}", where=str(path), cure=cure)
    if not frame.height:
        raise InputError("there are no rows in this file", where=str(path))
    return frame


def _paired(request: GateRequest, frame: "pl.DataFrame", other: "pl.DataFrame") -> "pl.DataFrame":
    """The champion's rows in the order of the challenger's, with the same targets."""
    where = str(request.champion)
    if request.key is not None:
        other = _by_key(request, request.key, frame, other)
    elif other.height != frame.height:
        raise InputError(
            f"{other.height} rows, but the challenger has {frame.height}",
            where=where,
            cure="Give both the same rows, or name their key: --key COLUMN.",
        )
    if not other[request.target].equals(frame[request.target]):
        cure = "The rows are others or in another order; name their key: --key COLUMN."
        raise InputError(
            "the targets are not those of the challenger, row by row",
            where=where,
            cure="" if request.key is not None else cure,
        )
    return other


def _by_key(
    request: GateRequest, key: str, frame: "pl.DataFrame", other: "pl.DataFrame"
) -> "pl.DataFrame":
    for path, table in ((request.predictions, frame), (request.champion, other)):
        repeated = table.height - table[key].n_unique()
        if repeated or table[key].null_count():
            raise InputError(
                f"the key {key!r} names {repeated} rows twice"
                if repeated
                else f"the key {key!r} is missing in some rows",
                where=str(path),
                cure="Name a column that tells all rows apart.",
            )
    if frame[key].dtype != other[key].dtype:
        raise InputError(
            f"the key {key!r} is {other[key].dtype} here and {frame[key].dtype} there",
            where=str(request.champion),
        )
    missing = frame.join(other, on=key, how="anti").height
    extra = other.join(frame, on=key, how="anti").height
    if missing or extra:
        raise InputError(
            f"{missing} rows of the challenger are missing, and {extra} are not among its rows",
            where=str(request.champion),
            cure="Predict the same rows with both.",
        )
    return frame.select(key).join(other, on=key, how="left", maintain_order="left")


def _task(spec: EvaluateSpec, request: GateRequest, frame: "pl.DataFrame") -> Task:
    """What the options, the gates' metrics and the target together say."""
    from shipway.evaluation.gate_parser import parse_gate
    from shipway.evaluation.metrics import KINDS

    if request.score is not None or request.positive is not None:
        return "binary"
    target = frame[request.target]
    names = set()
    for item in spec.gates:
        with suppress(InputError):
            names.add(parse_gate(item.gate).metric)
    if target.dtype.is_float() or (names and names <= set(KINDS["regression"])):
        return "regression"
    return "binary" if target.n_unique() <= 2 else "multiclass"


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
    return found
