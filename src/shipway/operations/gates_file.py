# SPDX-License-Identifier: Apache-2.0
"""A file of gates, as they stand under `evaluate` in a spec.

gates:
  - roc_auc >= 0.90 at 95%
  - {gate: "recall[big] >= 0.5", on_fail: warn}
slices:
  - {name: big, where: amount >= 1000}
cost: {fp: 1, fn: 20}
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import msgspec.inspect

from shipway.base.errors import InputError
from shipway.spec.document import KeyPath, Position
from shipway.spec.evaluation import EvaluateSpec, GateSpec, SliceSpec
from shipway.spec.mistakes import Findings
from shipway.spec.text import compose, load
from shipway.spec.types import Task
from shipway.spec.walker import Walker
from shipway.spec.written import AtLeastOne, Base


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

    def where(self, *keys: str | int) -> str:
        """`gates.yaml:3:5` of the value at that path (of what holds it, if it is nowhere)."""
        while keys and keys not in self.positions:
            keys = keys[:-1]
        place = self.positions.get(keys, Position(1, 1))
        return f"{self.path.name}:{place.line}:{place.column}"

    def line(self, number: int) -> int:
        """The line of the gate `number`."""
        return self.positions[("gates", number)].line

    def check(self, task: Task) -> None:
        """InputError that lists all gates, slices and costs that can't be."""
        from shipway.evaluation.plan import problems

        lines = []
        for problem in problems(self.spec, task):
            place = self.where(*problem.keys[1:])
            lines.append("\n".join(filter(None, (f"{place}: {problem.what}", problem.cure))))
        if lines:
            raise InputError("\n".join(lines))


def read_gates(path: Path) -> Asked:
    """The file's gates; SpecError lists all mistakes."""
    text = load(path)
    findings = Findings(path.name)
    walker = Walker(findings, text.splitlines())
    values = walker.read(compose(text, findings), msgspec.inspect.type_info(GatesFile), ())
    findings.stop()
    found = msgspec.convert(values, GatesFile)
    if not found.gates:
        raise InputError("there is no gate in this file", where=str(path), cure="Add: gates: […]")
    spec = EvaluateSpec(
        gates=found.gates, slices=found.slices, min_slice=found.min_slice, cost=found.cost
    )
    return Asked(spec, path, walker.positions)
