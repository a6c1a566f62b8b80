# SPDX-License-Identifier: Apache-2.0
"""What may be demanded of which values a column has, and how often: more than one, so many, none
that is rare.

Up to ten thousand different values are counted one by one in the same pass as all else. Where there
are more, the number of different ones comes from `distinct`, exactly too.
"""

import math

import polars as pl

from shipway.data.check import (
    Check,
    Judge,
    Measure,
    Measured,
    Outcome,
    ReadColumn,
    Repeats,
    amount,
    at_most,
)
from shipway.data.columns import View, unfit
from shipway.data.demand import demand_check, place_of
from shipway.data.merging import DISTINCT_LIMIT, Counts
from shipway.data.wording import listed
from shipway.spec.types import Amount, ColumnSpec

NONE = Amount(0)
ORDERED = ("integer", "float", "string", "category", "boolean", "date", "datetime")


def constant_check(view: View, spec: ColumnSpec) -> Check:
    """At least two different values, or with `constant: true` no more than one."""
    return constancy(view, bool(spec.constant))


def constancy(view: View, wanted: bool) -> Check:
    """Smallest and largest value tell; missing ones are none, and nothing is said of no rows."""
    if view.type not in ORDERED:
        raise unfit(view, "constant", "only numbers, texts, dates and truth values are compared")
    value = pl.col(view.name)

    def judge(measured: Measured, rows: int) -> Outcome:
        low, high = measured["low"], measured["high"]
        observed = "different values" if low != high else "one value" if low is not None else "none"
        passed = rows == 0 or (low == high) == wanted
        return Outcome("passed" if passed else "failed", observed)

    return Check(
        column=view.name,
        name="constant",
        expected=str(wanted).lower(),
        keys=(*place_of(view), "constant"),
        judge=judge,
        measures={"low": Measure(value.min(), "min"), "high": Measure(value.max(), "max")},
    )


def distinct_check(view: View, spec: ColumnSpec) -> Check:
    """So many different values, exactly counted; missing ones are none."""
    wanted = spec.distinct
    assert wanted is not None  # noqa: S101 - the caller asked for this check
    low, high = wanted.min, wanted.max
    bounds = [f"at least {low:,}"] if low is not None else []
    bounds += [f"at most {high:,}"] if high is not None else []

    def judge(measured: Measured, rows: int) -> Outcome:
        number = measured.get("distinct")
        counts: Counts | None = measured.get("counts")
        if counts is not None and counts.values is not None:
            number = len(counts.values)
        if number is None:
            # The second look was not taken: the limit alone has settled it.
            passed = high is None
            return Outcome("passed" if passed else "failed", f"more than {DISTINCT_LIMIT:,}")
        passed = (low is None or number >= low) and (high is None or number <= high)
        return Outcome("passed" if passed else "failed", f"{number:,} different values")

    def look_again(measured: Measured, read: ReadColumn) -> Check | None:
        many = measured["counts"].values is None
        settled = (low or 0) <= DISTINCT_LIMIT if high is None else high <= DISTINCT_LIMIT
        return counting if many and not settled else None

    asked = Check(
        column=view.name,
        name="distinct",
        expected=", ".join(bounds),
        keys=(*place_of(view), "distinct"),
        judge=judge,
        measures={"counts": Measure(pl.col(view.name), "counts")},
        look_again=look_again,
        on_fail=wanted.on_fail,
    )
    counting = Check(
        asked.column,
        asked.name,
        asked.expected,
        asked.keys,
        judge,
        repeats=Repeats((view.name,)),
        on_fail=wanted.on_fail,
    )
    return asked


def frequency_check(view: View, spec: ColumnSpec) -> Check:
    """Every value makes up so much of the rows that have one.

    With more different values than are counted, some are rare for certain where a share is asked
    that so many can't reach together; otherwise the answer is not known.
    """
    wanted = spec.min_frequency
    assert wanted is not None  # noqa: S101 - the caller asked for this check
    column = pl.col(view.name)
    expected = amount(wanted)

    def judge(measured: Measured, rows: int) -> Outcome:
        counts: Counts = measured["counts"]
        if counts.values is not None:
            return Outcome("passed", "no rare value")
        many = f"more than {DISTINCT_LIMIT:,} different values"
        certain = wanted.share and wanted.value * DISTINCT_LIMIT > 1
        return Outcome("failed" if certain else "inconclusive", many)

    def look_again(measured: Measured, read: ReadColumn) -> Check | None:
        counts: Counts = measured["counts"]
        if counts.values is None:
            return None
        needed = math.ceil(wanted.of(sum(counts.values.values())) - 1e-9)
        rare = [value for value, number in counts.values.items() if number < needed]
        return _counting_rare(view, rare, expected) if rare else None

    return Check(
        column=view.name,
        name="min_frequency",
        expected=expected,
        keys=(*place_of(view), "min_frequency"),
        judge=judge,
        measures={"counts": Measure(column, "counts")},
        look_again=look_again,
    )


def _counting_rare(view: View, rare: list[object], expected: str) -> Check:
    column = pl.col(view.name)
    inner: Judge = at_most(NONE, lambda measured: listed([str(value) for value in rare]))

    def judge(measured: Measured, rows: int) -> Outcome:
        found = inner(measured, rows)
        plural = "s" if len(rare) > 1 else ""
        return found._replace(observed=f"{len(rare):,} rare value{plural} in {found.observed}")

    # The widest type of its kind: is_in compares no two that might lose something.
    widest = {"integer": pl.Int128, "float": pl.Float64}.get(view.type)
    cells = column if widest is None else column.cast(widest)
    offending = cells.is_in(pl.Series(rare, dtype=widest).implode())
    return demand_check(view, "min_frequency", expected, offending, judge)
