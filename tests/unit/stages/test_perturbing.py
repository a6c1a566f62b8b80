# SPDX-License-Identifier: Apache-2.0
"""Which values and rows a model is asked about, for a gate on its behaviour."""

import datetime
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.evaluation.gate_parser import parse_gate
from shipway.stages import perturbing
from shipway.stages.perturbing import asked_values, drawn_rows, has_order, question

INVARIANT = parse_gate("invariance(c) <= 0.1")
RISING = parse_gate("increasing(c) >= 0.9")


def values(*cells, categorical=False):
    return asked_values(pl.Series("c", cells), categorical=categorical).to_list()


def test_few_values_are_all_asked_and_missing_ones_are_none():
    assert values("b", None, "a", "b") == ["a", "b"]
    assert values(True, None, False) == [False, True]
    assert values(3.5, float("nan"), 1.5, None, float("inf")) == [1.5, 3.5]
    assert values() == values(None, None) == []


def test_of_many_texts_the_most_frequent_ones():
    cells = [f"t{number:02}" for number in range(30)] + ["t29", "t28", "t28"]
    found = values(*cells)
    assert len(found) == perturbing.MOST_VALUES
    assert {"t28", "t29", "t00", "t17"} <= set(found) and "t18" not in found


def test_of_many_numbers_quantiles_that_the_column_has():
    assert values(*range(101)) == list(range(0, 101, 5))
    dates = [datetime.date(2026, 1, 1) + datetime.timedelta(days=n) for n in range(201)]
    found = values(*dates)
    assert (found[0], found[10], found[-1]) == (dates[0], dates[100], dates[200])
    assert len(found) == 21


def test_numbers_that_are_names_are_counted_as_texts_are():
    cells = [*range(100), 7, 7, 7]
    assert 7 in values(*cells, categorical=True)
    assert len(values(*cells, categorical=True)) == perturbing.MOST_VALUES


@given(st.lists(st.floats(allow_nan=True) | st.none(), max_size=60))
def test_asked_numbers_are_numbers_of_the_column_each_once_and_in_order(cells):
    found = asked_values(pl.Series("c", cells, dtype=pl.Float64), categorical=False).to_list()
    assert set(found) <= set(cells)
    assert all(left < right for left, right in pairwise(found))


@pytest.mark.parametrize(
    ("column", "categorical", "ordered"),
    [
        (pl.Series([1, 2]), False, True),
        (pl.Series([1, 2]), True, False),
        (pl.Series([True]), False, True),
        (pl.Series([datetime.date(2026, 1, 1)]), False, True),
        (pl.Series(["a"]), False, False),
    ],
)
def test_what_has_an_order(column, categorical, ordered):
    assert has_order(column, categorical=categorical) is ordered


def test_the_rows_as_they_are_come_first_where_the_score_may_not_move():
    frame = pl.DataFrame({"c": ["x", "y", None], "n": [1, 2, 3]})
    asked = question(INVARIANT, frame, categorical=False)
    pieces = list(asked.pieces(frame))
    assert [piece["c"].to_list() for piece in pieces] == [["x", "y", None], ["x"] * 3, ["y"] * 3]
    assert all(piece["n"].to_list() == [1, 2, 3] for piece in pieces)
    assert asked.note(3) == ""


def test_a_grid_goes_from_the_smallest_to_the_largest_in_the_columns_own_type():
    frame = pl.DataFrame({"c": pl.Series([3, 1, 2], dtype=pl.Int16)})
    pieces = list(question(RISING, frame, categorical=False).pieces(frame))
    assert [piece["c"][0] for piece in pieces] == [1, 2, 3]
    assert {piece["c"].dtype for piece in pieces} == {pl.Int16}


@pytest.mark.parametrize(("cells", "found"), [([4, 4, None], "one value"), ([None], "no value")])
def test_a_column_that_can_not_change_is_no_question(cells, found):
    frame = pl.DataFrame({"c": pl.Series(cells, dtype=pl.Int64)})
    why = question(INVARIANT, frame, categorical=False)
    assert why == f"c has {found} in these rows: there is nothing to change it to"


def test_of_a_large_table_a_sample_that_is_always_the_same():
    rows = drawn_rows(1000, 10)
    assert len(set(rows.tolist())) == 10 and (np.diff(rows) > 0).all()
    assert (rows == drawn_rows(1000, 10)).all()
    assert (drawn_rows(5, 5) == np.arange(5)).all()


def test_a_sample_is_told(monkeypatch):
    monkeypatch.setattr(perturbing, "MOST_ASKED", 9)
    frame = pl.DataFrame({"c": ["a", "b"] * 50})
    asked = question(INVARIANT, frame, categorical=False)
    assert len(asked.rows) == 3
    assert asked.note(100) == (
        "invariance(c): asked about 3 of 100 rows, drawn at random, with 2 values of c"
    )
