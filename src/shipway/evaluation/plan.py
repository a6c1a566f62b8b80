# SPDX-License-Identifier: Apache-2.0
"""What can be said about `evaluate:` before a run begins, without numpy.

`problems` finds everything that is wrong or not available yet; `sources` says which columns and
expressions the evaluation will want masks for.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Literal

import msgspec

from shipway.base.errors import InputError
from shipway.evaluation.directions import Way, better_way, declaration
from shipway.evaluation.gate_parser import parse_gate, slice_source
from shipway.evaluation.gates import Gate, GateSlice, check, unavailable
from shipway.evaluation.metrics import find
from shipway.spec.document import KeyPath
from shipway.spec.evaluation import EvaluateSpec, SliceSpec
from shipway.spec.types import NoProgressSpec, Task, TrainSpec


class Problem(msgspec.Struct, frozen=True):
    """A mistake in the spec, or (`kind` not-yet) something that this version only parses.

    `keys` is the path of the value in the spec and `at` the offset in that value's text, from 0.
    """

    keys: KeyPath
    what: str
    cure: str = ""
    kind: Literal["mistake", "not-yet"] = "mistake"
    at: int = 0


def problems(
    spec: EvaluateSpec,
    task: Task,
    *,
    may_report: bool = False,
    better: Mapping[str, Way] | None = None,
) -> tuple[Problem, ...]:
    """All that is wrong with metrics, slices and gates.

    `may_report`: the training reports metrics of its own, so unknown names may exist; `better`
    are the directions that the spec declares.
    """
    found: list[Problem] = []
    for number, name in enumerate(() if may_report else spec.metrics):
        found += _caught(("evaluate", "metrics", number), partial(find, name, task))
    for number, part in enumerate(spec.slices):
        found += _caught(("evaluate", "slices", number), partial(slice_source, part.where))
    for number, item in enumerate(spec.gates):
        found += _of_gate(("evaluate", "gates", number), item.gate, task, may_report, better or {})
    return tuple(found)


def stop_problems(train: TrainSpec) -> tuple[Problem, ...]:
    """The rules of `stop_if` that wait for progress of a metric whose direction is not known."""
    better = train.metrics.better if train.metrics is not None else {}
    return tuple(
        Problem(("train", "stop_if", number), _unknown_way(rule.metric), declaration(rule.metric))
        for number, rule in enumerate(train.stop_if)
        if isinstance(rule, NoProgressSpec) and better_way(rule.metric, better) is None
    )


def _unknown_way(metric: str) -> str:
    return f"whether {metric} is better when higher or lower is not known"


def _of_gate(
    keys: KeyPath, text: str, task: Task, may_report: bool, better: Mapping[str, Way]
) -> list[Problem]:
    unread = _caught(keys, partial(parse_gate, text))
    if unread:
        return unread
    gate = parse_gate(text)
    unknown = _caught(keys, partial(check, gate, task, may_report=may_report))
    if unknown:
        own = f"Is it one that the training reports? {declaration(gate.metric)}"
        return [msgspec.structs.replace(p, cure=f"{p.cure}\n{own}".strip()) for p in unknown]
    reason = unavailable(gate, task)
    cure = "Leave 'at' out to compare the measured values." if gate.confidence else ""
    if reason:
        return [Problem(keys, reason, cure, "not-yet", gate.confidence_at)]
    return _direction(keys, gate, better) if gate.bound.champion else []


def _direction(keys: KeyPath, gate: Gate, better: Mapping[str, Way]) -> list[Problem]:
    """A comparison with the champion means something only if one knows which way is better."""
    way = better_way(gate.metric, better)
    if way is None:
        return [Problem(keys, _unknown_way(gate.metric), declaration(gate.metric))]
    if gate.upward == (way == "higher"):
        return []
    operator = ">=" if way == "higher" else "<="
    what = f"{gate.metric} is better when {way}: this passes when the model is worse"
    return [Problem(keys, what, f"Write {gate.metric} {operator} …", at=gate.bound_at)]


def _caught(keys: KeyPath, attempt: Callable[[], object]) -> list[Problem]:
    try:
        attempt()
    except InputError as error:
        return [Problem(keys, error.what, error.cure, at=getattr(error, "at", 0))]
    return []


def sources(slices: Iterable[SliceSpec], gates: Iterable[Gate | str]) -> tuple[GateSlice, ...]:
    """What masks are needed: the slices to report and those that gates name, each source once.

    The result's `source` is the key in the mapping of masks: a column's name, or the canonical
    text of an expression when `expression` is true.
    """
    read = [gate if isinstance(gate, Gate) else parse_gate(gate) for gate in gates]
    wanted = [slice_source(part.where) for part in slices]
    wanted += [part for gate in read for part in gate.slices]
    found = {part.source: GateSlice(part.source, expression=part.expression) for part in wanted}
    return tuple(found.values())
