# SPDX-License-Identifier: Apache-2.0
"""Two gates that can't both mean something: the same one twice, or two that exclude each other."""

from collections.abc import Iterator, Mapping

import msgspec

from shipway.evaluation.gate_parser import render_gate
from shipway.evaluation.gate_rules import Fault
from shipway.evaluation.gates import Gate, GateSlice


def pair_faults(gates: Mapping[int, Gate]) -> Iterator[tuple[int, Fault]]:
    """The number of a gate and what is wrong between it and an earlier one; at most one each."""
    for number, gate in gates.items():
        before = [
            found
            for earlier, other in gates.items()
            if earlier < number and (found := _between(gate, other, earlier)) is not None
        ]
        if before:
            yield number, before[0]


def _between(gate: Gate, other: Gate, earlier: int) -> Fault | None:
    where = f"gate {earlier + 1} (`{other.text}`)"
    if _key(gate) == _key(other):
        return Fault(f"this gate stands here twice: it is {where}", "Remove one of them.")
    if gate.subject != other.subject or gate.upward == other.upward:
        return None
    if not (_same_rows(gate.slices, other.slices) and _same_ruler(gate, other)):
        return None
    low, high = (gate, other) if gate.upward else (other, gate)
    strict = low.operator == ">" or high.operator == "<"
    apart = low.bound.number - high.bound.number
    if apart < 0 or (apart == 0 and not strict):
        return None
    return Fault(f"no value can pass both this gate and {where}", "Change one of them.",
                 gate.bound_at)  # fmt: skip


def _key(gate: Gate) -> str:
    """What makes a gate this one, in whatever order its slices stand."""
    return render_gate(msgspec.structs.replace(gate, slices=tuple(sorted(gate.slices, key=str))))


def _same_ruler(gate: Gate, other: Gate) -> bool:
    """Whether both bounds are numbers, or margins of one kind from the same champion."""
    one, two = gate.bound, other.bound
    if one.champion != two.champion:
        return False
    return one.relative == two.relative or 0 in (one.number, two.number)


def _same_rows(one: tuple[GateSlice, ...], two: tuple[GateSlice, ...]) -> bool:
    """Whether some rows lie in the slices of both, taken slice by slice."""
    if sorted(part.source for part in one) != sorted(part.source for part in two):
        return False
    values = {part.source: part.value for part in two}
    return all(
        part.value == values[part.source] or None in (part.value, values[part.source])
        for part in one
    )
