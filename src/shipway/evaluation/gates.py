# SPDX-License-Identifier: Apache-2.0
"""What a gate demands, as a frozen value; `gate_parser` reads it, `decide` judges it.

    recall[country=*] >= champion - 1% at 80%

    metric: recall     slice: every value of the column country
    operator: >=       bound: the champion's recall, less 1 % of it
    confidence: 0.8    the one-sided bound at 80 % must clear it

Nothing here needs numpy: gates are read and checked before a run begins.
"""

from typing import Literal

import msgspec

from shipway.spec.expressions import column_text

Operator = Literal[">=", ">", "<=", "<"]
Form = Literal["metric", "difference", "ratio", "invariance", "increasing", "decreasing"]
"""What the number on the left of a gate is.

`metric`        recall, recall@precision=0.9, churn: a metric of the rows
`difference`    difference(recall, country): the largest less the smallest of the groups
`ratio`         ratio(recall, country): the smallest divided by the largest of the groups
`invariance`    invariance(gender): how far the score moves, at most, when only gender changes
`increasing`    increasing(amount): the share of rows whose score never falls as amount rises
`decreasing`    decreasing(amount): the share of rows whose score never rises as amount rises
"""

NOT_YET = ("start_ms", "image_mb", "memory_mb")


class GateSlice(msgspec.Struct, frozen=True):
    """The rows that a gate looks at.

    `source` is a column's name, and `value` one of its values or None for each of them
    (`country=*`); with `expression` true, `source` is the canonical text of an expression, with
    `named` the name that `evaluate.slices` gives to one.
    """

    source: str
    value: str | None = None
    expression: bool = False
    named: bool = False

    def __str__(self) -> str:
        if self.expression or self.named:
            return self.source
        return f"{self.source}={'*' if self.value is None else self.value}"


class Bound(msgspec.Struct, frozen=True):
    """A number, or the champion's value plus `number` (`relative`: that share of its value)."""

    number: float
    champion: bool = False
    relative: bool = False

    def against(self, champion: float) -> float:
        """The bound as a number, given the champion's value of the metric."""
        return champion + (self.number * abs(champion) if self.relative else self.number)

    def __str__(self) -> str:
        if not self.champion:
            return shown(self.number)
        if self.number == 0:
            return "champion"
        sign = "-" if self.number < 0 else "+"
        size = abs(self.number)
        return f"champion {sign} {percent(size) if self.relative else shown(size)}"


class Gate(msgspec.Struct, frozen=True):
    """One demand on one metric.

    `metric` is its name with options, empty for what is not about a metric (`invariance` and the
    like); `columns` are those of the brackets after another form than `metric`. Rows lie in all of
    `slices` at once. `*_at` are offsets in `text`, from 0.
    """

    text: str
    metric: str
    operator: Operator
    bound: Bound
    slices: tuple[GateSlice, ...] = ()
    confidence: float | None = None
    form: Form = "metric"
    columns: tuple[str, ...] = ()
    slice_at: int = 0
    bound_at: int = 0
    confidence_at: int = 0

    @property
    def upward(self) -> bool:
        """True when large values pass."""
        return self.operator in (">=", ">")

    @property
    def subject(self) -> str:
        """What is demanded something of, without its slice: `difference(recall, country)`."""
        if self.form == "metric":
            return self.metric
        columns = map(column_text, self.columns)
        return f"{self.form}({', '.join((*filter(None, [self.metric]), *columns))})"

    @property
    def demand(self) -> str:
        """Operator, bound and confidence: `>= champion - 0.02 at 95%`."""
        text = f"{self.operator} {self.bound}"
        return text if self.confidence is None else f"{text} at {percent(self.confidence)}"


def unavailable(gate: Gate) -> str | None:
    """Why this version can't decide `gate` yet, for an error at plan time; None when it can."""
    if gate.metric.split(".")[0] in NOT_YET:
        return f"gates on {gate.metric} are not available yet"
    return None


def shown(number: float) -> str:
    """A bound or a value for people: at most six significant digits."""
    return f"{number:.6g}"


def percent(share: float) -> str:
    """0.95 as `95%`."""
    return f"{share * 100:.6g}%"
