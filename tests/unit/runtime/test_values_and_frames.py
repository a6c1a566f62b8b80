# SPDX-License-Identifier: Apache-2.0
"""Rows become the tables that models know, and what does not fit is named."""

import datetime
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway_runtime import frames, values
from shipway_runtime.errors import RowError, UserError
from shipway_runtime.formats import Feature

FRAME = pl.DataFrame(
    {
        "f": [1.5, None],
        "i": [1, 2],
        "b": [True, None],
        "s": ["x", None],
        "d": [datetime.date(2026, 10, 1), None],
        "t": [datetime.datetime(2026, 10, 1, 12, 30), None],
        "z": pl.Series([datetime.datetime(2026, 10, 1), None], dtype=pl.Datetime("us", "UTC")),
        "c": pl.Series(["x", None], dtype=pl.Categorical),
        "m": pl.Series(["1.50", None]).cast(pl.Decimal(10, 2)),
    }
)
TYPES = ["float", "integer", "boolean", "string", "date", "datetime", "datetime", "category",
         "float"]  # fmt: skip


def test_a_signature_tells_types_and_nulls():
    features = frames.signature(FRAME, FRAME.columns)
    assert [feature.type for feature in features] == TYPES
    assert [feature.nullable for feature in features] == [name != "i" for name in FRAME.columns]
    assert features[6].zone == "UTC"


def test_rows_of_a_table_make_the_same_table_again():
    features = frames.signature(FRAME, FRAME.columns)
    rows = [
        {name: value.isoformat() if hasattr(value, "isoformat") else value
         for name, value in row.items()}
        for row in FRAME.cast({"m": pl.Float64}).to_dicts()
    ]  # fmt: skip
    again = frames.from_rows(rows, features, "polars")
    expected = FRAME.cast({"m": pl.Float64, "c": pl.String})
    assert again.cast({"c": pl.String}).equals(expected)


def test_unknown_keys_are_ignored_and_order_is_the_signatures():
    features = [Feature("b", "float"), Feature("a", "integer")]
    table = frames.from_rows([{"x": "?", "a": 3.0, "b": 1}], features, "rows")
    assert table == [{"b": 1.0, "a": 3}]
    assert list(table[0]) == ["b", "a"]


def test_null_is_missing_in_every_kind():
    features = [Feature("a", "float"), Feature("b", "integer")]
    rows = [{"a": None, "b": 1}, {"a": math.nan, "b": None}]
    assert frames.from_rows(rows, features, "polars").null_count().row(0) == (2, 1)
    array = frames.from_rows(rows, features, "numpy")
    assert (array.dtype, np.isnan(array).sum()) == (np.float64, 3)
    assert frames.from_rows(rows, features, "rows")[1] == {"a": None, "b": None}


@pytest.mark.parametrize(
    ("type_", "value", "said"),
    [
        ("float", "12", "must be a number, not '12'"),
        ("float", True, "must be a number"),
        ("integer", 1.5, "must be a whole number"),
        ("integer", math.inf, "feature 'a'"),
        ("boolean", "yes", "must be true or false"),
        ("boolean", 2, "must be true or false"),
        ("string", 5, "must be a text"),
        ("category", [1], "must be a text or a number"),
        ("datetime", "yesterday", "must be a date and time"),
        ("datetime", 1700000000, "must be a date and time"),
        ("date", "2026-13-01", "must be a date such as"),
    ],
)
def test_a_value_that_does_not_fit_is_named(type_, value, said):
    with pytest.raises(RowError) as caught:
        frames.from_rows([{"a": None}, {"a": value}], [Feature("a", type_)], "rows")
    assert (caught.value.row, caught.value.feature) == (1, "a")
    assert said in str(caught.value)


def test_a_missing_feature_is_named():
    with pytest.raises(RowError, match=r"row 0: feature 'amount' is missing"):
        frames.from_rows([{"a": 1}], [Feature("amount", "float", True)], "polars")


@given(st.datetimes(), st.sampled_from(["", "Z", "+02:00"]))
def test_times_are_read_as_iso_writes_them(moment, zone):
    read = values.to_datetime(moment.isoformat() + zone)
    assert read.replace(tzinfo=None) == moment
    assert (read.tzinfo is None) == (zone == "")


def test_nanoseconds_are_cut():
    assert values.to_datetime("2026-10-01T00:00:00.123456789Z").microsecond == 123456


@pytest.mark.parametrize(
    ("label", "text", "same"),
    [(1, "1", True), (1.0, "1", True), (np.int64(1).item(), "1", True), (True, "true", True),
     (True, "1", True), (False, "1", False), ("yes", "yes", True), (0, "1", False),
     ("1", "1.0", False), ("no", "False", False)],
)  # fmt: skip
def test_a_label_is_found_by_its_text(label, text, same):
    assert values.same_label(label, text) is same


def test_numbers_of_numpy_become_pythons():
    given_ = [np.int64(1), np.float32(0.5), np.bool_(True), np.nan, "x", None]
    assert values.plain_list(given_) == [1, 0.5, True, None, "x", None]
    assert values.plain_list(np.array([[1.0, np.inf]])) == [[1.0, None]]
    assert values.plain_list(pl.Series([1, None])) == [1, None]


def test_columns_that_the_data_lacks_are_named():
    frame = pl.DataFrame({"a": [1], "x": [2]})
    features = [Feature("a", "integer"), Feature("b", "float")]
    with pytest.raises(UserError, match="column\\(s\\) b"):
        frames.select(frame, features, "polars")
    assert frames.select(frame, features[:1], "polars").columns == ["a"]
    assert frames.select(frame, features[:1], "rows") == [{"a": 1}]
    assert frames.select(frame, features[:1], "numpy").tolist() == [[1]]
