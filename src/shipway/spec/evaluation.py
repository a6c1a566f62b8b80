# SPDX-License-Identifier: Apache-2.0
"""What `evaluate:` may say, and where a decision threshold comes from."""

from typing import Literal

import msgspec

from shipway.spec.written import AtLeastOne, Base, Entry, Slice, Words


class ThresholdSpec(Base, frozen=True):
    """Where the decision threshold comes from, when it is not a number.

    One of `maximise` and `minimise` names a metric; `minimise: cost` wants `evaluate.cost`.
    """

    from_: Literal["validation"] = msgspec.field(name="from")
    maximise: Words | None = None
    minimise: Words | None = None


class SliceSpec(Base, frozen=True):
    """Rows that metrics are reported of: each value of a column, or where an expression holds.

    A `name` stands for an expression in gates: `recall[big] >= 0.6`.
    """

    where: Slice
    name: str = ""


class GateSpec(Base, frozen=True):
    """One gate, and what happens when it does not pass."""

    gate: Words
    on_fail: Literal["stop", "warn"] = "stop"


class BudgetSpec(Base, frozen=True):
    """How often one test set may be used, and what each use costs."""

    uses: AtLeastOne
    adaptivity: Literal["none", "firstChange", "full"] = "none"


class OwnMetricSpec(Base, frozen=True):
    """A metric of the project's own: a function of its code, called in its environment.

    It is given the arrays target, prediction and score, and returns one number, or one for each
    row (then their mean is the metric).
    """

    function: Entry
    better: Literal["higher", "lower"]


class ChampionSpec(Base, frozen=True):
    """A file with the champion's predictions on the dataset that is evaluated.

    `prediction` and `score` are columns of that file; `key` is a column of both tables that pairs
    their rows (without it they pair by position).
    """

    predictions: Words
    prediction: Words | None = None
    score: Words | None = None
    key: Words | None = None


class EvaluateSpec(Base, frozen=True):
    """What is measured, and what is demanded of it.

    A gate on fewer than `min_slice` rows of a slice is inconclusive. `weights` is a column with a
    weight for each row. `cost` says what mistakes cost: `{fp: 1, fn: 20}`, for several classes
    `{true class: {predicted class: 5}}`. `machine` names the machine on which latency is measured:
    elsewhere gates on it only warn.
    """

    dataset: Words = "test"
    metrics: tuple[Words, ...] = ()
    slices: tuple[SliceSpec, ...] = ()
    min_slice: AtLeastOne = 30
    weights: Words | None = None
    cost: dict[str, float | dict[str, float]] = {}
    functions: dict[str, OwnMetricSpec] = {}
    test_set_budget: BudgetSpec | None = None
    champion: ChampionSpec | None = None
    machine: Words | None = None
    gates: tuple[GateSpec, ...] = ()
