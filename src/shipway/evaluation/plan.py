# SPDX-License-Identifier: Apache-2.0
"""What can be said about `evaluate:` before a run begins, without numpy.

`problems` finds everything that is wrong or not available yet; `sources` says which columns and
expressions the evaluation will want masks for.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Literal

import msgspec

from shipway.base.errors import InputError
from shipway.evaluation.gate_parser import parse_gate, slice_source
from shipway.evaluation.gates import Gate, GateSlice, check, unavailable
from shipway.evaluation.metrics import find
from shipway.spec.document import KeyPath
from shipway.spec.types import EvaluateSpec, Task


class Problem(msgspec.Struct, frozen=True):
    """A mistake in the spec, or (`kind` not-yet) something that this version only parses.

    `keys` is the path of the value in the spec and `at` the offset in that value's text, from 0.
    """

    keys: KeyPath
    what: str
    cure: str = ""
    kind: Literal["mistake", "not-yet"] = "mistake"
    at: int = 0


def problems(spec: EvaluateSpec, task: Task, *, may_report: bool = False) -> tuple[Problem, ...]:
    """All that is wrong with metrics, slices and gates.

    `may_report`: the training reports metrics of its own, so unknown names may exist.
    """
    found: list[Problem] = []
    for number, name in enumerate(() if may_report else spec.metrics):
        found += _caught(("evaluate", "metrics", number), partial(find, name, task))
    for number, text in enumerate(spec.slices):
        found += _caught(("evaluate", "slices", number), partial(slice_source, text))
    for number, item in enumerate(spec.gates):
        found += _of_gate(("evaluate", "gates", number), item.gate, task, may_report)
    return tuple(found)


def _of_gate(keys: KeyPath, text: str, task: Task, may_report: bool) -> list[Problem]:
    found = _caught(keys, partial(_checked, text, task, may_report))
    if found:
        return found
    gate = parse_gate(text)
    reason = unavailable(gate, task)
    cure = "Leave 'at' out to compare the measured values." if gate.confidence else ""
    return [Problem(keys, reason, cure, "not-yet", gate.confidence_at)] if reason else []


def _checked(text: str, task: Task, may_report: bool) -> None:
    check(parse_gate(text), task, may_report=may_report)


def _caught(keys: KeyPath, attempt: Callable[[], object]) -> list[Problem]:
    try:
        attempt()
    except InputError as error:
        return [Problem(keys, error.what, error.cure, at=getattr(error, "at", 0))]
    return []


def sources(slices: Iterable[str], gates: Iterable[Gate | str]) -> tuple[GateSlice, ...]:
    """What masks are needed: the slices to report and those that gates name, each source once.

    The result's `source` is the key in the mapping of masks: a column's name, or the canonical
    text of an expression when `expression` is true.
    """
    read = [gate if isinstance(gate, Gate) else parse_gate(gate) for gate in gates]
    wanted = [slice_source(text) for text in slices]
    wanted += [gate.slice for gate in read if gate.slice is not None]
    found = {part.source: GateSlice(part.source, expression=part.expression) for part in wanted}
    return tuple(found.values())
