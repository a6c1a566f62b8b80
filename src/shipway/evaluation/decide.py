# SPDX-License-Identifier: Apache-2.0
"""The verdict on a gate, with its evidence: pure judgement, no clock and no chance.

A metric or slice that is missing, or has no value, fails its gate: nothing is skipped. Without
`at` the measured values are compared; with it a bound must be clear of the limit on one side or
the other, else the verdict is `inconclusive` and says how many more rows would settle it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import msgspec

from shipway.evaluation.certainty import Certainty, clears, of_area, of_difference, of_share
from shipway.evaluation.cost import Costs
from shipway.evaluation.gates import SHARES, Gate, percent, shown, unavailable
from shipway.evaluation.measure import interval, measure
from shipway.evaluation.measured import Measured, undefined
from shipway.evaluation.metrics import KINDS
from shipway.evaluation.own import OwnValues
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.slices import Slices, chosen
from shipway.records.training import GateResult
from shipway.spec.types import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OnFail = Literal["stop", "warn"]


@dataclass(frozen=True)
class Evidence:
    """All that gates are judged by.

    `champion` holds its predictions for the same rows in the same order, None when there is none;
    `ever_live` says whether a release was ever live in the final environment. `slices` maps each
    source of slices to masks (see `slices`). `reported` holds values that the training script
    reported itself, used where a metric can't be measured; `samples` measurements that are not
    about rows of the dataset, each a vector: `predict_ms` (milliseconds of single calls),
    `model_mb` (one number). `behaviours` says for each row of the dataset how it answered a
    question about the model's behaviour: `invariance(gender)` how far the score moved,
    `increasing(amount)` 1 where it never fell and 0 elsewhere, NaN for rows that were not asked
    about (a sample was): only the others count. `unanswered` says of such a question why there is
    no answer, which fails its gates with that reason. `own` holds what metric functions of the
    project's own said, by name (see `own`), `costs` what mistakes cost. `no_champion_because` says
    why the live model's predictions could not be had. `min_slice` is the smallest number of rows of
    a slice that is judged, `seed` that of every resampling.
    """

    task: Task
    challenger: Predictions | None
    champion: Predictions | None = None
    slices: Slices = field(default_factory=dict)
    ever_live: bool = False
    reported: Mapping[str, float] = field(default_factory=dict)
    champion_reported: Mapping[str, float] = field(default_factory=dict)
    samples: "Mapping[str, NDArray[np.float64]]" = field(default_factory=dict)
    behaviours: "Mapping[str, NDArray[np.float64]]" = field(default_factory=dict)
    unanswered: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, OwnValues] = field(default_factory=dict)
    costs: Costs | None = None
    no_champion_because: str = ""
    min_slice: int = 1
    seed: int = 0

    def within(self, rows: "NDArray[np.bool_]") -> "Evidence":
        """The evidence of a slice; reported values are not about slices."""
        champion = None if self.champion is None else self.champion.take(rows)
        challenger = None if self.challenger is None else self.challenger.take(rows)
        return replace(
            self,
            challenger=challenger,
            champion=champion,
            reported={},
            champion_reported={},
            samples={},
            behaviours={name: values[rows] for name, values in self.behaviours.items()},
            own={name: values.within(rows) for name, values in self.own.items()},
        )


def decide(
    gate: Gate, evidence: Evidence, *, on_fail: OnFail = "stop", line: int = 0
) -> tuple[GateResult, ...]:
    """The result of `gate`: one, or for `column=*` one for each value of the column."""
    if not gate.slices:
        found = [_judge(gate, evidence, "")]
    else:
        parts = chosen(gate.slices, evidence.slices)
        found = [_judge(gate, evidence.within(mask), name) for name, mask in parts.items()]
        if not found:
            wanted = ", ".join(map(str, gate.slices))
            reason = f"there are no rows of {wanted}"
            found = [msgspec.structs.replace(_failed(gate, reason), slice=wanted)]
    return tuple(msgspec.structs.replace(each, on_fail=on_fail, line=line) for each in found)


def value_of(name: str, evidence: Evidence, *, champion: bool = False) -> Measured:
    """A metric of the challenger or the champion: measured where it can be, else reported."""
    predictions = evidence.champion if champion else evidence.challenger
    reported = evidence.champion_reported if champion else evidence.reported
    kind = KINDS[evidence.task].get(name)
    if kind is not None and predictions is not None:
        return measure(kind, predictions, evidence.task)
    if name not in reported:
        return undefined("it was neither measured nor reported")
    value = float(reported[name])
    if value != value:
        return undefined("the training script reported NaN")
    return Measured(value)


def _judge(gate: Gate, evidence: Evidence, part: str) -> GateResult:
    rows = 0 if evidence.challenger is None else len(evidence.challenger)
    place = f"{gate.metric} of {part}" if part else gate.metric
    return msgspec.structs.replace(_verdict(gate, evidence, place), slice=part, rows=rows)


def _verdict(gate: Gate, evidence: Evidence, place: str) -> GateResult:
    reason = unavailable(gate, evidence.task)
    if reason is not None:
        return _failed(gate, reason)
    found = value_of(gate.metric, evidence)
    if found.value is None:
        return _failed(gate, f"{place} has no value: {found.note}")
    if not gate.bound.champion:
        return _against(gate, evidence, found, gate.bound.number, place)
    if evidence.champion is None and not evidence.champion_reported:
        return _without_champion(gate, evidence, found.value)
    champion = value_of(gate.metric, evidence, champion=True)
    if champion.value is None:
        return _failed(
            gate, f"{place} of the champion has no value: {champion.note}", observed=found.value
        )
    limit = gate.bound.against(champion.value)
    result = _against(gate, evidence, found, limit, place, champion.value)
    return msgspec.structs.replace(result, champion=champion.value)


def _against(
    gate: Gate,
    evidence: Evidence,
    found: Measured,
    limit: float,
    place: str,
    champion: float | None = None,
) -> GateResult:
    """Compare with `limit`, a number by now."""
    observed = found.value or 0.0
    if gate.confidence is None:
        verdict: Literal["passed", "failed"] = "passed"
        if not clears(gate, observed, limit):
            verdict = "failed"
        reason = f"{place} is {shown(observed)}; demanded {gate.operator} {shown(limit)}"
        if champion is not None:
            reason += f" (the champion has {shown(champion)})"
        return _result(gate, verdict, reason, observed, limit, "measured values")
    certainty = _certainty(gate, evidence, found, limit, champion)
    if certainty is None:
        return _failed(
            gate, f"a reported value has no confidence bound: {place}", observed=observed
        )
    return _with_confidence(gate, observed, limit, certainty, place, champion)


def _certainty(
    gate: Gate, evidence: Evidence, found: Measured, limit: float, champion: float | None
) -> Certainty | None:
    challenger = evidence.challenger
    if challenger is None:
        return None
    if gate.metric in SHARES:
        return of_share(gate, found, len(challenger), limit)
    if champion is None:
        return of_area(gate, challenger, limit)
    if evidence.champion is None:
        return None
    return of_difference(gate, challenger, evidence.champion, limit - champion)


def _with_confidence(
    gate: Gate,
    observed: float,
    limit: float,
    certainty: Certainty,
    place: str,
    champion: float | None,
) -> GateResult:
    verdict = certainty.verdict(gate)
    more = certainty.more if verdict == "inconclusive" else None
    reason = _reason(gate, observed, certainty, place, champion)
    if verdict == "inconclusive":
        reason += f"; {_still_needed(more)}"
    result = _result(gate, verdict, reason, observed, limit, certainty.bounds.method)
    return msgspec.structs.replace(
        result,
        interval=interval(certainty.bounds),
        rows_needed=more,
        p_value=certainty.p_value,
    )


def _reason(
    gate: Gate, observed: float, certainty: Certainty, place: str, champion: float | None
) -> str:
    bound = certainty.bounds.low if gate.upward else certainty.bounds.high
    side = "at least" if gate.upward else "at most"
    level = percent(certainty.bounds.confidence)
    demanded = f"demanded {gate.operator} {shown(certainty.limit)}"
    if champion is None:
        return f"{place} is {shown(observed)}, {side} {shown(bound)} with {level}; {demanded}"
    change = f"{observed - champion:+.4f}"
    return (
        f"{place} is {shown(observed)}, the champion's {shown(champion)}: "
        f"a difference of {change}, {side} {bound:+.4f} with {level}; {demanded}"
    )


def _still_needed(more: int | None) -> str:
    if more is None:
        return "no number of rows would settle it while the estimate lies on the bound"
    return f"about {more:,} more row{'s' if more > 1 else ''} would settle it"


def _without_champion(gate: Gate, evidence: Evidence, observed: float) -> GateResult:
    if evidence.ever_live:
        return _failed(
            gate,
            "a release has been live, but its model could not be compared on these rows",
            observed=observed,
        )
    reason = "no champion yet: nothing has been live, so there is nothing to compare with"
    result = _result(gate, "passed", reason, observed, None, "")
    return msgspec.structs.replace(result, no_champion=True)


def _failed(gate: Gate, reason: str, *, observed: float | None = None) -> GateResult:
    return _result(gate, "failed", reason, observed, None, "")


def _result(
    gate: Gate,
    verdict: Literal["passed", "failed", "inconclusive"],
    reason: str,
    observed: float | None,
    bound: float | None,
    method: str,
) -> GateResult:
    demanded = gate.demand
    if gate.bound.champion and bound is not None:
        demanded += f" = {shown(bound)}"
    return GateResult(
        gate=gate.text,
        verdict=verdict,
        observed=observed,
        demanded=demanded,
        reason=reason,
        metric=gate.metric,
        bound=bound,
        method=method,
    )
