# SPDX-License-Identifier: Apache-2.0
"""`shipway explain`: what a gate or a rule demands, in words, and how many rows a gate needs.

    shipway explain 'roc_auc >= champion - 0.02 at 95%'
    shipway explain "status == 'paid' -> amount > 0"

Some texts can be read as both (`amount >= 0`): a gate is one on a metric that Shipway knows, or one
with a confidence, a slice, a form or the champion in it. A `shipway.yaml` in the project says which
task it is, what slices are named, and what a test-set budget does to confidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from shipway.base.errors import InputError
from shipway.base.names import nearest
from shipway.evaluation.cost import Costs
from shipway.evaluation.directions import Way
from shipway.evaluation.gate_parser import GateError, parse_gate
from shipway.evaluation.gate_rules import Fault, faults, unknown_way
from shipway.evaluation.gate_words import in_words as gate_in_words
from shipway.evaluation.gates import NOT_YET, Gate, percent
from shipway.evaluation.known import Known, known_of
from shipway.evaluation.metric_forms import FORMS
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.rows_needed import RowsNeeded, rows_needed
from shipway.spec.evaluation import EvaluateSpec
from shipway.spec.expressions import ExpressionError, caret, in_words, parse
from shipway.spec.mistakes import SpecError
from shipway.spec.reader import read
from shipway.spec.types import Task
from shipway.stats.budget import effective_confidence
from shipway.stats.rows import rows_for_none_seen

SPEC_NAME = "shipway.yaml"
BASES = {form.base for forms in FORMS.values() for form in forms}
NO_FORMULA = (
    "How many rows it needs depends on predictions that are not there yet: its verdict says it."
)
RARE = 0.01
NO_LEVEL = "It has no 'at N%': no number of rows makes a comparison of measured values sure."
UNREADABLE = f"{SPEC_NAME} can't be read (`shipway run` says why): it was not asked."


class ExplainRequest(msgspec.Struct, frozen=True):
    """What to explain. `task` and the names that may stand in a gate come from the spec in
    `project` where there is one; `base_rate` is the share of positives, `rows` how many there
    are."""

    text: str
    task: Task | None = None
    base_rate: float | None = None
    rows: int | None = None
    project: Path | None = None


class Explanation(msgspec.Struct, frozen=True):
    """What a text demands, in `words`; for a gate also the task that it was read for, how many
    rows it needs at `confidence` (which a test-set budget may have raised), and remarks."""

    text: str
    kind: str
    words: str
    task: Task | None = None
    confidence: float | None = None
    rows: RowsNeeded | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """What the project says around a gate; `evaluate` is None without a spec."""

    task: Task | None = None
    evaluate: EvaluateSpec | None = None
    better: Mapping[str, Way] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def spec(self) -> EvaluateSpec:
        """`evaluate`, or an empty one."""
        return self.evaluate or EvaluateSpec()


def explain(request: ExplainRequest) -> Explanation:
    """The explanation; InputError (of the more likely kind) when the text is neither a gate nor a
    rule, and for a gate that can't be decided."""
    _check(request)
    around = _around(request.project)
    try:
        gate: Gate | GateError = parse_gate(request.text)
    except GateError as error:
        gate = error
    if isinstance(gate, Gate) and _is_gate(gate, around):
        return _of_gate(gate, request, around)
    try:
        words = f"For each row: {in_words(parse(request.text))}."
        notes = _meant(gate, around) if isinstance(gate, Gate) else ()
        return Explanation(request.text, "rule", words, notes=notes)
    except ExpressionError:
        if isinstance(gate, Gate):
            return _of_gate(gate, request, around)
        if _looks_like_gate(request.text):
            raise gate from None
        raise


def _meant(gate: Gate, around: Around) -> tuple[str, ...]:
    """That a name which looks like a metric's was taken for a column's."""
    guess = nearest(gate.metric, {*BASES, *around.spec.functions})
    if guess is None:
        return ()
    return (f"{gate.metric} was read as a column. Did you mean the metric {guess!r}?",)


def _check(request: ExplainRequest) -> None:
    if request.base_rate is not None and not 0 < request.base_rate < 1:
        raise InputError(
            f"a base rate of {request.base_rate:g} leaves a class without rows",
            cure="Give the share of positives, above 0 and below 1: --base-rate 0.05.",
        )
    if request.rows is not None and request.rows < 1:
        raise InputError(f"{request.rows} rows decide nothing", cure="Give at least --rows 1.")


def _around(project: Path | None) -> Around:
    path = (project or Path()) / SPEC_NAME
    if not path.is_file():
        return Around()
    try:
        spec = read(path).spec
    except SpecError:
        return Around(notes=(UNREADABLE,))
    metrics = spec.train.metrics if spec.train is not None else None
    return Around(
        spec.model.task if spec.model is not None else None,
        spec.evaluate,
        metrics.better if metrics is not None else {},
    )


def _is_gate(gate: Gate, around: Around) -> bool:
    base = _base(gate)
    known = base in BASES or base in around.spec.functions or base in NOT_YET
    beyond = gate.confidence is not None or bool(gate.slices) or gate.bound.champion
    return known or beyond or gate.form != "metric" or "@" in gate.metric


def _base(gate: Gate) -> str:
    return gate.metric.partition("@")[0].split(".")[0]


def _looks_like_gate(text: str) -> bool:
    words = text.split()
    first = words[0].split("[")[0].split("@")[0].split("(")[0] if words else ""
    forms = ("difference", "ratio", "invariance", "increasing", "decreasing")
    return first in BASES or first in forms or "champion" in words or "at" in words


def _of_gate(gate: Gate, request: ExplainRequest, around: Around) -> Explanation:
    task = request.task or around.task or _task_of(gate)
    known = _known(gate, task, around)
    found = faults(gate, known)
    notes = (*around.notes, *_remarks(gate, found, known))
    kind = _kind(gate, known)
    level = _level(gate, around.spec)
    if level != gate.confidence and level is not None:
        notes += (f"The test-set budget raises its confidence to {percent(level)} for each use.",)
    needed = rows_needed(
        gate, kind, task, base_rate=request.base_rate, rows=request.rows, level=level
    )
    if needed is None and not found:
        notes += (_no_rows(gate, level),)
    least = around.evaluate.min_slice if around.evaluate is not None else None
    words = gate_in_words(gate, kind, conditions=known.conditions, min_slice=least)
    return Explanation(gate.text, "gate", words, task, level, needed, notes)


def _no_rows(gate: Gate, level: float | None) -> str:
    """Why there is no table of rows."""
    if level is None:
        return NO_LEVEL
    if gate.form != "invariance":
        return NO_FORMULA
    rows = rows_for_none_seen(RARE, level)
    return (
        f"To show that at most {percent(RARE)} of all rows do not comply takes {rows:,} rows that "
        "all do."
    )


def _task_of(gate: Gate) -> Task:
    """The first task that has the metric; binary, where none has."""
    tasks: tuple[Task, ...] = ("binary", "multiclass", "regression")
    for task in tasks:
        try:
            if Known(task, costs=Costs()).metric(gate.metric) is not None:
                return task
        except InputError:
            continue
    return "binary"


def _known(gate: Gate, task: Task, around: Around) -> Known:
    """What may stand in the gate; without a spec, costs are there and slices have been named."""
    known = known_of(around.spec, task, may_report=True, better=around.better)
    if around.evaluate is not None:
        return known
    named = {part.source: "" for part in gate.slices if part.named}
    return msgspec.structs.replace(known, conditions=named, costs=Costs())


def _kind(gate: Gate, known: Known) -> MetricKind | None:
    base = _base(gate)
    return known.metric(gate.metric) if gate.metric and base not in NOT_YET else None


def _remarks(gate: Gate, found: list[Fault], known: Known) -> tuple[str, ...]:
    """What is to be said besides; InputError for what keeps the gate from being decided."""
    remarks: list[str] = []
    base = _base(gate)
    reported = bool(gate.metric) and base not in NOT_YET and _is_reported(gate, known)
    if reported:
        guess = nearest(base, {*BASES, *known.functions})
        meant = f" Did you mean {guess!r}?" if guess else ""
        remarks.append(
            f"{gate.metric} is no metric of Shipway's for {known.task} models: the training has to "
            f"report it.{meant}"
        )
    for fault in found:
        if fault.kind == "not-yet" or (reported and fault.what == unknown_way(gate.metric)):
            remarks.append(f"{fault.what[0].upper()}{fault.what[1:]}. {fault.cure}".strip())
        else:
            cure = "\n".join(filter(None, (fault.cure, *remarks)))
            raise InputError(f"{fault.what}\n{caret(gate.text, fault.at)}", cure=cure)
    return tuple(remarks)


def _is_reported(gate: Gate, known: Known) -> bool:
    """Whether only the training can know the metric (it is none of ours)."""
    try:
        return known.metric(gate.metric) is None
    except InputError:
        return False


def _level(gate: Gate, spec: EvaluateSpec) -> float | None:
    """The confidence that is used, after the test-set budget."""
    budget = spec.test_set_budget
    if gate.confidence is None or budget is None:
        return gate.confidence
    try:
        return effective_confidence(gate.confidence, budget.uses, budget.adaptivity)
    except ValueError as error:
        raise InputError(
            f"the budget is larger than this confidence can pay for: {error}",
            cure="Make uses smaller, or the confidence in the gate.",
        ) from None
