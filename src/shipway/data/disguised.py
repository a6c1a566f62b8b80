# SPDX-License-Identifier: Apache-2.0
"""Missing values that are written as if they were there (Pearson, "The problem of disguised missing
data", 2006).

In a text that is a word which means "nothing": blanks, `?`, `N/A`, `unknown`. In a column of
numbers or dates no value means that by itself, so a marker (a row of nines, -1, 1900-01-01) only
counts where it stands apart: beyond all other values by more than they are apart themselves, or
the only negative number. Whether one does is known after the first look at the column; its rows
are counted in a second one, if there are any.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import polars as pl

from shipway.data.check import Check, Measure, Measured, Outcome, ReadColumn, amount, at_most
from shipway.data.columns import RAW, View, unfit
from shipway.data.demand import demand_check, place_of
from shipway.data.wording import listed, plain
from shipway.spec.demands import DisguisedSpec
from shipway.spec.types import ColumnSpec

WORDS = (
    "", "?", "??", "???", "-", "--", "---", ".", "..", "n/a", "na", "n.a.", "n.a", "#n/a", "nan",
    "<na>", "null", "nil", "none", "(none)", "nothing", "unknown", "unk", "missing", "undefined",
    "not available", "not applicable", "not specified", "no data", "tbd", "xxx", "#ref!", "#null!",
    "#value!", "#name?", "#div/0!", "\\n",
)  # fmt: skip
NINES = tuple(sign * (10.0**digits - 1) for digits in range(2, 10) for sign in (1, -1))
NUMBERS = (-1.0, *NINES)
DATES = tuple(
    datetime.date(*parts)
    for parts in (
        (1, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1970, 1, 1),
        (2099, 12, 31), (2999, 12, 31), (3000, 1, 1), (9999, 12, 31),
    )
)  # fmt: skip
MOMENT = pl.Datetime("us")


def disguised_check(view: View, spec: ColumnSpec) -> Check:
    """The check of `spec.disguised_missing`, which is there."""
    wanted = spec.disguised_missing
    assert wanted is not None  # noqa: S101 - the caller asked for this check
    if view.type in ("string", "category"):
        return _text_check(view, spec, wanted.markers)
    if view.type in ("integer", "float"):
        given = [_number(view, text) for text in wanted.markers]
        value = pl.col(view.name).cast(pl.Float64)
        return _apart_check(view, spec, value, given or list(NUMBERS), bool(given))
    if view.type in ("date", "datetime"):
        moments = [_moment(view, text) for text in wanted.markers]
        midnights = [datetime.datetime.combine(day, datetime.time()) for day in DATES]
        value = pl.col(view.name).cast(MOMENT)
        return _apart_check(view, spec, value, moments or midnights, bool(moments))
    raise unfit(view, "disguised_missing", "every value of such a column means what it says")


def _number(view: View, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise unfit(view, "disguised_missing", f"the marker {text!r} is no number") from None


def _moment(view: View, text: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise unfit(view, "disguised_missing", f"the marker {text!r} is no date") from None


def _text_check(view: View, spec: ColumnSpec, markers: tuple[str, ...]) -> Check:
    cell = pl.col(RAW + view.name).cast(pl.String)
    found = cell if markers else cell.str.strip_chars().str.to_lowercase()
    offending = found.is_in(pl.Series(markers or WORDS).implode())
    first = {"first": Measure(cell.filter(offending).first(), "first")}
    return _counting(view, spec, offending, lambda found: f"first {found['first']!r}", first)


def _counting(
    view: View,
    spec: ColumnSpec,
    offending: pl.Expr,
    say: Callable[[Measured], str] | None = None,
    measures: Mapping[str, Measure] = MappingProxyType({}),
) -> Check:
    wanted = spec.disguised_missing
    assert wanted is not None  # noqa: S101 - asked for above
    judge = at_most(wanted.at_most, say)
    found = demand_check(view, "disguised_missing", _expected(wanted), offending, judge)
    return replace(found, measures=measures)


def _expected(wanted: DisguisedSpec) -> str:
    return f"at most {amount(wanted.at_most)}" if wanted.at_most.value else "none"


def _apart_check(
    view: View, spec: ColumnSpec, value: pl.Expr, markers: list[Any], certain: bool
) -> Check:
    """Markers that are named count wherever they stand (`certain`), others where they are apart."""
    timed = view.type in ("date", "datetime")
    among = value.is_in(pl.Series(markers, dtype=MOMENT if timed else pl.Float64).implode())
    others = value.filter(~among)
    wanted = spec.disguised_missing
    assert wanted is not None  # noqa: S101 - asked for above
    if certain:
        return _counting(view, spec, among)
    measures = {
        "marked": Measure(value.filter(among), "counts"),
        "low": Measure(others.min(), "min"),
        "high": Measure(others.max(), "max"),
    }

    def look_again(measured: Measured, read: ReadColumn) -> Check | None:
        apart = standing_apart(measured["marked"].values or {}, measured["low"], measured["high"])
        if not apart:
            return None
        offending = value.is_in(pl.Series(apart, dtype=MOMENT if timed else pl.Float64).implode())
        words = listed(
            [f"{each:g}" if isinstance(each, float) else str(plain(each)) for each in apart]
        )
        return _counting(view, spec, offending, lambda measured: words)

    def judge(measured: Measured, rows: int) -> Outcome:
        return at_most(wanted.at_most)({"failing": 0}, rows)

    return Check(
        column=view.name,
        name="disguised_missing",
        expected=_expected(wanted),
        keys=(*place_of(view), "disguised_missing"),
        judge=judge,
        measures=measures,
        look_again=look_again,
    )


def standing_apart(markers: Any, low: Any, high: Any) -> list[Any]:
    """Those of `markers` that are farther from the range of the other values than it is wide.

    Negative numbers also where nothing else is negative. None of them when there are no others.
    """
    if low is None or high is None:
        return []
    width = high - low
    zero = type(low)(0) if isinstance(low, int | float) else None
    return sorted(
        each
        for each in markers
        if each - high > width or low - each > width or (zero is not None and each < zero <= low)
    )
