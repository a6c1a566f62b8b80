# SPDX-License-Identifier: Apache-2.0
"""`shipway labels`: how many labelled rows decide a condition on a new and an old model.

    shipway labels "n - o > 0.02 +/- 0.01" --reliability 0.999 --steps 32 --adaptivity full

Needs no project. The answer is the same test set used at every step; what a step may err with
follows from how many there are, and from what the developers learn from each.
"""

from math import exp, log10

import msgspec

from shipway.base.errors import InputError
from shipway.evaluation.label_conditions import MEANINGS, Mode
from shipway.evaluation.label_parser import parse_condition
from shipway.evaluation.label_plans import Alternative, alternatives
from shipway.evaluation.label_questions import Question
from shipway.stats.budget import Adaptivity, log_delta

MOST_STEPS = 100_000
HINT = "It takes fewer where few predictions change from model to model: try --changed 10%."


class LabelsRequest(msgspec.Struct, frozen=True):
    """What is asked; probabilities and shares as numbers from 0 to 1."""

    condition: str
    reliability: float = 0.95
    steps: int = 1
    adaptivity: Adaptivity = "none"
    mode: Mode = "fp-free"
    changed: float | None = None


class LabelPlan(msgspec.Struct, frozen=True):
    """The answer: what is promised, the ways to keep it (fewest labels first), what to do.

    `step_error` is the error probability of one step, and `step_error_log10` its logarithm, which
    is finite where the other is too small for a number.
    """

    condition: str
    variables: dict[str, str]
    reliability: float
    steps: int
    adaptivity: Adaptivity
    mode: Mode
    step_error: float
    step_error_log10: float
    promise: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    hint: str
    advice: str


def plan_labels(request: LabelsRequest) -> LabelPlan:
    """Every way to keep the promise; InputError for what can't be read or can't be promised."""
    _check(request)
    condition = parse_condition(request.condition)
    share = log_delta(1 - request.reliability, request.steps, request.adaptivity)
    question = Question(condition, share, request.mode, request.changed)
    found = alternatives(question)
    return LabelPlan(
        condition.text,
        {name: MEANINGS[name] for name in condition.variables},
        request.reliability,
        request.steps,
        request.adaptivity,
        request.mode,
        exp(share),
        share * log10(exp(1)),
        _promise(request, several=len(condition.clauses) > 1),
        found,
        HINT if question.paired and question.most_changed is None else "",
        _advice(request, found),
    )


def _check(request: LabelsRequest) -> None:
    if not 0.5 <= request.reliability < 1:
        raise InputError(
            f"a reliability lies between 0.5 and 1, not at {request.reliability:.6g}",
            where="--reliability",
            cure="Such as 0.999.",
        )
    if not 1 <= request.steps <= MOST_STEPS:
        raise InputError(
            f"a test set is used 1 to {MOST_STEPS:,} times, not {request.steps:,}",
            where="--steps",
            cure="Take a new test set in between.",
        )
    if request.changed is not None and not 0 < request.changed < 1:
        raise InputError(
            f"a share of changed predictions lies between 0 and 1, not at {request.changed:.6g}",
            where="--changed",
            cure="Such as 10%.",
        )


def _promise(request: LabelsRequest, *, several: bool) -> tuple[str, ...]:
    risk = f"a probability of at most {(1 - request.reliability) * 100:.6g}%"
    missed = "that misses one of the clauses" if several else "that misses it"
    together = f", in {request.steps} steps together" if request.steps > 1 else ""
    if request.mode == "fp-free":
        return (
            f"A model {missed} passes with {risk}{together}.",
            "One that clears it by twice the tolerance is refused with as much at most.",
        )
    return (
        f"A model that meets the condition is refused with {risk}{together}.",
        f"One {missed} by twice the tolerance passes with as much at most.",
    )


def _advice(request: LabelsRequest, found: tuple[Alternative, ...]) -> str:
    best = next(each for each in found if each.complete)
    until = {
        "none": f"use it for {request.steps:,} models",
        "firstChange": f"use it until a model passes, {request.steps:,} times at most",
        "full": f"tell no more than passed or not, {request.steps:,} times",
    }[request.adaptivity]
    until = "use it once" if request.steps == 1 else until
    return f"Do: {_collect(best)}; {until}, then take a new one."


def _collect(best: Alternative) -> str:
    chosen = f"set {best.rows:,} rows apart by chance"
    if best.labels == 0:
        return f"{chosen}, none of them needs a label"
    if best.each_step:
        return f"{chosen}; at each step label those where the models differ, {best.labels:,} or so"
    return f"{chosen} and label {'all' if best.labels == best.rows else f'{best.labels:,}'} of them"
