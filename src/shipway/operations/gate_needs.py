# SPDX-License-Identifier: Apache-2.0
"""What the gates of a file need and the predictions do not have: told before anything is decided.

A model has a champion, can be asked and has a size. Files of predictions have columns.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shipway.evaluation.problem import Problem
from shipway.operations.gate_tables import nearest_column
from shipway.spec.evaluation import EvaluateSpec, SliceSpec
from shipway.spec.types import Task

if TYPE_CHECKING:
    from shipway.evaluation.gates import Gate
    from shipway.evaluation.metrics import MetricKind

IN_A_RUN = "Put this gate under 'evaluate' in shipway.yaml, where `shipway run` has the model."
Said = tuple[str, str]
BEHAVIOURS = ("invariance", "increasing", "decreasing")


@dataclass(frozen=True)
class Given:
    """What there is: the task, columns of the challenger's file, and whether there are labels,
    scores and a champion."""

    task: Task
    columns: Collection[str]
    labels: bool
    scores: bool
    champion: bool


def needs(spec: EvaluateSpec, gates: "dict[int, Gate]", given: Given) -> Iterator[Problem]:
    """What is missing, for each gate the first of it."""
    from shipway.evaluation.cost import parse_costs
    from shipway.evaluation.metrics import find

    costs = parse_costs(spec.cost, given.task)
    for number, gate in gates.items():
        kind = find(gate.metric, given.task, costs=costs) if gate.metric else None
        keys = ("evaluate", "gates", number)
        found = _asking(gate, kind) or _missing(gate, kind, given) or _columns(spec, gate, given)
        if found is not None:
            yield Problem(keys, *found)


def columns_of(spec: EvaluateSpec, gate: "Gate") -> list[str]:
    """The columns that a gate's slices, groups and metric speak of."""
    from shipway.evaluation.plan import sources
    from shipway.rows.columns import ranked_within
    from shipway.spec.expressions import columns as in_expression
    from shipway.spec.expressions import parse

    found = ranked_within([gate.metric])
    for source in sources(slices_of(spec, gate), [gate]):
        if source.condition is None:
            found.append(source.key)
        else:
            found += in_expression(parse(source.condition))
    return list(dict.fromkeys(found))


def slices_of(spec: EvaluateSpec, gate: "Gate") -> list[SliceSpec]:
    """The named conditions that a gate speaks of."""
    names = {part.source for part in gate.slices if part.named}
    return [part for part in spec.slices if part.name in names]


def _asking(gate: "Gate", kind: "MetricKind | None") -> Said | None:
    if gate.form in BEHAVIOURS:
        return f"{gate.subject} asks the model itself, and there are only predictions", IN_A_RUN
    if kind is not None and kind.family == "sample":
        what = f"{gate.metric} is measured of the model itself, and there are only predictions"
        return what, IN_A_RUN
    return None


def _missing(gate: "Gate", kind: "MetricKind | None", given: Given) -> Said | None:
    churn = kind is not None and kind.needs == "champion"
    if not given.champion and (gate.bound.champion or churn):
        return (
            f"{gate.text!r} asks for a champion, and none was given",
            "Name the file of its predictions: --champion FILE.",
        )
    if kind is not None and kind.needs == "scores" and not given.scores:
        several = given.task == "multiclass"
        name = "'p_{class}'" if several else "COLUMN"
        return f"{kind.name} needs scores, and none were given", f"Name them: --score {name}."
    if kind is not None and not given.labels and (churn or kind.needs == "labels"):
        return (
            f"{kind.name} needs predicted labels, and none were given",
            "Name their column, --prediction COLUMN, or say from which score on a row is "
            "predicted positive: --threshold 0.5.",
        )
    return None


def _columns(spec: EvaluateSpec, gate: "Gate", given: Given) -> Said | None:
    for column in columns_of(spec, gate):
        if column not in given.columns:
            return f"there is no column {column!r}", nearest_column(column, given.columns)
    return None
