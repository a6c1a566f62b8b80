# SPDX-License-Identifier: Apache-2.0
"""An evaluation of which only the verdict may be told: one bit, whether all gates passed.

    only_verdict(found, details, spec.gates)

Nothing else of the test set stays: no estimate, no interval, not which gate failed, not what a gate
that only warns found, not whether more rows would help. What people look at instead (metrics,
curves, predictions) was measured on other rows, those of the validation split.
"""

from collections.abc import Sequence

import msgspec

from shipway.evaluation.gate_parser import parse_gate
from shipway.records.base import Verdict
from shipway.records.training import Evaluation, GateResult
from shipway.spec.evaluation import GateSpec

NOTHING = "no dataset"
"""What `Evaluation.details` says where there are no other rows to tell of."""
LATER = "its part is told when the budget of the test set is spent"
NOT_ABOUT_ROWS = frozenset({"predict_ms", "model_mb"})
"""Latency and size tell nothing of a test set: gates on them are told whole."""
REASONS: dict[Verdict, str] = {
    "passed": f"all gates passed; {LATER}",
    "failed": f"not all gates passed; {LATER}",
    "inconclusive": f"it only warns; {LATER}",
}


def only_verdict(
    found: Evaluation, details: Evaluation | None, gates: Sequence[GateSpec]
) -> Evaluation:
    """`found` with `details` in the place of all that was measured on its rows."""
    told = Evaluation("", "", "", 0) if details is None else details
    verdict: Verdict = "passed" if found.verdict == "passed" else "failed"
    return msgspec.structs.replace(
        found,
        metrics=told.metrics,
        gates=tuple(one for gate in gates for one in _only_verdict(gate, found, verdict)),
        verdict=verdict,
        drawn=told.drawn,
        champion_drawn=told.champion_drawn,
        flips=told.flips,
        predictions=told.predictions,
        champion_predictions=told.champion_predictions,
        details=NOTHING if details is None else details.dataset,
        notes=told.notes,
    )


def _only_verdict(spec: GateSpec, found: Evaluation, verdict: Verdict) -> tuple[GateResult, ...]:
    """One result for the gate, whatever it found; as it is when it is not about rows."""
    gate = parse_gate(spec.gate)
    results = tuple(result for result in found.gates if result.gate == gate.text)
    if gate.metric.split(".")[0] in NOT_ABOUT_ROWS:
        return results
    on_fail = results[0].on_fail if results else spec.on_fail
    told: Verdict = verdict if on_fail == "stop" else "inconclusive"
    only = GateResult(
        gate=gate.text,
        verdict=told,
        observed=None,
        demanded=gate.demand,
        reason=REASONS[told],
        on_fail=on_fail,
        metric=gate.metric,
        confidence=gate.confidence,
        level=results[0].level if results else None,
        no_champion=bool(results) and all(result.no_champion for result in results),
        line=results[0].line if results else 0,
    )
    return (only,)
