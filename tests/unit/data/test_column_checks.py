# SPDX-License-Identifier: Apache-2.0
"""Each demand on a column, on small tables whose faults can be seen with the naked eye."""

import datetime
import math
import sys
from pathlib import Path

import polars as pl
import pytest

from shipway.base.errors import InputError
from shipway.data.checks import check_tables
from shipway.spec.types import Amount, ColumnSpec, DataSpec, OutliersSpec

sys.path.insert(0, str(Path(__file__).parent))
from dirty import NOW, checked, no_line, one, text_frame


def test_a_missing_column_is_a_failed_check_that_names_the_nearest():
    found = checked(text_frame(amount=["1"]), columns={"amuont": ColumnSpec(min=0)})
    assert found["amuont", "presence"].verdict == "failed"
    assert "'amount'" in found["amuont", "presence"].observed
    assert ("amuont", "min") not in found


def test_a_cell_that_is_no_number_is_found_with_its_row():
    result = one(text_frame(x=["1", "2.5", "abc", None]), "type", type="float")
    assert (result.verdict, result.failing, result.detail) == ("failed", 1, "first 'abc'")
    assert [(e.row, e.value) for e in result.examples] == [(2, "abc")]
    assert "abc" not in result.reason()


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("integer", ["1", " 2 ", "-3", "4.0", "1e3"], ["1.5", "x", "NaN", "1e400"]),
        ("float", ["1", "1e-3", ".5", "NaN", "-inf"], ["1,5", "0x1", "--1"]),
        ("boolean", ["true", "False", "TRUE", "0", "1"], ["yes", "2", "t"]),
        ("date", ["2024-02-29"], ["2023-02-29", "01.02.2024", "2024-01-01 10:00"]),
        (
            "datetime",
            [
                "2024-01-01",
                "2024-01-01 10:00",
                "2024-01-01T10:00:00",
                "2024-01-01T10:00:00.123",
                "2024-01-01T10:00:00Z",
                "2024-01-01T10:00:00.5+02:00",
                "2024-01-01T10:00+02:00",
            ],
            ["2024-13-01", "10:00", "2024-01-01 25:00:00", "1/2/2024"],
        ),
        ("string", ["007", "x"], []),
        ("category", ["007", "x"], []),
    ],
)
def test_what_reads_as_a_type(kind, good, bad):
    result = one(text_frame(x=[*good, *bad, None]), "type", type=kind)
    assert [e.value for e in result.examples] == bad[:5]
    assert result.failing == len(bad)
    assert result.verdict == ("failed" if bad else "passed")


@pytest.mark.parametrize(
    ("series", "kind", "verdict", "failing"),
    [
        (pl.Series([1.0, None, 3.0, math.nan]), "integer", "passed", 0),
        (pl.Series([1.0, 1.5, math.inf]), "integer", "failed", 2),
        (pl.Series([1, 2]), "float", "passed", 0),
        (pl.Series(["1", "2"]), "float", "failed", 2),
        (pl.Series([1, 2]), "string", "failed", 2),
        (pl.Series([1, 2]), "category", "passed", 0),
        (pl.Series(["a"], dtype=pl.Categorical), "category", "passed", 0),
        (pl.Series([datetime.date(2024, 1, 1)]), "datetime", "passed", 0),
        (pl.Series([datetime.datetime(2024, 1, 1, 1)]), "date", "failed", 1),
        (pl.Series([0, 1]), "boolean", "failed", 2),
    ],
)
def test_a_typed_file_must_have_the_declared_type(series, kind, verdict, failing):
    result = one(pl.LazyFrame({"x": series}), "type", text=False, type=kind)
    assert (result.verdict, result.failing) == (verdict, failing)


def test_a_wrong_type_is_said_once_and_a_rule_on_it_fails_with_it():
    frame = pl.LazyFrame({"x": ["1", "2"]})
    columns = {"x": ColumnSpec(type="float", min=0, unique=True)}
    found = checked(frame, text=False, columns=columns, rules=("x > 1",))
    assert set(found) == {("x", "presence"), ("x", "type"), ("x > 1", "rule")}
    assert found["x > 1", "rule"].verdict == "failed"


@pytest.mark.parametrize(
    ("demand", "expected"),
    [
        ({"min": 0.0}, "float"),
        ({"outliers": OutliersSpec("iqr", 3.0)}, "float"),
        ({"max": "2024-01-01"}, "datetime"),
        ({"newest_within": 60.0}, "datetime"),
    ],
)
@pytest.mark.parametrize("text", [True, False])
def test_a_demand_that_only_fits_one_type_implies_it(demand, expected, text):
    result = one(text_frame(x=["abc", "x"]), "type", text=text, **demand)
    assert (result.verdict, result.expected, result.failing) == ("failed", expected, 2)


@pytest.mark.parametrize("kind", ["integer", "float", "boolean", "date", "datetime", "category"])
def test_a_typed_column_without_any_value_has_every_type(kind):
    frame = pl.LazyFrame({"x": [None, None]})
    assert one(frame, "type", text=False, type=kind).verdict == "passed"
    missing = one(frame, "max_missing", text=False, type=kind, max_missing=Amount(0))
    assert missing.failing == 2


def test_missing_counts_empty_cells_and_nan_but_not_unreadable_ones():
    frame = text_frame(x=["1", None, "NaN", "abc"])
    result = one(frame, "max_missing", type="float", max_missing=Amount(0.25, share=True))
    assert (result.verdict, result.failing, result.expected) == ("failed", 2, "25%")
    allowed = one(frame, "max_missing", type="float", max_missing=Amount(2))
    assert allowed.verdict == "passed"


def test_a_share_is_exact_at_its_edge():
    frame = text_frame(x=[None] * 3 + ["1"] * 2997)
    assert one(frame, "max_missing", max_missing=Amount(0.001, share=True)).verdict == "passed"


@pytest.mark.parametrize(
    ("cells", "bounds", "check", "rows"),
    [
        (["1", "-3", "abc", None], {"min": 0.0}, "min", [1]),
        (["1", "11", "-inf"], {"max": 10.0}, "max", [1, 2]),
        (["inf", "1"], {"min": 0.0}, "min", [0]),
    ],
)
def test_bounds_of_numbers(cells, bounds, check, rows):
    result = one(text_frame(x=cells), check, type="float", **bounds)
    assert [e.row for e in result.examples] == rows
    assert result.verdict == "failed"


def test_bounds_of_dates():
    frame = text_frame(x=["2024-01-01", "2024-02-01T10:00:00+02:00", None])
    result = one(frame, "min", min="2024-02-01T09:00:00")
    assert [e.row for e in result.examples] == [0, 1]


def test_values_compare_as_what_they_are():
    assert (
        one(text_frame(x=["1", "2.0", "3"]), "values", type="float", values=("1", "2")).failing == 1
    )
    assert one(text_frame(x=["01", "1"]), "values", type="category", values=("01",)).failing == 1
    assert (
        one(text_frame(x=["true", "FALSE"]), "values", type="boolean", values=("true",)).failing
        == 1
    )
    many = tuple("abcdefghij")
    assert one(text_frame(x=["z", "a", None]), "values", values=many).expected.endswith("(10)")


def test_values_that_no_such_column_can_have_are_the_users_mistake():
    with pytest.raises(InputError, match="values"):
        one(text_frame(x=["1"]), "values", type="integer", values=("DE",))


def test_unique_counts_rows_that_repeat_an_earlier_one():
    result = one(text_frame(x=["a", "b", "a", None, None, "a"]), "unique", unique=True)
    assert [e.row for e in result.examples] == [2, 5]
    assert result.failing == 2


def test_a_pattern_matches_the_whole_value_as_it_stands():
    frame = text_frame(x=["01234", "012345", "1234", None, "12345\n"])
    result = one(frame, "pattern", pattern="[0-9]{5}")
    assert [e.row for e in result.examples] == [1, 2, 4]
    assert one(frame, "pattern", pattern="[0-9]{5}|.{4}").failing == 2


def test_a_pattern_that_can_not_be_read_is_an_input_error():
    with pytest.raises(InputError, match="pattern"):
        one(text_frame(x=["1"]), "pattern", type="string", pattern="[")


def test_outliers_by_quartiles():
    frame = text_frame(x=[str(v) for v in [*range(1, 10), 1000]] + ["inf", None])
    spec = OutliersSpec("iqr", 1.5, Amount(1))
    result = one(frame, "outliers", type="float", outliers=spec)
    assert [e.row for e in result.examples] == [9, 10]
    assert result.verdict == "failed"
    assert one(frame, "outliers", outliers=OutliersSpec("iqr", 1.5, Amount(2))).verdict == "passed"


def test_outliers_by_standard_deviation():
    frame = pl.LazyFrame({"x": [0.0] * 50 + [1.0] * 50 + [9.0]})
    assert one(frame, "outliers", text=False, outliers=OutliersSpec("z", 4.0)).failing == 1
    constant = pl.LazyFrame({"x": [3.0] * 5})
    assert (
        one(constant, "outliers", text=False, outliers=OutliersSpec("z", 1.0)).verdict == "passed"
    )
    single = pl.LazyFrame({"x": [3.0]})
    assert one(single, "outliers", text=False, outliers=OutliersSpec("z", 1.0)).verdict == "passed"


@pytest.mark.parametrize("key", ["min", "outliers", "newest_within", "pattern"])
def test_a_demand_that_does_not_fit_the_type_names_both(key):
    demands = {
        "min": {"type": "string", "min": 1.0},
        "outliers": {"type": "string", "outliers": OutliersSpec("iqr", 3.0)},
        "newest_within": {"type": "float", "newest_within": 60.0},
        "pattern": {"pattern": "a"},
    }
    frame = pl.LazyFrame({"x": [1]}) if key == "pattern" else text_frame(x=["1"])
    with pytest.raises(InputError, match=key):
        one(frame, key, text=key != "pattern", **demands[key])


def test_freshness_holds_until_the_newest_value_is_too_old():
    frame = text_frame(x=["2024-02-01", "2024-02-28T12:00:00", None])
    data = DataSpec(all="a", columns={"x": ColumnSpec(newest_within=3 * 86400.0)})
    results, until = check_tables({"all": frame}, data, line_of=no_line, now=NOW, text={"all"})
    assert {r.check: r.verdict for r in results}["newest_within"] == "passed"
    assert until == "2024-03-02T12:00:00.000000Z"
    late = NOW + datetime.timedelta(days=2)
    results, until = check_tables({"all": frame}, data, line_of=no_line, now=late, text={"all"})
    assert {r.check: r.verdict for r in results}["newest_within"] == "failed"
    assert until is None


def test_a_column_without_any_date_is_not_fresh():
    assert one(text_frame(x=[None]), "newest_within", newest_within=60.0).verdict == "failed"
