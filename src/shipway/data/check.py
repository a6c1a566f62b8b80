# SPDX-License-Identifier: Apache-2.0
"""One check: a named pure expression, what to measure with it, and how to judge the measurement.

All checks of a table are measured together, batch by batch (`partials`), so a measure says how its
values over two stretches of rows become the value over both:

    Check("age", "min", "18", keys, at_most(Amount(0)), offending=pl.col("age") < 18)

counts the rows where `offending` is true (as `failing`) and keeps the first five of them. What one
pass can't tell has two ways on: `repeats` asks for rows that repeat an earlier one (`distinct`);
`look_again` makes another check of what was measured, such as bounds that follow from the column
itself (`second_look`).
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import polars as pl

from shipway.records.base import Verdict
from shipway.spec.demands import OnFail
from shipway.spec.document import KeyPath
from shipway.spec.types import Amount

ROW = "\x00row"
Measured = Mapping[str, Any]
Merge = Literal[
    "sum", "min", "max", "first", "moments", "counts", "sample", "ascending", "descending"
]


class Outcome(NamedTuple):
    """What a check says: `observed` for everybody, `detail` for those who may see values.

    `until` is when the verdict ends to hold, for those that age.
    """

    verdict: Verdict
    observed: str
    detail: str = ""
    failing: int = 0
    until: datetime.datetime | None = None


Judge = Callable[[Measured, int], Outcome]
ReadColumn = Callable[[pl.Expr], pl.Series]


class Measure(NamedTuple):
    """An expression over a stretch of rows, and how two neighbouring stretches are put together.

    - `sum`, `min`, `max`: `expr` is such an aggregate; the judge gets its value. Sum whole numbers
      or truth values, which add up alike in any order; for floats take `moments`.
    - `first`: `expr` is an aggregate such as `value.filter(bad).first()`; the first that is not
      null counts.
    - `moments`: `expr` gives a number or null for each row; the judge gets `partials.Moments`.
    - `counts`: `expr` gives a value or null for each row; the judge gets `partials.Counts`, how
      often each value occurs, nulls left out.
    - `ascending`, `descending`: `expr` gives a value or null for each row; the judge gets
      `ordering.Order`. Examples are the rows where the order breaks.
    - `sample`: `expr` gives a number or null for each row and looks at no other row; the judge
      gets `sampling.Sample`.
    """

    expr: pl.Expr
    merge: Merge = "sum"


@dataclass(frozen=True)
class Repeats:
    """Asks for rows whose values in `columns` (of the prepared frame) stood in an earlier row.

    Rows with a missing value among them repeat nothing, unless `nulls_equal`. The judge gets
    `repeats`, the number of such rows, and `distinct`, that of different keys; examples are the
    rows that repeat.
    """

    columns: tuple[str, ...]
    nulls_equal: bool = False


@dataclass(frozen=True)
class Check:
    """A check of one table.

    `offending` is true for rows that break it (None when rows can't be named); it looks at no
    other row. `judge` gets by name what `measures` came to, with `offending` also `failing`, the
    number of offending rows, and the number of all rows. `values` are the columns that an example
    shows. `keys` is the place in the spec that demands the check. `guard`, where there is one, is a
    cheap aggregate that is true for every stretch with an offending row; where it is not true, the
    measures are not computed: sums are 0 there, and the others None. `look_again` gets what was
    measured and a function that reads an expression's whole column; the check that it returns is
    measured as well and takes this one's place, None leaves it at this one. With `on_fail: warn` a
    failure is only told.
    """

    column: str
    name: str
    expected: str
    keys: KeyPath
    judge: Judge
    offending: pl.Expr | None = None
    measures: Mapping[str, Measure] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    guard: pl.Expr | None = None
    repeats: Repeats | None = None
    look_again: "Callable[[Measured, ReadColumn], Check | None] | None" = None
    on_fail: OnFail = "stop"

    def asked(self) -> dict[str, Measure]:
        """All measures, `failing` included."""
        failing = {} if self.offending is None else {"failing": Measure(self.offending.sum())}
        return {**failing, **self.measures}


def at_most(allowed: Amount, say: Callable[[Measured], str] | None = None) -> Judge:
    """Passes when no more than `allowed` rows offend (measured as `failing`).

    `say` words the detail of a failure.
    """

    def judge(measured: Measured, rows: int) -> Outcome:
        failing = int(measured["failing"])
        # Shares are binary fractions: 0.1 % of 3,000 rows must still be three rows.
        passed = failing <= allowed.of(rows) + 1e-9
        detail = say(measured) if say is not None and not passed else ""
        return Outcome("passed" if passed else "failed", count(failing, rows), detail, failing)

    return judge


def always(observed: str, failing: int | None = None) -> Judge:
    """Fails whatever was measured: the table does not even allow the question."""

    def judge(measured: Measured, rows: int) -> Outcome:
        return Outcome("failed", observed, failing=rows if failing is None else failing)

    return judge


def count(failing: int, rows: int) -> str:
    """`12 of 1,000 rows (1.2%)`."""
    share = f" ({failing / rows:.2%})" if failing and rows else ""
    return f"{failing:,} of {rows:,} rows{share}"


def amount(value: Amount) -> str:
    """`1%` or `120 rows`."""
    return f"{value.value * 100:g}%" if value.share else f"{value.value:g} rows"
