# SPDX-License-Identifier: Apache-2.0
"""How many rows a gate will need, before there are any predictions.

    rows_needed(parse_gate("recall >= 0.7 at 80%"), kind, base_rate=0.1)

The question is turned round: if the truth lies 0.01, 0.02, 0.05 or 0.1 beyond the bound, how many
rows are there to be so that the gate passes four times in five (80 % power)? What is not known
without predictions is assumed, and said. For metrics that no formula is at hand for (F1, RMSE…)
there is no answer here: their verdicts say it, from what was measured.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

import msgspec

from shipway.evaluation.gates import Gate, percent, shown
from shipway.evaluation.metrics import MetricKind
from shipway.spec.types import Task
from shipway.stats.planned_area import rows_for_area
from shipway.stats.rows import (
    rows_for_difference,
    rows_for_mean,
    rows_for_paired,
    rows_for_paired_ratio,
    rows_for_proportion,
)

DISTANCES = (0.01, 0.02, 0.05, 0.1)
BASE_RATE = 0.1
CHANGED = 0.1
SHARE = 0.8
AREA = 0.85
CORRELATION = 0.8
SMALLEST = 1e-5


class Need(msgspec.Struct, frozen=True):
    """How many rows pass the gate when the truth lies `distance` beyond the bound.

    `value` is the truth, None where that is a difference from the champion; `counted` are the rows
    that the metric counts (None: there is no such value), `rows` all rows among which those are to
    be found, None where nothing is known of that.
    """

    distance: float
    value: float | None
    counted: int | None
    rows: int | None = None


class RowsNeeded(msgspec.Struct, frozen=True):
    """The answer: `needs` by distance, what is counted (`unit`), and what was assumed.

    `detectable` is the distance that `given` rows (counted ones, or all where their share is known)
    can show; None where not even the largest one can be shown with them.
    """

    unit: str
    needs: tuple[Need, ...]
    assumed: tuple[str, ...] = ()
    given: int | None = None
    detectable: Need | None = None


@dataclass(frozen=True)
class Plan:
    """How the rows follow from a distance: `counted` of `unit`, a `part` of all rows.

    `values` turns a distance into the true value; both give None where there is no such value.
    """

    counted: Callable[[float], int | None]
    unit: str
    part: float | None = None
    assumed: tuple[str, ...] = ()
    values: Callable[[float], float | None] = field(default=lambda _: None)
    farthest: float = 1.0

    def need(self, distance: float) -> Need:
        """The rows for one distance."""
        counted = self.counted(distance)
        everything = None
        if counted is not None and self.part:
            everything = ceil(counted / self.part)
        return Need(distance, self.values(distance), counted, everything)


COUNTED: dict[str, tuple[str, Callable[[float], float] | None]] = {
    "recall": ("positive rows", lambda rate: rate),
    "fnr": ("positive rows", lambda rate: rate),
    "specificity": ("negative rows", lambda rate: 1 - rate),
    "fpr": ("negative rows", lambda rate: 1 - rate),
    "precision": ("rows predicted positive", None),
    "npv": ("rows predicted negative", None),
}
"""What a binary share is a share of, and which part of all rows that is at a base rate."""


def rows_needed(
    gate: Gate,
    kind: MetricKind | None,
    task: Task,
    *,
    base_rate: float | None = None,
    rows: int | None = None,
    level: float | None = None,
) -> RowsNeeded | None:
    """The answer for `gate`; None where there is no formula without predictions.

    `base_rate` is the share of positives (of the class, where the metric names one), `rows` how
    many there are, `level` the confidence that is used where a test-set budget raises it.
    """
    if gate.confidence is None:
        return None
    plan = _plan(gate, kind, task, base_rate, level or gate.confidence)
    if plan is None:
        return None
    needs = tuple(plan.need(distance) for distance in DISTANCES)
    detectable = None if rows is None else _detectable(plan, rows)
    unit = plan.unit + _of_each(gate)
    return RowsNeeded(unit, needs, plan.assumed, rows, detectable)


def _detectable(plan: Plan, rows: int) -> Need | None:
    """The smallest distance that `rows` rows can show, by halving."""

    def enough(distance: float) -> bool:
        need = plan.need(distance)
        wanted = need.counted if need.rows is None else need.rows
        return wanted is not None and wanted <= rows

    low, high = 0.0, plan.farthest
    if not enough(high):
        return None
    while high - low > SMALLEST:
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return plan.need(high)


def _plan(
    gate: Gate, kind: MetricKind | None, task: Task, base_rate: float | None, level: float
) -> Plan | None:
    if gate.form in ("increasing", "decreasing"):
        return _share(gate, "rows", None, level)
    if kind is None or gate.form == "invariance":
        return None
    if kind.family == "share":
        unit, part = _unit(kind, task, base_rate)
        if gate.form != "metric":
            return _groups(gate, unit, part, level)
        if gate.bound.champion:
            return _paired_share(gate, unit, part, level)
        return _share(gate, unit, part, level)
    if gate.form != "metric":
        return None
    if kind.family == "area":
        return _area(gate, base_rate, level)
    return _brier(gate, level) if kind.key == "brier" and task == "binary" else None


def _unit(kind: MetricKind, task: Task, base_rate: float | None) -> tuple[str, float | None]:
    """What the metric counts, and which part of all rows that is, where it is known."""
    if task == "multiclass" and "class" in kind.options:
        name = kind.text("class")
        predicted = kind.base == "precision"
        unit = f"rows predicted {name}" if predicted else f"rows of {name}"
        if kind.base == "selection_rate":
            return "rows", None
        return unit, None if predicted else base_rate
    unit, part = COUNTED.get(kind.base, ("rows", None))
    return unit, None if part is None or base_rate is None else part(base_rate)


def _of_each(gate: Gate) -> str:
    """Of what the rows are counted."""
    if not gate.slices:
        return ""
    several = any(part.value is None for part in gate.slices if not (part.expression or part.named))
    return " of each slice" if several else " of the slice"


def _side(gate: Gate) -> int:
    return 1 if gate.upward else -1


def _share(gate: Gate, unit: str, part: float | None, level: float) -> Plan:
    """A share of rows against a number: Wilson."""
    limit, side = gate.bound.number, _side(gate)

    def value(distance: float) -> float | None:
        true = limit + side * distance
        return true if -1e-12 <= true <= 1 + 1e-12 else None

    def counted(distance: float) -> int | None:
        true = value(distance)
        return None if true is None else rows_for_proportion(min(1, max(0, true)), limit, level)

    farthest = 1 - limit if gate.upward else limit
    return Plan(counted, unit, part, (), value, farthest)


def _paired_share(gate: Gate, unit: str, part: float | None, level: float) -> Plan:
    """The shares of two models on the same rows: Tango, or Tang for a relative margin."""
    side, margin = _side(gate), gate.bound.number
    assumed = [f"on {percent(CHANGED)} of these rows only one of the two models is right"]
    if gate.bound.relative:
        assumed.append(f"the champion's value is {SHARE}")

    def counted(distance: float) -> int | None:
        limit = margin * (SHARE if gate.bound.relative else 1)
        true = limit + side * distance
        apart = max(CHANGED, abs(true))
        first, other = (apart + true) / 2, (apart - true) / 2
        if apart > 1:
            return None
        if not gate.bound.relative:
            return rows_for_paired(first, other, 1, limit, level)
        both = SHARE - other
        return rows_for_paired_ratio(both, first, other, 1, 1 + margin, level)

    return Plan(counted, unit, part, tuple(assumed), farthest=0.5)


def _groups(gate: Gate, unit: str, part: float | None, level: float) -> Plan | None:
    """Two groups: Farrington and Manning for a difference, the delta method for a ratio."""
    if gate.bound.champion:
        return None
    limit, side = gate.bound.number, _side(gate)
    assumed = (f"two groups of equal size, the value of the better one {SHARE}",)

    def value(distance: float) -> float | None:
        true = limit + side * distance
        return true if 0 <= true <= (SHARE if gate.form == "difference" else 1) else None

    def counted(distance: float) -> int | None:
        true = value(distance)
        if true is None:
            return None
        if gate.form == "difference":
            return rows_for_difference(SHARE, SHARE - true, limit, level)
        other = SHARE * true
        variance = 2 * (other * (1 - other) + limit**2 * SHARE * (1 - SHARE))
        return rows_for_mean(1, variance, SHARE * distance, level)

    farthest = (1 - limit) if gate.upward else limit
    return Plan(counted, f"{unit} of both groups together", part, assumed, value, farthest)


def _area(gate: Gate, base_rate: float | None, level: float) -> Plan:
    """An area under the ROC curve: Hanley and McNeil."""
    rate = BASE_RATE if base_rate is None else base_rate
    assumed = [f"{percent(rate)} of the rows are positive"]
    side, limit = _side(gate), gate.bound.number
    if gate.bound.champion:
        assumed += [f"both areas are about {AREA} and correlated by {CORRELATION}"]
        contrast = 2 * (1 - CORRELATION)
        return Plan(
            lambda distance: rows_for_area(AREA, distance, rate, level, contrast=contrast),
            "rows",
            assumed=tuple(assumed),
            farthest=0.5,
        )

    def value(distance: float) -> float | None:
        true = limit + side * distance
        return true if 0 <= true < 1 else None

    def counted(distance: float) -> int | None:
        true = value(distance)
        return None if true is None else rows_for_area(true, distance, rate, level)

    farthest = (1 - limit if gate.upward else limit) - SMALLEST
    return Plan(counted, "rows", None, tuple(assumed), value, farthest)


def _brier(gate: Gate, level: float) -> Plan | None:
    """A mean of values between 0 and 1, which scatter no more than hits and misses do."""
    if gate.bound.champion:
        return None
    limit, side = gate.bound.number, _side(gate)

    def value(distance: float) -> float | None:
        true = limit + side * distance
        return true if 0 <= true <= 1 else None

    def counted(distance: float) -> int | None:
        true = value(distance)
        return None if true is None else rows_for_proportion(true, limit, level)

    assumed = ("the errors scatter as much as they can: with most models fewer rows do",)
    farthest = 1 - limit if gate.upward else limit
    return Plan(counted, "rows", None, assumed, value, farthest)


def said(number: float) -> str:
    """A distance or a value for people, without digits that come from halving."""
    return shown(float(f"{number:.3g}"))
