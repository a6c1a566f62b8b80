# SPDX-License-Identifier: Apache-2.0
"""How the verdict on a gate looks on a terminal."""

from shipway.records.training import GateResult


def gate_lines(gate: GateResult, file: str = "shipway.yaml") -> list[str]:
    """The gate's text and verdict, what was observed, what was demanded, and why."""
    where = f" ({file}:{gate.line})" if gate.line else ""
    part = f" for {gate.slice}" if gate.slice else ""
    observed = "no value" if gate.observed is None else f"{gate.observed:.6g}"
    kind = "" if gate.on_fail == "stop" else " (a warning)"
    return [
        f"  {gate.gate}: {gate.verdict}{part}{kind}{where}",
        f"    observed {observed}, demanded {gate.demanded}",
        f"    {gate.reason}",
    ]
