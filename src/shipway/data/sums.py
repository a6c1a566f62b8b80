# SPDX-License-Identifier: Apache-2.0
"""Is a number that is to be predicted a copy of a feature, or an exact sum of features?

Candidates are looked for in the first few thousand rows: each feature as `a × feature + b`, sums of
two and three of them, and whatever sum least squares finds with weights of 0 and 1. Only what holds
in all of those rows is then counted over the whole table.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from shipway.data.check import Check, Measure, Measured, Outcome, ReadColumn
from shipway.data.columns import View
from shipway.spec.demands import LeakageSpec

KEYS = ("data", "features", "leakage")
NUMBERS = ("integer", "float")
FIRST = 4096
FEWEST = 20
PAIRS_OF, TRIPLES_OF = 300, 60
GLANCE = 64
EXACT = 1e-9
Matrix = np.ndarray[Any, Any]


class Formula(NamedTuple):
    """`factor × (sum of columns) + constant`."""

    columns: tuple[str, ...]
    factor: float = 1.0
    constant: float = 0.0

    def said(self) -> str:
        """`casual + registered`, `0.5 * price + 3`."""
        total = " + ".join(self.columns)
        factor = "" if self.factor == 1 else f"{self.factor:.6g} * "
        constant = (
            "" if self.constant == 0 else f" {'-+'[self.constant > 0]} {abs(self.constant):.6g}"
        )
        return f"{factor}{total}{constant}"

    def value(self) -> pl.Expr:
        """As an expression."""
        total = pl.sum_horizontal(
            [pl.col(name).cast(pl.Float64) for name in self.columns], ignore_nulls=False
        )
        return total * self.factor + self.constant


def sums_check(features: Sequence[View], target: View, demand: LeakageSpec) -> Iterator[Check]:
    """The check of all numeric features together, where the target is a number."""
    numeric = [view.name for view in features if view.type in NUMBERS]
    if target.type not in NUMBERS or not numeric:
        return
    first = [pl.col(name).cast(pl.Float64).head(FIRST) for name in (*numeric, target.name)]

    def look_again(measured: Measured, read: ReadColumn) -> Check | None:
        rows = read(pl.struct(first)).struct.unnest().head(FIRST).drop_nulls().to_numpy()
        formula = find_formula(rows[:, :-1], rows[:, -1], numeric)
        return _counting(formula, target, demand) if formula is not None else None

    yield Check(
        column=target.name,
        name="leakage",
        expected=f"at most {demand.at_most * 100:g}%",
        keys=KEYS,
        judge=lambda measured, rows: Outcome("passed", "none"),
        columns=(target.name,),
        look_again=look_again,
        on_fail=demand.on_fail,
    )


def _counting(formula: Formula, target: View, demand: LeakageSpec) -> Check:
    value, wanted = formula.value(), pl.col(target.name).cast(pl.Float64)
    size = pl.max_horizontal(value.abs(), wanted.abs(), pl.lit(1.0))
    equal = ((value - wanted).abs() <= EXACT * size).fill_null(value=False)

    def judge(measured: Measured, rows: int) -> Outcome:
        both, failing = int(measured["both"]), int(measured["failing"])
        passed = failing <= demand.at_most * both
        observed = f"{formula.said()} gives it in {failing:,} of {both:,} rows"
        return Outcome("passed" if passed else "failed", observed, failing=failing)

    return Check(
        column=target.name,
        name="leakage",
        expected=f"at most {demand.at_most * 100:g}%",
        keys=KEYS,
        judge=judge,
        offending=equal,
        measures={"both": Measure((value + wanted).is_not_null().sum())},
        values=(target.name, *formula.columns),
        columns=(target.name, *formula.columns),
        on_fail=demand.on_fail,
    )


def find_formula(features: Matrix, target: Matrix, names: Sequence[str]) -> Formula | None:
    """The simplest formula that gives `target` (n) in every row of `features` (n × k), if any."""
    finite = np.isfinite(features).all(axis=1) & np.isfinite(target)
    features, target = features[finite], target[finite]
    if len(target) < FEWEST or np.ptp(target) == 0:
        return None
    varies = [k for k in range(len(names)) if np.ptp(features[:, k]) > 0]
    # A feature that is the label of two classes is found by counting.
    for k in varies if len(np.unique(target)) > 2 else ():
        line = _line(features[:, k], target)
        if line is not None:
            return Formula((names[k],), *line)
    for columns in (*_by_least_squares(features, target, varies), *_few(features, target, varies)):
        if _equal(features[:, list(columns)].sum(axis=1), target).all():
            return Formula(tuple(names[k] for k in columns))
    return None


def _equal(found: Matrix, wanted: Matrix) -> Matrix:
    size = np.maximum(np.maximum(np.abs(found), np.abs(wanted)), 1.0)
    return np.asarray(np.abs(found - wanted) <= EXACT * size)


def _line(feature: Matrix, target: Matrix) -> tuple[float, float] | None:
    """Factor and constant of the line through the outermost points, if all others lie on it."""
    low, high = int(feature.argmin()), int(feature.argmax())
    factor = (target[high] - target[low]) / (feature[high] - feature[low])
    constant = target[low] - factor * feature[low]
    if factor == 0 or not _equal(factor * feature + constant, target).all():
        return None
    return float(factor), float(constant)


def _by_least_squares(
    features: Matrix, target: Matrix, varies: list[int]
) -> Iterator[tuple[int, ...]]:
    if not 2 <= len(varies) <= min(PAIRS_OF, len(target) - 1):
        return
    weights = np.linalg.lstsq(features[:, varies], target, rcond=None)[0]
    whole = np.round(weights)
    if np.abs(weights - whole).max() < 1e-4 and set(whole) <= {0.0, 1.0} and whole.sum() > 1:
        yield tuple(k for k, weight in zip(varies, whole, strict=True) if weight)


def _few(features: Matrix, target: Matrix, varies: list[int]) -> Iterator[tuple[int, ...]]:
    """Sums of two or three that are right in a few rows spread over all."""
    if len(varies) > PAIRS_OF:
        return
    rows = np.linspace(0, len(target) - 1, min(GLANCE, len(target))).astype(int)
    glance, wanted = features[rows], target[rows]
    for i, j in itertools.combinations(varies, 2):
        rest = wanted - glance[:, i] - glance[:, j]
        if _equal(glance[:, i] + glance[:, j], wanted).all():
            yield i, j
        elif len(varies) <= TRIPLES_OF:
            later = [k for k in varies if k > j]
            same = _equal(glance[:, later], rest[:, None]).all(axis=0)
            yield from ((i, j, later[hit]) for hit in np.flatnonzero(same))
