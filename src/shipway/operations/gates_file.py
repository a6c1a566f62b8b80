# SPDX-License-Identifier: Apache-2.0
"""A file of gates, as they stand under `evaluate` in a spec.

gates:
  - roc_auc >= 0.90 at 95%
  - {gate: "recall[big] >= 0.5", on_fail: warn}
slices:
  - {name: big, where: amount >= 1000}
cost: {fp: 1, fn: 20}
min_slice: 50
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import msgspec.inspect

from shipway.base.errors import InputError
from shipway.spec.document import KeyPath, Position
from shipway.spec.evaluation import EvaluateSpec, GateSpec, SliceSpec
from shipway.spec.mistakes import Findings
from shipway.spec.nodes import Mapping
from shipway.spec.text import compose_any, load
from shipway.spec.types import Task
from shipway.spec.walker import Walker
from shipway.spec.written import AtLeastOne, Base

if TYPE_CHECKING:
    from shipway.evaluation.gates import Gate
    from shipway.evaluation.problem import Problem

FIRST = "Write the gates in it, such as\n  gates:\n    - roc_auc >= 0.9 at 95%"
TASKS: tuple[Task, ...] = ("binary", "multiclass", "regression")
OF_A_PROJECT = ("functions", "metrics", "weights", "champion", "test_set_budget", "evaluate")
ELSEWHERE = {
    "functions": "Own metric functions run in the environment of a project: put them and their "
    "gates under 'evaluate' in shipway.yaml.",
    "metrics": "Metrics are measured for gates alone here: remove it.",
    "weights": "Name the column on the command line: --weights COLUMN.",
    "champion": "Name the file on the command line: --champion FILE.",
    "test_set_budget": "Uses are counted in a project's store: put it under 'evaluate' in "
    "shipway.yaml.",
    "evaluate": "Write what stands below it at the left margin, without it.",
}


class GatesFile(Base, frozen=True):
    """What a file of gates says."""

    gates: tuple[GateSpec, ...]
    slices: tuple[SliceSpec, ...] = ()
    min_slice: AtLeastOne = EvaluateSpec().min_slice
    cost: dict[str, float | dict[str, float]] = {}


@dataclass(frozen=True)
class Asked:
    """The gates of a file, and where everything in it stands."""

    spec: EvaluateSpec
    path: Path
    positions: dict[KeyPath, Position]

    def place(self, *keys: str | int) -> Position:
        """Where the value at that path stands (or what holds it, if it is nowhere)."""
        while keys and keys not in self.positions:
            keys = keys[:-1]
        return self.positions.get(keys, Position(1, 1))

    def where(self, *keys: str | int) -> str:
        """`gates.yaml:3:5` of the value at that path."""
        place = self.place(*keys)
        return f"{self.path.name}:{place.line}:{place.column}"

    def line(self, number: int) -> int:
        """The line of the gate `number`."""
        return self.positions["gates", number].line

    @cached_property
    def gates(self) -> "dict[int, Gate]":
        """The gates that can be read, by their number."""
        from shipway.evaluation.gate_parser import parse_gate

        found = {}
        for number, item in enumerate(self.spec.gates):
            with suppress(InputError):
                found[number] = parse_gate(item.gate)
        return found

    def tasks(self) -> tuple[Task, ...]:
        """The tasks in which costs and all metrics of the gates mean something; all, when none."""
        from shipway.evaluation.known import known_of

        found = []
        for task in self._priced():
            known = known_of(self.spec, task)
            with suppress(InputError):
                for gate in self.gates.values():
                    known.metric(gate.metric) if gate.metric else None
                found.append(task)
        return tuple(found) or self._priced()

    def _priced(self) -> tuple[Task, ...]:
        """The tasks whose costs are written as these are."""
        if not self.spec.cost:
            return TASKS
        nested = all(isinstance(each, dict) for each in self.spec.cost.values())
        return ("multiclass",) if nested else ("binary",)

    def problems(self, task: Task) -> "Iterator[Problem]":
        """All gates, slices and costs that can't be."""
        from shipway.evaluation.plan import problems

        yield from problems(self.spec, task, trains=False)

    def refuse(self, problems: "Iterable[Problem]") -> None:
        """SpecError that lists `problems`, each with its place; nothing when there is none."""
        findings = Findings(self.path.name)
        for problem in problems:
            keys = problem.keys[1:] if problem.keys[:1] == ("evaluate",) else problem.keys
            findings.add(self.place(*keys), problem.what, cure=problem.cure)
        findings.stop()


def read_gates(path: Path) -> Asked:
    """The file's gates; SpecError lists all mistakes, InputError says why it can't be read."""
    if not path.exists():
        cure = f"{FIRST}\nand name it: --gates {path}"
        raise InputError("there is no such file of gates", where=str(path), cure=cure)
    if path.is_dir():
        raise InputError("is a folder", where=str(path), cure="Name the file: --gates gates.yaml")
    text = load(path)
    if not text.strip():
        raise InputError("the file is empty", where=str(path), cure=FIRST)
    findings = _Findings(path.name)
    root = compose_any(text, findings)
    if not isinstance(root, Mapping):
        raise InputError("there is no key `gates:` in this file", where=str(path), cure=FIRST)
    walker = Walker(findings, text.splitlines())
    values = walker.read(root, msgspec.inspect.type_info(GatesFile), ())
    findings.stop()
    found = msgspec.convert(values, GatesFile)
    if not found.gates:
        raise InputError("there is no gate in this file", where=str(path), cure=FIRST)
    spec = EvaluateSpec(
        gates=found.gates, slices=found.slices, min_slice=found.min_slice, cost=found.cost
    )
    return Asked(spec, path, walker.positions)


class _Findings(Findings):
    """Says of a project's keys what stands for them here."""

    def add(self, at: Position, what: str, *, expected: str = "", cure: str = "") -> None:
        for key in OF_A_PROJECT:
            if what == f"unknown key {key!r}":
                cure = ELSEWHERE[key]
        super().add(at, what, expected=expected, cure=cure)
