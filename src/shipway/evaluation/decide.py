# SPDX-License-Identifier: Apache-2.0
"""The verdict on a gate, with its evidence: pure judgement, no clock and no chance.

    decide(parse_gate("recall[country=*] >= champion - 1% at 95%"), evidence)

A gate is about one of five kinds of subject: a metric of rows, a metric of samples, the gap of a
metric between groups, what changes when a model takes the champion's place, or how a model behaves
when one column changes. Each is found in one function here or beside; `verdicts` judges what was
found. What is missing, or has no value, fails: nothing is skipped.
"""

from collections.abc import Callable
from typing import Literal

import msgspec

from shipway.evaluation import samples
from shipway.evaluation.behaviours import judge_behaviour
from shipway.evaluation.estimates import Estimate
from shipway.evaluation.evidence import Evidence
from shipway.evaluation.fairness import judge_gap
from shipway.evaluation.gates import Gate
from shipway.evaluation.methods import contrast, estimate
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

__all__ = ["Evidence", "Level", "OnFail", "decide"]

OnFail = Literal["stop", "warn"]


def decide(
    gate: Gate,
    evidence: Evidence,
    *,
    on_fail: OnFail = "stop",
    line: int = 0,
    level: Level | None = None,
) -> tuple[GateResult, ...]:
    """The result of `gate`: one, or for `column=*` one for each value of the column.

    `level` gives the confidence that is used where one was asked for (a test-set budget).
    """
    if not gate.slices:
        found = [_verdict(gate, evidence, gate.subject, level)]
    else:
        parts = chosen(gate.slices, evidence.slices).items()
        found = [_of_slice(gate, evidence.part(name, rows), name, level) for name, rows in parts]
        if not found:
            wanted = ", ".join(map(str, gate.slices))
            result = failed(gate, f"there are no rows of {wanted}")
            found = [msgspec.structs.replace(result, slice=wanted)]
    return tuple(msgspec.structs.replace(each, on_fail=on_fail, line=line) for each in found)


def _of_slice(gate: Gate, evidence: Evidence, name: str, level: Level | None) -> GateResult:
    rows, wanted = evidence.rows, evidence.min_slice
    if rows < wanted:
        result = waiting(gate, too_few(name, rows, wanted), wanted - rows, rows=rows)
    else:
        result = _verdict(gate, evidence, f"{gate.subject} of {name}", level)
    return msgspec.structs.replace(result, slice=name)


def _verdict(gate: Gate, evidence: Evidence, place: str, level: Level | None) -> GateResult:
    kind = evidence.kind(gate.metric) if gate.metric else None
    if kind is not None and kind.needs == "champion" and gate.bound.champion:
        return failed(gate, f"{kind.name} compares with the champion already: bound it by a number")
    if gate.form in ("difference", "ratio"):
        return judge_gap(gate, evidence, place, level)
    if gate.form != "metric":
        return judge_behaviour(gate, evidence, place, level)
    if kind is not None and kind.family == "sample":
        return _of_sample(gate, evidence, place, kind, level)
    if kind is not None and kind.needs == "champion" and evidence.champion is None:
        return _alone(gate, evidence, None)
    return _of_metric(gate, evidence, place, kind, level)


def _of_sample(
    gate: Gate, evidence: Evidence, place: str, kind: MetricKind, level: Level | None
) -> GateResult:
    """Latency and size."""
    values = evidence.samples.get(kind.base)
    if values is None or not len(values):
        return failed(gate, f"{place} has no value: {kind.base} was not measured")
    if gate.bound.champion:
        return failed(gate, f"{kind.base} was measured of the challenger only")
    statistic = str(kind.options.get("statistic", ""))
    found = Found(
        place,
        samples.value_of(statistic, values),
        len(values),
        lambda: samples.estimate_of(statistic, values, evidence.seed),
        unbounded=f"the largest value of a sample has no confidence bound: {place}",
        unit="call",
    )
    return judged(gate, found, level)


def _of_metric(
    gate: Gate, evidence: Evidence, place: str, kind: MetricKind | None, level: Level | None
) -> GateResult:
    rows = evidence.rows
    found = evidence.value(gate.metric)
    if found.value is None:
        return failed(gate, f"{place} has no value: {found.note}", rows=rows)
    champion = None
    if gate.bound.champion:
        reported = kind is None and bool(evidence.champion_reported)
        if evidence.champion is None and not reported:
            return _alone(gate, evidence, found.value)
        other = evidence.value(gate.metric, champion=True)
        if other.value is None:
            reason = f"{place} of the champion has no value: {other.note}"
            return failed(gate, reason, observed=found.value, rows=rows)
        champion = other.value
    make, why = _estimate(gate, evidence, kind, place, champion)
    return judged(gate, Found(place, found.value, rows, make, why, champion), level)


def _estimate(
    gate: Gate, evidence: Evidence, kind: MetricKind | None, place: str, champion: float | None
) -> tuple[Callable[[], Estimate | None], str]:
    """What makes the estimate that a gate compares, and why there may be none."""
    pair = evidence.pair
    if kind is None or pair is None:
        return lambda: None, f"a reported value has no confidence bound: {place}"
    few = evidence.own[kind.name].part.few if _one_number(evidence, kind) else ""
    why = few or f"no method says how sure {kind.name} is: leave 'at' out to compare its values"
    if champion is None:
        return lambda: estimate(kind, pair), why
    factor = 1.0
    if gate.bound.relative:
        factor += gate.bound.number if champion >= 0 else -gate.bound.number
    return lambda: contrast(kind, pair, factor), why


def _one_number(evidence: Evidence, kind: MetricKind) -> bool:
    """Whether a function of the project's own gives one number for all rows."""
    own = evidence.own.get(kind.name)
    return own is not None and own.rows is None


def _alone(gate: Gate, evidence: Evidence, observed: float | None) -> GateResult:
    return without_champion(
        gate,
        evidence.no_champion_because,
        ever_live=evidence.ever_live,
        observed=observed,
        rows=evidence.rows,
    )
