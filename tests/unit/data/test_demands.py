# SPDX-License-Identifier: Apache-2.0
"""Demands on columns: each agrees with a naive reading row by row, however the table is divided."""

import datetime
import math
import sys
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.data.checks import check_tables
from shipway.data.disguised import NUMBERS, WORDS
from shipway.data.stretches import Stretch
from shipway.spec.demands import DisguisedSpec, DistinctSpec, LengthSpec, Terms
from shipway.spec.types import Amount, ColumnSpec, DataSpec

sys.path.insert(0, str(Path(__file__).parent))
import itertools

from dirty import NOW, no_line, one, text_frame

TEXTS = st.lists(st.sampled_from([None, "a", "bb", "ccc", "N/A", " ", "-", "ä€x"]), max_size=14)
FLOATS = st.lists(
    st.sampled_from([None, 0.0, 1.0, 1.25, 2.5, -1.0, 99.0, 999.0, -999.0, math.inf, math.nan]),
    max_size=14,
)
INTEGERS = st.lists(st.sampled_from([None, -1, 0, 1, 2, 3, 99, 9999]), max_size=14)
CUTS = st.lists(st.integers(0, 14), max_size=4)


def divided(frame, cuts, step):
    """The same rows as stretches between `cuts`, each in steps of `step` rows."""
    edges = sorted({0, *(min(cut, frame.height) for cut in cuts), frame.height})
    pairs = list(itertools.pairwise(edges)) or [(0, 0)]
    return [Stretch(frame[a:b].lazy(), step) for a, b in pairs]


def outcome(stretches, spec, check):
    results, _ = check_tables(
        {"all": stretches},
        DataSpec(all="t", columns={"x": spec}),
        line_of=no_line,
        now=NOW,
    )
    return next(each for each in results if each.check == check)


def agrees(values, dtype, check, spec, expected, cuts, step):
    """`expected` are the rows that break the demand, or whether it passes."""
    frame = pl.DataFrame({"x": pl.Series(values, dtype=dtype)})
    whole = outcome([Stretch(frame.lazy())], spec, check)
    assert outcome(divided(frame, cuts, step), spec, check) == whole
    if isinstance(expected, bool):
        assert whole.verdict == ("passed" if expected else "failed")
        return
    assert whole.failing == len(expected)
    assert [example.row for example in whole.examples] == expected[:5]
    assert whole.verdict == ("failed" if expected else "passed")


def there(values):
    """Row and value of those that are not missing."""
    return [
        (row, value)
        for row, value in enumerate(values)
        if value is not None and not (isinstance(value, float) and math.isnan(value))
    ]


@settings(max_examples=40, deadline=None)
@given(TEXTS, CUTS, st.sampled_from([None, 3]))
def test_length(values, cuts, step):
    expected = [row for row, value in there(values) if not 2 <= len(value) <= 3]
    agrees(values, pl.String, "length", ColumnSpec(length=LengthSpec(2, 3)), expected, cuts, step)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.integers(-(10**9), 10**9).map(lambda n: n / 1000), st.floats()),
        max_size=12,
    ),
    st.integers(0, 4),
    CUTS,
    st.sampled_from([None, 3]),
)
def test_decimals(values, digits, cuts, step):
    def more(value):
        scaled = Decimal(value).scaleb(digits)
        off = abs(scaled - scaled.to_integral_value())
        return off > max(Decimal("1e-6"), abs(scaled) * Decimal(2) ** -46)

    expected = [row for row, value in there(values) if math.isfinite(value) and more(value)]
    agrees(values, pl.Float64, "decimals", ColumnSpec(decimals=digits), expected, cuts, step)


@settings(max_examples=40, deadline=None)
@given(st.one_of(TEXTS, FLOATS), st.booleans(), CUTS, st.sampled_from([None, 3]))
def test_constant(values, wanted, cuts, step):
    dtype = pl.String if any(isinstance(value, str) for value in values) else pl.Float64
    values = [None if dtype == pl.Float64 and isinstance(v, str) else v for v in values]
    distinct = {value for _, value in there(values)}
    expected = not values or (len(distinct) <= 1) == wanted
    agrees(values, dtype, "constant", ColumnSpec(constant=wanted), expected, cuts, step)


@settings(max_examples=40, deadline=None)
@given(FLOATS, st.integers(0, 5), st.integers(0, 5), CUTS, st.sampled_from([None, 3]))
def test_distinct(values, low, high, cuts, step):
    expected = low <= len({value for _, value in there(values)}) <= high
    spec = ColumnSpec(distinct=DistinctSpec(low, high))
    agrees(values, pl.Float64, "distinct", spec, expected, cuts, step)


@settings(max_examples=40, deadline=None)
@given(
    st.one_of(TEXTS, INTEGERS), st.sampled_from([Amount(2), Amount(0.25, True)]), CUTS,
    st.sampled_from([None, 3]),
)  # fmt: skip
def test_min_frequency(values, wanted, cuts, step):
    dtype = pl.String if any(isinstance(value, str) for value in values) else pl.Int16
    values = [None if dtype != pl.String and isinstance(v, str) else v for v in values]
    given_ = [value for _, value in there(values)]
    rare = {v for v in given_ if given_.count(v) < wanted.of(len(given_)) - 1e-9}
    expected = [row for row, value in there(values) if value in rare]
    agrees(values, dtype, "min_frequency", ColumnSpec(min_frequency=wanted), expected, cuts, step)


@settings(max_examples=60, deadline=None)
@given(
    FLOATS, st.sampled_from(["ascending", "descending"]), CUTS, st.sampled_from([None, 1, 3])
)  # fmt: skip
def test_sorted(values, direction, cuts, step):
    pairs = there(values)
    up = direction == "ascending"
    expected = [
        row
        for (_, before), (row, value) in itertools.pairwise(pairs)
        if (value < before if up else value > before)
    ]
    agrees(values, pl.Float64, "sorted", ColumnSpec(sorted=direction), expected, cuts, step)


@settings(max_examples=40, deadline=None)
@given(TEXTS, CUTS, st.sampled_from([None, 3]))
def test_disguised_words(values, cuts, step):
    expected = [row for row, value in there(values) if value.strip().lower() in WORDS]
    spec = ColumnSpec(disguised_missing=DisguisedSpec())
    agrees(values, pl.String, "disguised_missing", spec, expected, cuts, step)


@settings(max_examples=60, deadline=None)
@given(st.one_of(FLOATS, INTEGERS), CUTS, st.sampled_from([None, 3]))
def test_disguised_numbers(values, cuts, step):
    pairs = there(values)
    others = [value for _, value in pairs if value not in NUMBERS]
    low, high = (min(others), max(others)) if others else (None, None)

    def apart(value):
        if not others or value not in NUMBERS:
            return False
        far = value - high > high - low or low - value > high - low
        return far or value < 0 <= low

    expected = [row for row, value in pairs if apart(value)]
    spec = ColumnSpec(disguised_missing=DisguisedSpec())
    dtype = pl.Float64 if any(isinstance(value, float) for value in values) else pl.Int32
    agrees(values, dtype, "disguised_missing", spec, expected, cuts, step)


def test_a_marker_among_ordinary_values_is_one_of_them():
    ages = [17, 45, 90, 99, 98]
    spec = {"disguised_missing": DisguisedSpec()}
    frame = pl.LazyFrame({"x": ages})
    assert one(frame, "disguised_missing", text=False, **spec).verdict == "passed"
    result = one(pl.LazyFrame({"x": [*ages, 999]}), "disguised_missing", text=False, **spec)
    assert (result.verdict, result.failing, result.detail) == ("failed", 1, "999")


def test_markers_that_are_named_count_wherever_they_stand():
    spec = {"disguised_missing": DisguisedSpec(("0",), at_most=Amount(1))}
    frame = text_frame(x=["0", "1", "0"])
    result = one(frame, "disguised_missing", type="integer", **spec)
    assert (result.verdict, result.failing, result.expected) == ("failed", 2, "at most 1 rows")
    with pytest.raises(InputError, match=r"'k\.A\.' is no number"):
        one(frame, "disguised_missing", type="integer", disguised_missing=DisguisedSpec(("k.A.",)))


def test_dates_that_stand_apart_are_disguised():
    days = ["2024-01-01", "2024-02-01", "9999-12-31", "1900-01-01"]
    spec = {"type": "date", "disguised_missing": DisguisedSpec()}
    result = one(text_frame(x=days), "disguised_missing", **spec)
    assert [example.row for example in result.examples] == [2, 3]


def test_many_different_values_are_counted_exactly_where_it_matters():
    frame = pl.LazyFrame({"x": range(12_000)})
    few = one(frame, "distinct", text=False, distinct=DistinctSpec(max=100))
    assert (few.verdict, few.observed) == ("failed", "more than 10,000")
    exact = one(frame, "distinct", text=False, distinct=DistinctSpec(max=12_000))
    assert (exact.verdict, exact.observed) == ("passed", "12,000 different values")
    below = one(frame, "distinct", text=False, distinct=DistinctSpec(min=12_001))
    assert (below.verdict, below.observed) == ("failed", "12,000 different values")
    unknown = one(frame, "min_frequency", text=False, min_frequency=Amount(1))
    assert unknown.verdict == "inconclusive"
    certain = one(frame, "min_frequency", text=False, min_frequency=Amount(0.01, True))
    assert certain.verdict == "failed"


@pytest.mark.parametrize(
    ("frame", "check", "spec"),
    [
        (["a", "b", "b"], "values", {"values": ("a",)}),
        (["a", "b", "b"], "unique", {"unique": True}),
        (["1", "x", "2"], "type", {"type": "integer"}),
        (["1", "2", "3"], "max", {"max": 2.0}),
        (["1", "3", "2"], "sorted", {"sorted": "ascending"}),
        (["a", "b", "b"], "min_frequency", {"min_frequency": Amount(2)}),
    ],
)
def test_every_demand_takes_terms(frame, check, spec):
    def found(**terms):
        return one(text_frame(x=frame), check, **spec, terms={check: Terms(**terms)})

    assert one(text_frame(x=frame), check, **spec).verdict == "failed"
    assert found(on_fail="warn").verdict == "failed"
    assert found(on_fail="warn").on_fail == "warn"
    few = found(at_most=Amount(0.7, True))
    assert (few.verdict, few.examples, "at most 70%" in few.expected) == ("passed", (), True)
    assert found(at_most=Amount(0.1, True)).verdict == "failed"


@pytest.mark.parametrize(
    ("spec", "key"),
    [
        ({"length": LengthSpec(max=2)}, "length"),
        ({"decimals": 2, "type": "string"}, "decimals"),
        ({"disguised_missing": DisguisedSpec(), "type": "boolean"}, "disguised_missing"),
    ],
)
def test_a_demand_that_a_type_can_not_have_is_the_users_mistake(spec, key):
    kind = pl.Int64 if key == "length" else pl.Boolean if key != "decimals" else pl.String
    frame = pl.LazyFrame({"x": pl.Series([None], dtype=kind)})
    with pytest.raises(InputError, match=f"can't have '{key}'"):
        one(frame, key, text=False, **spec)


def test_moments_are_sorted_too():
    moments = [datetime.datetime(2024, 1, 2), None, datetime.datetime(2024, 1, 1)]
    result = one(pl.LazyFrame({"x": moments}), "sorted", text=False, sorted="ascending")
    assert [(e.row, e.value) for e in result.examples] == [(2, "2024-01-01T00:00:00")]
