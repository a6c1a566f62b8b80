# SPDX-License-Identifier: Apache-2.0
"""How the verdict on a gate looks on a terminal."""

from shipway.cli.colours import GREEN, PLAIN, RED, SOFT, YELLOW, Line
from shipway.records.training import GateResult
from shipway.reports.evidence import evidence

MARKS = {"passed": "✓", "failed": "✗", "inconclusive": "?"}
COLOURS = {"passed": GREEN, "failed": RED, "inconclusive": YELLOW}


def gate_lines(gate: GateResult, file: str = "shipway.yaml") -> list[str]:
    """The gate's text and verdict, what was observed, what was demanded, and why."""
    return [f"  {_head(gate, file)}", *_details(gate)]


def coloured_lines(gate: GateResult, file: str) -> list[Line]:
    """The same with a mark and colours, and the evidence: bounds, effect, method, rows.

    What passed is told in a line less: its reason says what was observed and demanded.
    """
    warns = gate.on_fail == "warn" and gate.verdict != "passed"
    mark, colour = ("!", YELLOW) if warns else (MARKS[gate.verdict], COLOURS[gate.verdict])
    found = [(f"{mark} {_head(gate, file)}", colour)]
    found += [(line, PLAIN) for line in _details(gate)[gate.verdict == "passed" :]]
    behind = "; ".join(evidence(gate))
    return [*found, (f"    {behind}", SOFT)] if behind else found


def _head(gate: GateResult, file: str) -> str:
    where = f" ({file}:{gate.line})" if gate.line else ""
    part = f" for {gate.slice}" if gate.slice else ""
    kind = "" if gate.on_fail == "stop" else " (a warning)"
    return f"{gate.gate}: {gate.verdict}{part}{kind}{where}"


def _details(gate: GateResult) -> list[str]:
    observed = "no value" if gate.observed is None else f"{gate.observed:.6g}"
    return [f"    observed {observed}, demanded {gate.demanded}", f"    {gate.reason}"]
