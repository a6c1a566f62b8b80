# SPDX-License-Identifier: Apache-2.0
"""`shipway gate`: decide gates on a file of predictions, without Git, spec, registry or budget.

shipway gate predictions.parquet --target y --score p --gates gates.yaml

Both files are opened, what the gates need is held against what the files have, the champion's rows
are put beside ours, and then every gate is decided. Nothing is written.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec

from shipway.operations.fetched import naming_urls
from shipway.operations.gate_evidence import gather
from shipway.operations.gate_files import ModelFile, read_challenger, read_champion
from shipway.operations.gate_needs import Given, needs
from shipway.operations.gate_request import GateRequest, refuse_unclear
from shipway.operations.gate_tables import named, open_predictions
from shipway.operations.gates_file import Asked, read_gates
from shipway.records.base import Verdict
from shipway.records.training import GateResult
from shipway.spec.types import Task

if TYPE_CHECKING:
    from shipway.evaluation.decide import Evidence

__all__ = ["GateReport", "GateRequest", "gate_predictions"]


class GateReport(msgspec.Struct, frozen=True):
    """The verdict, and the evidence of each gate; `rows` are those of the file.

    `notes` tell what is odd about the files and did not keep the gates from being decided.
    """

    verdict: Verdict
    gates: tuple[GateResult, ...]
    rows: int = 0
    task: Task = "binary"
    notes: tuple[str, ...] = ()


@naming_urls
def gate_predictions(request: GateRequest) -> GateReport:
    """Decide the gates; the verdict is part of the report.

    InputError for files that can't be read, columns that are missing or can't be used, rows that
    do not pair, and gates that can't be decided or want what was not given.
    """
    from shipway.evaluation.evaluate import verdict_of

    refuse_unclear(request)
    asked = read_gates(request.gates)
    table = open_predictions(request.predictions, request.dialect)
    ours = read_challenger(request, table, asked)
    task = request.task or _task(asked, request, ours)
    asked.refuse(asked.problems(task))
    champion = request.champion is not None
    given = Given(task, table.columns, _labels(request, task, ours), bool(ours.scores), champion)
    asked.refuse(needs(asked.spec, asked.gates, given))
    theirs = read_champion(request, ours)
    evidence, notes = gather(request, task, ours, theirs, asked)
    results = _decided(asked, evidence)
    return GateReport(verdict_of(results), results, ours.rows.height, task, notes)


def _labels(request: GateRequest, task: Task, ours: ModelFile) -> bool:
    """Whether there will be predicted labels or values."""
    several = task == "multiclass" and bool(ours.scores)
    return request.prediction is not None or request.threshold is not None or several


def _task(asked: Asked, request: GateRequest, ours: ModelFile) -> Task:
    """What the options, the gates' metrics and the target together say."""
    if request.positive is not None or request.threshold is not None or "" in ours.scores:
        return "binary"
    possible: Collection[Task] = asked.tasks()
    if len(possible) == 1:
        return next(iter(possible))
    target = ours.rows[request.target]
    whole = not target.dtype.is_float() or bool((target.round() == target).all())
    found: Task = "regression"
    if whole or ours.scores:
        found = "binary" if target.n_unique() <= 2 and not ours.scores else "multiclass"
    return found if found in possible else list(possible)[-1]


def _decided(asked: Asked, evidence: "Evidence") -> tuple[GateResult, ...]:
    from shipway.evaluation.decide import decide

    found: list[GateResult] = []
    for number, gate in asked.gates.items():
        on_fail, line = asked.spec.gates[number].on_fail, asked.line(number)
        with named(asked.where("gates", number)):
            found += decide(gate, evidence, on_fail=on_fail, line=line)
    return tuple(found)
