# SPDX-License-Identifier: Apache-2.0
"""What each kind of mistake costs: `evaluate.cost`, read and checked, without numpy.

    binary       {fp: 1, fn: 20}, and tp and tn where being right costs something too
    multiclass   {cat: {dog: 1, wolf: 50}, dog: {cat: 1}}: true class, predicted class, cost

What is not named costs nothing, except that a label which is no class at all costs as much as the
dearest mistake in a row of its true class.
"""

from collections.abc import Mapping
from math import isfinite

import msgspec

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.spec.types import Task

CELLS = ("fp", "fn", "tp", "tn")
Written = Mapping[str, float | Mapping[str, float]]


class Costs(msgspec.Struct, frozen=True):
    """The cost of a row by its true and predicted class.

    Binary: `by_cell` has some of fp, fn, tp, tn. Multiclass: `by_class` is true class → predicted
    class → cost, classes as texts.
    """

    by_cell: dict[str, float] = {}
    by_class: dict[str, dict[str, float]] = {}

    def of(self, cell: str) -> float:
        """The cost of fp, fn, tp or tn."""
        return self.by_cell.get(cell, 0.0)

    def rows(self, classes: tuple[str, ...]) -> list[list[float]]:
        """Costs by true (rows) and predicted class (columns, the last for what is no class).

        InputError when a class is named that is not among `classes`.
        """
        if self.by_cell:
            binary = [[self.of("tn"), self.of("fp")], [self.of("fn"), self.of("tp")]]
            return [[*row, max(row)] for row in binary]
        named = {*self.by_class, *(each for row in self.by_class.values() for each in row)}
        for name in sorted(named - set(classes)):
            raise InputError(
                f"cost names the class {name!r}, which the model does not have",
                cure=did_you_mean(name, classes),
            )
        found = [[self.by_class.get(t, {}).get(p, 0.0) for p in classes] for t in classes]
        return [[*row, max(row)] for row in found]


def parse_costs(written: Written, task: Task) -> Costs | None:
    """The costs as `evaluate.cost` has them; None when it says nothing.

    InputError with the first of `cost_problems`.
    """
    for problem in cost_problems(written, task):
        raise InputError(problem)
    if not written:
        return None
    if task == "binary":
        return Costs({cell: float(cost) for cell, cost in written.items()})  # type: ignore[arg-type]
    return Costs(
        by_class={
            true: {predicted: float(cost) for predicted, cost in row.items()}
            for true, row in written.items()
            if isinstance(row, Mapping)
        }
    )


def cost_problems(written: Written, task: Task, classes: tuple[str, ...] = ()) -> list[str]:
    """All that is wrong with `evaluate.cost`, in words; `classes` are checked where known."""
    if not written:
        return []
    if task == "regression":
        return ["costs are about classes: a regression model has none"]
    found = _binary_problems(written) if task == "binary" else _class_problems(written, classes)
    if not found and not any(_each(written)):
        found.append("all costs are 0, so every model costs the same")
    return found


def _binary_problems(written: Written) -> list[str]:
    found = []
    for cell, cost in written.items():
        if cell not in CELLS:
            cure = did_you_mean(cell, CELLS)
            found.append(f"{cell!r} is no cell of a binary model's table: fp, fn, tp, tn. {cure}")
        elif isinstance(cost, Mapping):
            found.append(f"the cost of {cell} is a number, not a mapping")
        else:
            found += _number_problems(cell, cost)
    return found


def _class_problems(written: Written, classes: tuple[str, ...]) -> list[str]:
    found = []
    for true, row in written.items():
        if classes and true not in classes:
            found.append(f"there is no class {true!r}. {did_you_mean(true, classes)}")
        if not isinstance(row, Mapping):
            found.append(f"the costs of {true} are a mapping: {{predicted class: cost}}")
            continue
        for predicted, cost in row.items():
            if classes and predicted not in classes:
                found.append(f"there is no class {predicted!r}. {did_you_mean(predicted, classes)}")
            found += _number_problems(f"{true} predicted as {predicted}", cost)
    return found


def _number_problems(what: str, cost: float) -> list[str]:
    if isfinite(cost) and cost >= 0:
        return []
    return [f"the cost of {what} is {cost:g}: a cost is a number of at least 0"]


def _each(written: Written) -> list[float]:
    flat: list[float] = []
    for cost in written.values():
        flat += cost.values() if isinstance(cost, Mapping) else [cost]
    return flat
