# SPDX-License-Identifier: Apache-2.0
"""What can be said about `evaluate:` before a run begins, without numpy.

`problems` finds everything that is wrong or not available yet, all at once and each with its place;
`sources` says which columns and conditions the evaluation will want groups of rows for.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import msgspec

from shipway.evaluation.directions import Way, better_way, declaration
from shipway.evaluation.gate_pairs import pair_faults
from shipway.evaluation.gate_parser import parse_gate, slice_source
from shipway.evaluation.gate_rules import Fault, faults, unknown_way
from shipway.evaluation.gates import Gate
from shipway.evaluation.known import Known, known_of
from shipway.evaluation.plan_budget import budget_faults
from shipway.evaluation.plan_settings import setting_problems
from shipway.evaluation.plan_slices import slice_problems
from shipway.evaluation.problem import Problem, caught
from shipway.spec.document import KeyPath
from shipway.spec.evaluation import EvaluateSpec, SliceSpec
from shipway.spec.expressions import caret
from shipway.spec.types import DataSpec, ModelSpec, NoProgressSpec, Task, TrainSpec

__all__ = ["Problem", "Source", "problems", "sources", "stop_problems"]


class Source(msgspec.Struct, frozen=True):
    """Where groups of rows come from: the column `key`, or the rows where `condition` holds, whose
    name or canonical text is `key`."""

    key: str
    condition: str | None = None


def problems(
    spec: EvaluateSpec,
    task: Task,
    *,
    may_report: bool = False,
    better: Mapping[str, Way] | None = None,
    model: ModelSpec | None = None,
    data: DataSpec | None = None,
    trains: bool = True,
) -> tuple[Problem, ...]:
    """All that is wrong with `evaluate`, and with the threshold that `model` asks for.

    `may_report`: the training reports metrics of its own, so unknown names may exist; `better` are
    the directions that the spec declares; without `trains` nobody could report any. What concerns
    the target, the tables and the columns is checked where `model` and `data` are given.
    """
    known = known_of(spec, task, may_report=may_report, better=better, trains=trains)
    gates = [_read(item.gate) for item in spec.gates]
    return (
        *setting_problems(spec, known, model, data),
        *_metrics(spec.metrics, known),
        *slice_problems(spec, _legible(gates), model, data),
        *_gates(spec, gates, known),
    )


def stop_problems(train: TrainSpec) -> tuple[Problem, ...]:
    """The rules of `stop_if` that wait for progress of a metric whose direction is not known."""
    better = train.metrics.better if train.metrics is not None else {}
    return tuple(
        Problem(("train", "stop_if", number), unknown_way(rule.metric), declaration(rule.metric))
        for number, rule in enumerate(train.stop_if)
        if isinstance(rule, NoProgressSpec) and better_way(rule.metric, better) is None
    )


def sources(slices: Iterable[SliceSpec], gates: Iterable[Gate | str]) -> tuple[Source, ...]:
    """What groups are needed: the slices to report, those that gates name and the columns whose
    groups gates compare, each once.

    A slice with a name goes by it. A name that nobody gave is left out: its gate finds no rows.
    """
    read = [gate if isinstance(gate, Gate) else parse_gate(gate) for gate in gates]
    listed = list(slices)
    named = {part.name: part.where for part in listed if part.name}
    found: dict[str, Source] = {}
    for part in listed:
        source = slice_source(part.where)
        condition = source.source if source.expression else None
        key = part.name or source.source
        found[key] = Source(key, condition)
    for gate in read:
        for each in gate.slices:
            if not each.named:
                condition = each.source if each.expression else None
                found.setdefault(each.source, Source(each.source, condition))
            elif each.source in named:
                found.setdefault(each.source, Source(each.source, named[each.source]))
        for column in gate.columns if gate.form in ("difference", "ratio") else ():
            found.setdefault(column, Source(column))
    return tuple(found.values())


def _read(text: str) -> Gate | Problem:
    """The gate, or why it can't be read (at no place yet)."""
    found: list[Gate] = []
    unread = caught((), lambda: found.append(parse_gate(text)))
    return found[0] if found else unread[0]


def _legible(gates: list[Gate | Problem]) -> dict[int, Gate]:
    return {number: gate for number, gate in enumerate(gates) if isinstance(gate, Gate)}


def _metrics(names: Iterable[str], known: Known) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        keys = ("evaluate", "metrics", number)
        if name in seen:
            yield Problem(keys, f"{name} stands here twice", "Remove one of them.")
        seen.add(name)
        yield from caught(keys, partial(known.metric, name))


def _gates(spec: EvaluateSpec, gates: list[Gate | Problem], known: Known) -> Iterator[Problem]:
    apart = dict(pair_faults(_legible(gates)))
    for number, gate in enumerate(gates):
        keys = ("evaluate", "gates", number)
        if isinstance(gate, Problem):
            yield msgspec.structs.replace(gate, keys=keys)
            continue
        found = faults(gate, known)
        if number in apart:
            found.append(apart[number])
        if not found:
            found += budget_faults(spec, gate, spec.gates[number].on_fail, known)
        for fault in found:
            yield _pointing(keys, gate, fault)


def _pointing(keys: KeyPath, gate: Gate, fault: Fault) -> Problem:
    what = f"{fault.what}\n{caret(gate.text, fault.at)}"
    return Problem(keys, what, fault.cure, fault.kind, fault.at)
