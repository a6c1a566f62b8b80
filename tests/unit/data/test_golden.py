# SPDX-License-Identifier: Apache-2.0
"""Golden rows: few, always the same, JSON, and without anything sensitive."""

import datetime
import json
import math
import re

import polars as pl
import pytest

from shipway.data.golden import golden_rows, jsonable
from shipway.data.invention import invent
from shipway.spec.types import ColumnSpec, DataSpec, ModelSpec

MODEL = ModelSpec(name="m", task="binary", target="y")


def test_rows_are_spread_and_only_features_are_left():
    frame = pl.LazyFrame({"i": range(1000), "n": range(1000), "x": range(1000), "y": [0] * 1000})
    rows = golden_rows(frame, DataSpec(id="i", ignore=("n",)), MODEL)
    assert rows == [{"x": number * 10} for number in range(100)]
    assert golden_rows(frame.head(3), DataSpec(), MODEL, features=["x"]) == [
        {"x": 0},
        {"x": 1},
        {"x": 2},
    ]
    assert golden_rows(frame.head(0), DataSpec(), MODEL) == []


def test_no_sensitive_value_leaves_the_house():
    frame = pl.LazyFrame(
        {"iban": ["REAL"] * 4, "age": [99] * 4, "sex": ["REAL"] * 4, "note": ["REAL"] * 4}
    )
    columns = {
        "iban": ColumnSpec(type="string", pattern="[A-Z]{2}[0-9]{2}.*", sensitive=True),
        "age": ColumnSpec(type="integer", min=18, max=48, sensitive=True),
        "sex": ColumnSpec(type="category", values=("f", "m", "x"), sensitive=True),
        "note": ColumnSpec(type="string", sensitive=True),
    }
    rows = golden_rows(frame, DataSpec(columns=columns), MODEL)
    assert [row["age"] for row in rows] == [18, 28, 38, 48]
    assert [row["sex"] for row in rows] == ["f", "m", "x", "f"]
    assert [row["note"] for row in rows] == [None] * 4
    assert all(re.fullmatch("[A-Z]{2}[0-9]{2}.*", row["iban"]) for row in rows)
    assert "REAL" not in json.dumps(rows)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d{3}-\w+",
        r"(a|bc)+[^x]?",
        r"^\S+@\S+\.com$",
        r"[^A-Z]{2,}?",
        r"(?P<k>[ab]\s\D)*",
        r"x\.y",
    ],
)
def test_made_up_texts_match_their_pattern(pattern):
    spec = ColumnSpec(pattern=pattern)
    made = [invent(spec, number, 20) for number in range(20)]
    assert all(text is not None and re.fullmatch(pattern, text) for text in made)
    assert made == [invent(spec, number, 20) for number in range(20)]


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (ColumnSpec(), None),
        (ColumnSpec(pattern=r"(?=a)b"), None),
        (ColumnSpec(pattern="["), None),
        (ColumnSpec(type="integer", values=("7",)), 7),
        (ColumnSpec(type="boolean", values=("true",)), True),
        (ColumnSpec(type="float", values=("x",)), None),
        (ColumnSpec(min=5.0), 5.0),
        (ColumnSpec(type="integer", max=5.0), 5),
        (ColumnSpec(type="date", min="2024-01-01", max="2024-02-01"), "2024-01-01"),
    ],
)
def test_one_value_from_what_is_declared(spec, value):
    made = invent(spec, 0, 1)
    assert (made, type(made)) == (value, type(value))


def test_cells_as_json():
    row = [
        math.nan,
        math.inf,
        1,
        True,
        "x",
        None,
        datetime.datetime(2024, 1, 1, 2),
        b"x",
        [math.nan],
    ]
    assert jsonable(row) == [None, None, 1, True, "x", None, "2024-01-01T02:00:00", None, [None]]
    assert jsonable({"a": datetime.timedelta(minutes=1)}) == {"a": 60.0}
