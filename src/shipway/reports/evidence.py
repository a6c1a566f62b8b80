# SPDX-License-Identifier: Apache-2.0
"""What stands behind a verdict, in short lines: for a page, a terminal and a pull request."""

from shipway.records.comparison import Flips
from shipway.records.training import BudgetUse, GateResult, Interval
from shipway.reports.text import fixed, p_value, percent, plural, signed


def evidence(gate: GateResult) -> list[str]:
    """Bounds, effect, the champion's value, p, method and rows; only what the gate has."""
    found = [_bounds(gate), _effect(gate), _level(gate)]
    if gate.champion is not None:
        found.append(f"champion {fixed(gate.champion)}")
    if gate.p_value is not None:
        found.append(f"p {p_value(gate.p_value)}")
    rows = plural(gate.rows, "row") if gate.rows else ""
    found.append(", ".join(each for each in (gate.method, rows) if each))
    if gate.rows_needed:
        found.append(f"about {plural(gate.rows_needed, 'more row')} might settle it")
    return [said for said in found if said]


def _bounds(gate: GateResult) -> str:
    it = gate.interval
    if it is None:
        return ""
    what = "difference " if gate.champion is not None else ""
    return f"{what}{fixed(it.low)} to {fixed(it.high)} at {percent(it.confidence)}"


def _effect(gate: GateResult) -> str:
    if gate.effect is None or gate.confidence is None:
        return ""
    side = "on the right side of the bound" if gate.effect >= 0 else "beyond the bound"
    return f"{fixed(abs(gate.effect))} {side}"


def _level(gate: GateResult) -> str:
    if gate.level is None or gate.level == gate.confidence:
        return ""
    return f"decided at {gate.level * 100:.6g}%: the test set is used more than once"


def use(budget: BudgetUse) -> str:
    """How often a test set was used, and what is left of its budget."""
    said = f"used {plural(budget.number, 'time')}, this run included"
    if budget.uses:
        said = f"use {budget.number} of {budget.uses} ({budget.adaptivity}), {budget.left} left"
    if budget.spent:
        said += "; spent"
    if not budget.recorded:
        said += "; not counted: the store can't be written to"
    if budget.related:
        said += f"; its rows were used before, as test set {budget.related[:12]}"
    if budget.advisory:
        said += "; advisory: more than the verdict was told"
    return said


def kinds_of_flips(flips: Flips) -> list[tuple[str, int]]:
    """Rows by what became of them."""
    return [
        ("wrong before, right now", flips.mended),
        ("right before, wrong now", flips.broken),
        ("changed, and as wrong as before", flips.changed - flips.mended - flips.broken),
    ]


def ends(interval: Interval) -> str:
    """`−0.0031 to +0.0084`: the bounds of a difference."""
    return f"{signed(interval.low)} to {signed(interval.high)}"
