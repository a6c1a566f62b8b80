# SPDX-License-Identifier: Apache-2.0
"""What may be demanded of one column, each demand as a named check.

The frame that these expressions are for is made by `prepare` in `checks`: the column under its own
name holds typed values (null where missing or unreadable, NaN included), `RAW` the cell as it
stands in the file, `BAD` whether it could not be read.
"""

import datetime
import re
from collections.abc import Callable, Iterator

import polars as pl

from shipway.data.check import (
    Check,
    Judge,
    Measure,
    Measured,
    Outcome,
    Repeats,
    amount,
    at_most,
)
from shipway.data.columns import BAD, RAW, View, demanded_type, unfit
from shipway.data.demand import demand_check, place_of, with_terms
from shipway.data.disguised import disguised_check
from shipway.data.outliers import outliers_check
from shipway.data.reading_hints import suggest_reading
from shipway.data.sortedness import sorted_check
from shipway.data.value_checks import decimals_check, length_check
from shipway.data.variety import constant_check, distinct_check, frequency_check
from shipway.data.wording import duration, listed, shown
from shipway.records.base import Verdict
from shipway.spec.demands import Terms
from shipway.spec.types import Amount, ColumnSpec

NUMBERS = ("integer", "float")
MOMENTS = ("date", "datetime")
TRUTHS = {"true": True, "1": True, "false": False, "0": False}
NONE = Amount(0)
FEW = 16


def column_checks(view: View, spec: ColumnSpec, now: datetime.datetime) -> Iterator[Check]:
    """All checks that `spec` demands of the column, the cheapest to understand first."""
    builders: list[tuple[bool, Callable[[View, ColumnSpec], Check]]] = [
        (spec.type is not None or view.lossy or view.wrong, _type),
        (spec.max_missing is not None, _missing),
        (spec.min is not None, lambda v, s: _bound(v, s.min, "min")),
        (spec.max is not None, lambda v, s: _bound(v, s.max, "max")),
        (spec.values is not None, _values),
        (spec.unique, _unique),
        (spec.pattern is not None, _pattern),
        (spec.outliers is not None, outliers_check),
        (spec.newest_within is not None, lambda v, s: _fresh(v, s, now)),
        (spec.length is not None, length_check),
        (spec.decimals is not None, decimals_check),
        (spec.constant is not None, constant_check),
        (spec.distinct is not None, distinct_check),
        (spec.min_frequency is not None, frequency_check),
        (spec.sorted is not None, sorted_check),
        (spec.disguised_missing is not None, disguised_check),
    ]
    for wanted, build in builders[:1] if view.wrong else builders:
        if wanted:
            yield _on_terms(build(view, spec), spec)


def _on_terms(check: Check, spec: ColumnSpec) -> Check:
    """Demands that are mappings look after their own `at_most`."""
    terms = spec.terms_of(check.name)
    own = check.name not in spec.terms
    return with_terms(check, Terms(on_fail=terms.on_fail) if own else terms)


def _type(view: View, spec: ColumnSpec) -> Check:
    """Each cell reads as the type; the first one that does not is told."""
    expected = demanded_type(spec) or view.type
    bad = pl.col(BAD + view.name)
    if view.wrong:
        judge: Judge = lambda measured, rows: Outcome(  # noqa: E731
            "failed", f"the file has {view.found}", failing=rows
        )
        return Check(view.name, "type", expected, (*place_of(view), "type"), judge)
    if not view.lossy:
        judge = lambda measured, rows: at_most(NONE)({"failing": 0}, rows)  # noqa: E731
        return Check(view.name, "type", expected, (*place_of(view), "type"), judge)
    first = pl.col(RAW + view.name).filter(bad).first()

    def judge_cells(measured: Measured, rows: int) -> Outcome:
        cell = measured["first"]
        outcome = at_most(NONE, lambda _: f"first {shown(cell)}")(measured, rows)
        if outcome.verdict == "passed" or view.found != "text":
            return outcome
        hint = suggest_reading(cell, view.type, sensitive=spec.sensitive)
        return outcome._replace(observed=outcome.observed + hint)

    return demand_check(
        view, "type", expected, bad, judge_cells, bad.any(), first=Measure(first, "first")
    )


def _missing(view: View, spec: ColumnSpec) -> Check:
    allowed = spec.max_missing or NONE
    missing = pl.col(view.name).is_null()
    if view.lossy:
        missing = missing & ~pl.col(BAD + view.name)
    return demand_check(view, "max_missing", amount(allowed), missing, at_most(allowed))


def _bound(view: View, bound: float | str | None, key: str) -> Check:
    """`min` or `max`; an infinite value violates both."""
    value = pl.col(view.name)
    limit = _limit(view, bound, key)
    lowest, highest = value.min(), value.max()
    outside, beyond = (
        (value < limit, lowest < limit) if key == "min" else (value > limit, highest > limit)
    )
    if view.type == "float":
        outside = outside | value.is_infinite()
        beyond = beyond | lowest.is_infinite() | highest.is_infinite()
    extreme = value.filter(outside).min() if key == "min" else value.filter(outside).max()
    word = "lowest" if key == "min" else "highest"
    say = lambda measured: f"{word} {shown(measured['extreme'])}"  # noqa: E731
    measure = Measure(extreme, "min" if key == "min" else "max")
    return demand_check(
        view, key, _bound_text(bound), outside, at_most(NONE, say), beyond, extreme=measure
    )


def _bound_text(bound: float | str | None) -> str:
    return bound if isinstance(bound, str) else f"{bound:.15g}"


def _limit(view: View, bound: float | str | None, key: str) -> pl.Expr:
    if view.type in NUMBERS and isinstance(bound, int | float):
        return pl.lit(bound)
    if view.type in MOMENTS and isinstance(bound, str):
        return pl.lit(_moment(view, bound, key), dtype=pl.Datetime("us"))
    wanted = "a date such as '2026-10-01'" if view.type in MOMENTS else "a number"
    if view.type not in NUMBERS + MOMENTS:
        raise unfit(view, key, "only numbers and dates have one")
    raise unfit(view, key, f"{key} must be {wanted}, it is {bound!r}")


def _moment(view: View, text: str, key: str) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise unfit(view, key, f"{text!r} is not a date such as 2026-10-01") from None
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    return moment


def _values(view: View, spec: ColumnSpec) -> Check:
    """Each value is one of those; compared as what it is: `1.0` is the number `1`."""
    allowed = list(spec.values or ())
    return demand_check(view, "values", listed(allowed), ~_is_one_of(view, allowed), at_most(NONE))


def _is_one_of(view: View, allowed: list[str]) -> pl.Expr:
    column = pl.col(view.name)
    try:
        if view.type in NUMBERS:
            return column.cast(pl.Float64).is_in([float(text) for text in allowed])
        if view.type == "boolean":
            return column.is_in([TRUTHS[text.lower()] for text in allowed])
    except (ValueError, KeyError) as error:
        raise unfit(view, "values", f"{error} is no {view.type}") from None
    if view.type in MOMENTS:
        moments = pl.Series([_moment(view, text, "values") for text in allowed])
        return column.cast(pl.Datetime("us")).is_in(moments.cast(pl.Datetime("us")).implode())
    if len(allowed) <= FEW:
        # Comparing a short text takes a few instructions, looking it up a hash.
        return pl.any_horizontal([column == text for text in allowed])
    return column.is_in(allowed)


def _unique(view: View, spec: ColumnSpec) -> Check:
    """Rows that repeat an earlier value; missing values repeat nothing."""

    def judge(measured: Measured, rows: int) -> Outcome:
        return at_most(NONE)({"failing": measured["repeats"]}, rows)

    return Check(
        column=view.name,
        name="unique",
        expected="",
        keys=(*place_of(view), "unique"),
        judge=judge,
        values=(view.name,),
        repeats=Repeats((view.name,)),
    )


def _pattern(view: View, spec: ColumnSpec) -> Check:
    """The pattern matches the whole value, as it stands in the file."""
    pattern = spec.pattern or ""
    if view.found not in ("text", "string"):
        raise unfit(view, "pattern", "only text has one")
    whole = rf"\A(?:{pattern})\z"
    try:
        pl.Series([""]).str.contains(whole)
    except pl.exceptions.ComputeError as error:
        reason = re.sub(r"\s+", " ", str(error)).removesuffix(".")
        raise unfit(view, "pattern", f"{pattern!r} can't be read: {reason}") from None
    offending = ~pl.col(RAW + view.name).cast(pl.String).str.contains(whole)
    return demand_check(view, "pattern", pattern, offending, at_most(NONE))


def _fresh(view: View, spec: ColumnSpec, now: datetime.datetime) -> Check:
    """The newest value is no older than allowed; `newest` is measured for `valid_until`."""
    within = spec.newest_within or 0.0
    if view.type not in MOMENTS:
        raise unfit(view, "newest_within", "only dates have an age")

    def judge(measured: Measured, rows: int) -> Outcome:
        newest = measured["newest"]
        if newest is None:
            return Outcome("failed", "no value at all", failing=rows)
        age = (now - newest.replace(tzinfo=datetime.UTC)).total_seconds()
        verdict: Verdict = "passed" if age <= within else "failed"
        until = now + datetime.timedelta(seconds=within - age) if age <= within else None
        return Outcome(verdict, f"newest is {duration(age)} old", until=until)

    return Check(
        column=view.name,
        name="newest_within",
        expected=duration(within),
        keys=(*place_of(view), "newest_within"),
        judge=judge,
        measures={"newest": Measure(pl.col(view.name).cast(pl.Datetime("us")).max(), "max")},
    )
