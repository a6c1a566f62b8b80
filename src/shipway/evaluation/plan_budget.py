# SPDX-License-Identifier: Apache-2.0
"""What a test-set budget demands of the gates.

Confidence is what a budget pays with. A gate without it is decided by the measured values, which a
developer who is told the answer can tune against as often as there are uses: where answers go back
(adaptivity firstChange and full) such a gate may warn, but not decide. With adaptivity none nobody
learns an answer before the end, so it may stand. Gates that look at no labels of the test set
(latency, size, behaviour, churn, what the training reported) leak nothing about them.
"""

from collections.abc import Iterator

from shipway.evaluation.gate_rules import BEHAVIOURS, Fault
from shipway.evaluation.gates import Gate
from shipway.evaluation.known import Known
from shipway.spec.evaluation import EvaluateSpec
from shipway.stats.budget import effective_confidence


def budget_faults(spec: EvaluateSpec, gate: Gate, on_fail: str, known: Known) -> Iterator[Fault]:
    """What `evaluate.test_set_budget` can't do for `gate`."""
    budget = spec.test_set_budget
    if budget is None:
        return
    if gate.confidence is not None:
        try:
            effective_confidence(gate.confidence, budget.uses, budget.adaptivity)
        except ValueError as error:
            yield Fault(
                f"the budget is larger than this confidence can pay for: {error}",
                "Make uses smaller, or the confidence in the gate.",
                gate.confidence_at,
            )
    elif budget.adaptivity != "none" and on_fail == "stop" and _sees_labels(gate, known):
        yield Fault(
            "this gate has no confidence that test_set_budget could pay with",
            _cure(gate, known),
            gate.confidence_at,
        )


def _sees_labels(gate: Gate, known: Known) -> bool:
    if gate.form in BEHAVIOURS:
        return False
    kind = known.metric(gate.metric)
    return kind is not None and kind.needs in ("labels", "scores")


def _cure(gate: Gate, known: Known) -> str:
    kind = known.metric(gate.metric)
    if kind is not None and kind.family == "extreme":
        return f"{gate.metric} has no confidence bound: let it warn, with on_fail: warn."
    return "Add: at 95%. Or let it only warn, with on_fail: warn."
