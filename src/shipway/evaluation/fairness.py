# SPDX-License-Identifier: Apache-2.0
"""Gates on how a metric differs between groups of rows.

    difference(recall, country) <= 0.05          the largest less the smallest of the groups
    ratio(selection_rate, gender) >= 0.8 at 95%  the smallest divided by the largest

Every group counts: one in which the metric has no value fails the gate, one that is too small to be
judged leaves it inconclusive. How sure a gap is stands in `gaps`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shipway.evaluation.estimates import Estimate
from shipway.evaluation.evidence import Evidence
from shipway.evaluation.gaps import Apart, Gap, Quotient
from shipway.evaluation.gates import Gate, GateSlice, shown
from shipway.evaluation.methods import UNSURE, estimate
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.slices import chosen
from shipway.evaluation.verdicts import (
    Found,
    Level,
    failed,
    judged,
    too_few,
    waiting,
    without_champion,
)
from shipway.records.training import GateResult

Groups = Mapping[str, Evidence]


@dataclass(frozen=True)
class _Values:
    """The metric of one model in each group, or why there is no gap of it."""

    by_group: Mapping[str, float]
    problem: str = ""

    def gap(self, form: str) -> float:
        """The difference, or the ratio, of the extremes."""
        values = self.by_group.values()
        return max(values) - min(values) if form == "difference" else min(values) / max(values)

    @property
    def extremes(self) -> str:
        """The groups of the smallest and of the largest value, in words."""
        low = min(self.by_group, key=self.by_group.__getitem__)
        high = max(self.by_group, key=self.by_group.__getitem__)
        if self.by_group[low] == self.by_group[high]:
            return f"{shown(self.by_group[low])} of each"
        return f"{shown(self.by_group[low])} of {low}, {shown(self.by_group[high])} of {high}"


def judge_gap(gate: Gate, evidence: Evidence, place: str, level: Level | None = None) -> GateResult:
    """The verdict on a difference or a ratio between groups."""
    kind = evidence.kind(gate.metric)
    if kind is None or evidence.challenger is None or kind.family == "sample":
        return failed(gate, f"{gate.metric} was not measured by rows, so it has no groups")
    named = ", ".join(gate.columns)
    groups = _groups(gate, evidence)
    if len(groups) < 2:
        found = "no group" if not groups else f"only one group, {next(iter(groups))}"
        return failed(gate, f"there is {found} of {named} to compare", rows=evidence.rows)
    small = {name: part.rows for name, part in groups.items() if part.rows < evidence.min_slice}
    if small:
        return _too_small(gate, evidence, small)
    values = _values(gate, kind, groups, champion=False)
    if values.problem:
        return failed(gate, f"{place} has no value: {values.problem}", rows=evidence.rows)
    if kind.needs == "champion" and evidence.champion is None:
        return _alone(gate, evidence, None)
    return _judged(gate, evidence, place, kind, groups, values, level)


def _judged(
    gate: Gate,
    evidence: Evidence,
    place: str,
    kind: MetricKind,
    groups: Groups,
    values: _Values,
    level: Level | None,
) -> GateResult:
    observed = values.gap(gate.form)
    champion = None
    if gate.bound.champion:
        if evidence.champion is None:
            return _alone(gate, evidence, observed)
        others = _values(gate, kind, groups, champion=True)
        if others.problem:
            reason = f"{place} of the champion has no value: {others.problem}"
            return failed(gate, reason, observed=observed, rows=evidence.rows)
        champion = others.gap(gate.form)
    found = Found(
        place,
        observed,
        evidence.rows,
        lambda: _estimate(gate, kind, groups, evidence.rows, champion),
        unbounded=f"no method says how sure {gate.metric} is",
        champion=champion,
        more=f" ({values.extremes})",
    )
    return judged(gate, found, level)


def _groups(gate: Gate, evidence: Evidence) -> dict[str, Evidence]:
    """The evidence of each group of the columns; empty when a column is not there."""
    wanted = [GateSlice(column) for column in gate.columns]
    return {
        name: evidence.part(name, rows)
        for name, rows in chosen(wanted, evidence.slices).items()
        if rows.any()
    }


def _values(gate: Gate, kind: MetricKind, groups: Groups, *, champion: bool) -> _Values:
    by_group: dict[str, float] = {}
    for name, part in groups.items():
        found = part.value(kind.name, champion=champion)
        if found.value is None:
            return _Values({}, f"in {name} {found.note}")
        by_group[name] = found.value
    if gate.form == "ratio" and min(by_group.values()) < 0:
        return _Values({}, "a ratio of negative values says nothing")
    if gate.form == "ratio" and max(by_group.values()) == 0:
        return _Values({}, f"{kind.name} is 0 in every group")
    return _Values(by_group)


def _estimate(
    gate: Gate, kind: MetricKind, groups: Groups, rows: int, champion: float | None
) -> Estimate | None:
    first = _gap(gate, kind, groups, rows, champion=False)
    if first is None or champion is None:
        return first
    second = _gap(gate, kind, groups, rows, champion=True)
    factor = 1 + gate.bound.number if gate.bound.relative else 1.0
    return None if second is None else Apart(first, second, factor, rows)


def _gap(
    gate: Gate, kind: MetricKind, groups: Groups, rows: int, *, champion: bool
) -> Estimate | None:
    if kind.family in UNSURE:
        return None
    found = []
    for part in groups.values():
        pair = part.pair
        each = None if pair is None else estimate(kind, pair, champion=champion)
        if each is None:
            return None
        found.append(each)
    return Gap(tuple(found), rows) if gate.form == "difference" else Quotient(tuple(found), rows)


def _too_small(gate: Gate, evidence: Evidence, small: Mapping[str, int]) -> GateResult:
    wanted = evidence.min_slice
    words = "; ".join(too_few(name, rows, wanted) for name, rows in small.items())
    needed = sum(wanted - rows for rows in small.values())
    return waiting(gate, words, needed, rows=evidence.rows)


def _alone(gate: Gate, evidence: Evidence, observed: float | None) -> GateResult:
    return without_champion(
        gate,
        evidence.no_champion_because,
        ever_live=evidence.ever_live,
        observed=observed,
        rows=evidence.rows,
    )
