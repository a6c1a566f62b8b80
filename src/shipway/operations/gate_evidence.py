# SPDX-License-Identifier: Apache-2.0
"""From the files of both models to the evidence that gates are decided by."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shipway.operations.gate_answers import Answers, Question, answers
from shipway.operations.gate_files import ModelFile
from shipway.operations.gate_needs import slices_of
from shipway.operations.gate_request import GateRequest
from shipway.operations.gate_scores import classes_of, unscored
from shipway.operations.gate_tables import named
from shipway.operations.gates_file import Asked
from shipway.spec.types import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shipway.evaluation.decide import Evidence
    from shipway.evaluation.slices import Groups


def gather(
    request: GateRequest, task: Task, ours: ModelFile, theirs: ModelFile | None, asked: Asked
) -> "tuple[Evidence, tuple[str, ...]]":
    """The evidence, and what is odd about the files; InputError for what can't be judged."""
    from shipway.evaluation.cost import cost_problems, parse_costs
    from shipway.evaluation.decide import Evidence
    from shipway.evaluation.problem import Problem

    spec, target = asked.spec, ours.rows[request.target]
    files = [ours] if theirs is None else [ours, theirs]
    classes = classes_of(target, [file.scores for file in files]) if task == "multiclass" else ()
    wrong = cost_problems(spec.cost, task, classes)
    asked.refuse(Problem(("evaluate", "cost"), each) for each in wrong)
    question = Question(
        task,
        target,
        prediction=request.prediction,
        positive=request.positive,
        threshold=request.threshold,
        classes=classes,
        weight=_weights(request, ours),
        groups=_groups(ours, asked),
    )
    found = [answers(question, file.rows, file.scores, file.name) for file in files]
    evidence = Evidence(
        task=task,
        challenger=found[0].predictions,
        champion=found[1].predictions if theirs is not None else None,
        slices=_slices(ours, asked),
        min_slice=spec.min_slice,
        costs=parse_costs(spec.cost, task),
    )
    return evidence, _notes(files, found, classes)


def _notes(
    files: list[ModelFile], found: list[Answers], classes: tuple[str, ...]
) -> tuple[str, ...]:
    without = [unscored(file.scores, classes, file.name) for file in files]
    return (*(note for each in found for note in each.notes), *filter(None, without))


def _weights(request: GateRequest, ours: ModelFile) -> "NDArray[np.float64] | None":
    from shipway.rows.columns import weights_in

    if request.weights is None:
        return None
    with named(ours.name):
        return weights_in(ours.rows, request.weights)


def _groups(ours: ModelFile, asked: Asked) -> "Mapping[str, NDArray[np.int64]]":
    from shipway.rows.columns import groups_in, ranked_within

    return groups_in(ours.rows, ranked_within(gate.metric for gate in asked.gates.values()))


def _slices(ours: ModelFile, asked: Asked) -> "Mapping[str, Groups]":
    """The slices of all gates; each source is looked at once, for the first gate that names it."""
    from shipway.evaluation.plan import sources
    from shipway.rows.slice_masks import slice_masks

    found: dict[str, Groups] = {}
    for number, gate in asked.gates.items():
        parts = slices_of(asked.spec, gate)
        if all(source.key in found for source in sources(parts, [gate])):
            continue
        with named(asked.where("gates", number)):
            found |= slice_masks(ours.rows, parts, [gate.text])
    return found
