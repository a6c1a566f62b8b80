# SPDX-License-Identifier: Apache-2.0
"""One check: a named pure expression, what to measure with it, and how to judge the measurement.

All checks of a table are measured by one query; the rows that offend are only looked for where a
check failed.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl

from shipway.records.base import Verdict
from shipway.spec.document import KeyPath
from shipway.spec.types import Amount

ROW = "\x00row"
Measured = Mapping[str, Any]


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


@dataclass(frozen=True)
class Check:
    """A check of one table.

    `offending` is true for rows that break it (None when rows can't be named); `measures` are
    aggregates, which `judge` gets by name together with the number of rows. `values` are the
    columns that an example shows. `keys` is the place in the spec that demands the check.
    """

    column: str
    name: str
    expected: str
    keys: KeyPath
    judge: Judge
    offending: pl.Expr | None = None
    measures: Mapping[str, pl.Expr] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def measure(frame: pl.LazyFrame, checks: Sequence[Check]) -> tuple[list[Measured], int]:
    """What each check measures, and the number of rows: one query for all of them."""
    queries = [
        expression.alias(f"{number}.{name}")
        for number, check in enumerate(checks)
        for name, expression in check.measures.items()
    ]
    found = frame.select(pl.len().alias("rows"), *queries).collect(engine="streaming")
    values = found.row(0, named=True)
    measured: list[Measured] = [
        {name: values[f"{number}.{name}"] for name in check.measures}
        for number, check in enumerate(checks)
    ]
    return measured, int(values["rows"])


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
