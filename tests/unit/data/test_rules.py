# SPDX-License-Identifier: Apache-2.0
"""Compiled expressions: three-valued, widened, strict about kinds."""

import datetime
import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.data.rules import compile_condition
from shipway.spec.expressions import parse

FRAME = pl.DataFrame(
    {
        "a": [1, 2, None, 4],
        "b": [1.0, math.nan, 3.0, 0.0],
        "s": ["x", None, "y", "x"],
        "u": pl.Series([1, 2, 3, None], dtype=pl.UInt8),
        "t": pl.Series(["2024-01-01", "2025-01-01", None, "2024-06-01"]).str.to_date(),
        "o": [True, None, False, True],
        "c": pl.Series(["x", "x", "y", None], dtype=pl.Categorical),
        "l": [[1], [2], [3], [4]],
    }
).with_columns(z=pl.col("t").cast(pl.Datetime("ms", "Europe/Berlin")))


def decided(text):
    return FRAME.select(compile_condition(parse(text), FRAME.schema)).to_series().to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > 1", [False, True, None, True]),
        ("b >= 0", [True, None, True, True]),
        ("u - 5 < 0", [True, True, True, None]),
        ("u * 300 > 500", [False, True, True, None]),
        ("-u < 0", [True, True, True, None]),
        ("a / b > 0", [True, None, None, None]),
        ("s == 'x' -> a > 1", [False, True, True, True]),
        ("s in ['x', 'z']", [True, None, False, True]),
        ("s not in ['x']", [False, None, True, False]),
        ("c == s", [True, None, True, None]),
        ("a in [1, 4.0]", [True, False, None, True]),
        ("t in ['2024-01-01']", [True, False, None, False]),
        ("t >= '2024-05-01'", [False, True, None, True]),
        ("t < 2024-05-01", [True, False, None, False]),
        ("z <= 2023-12-31T23:00:00Z", [False, False, None, False]),
        ("o", [True, None, False, True]),
        ("not o or a > 3", [False, None, True, True]),
        ("o == true and a < 9", [True, None, False, True]),
        ("a is null", [False, False, True, False]),
        ("b is not null", [True, False, True, True]),
        ("0 < a < 3", [True, True, None, False]),
        ("(a > 1) == o", [False, None, None, True]),
        ("a < 100000000000000000000000", [True, True, None, True]),
        ("a == u + 1 +/- 1", [True, True, None, None]),
        ("a + 0.3 == u + 0.2 +/- 0.1", [True, True, None, None]),
        ("a != b + 2.5 +/- 1", [True, None, None, True]),
    ],
)
def test_meaning(text, expected):
    assert decided(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("s > 1", "s is a column of type string, 1 is a number"),
        ("a == 'x'", "a is a column of type integer, 'x' is text"),
        ("t > 5", "t is a column of type date, 5 is a number"),
        ("b in [1, 'x']", "'x' is text"),
        ("o > true", "no order"),
        ("a", "not a condition"),
        ("a and o", "not a condition"),
        ("s + 1 > 2", "can't calculate"),
        ("t > 'yesterday'", "'yesterday' is not a date"),
        ("q > 1", "no column 'q'"),
        ("l == 1", "can't read"),
    ],
)
def test_what_does_not_go_together_is_the_users_mistake(text, words):
    with pytest.raises(InputError) as caught:
        decided(text)
    assert words in str(caught.value)


def test_a_misspelt_column_gets_a_hint():
    schema = {"amount": pl.Int64()}
    with pytest.raises(InputError, match="Did you mean 'amount'"):
        compile_condition(parse("amuont > 1"), schema)


def test_moments_with_an_offset_are_compared_in_utc():
    frame = pl.DataFrame({"t": [datetime.datetime(2024, 1, 1, 10)]})
    for text, expected in (("t == 2024-01-01T12:00:00+02:00", True), ("t < '2024-01-01'", False)):
        assert frame.select(compile_condition(parse(text), frame.schema)).item() is expected


TRUTHS = st.sampled_from([True, False, None])


def kleene(operator, one, other):
    if operator == "->":
        return kleene("or", None if one is None else not one, other)
    decisive = operator == "or"
    if decisive in (one, other):
        return decisive
    return None if None in (one, other) else not decisive


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TRUTHS, TRUTHS), min_size=1), st.sampled_from(["and", "or", "->"]))
def test_connectives_know_what_missing_values_can_not_change(rows, operator):
    frame = pl.DataFrame(rows, schema={"p": pl.Boolean, "q": pl.Boolean}, orient="row")
    held = compile_condition(parse(f"p {operator} q"), frame.schema)
    assert frame.select(held).to_series().to_list() == [kleene(operator, *row) for row in rows]
