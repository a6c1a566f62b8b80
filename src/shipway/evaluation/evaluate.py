# SPDX-License-Identifier: Apache-2.0
"""An evaluation from evidence: metrics with intervals, slices, gates, and the pictures' numbers.

Pure: predictions and settings in, a record out. Differences between slices and champion that are
only reported carry p-values that are corrected over all slices (Holm).
"""

from collections.abc import Sequence

import msgspec

from shipway.evaluation.curves import confusion, precision_recall, roc
from shipway.evaluation.decide import Evidence, decide, value_of
from shipway.evaluation.gate_parser import parse_gate
from shipway.evaluation.measure import bounds, interval
from shipway.evaluation.metrics import KINDS
from shipway.evaluation.slices import MISSING
from shipway.records.base import worst
from shipway.records.training import Evaluation, GateResult, Interval, Metric
from shipway.spec.types import EvaluateSpec
from shipway.stats.auc import compare
from shipway.stats.multiple import holm

CONFIDENCE = 0.95


def evaluate(
    evidence: Evidence,
    spec: EvaluateSpec,
    *,
    model: str,
    test_set: str,
    lines: Sequence[int] = (),
) -> Evaluation:
    """Measure everything that `spec` names, and decide its gates.

    `model` and `test_set` are digests; `lines` are the lines of the gates in the spec.
    """
    gates = decide_all(evidence, spec, lines)
    stopping = [gate.verdict for gate in gates if gate.on_fail == "stop"]
    challenger, champion = evidence.challenger, evidence.champion
    return Evaluation(
        model=model,
        dataset=spec.dataset,
        test_set=test_set,
        rows=0 if challenger is None else len(challenger),
        metrics=(*_metrics(evidence, spec, ""), *_sliced(evidence, spec)),
        gates=gates,
        verdict=worst(stopping),
        no_champion=champion is None,
        roc=roc(challenger),
        precision_recall=precision_recall(challenger),
        champion_roc=roc(champion),
        champion_precision_recall=precision_recall(champion),
        confusion=confusion(challenger),
    )


def decide_all(
    evidence: Evidence, spec: EvaluateSpec, lines: Sequence[int] = ()
) -> tuple[GateResult, ...]:
    """The results of all gates, in the order of the spec."""
    found: list[GateResult] = []
    for number, gate in enumerate(spec.gates):
        line = lines[number] if number < len(lines) else 0
        found += decide(parse_gate(gate.gate), evidence, on_fail=gate.on_fail, line=line)
    return tuple(found)


def _metrics(evidence: Evidence, spec: EvaluateSpec, part: str) -> list[Metric]:
    names = dict.fromkeys([*spec.metrics, *_gated(spec)])
    return [_metric(evidence, name, part) for name in names]


def _gated(spec: EvaluateSpec) -> list[str]:
    return [parse_gate(gate.gate).metric for gate in spec.gates]


def _metric(evidence: Evidence, name: str, part: str) -> Metric:
    found = value_of(name, evidence)
    kind = KINDS[evidence.task].get(name)
    measured = kind is not None and evidence.challenger is not None
    champion = None
    if evidence.champion is not None or evidence.champion_reported:
        champion = value_of(name, evidence, champion=True).value
    return Metric(
        name=name,
        value=found.value,
        rows=0 if evidence.challenger is None else len(evidence.challenger),
        slice=part,
        interval=_interval(evidence, name),
        champion=champion,
        p_value=_p_value(evidence, name),
        source="measured" if measured else "reported",
        note=found.note,
    )


def _interval(evidence: Evidence, name: str) -> Interval | None:
    kind = KINDS[evidence.task].get(name)
    if kind is None or evidence.challenger is None:
        return None
    return interval(bounds(kind, evidence.challenger, evidence.task, CONFIDENCE, 2))


def _p_value(evidence: Evidence, name: str) -> float | None:
    """How likely so large a difference to the champion is by chance: DeLong, for areas only."""
    one, other = evidence.challenger, evidence.champion
    if name != "roc_auc" or evidence.task != "binary" or one is None or other is None:
        return None
    if one.score is None or other.score is None:
        return None
    found = compare(one.target == 1, one.score, other.score)
    return None if found is None else found.p_value()


def _sliced(evidence: Evidence, spec: EvaluateSpec) -> list[Metric]:
    found: list[Metric] = []
    for source, parts in evidence.slices.items():
        for name, mask in parts.items():
            if name == MISSING and not mask.any():
                continue
            place = name if name == source else f"{source}={name}"
            found += _metrics(evidence.within(mask), spec, place)
    return _corrected(found)


def _corrected(metrics: list[Metric]) -> list[Metric]:
    """Holm's correction over all slices that are reported."""
    tested = [(at, m.p_value) for at, m in enumerate(metrics) if m.p_value is not None]
    adjusted = holm([p_value for _, p_value in tested])
    corrected = list(metrics)
    for (at, _), p_value in zip(tested, adjusted, strict=True):
        corrected[at] = msgspec.structs.replace(metrics[at], p_value=p_value)
    return corrected
