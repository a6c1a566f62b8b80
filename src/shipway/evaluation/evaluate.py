# SPDX-License-Identifier: Apache-2.0
"""The whole evaluation of a challenger: what was measured, and what the gates said.

    evaluate(spec.evaluate, evidence, subject, lines=(12, 13))

Pure: the caller reads the table, asks the models, makes the masks that `plan.sources` names, and
says what the evaluation is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shipway.base.errors import InputError
from shipway.evaluation.curves import drawn
from shipway.evaluation.decide import decide
from shipway.evaluation.evidence import Evidence
from shipway.evaluation.flips import flips
from shipway.evaluation.gate_parser import parse_gate, slice_source
from shipway.evaluation.metrics import DEFAULTS
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.report import by_slice, overall
from shipway.evaluation.slices import Slices
from shipway.evaluation.verdicts import Level
from shipway.records.base import Verdict, worst
from shipway.records.comparison import Drawn, Flips
from shipway.records.training import BudgetUse, Champion, Evaluation, GateResult
from shipway.spec.evaluation import BudgetSpec
from shipway.spec.types import EvaluateSpec, GateSpec
from shipway.stats.budget import effective_confidence

ONE_USE = BudgetUse(1)


@dataclass(frozen=True)
class Subject:
    """What an evaluation is about: digests and names that pass through to its record.

    `model` is the model's digest, `test_set` the order-free hash of the rows and `budget` what
    their use cost; `champion` names the version that was compared, `predictions` the object that
    keeps the predictions.
    """

    model: str
    dataset: str
    test_set: str
    rows: int
    budget: BudgetUse = ONE_USE
    champion: Champion | None = None
    predictions: str | None = None


def evaluate(
    spec: EvaluateSpec,
    evidence: Evidence,
    subject: Subject,
    *,
    lines: Sequence[int] = (),
    level: Level | None = None,
) -> Evaluation:
    """Measure, compare and decide; `lines` are the lines of the spec on which the gates stand.

    Without `metrics:` the usual ones of the task and all functions of the project's own are
    measured, and always those that gates name. `level` gives the confidence that a gate's is
    raised to; without it, that of an equal share of the test-set budget, where there is one.
    InputError for a gate that can't be read, ValueError when the champion's predictions are not
    for the same rows.
    """
    _check_same_rows(evidence)
    if level is None and spec.test_set_budget is not None:
        level = paid(spec.test_set_budget)
    gates = decide_all(spec.gates, evidence, lines, level=level)
    usual = (*DEFAULTS[evidence.task], *spec.functions)
    names = list(dict.fromkeys((*(spec.metrics or usual), *_gated(spec))))
    return Evaluation(
        model=subject.model,
        dataset=subject.dataset,
        test_set=subject.test_set,
        rows=subject.rows,
        metrics=overall(names, evidence) + by_slice(names, _shown(spec, evidence), evidence),
        gates=gates,
        verdict=verdict_of(gates),
        champion=subject.champion,
        no_champion=evidence.champion is None
        and not evidence.ever_live
        and not evidence.no_champion_because,
        predictions=subject.predictions,
        budget=subject.budget,
        drawn=_drawn(evidence.challenger, evidence) or Drawn(),
        champion_drawn=_drawn(evidence.champion, evidence),
        flips=_flips(evidence),
    )


def _drawn(predictions: Predictions | None, evidence: Evidence) -> Drawn | None:
    return None if predictions is None else drawn(predictions, evidence.task, evidence.costs)


def paid(budget: BudgetSpec) -> Level:
    """The confidence of one of the uses that share a test set's error probability."""

    def level(confidence: float) -> float:
        return effective_confidence(confidence, budget.uses, budget.adaptivity)

    return level


def decide_all(
    gates: Sequence[GateSpec],
    evidence: Evidence,
    lines: Sequence[int] = (),
    *,
    level: Level | None = None,
) -> tuple[GateResult, ...]:
    """The results of all gates, in order; a gate on `column=*` has one for each value."""
    found: list[GateResult] = []
    for number, item in enumerate(gates):
        line = lines[number] if number < len(lines) else 0
        gate = parse_gate(item.gate)
        found += decide(gate, evidence, on_fail=item.on_fail, line=line, level=level)
    return tuple(found)


def verdict_of(gates: Sequence[GateResult]) -> Verdict:
    """The worst verdict of the gates that stop a run; those that only warn do not count."""
    return worst([gate.verdict for gate in gates if gate.on_fail == "stop"])


def _gated(spec: EvaluateSpec) -> list[str]:
    return [metric for item in spec.gates if (metric := parse_gate(item.gate).metric)]


def _shown(spec: EvaluateSpec, evidence: Evidence) -> Slices:
    """The masks of the slices that the spec wants reported."""
    wanted = [part.name or slice_source(part.where).source for part in spec.slices]
    missing = [source for source in wanted if source not in evidence.slices]
    if missing:
        raise InputError(f"there is no column or condition {missing[0]!r} to slice by")
    return {source: evidence.slices[source] for source in wanted}


def _flips(evidence: Evidence) -> Flips | None:
    if evidence.challenger is None or evidence.champion is None:
        return None
    return flips(evidence.challenger, evidence.champion, evidence.task)


def _check_same_rows(evidence: Evidence) -> None:
    challenger, champion = evidence.challenger, evidence.champion
    if challenger is None or champion is None:
        return
    same = len(challenger) == len(champion) and bool((challenger.target == champion.target).all())
    if not same or challenger.classes != champion.classes:
        raise ValueError("the champion's predictions are not for the same rows")
