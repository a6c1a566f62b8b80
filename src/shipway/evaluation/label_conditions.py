# SPDX-License-Identifier: Apache-2.0
"""Conditions on a new and an old model, with a tolerance: what `shipway labels` counts rows for.

n is the accuracy of the new model, o that of the old one and d the share of their predictions that
differ. Every clause compares a weighted sum of them with a number:

    n - 1.1 * o > 0.01 +/- 0.01 and d < 0.1 +/- 0.01

A variable is known as an interval; a clause is true when all of its interval satisfies
it, false when none of it does, else unknown. The mode says what unknown means: rejected (fp-free,
no false positives) or accepted (fn-free). `label_parser` reads them.

Source: C. Renggli et al., "Continuous integration of machine learning models with ease.ml/ci:
towards a rigorous yet practical treatment", MLSys 2019, section 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose
from typing import Literal

Variable = Literal["n", "o", "d"]
Truth = Literal["true", "false", "unknown"]
Mode = Literal["fp-free", "fn-free"]
Intervals = Mapping[Variable, tuple[float, float]]

MEANINGS: dict[Variable, str] = {
    "n": "accuracy of the new model",
    "o": "accuracy of the old model",
    "d": "share of predictions that differ between them",
}

EQUAL = 1e-12
"""Values this close are equal: 0.9 - 0.88 is not above 0.02."""

# What a row can be: right for the new model, right for the old one, predicted differently. Where
# the predictions agree both are right or neither.
ROWS = ((0, 0, 0), (1, 1, 0), (1, 0, 1), (0, 1, 1), (0, 0, 1))


@dataclass(frozen=True, slots=True)
class Linear:
    """n, o and d, each times its coefficient, and a constant."""

    n: float = 0.0
    o: float = 0.0
    d: float = 0.0
    constant: float = 0.0

    def __add__(self, other: "Linear") -> "Linear":
        return Linear(
            self.n + other.n, self.o + other.o, self.d + other.d, self.constant + other.constant
        )

    def times(self, factor: float) -> "Linear":
        """Every part multiplied."""
        return Linear(self.n * factor, self.o * factor, self.d * factor, self.constant * factor)

    @property
    def parts(self) -> dict[Variable, float]:
        """The variables that it has, with their coefficients."""
        every: dict[Variable, float] = {"n": self.n, "o": self.o, "d": self.d}
        return {name: factor for name, factor in every.items() if factor != 0}

    @property
    def extent(self) -> tuple[float, float]:
        """The smallest and the largest value that a row can have."""
        values = [self.n * n + self.o * o + self.d * d + self.constant for n, o, d in ROWS]
        return min(values), max(values)

    def within(self, known: Intervals) -> tuple[float, float]:
        """The interval of the whole, by interval arithmetic; ValueError when a variable lacks."""
        low = high = self.constant
        for name, factor in self.parts.items():
            if name not in known:
                raise ValueError(f"no interval for {name}")
            ends = [factor * end for end in known[name]]
            low, high = low + min(ends), high + max(ends)
        return low, high


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison of a weighted sum with a number, to be decided within a tolerance.

    `limit` has the expression's constant taken off: the sum alone is compared with it.
    """

    text: str
    sum: Linear
    upward: bool
    strict: bool
    limit: float
    tolerance: float

    def holds(self, known: Intervals) -> Truth:
        """Whether all of the interval satisfies the clause, none of it, or some."""
        low, high = self.sum.within(known)
        if not self.upward:
            low, high = -high, -low
        limit = self.limit if self.upward else -self.limit
        low_at, high_at = (isclose(end, limit, rel_tol=0, abs_tol=EQUAL) for end in (low, high))
        if not self.strict if low_at else low > limit:
            return "true"
        if self.strict if high_at else high < limit:
            return "false"
        return "unknown"


@dataclass(frozen=True, slots=True)
class Condition:
    """Clauses that must all hold."""

    text: str
    clauses: tuple[Clause, ...]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Those that it names, in the order n, o, d."""
        every = (name for clause in self.clauses for name in clause.sum.parts)
        return tuple(sorted(set(every), key="nod".index))


def evaluate_condition(condition: Condition, known: Intervals) -> Truth:
    """Three-valued: false when a clause is false, true when all are true, else unknown."""
    truths = {clause.holds(known) for clause in condition.clauses}
    if "false" in truths:
        return "false"
    return "true" if truths == {"true"} else "unknown"


def accepted(truth: Truth, mode: Mode) -> bool:
    """Whether a model passes: unknown is refused under fp-free and passes under fn-free."""
    return truth == "true" or (truth == "unknown" and mode == "fn-free")
