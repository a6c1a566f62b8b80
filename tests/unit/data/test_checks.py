# SPDX-License-Identifier: Apache-2.0
"""The checks together: against a row-by-row reference, across tables, without rows."""

import math
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.data.checks import check_tables
from shipway.spec.expressions import ExpressionError
from shipway.spec.types import Amount, ColumnSpec, DataSpec, OverlapSpec, RowsSpec

sys.path.insert(0, str(Path(__file__).parent))
from dirty import NOW, checked, no_line, text_frame

CELLS = st.sampled_from(
    [None, "0", "1", "2.5", "-3", "1e3", "NaN", "inf", "abc", " 7 ", "007", "true", "x y"]
)


def number(cell):
    """The reference's reading of a cell: a float, None when missing, "bad" when unreadable."""
    if cell is None:
        return None
    try:
        value = float(cell)
    except ValueError:
        return "bad"
    return None if math.isnan(value) else value


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12))
def test_the_fused_query_agrees_with_a_row_by_row_reference(rows):
    a, b = [row[0] for row in rows], [row[1] for row in rows]
    found = checked(
        text_frame(a=a, b=b),
        columns={
            "a": ColumnSpec(type="float", min=0.0, max=100.0, max_missing=Amount(0)),
            "b": ColumnSpec(type="string", values=("0", "1", "x y"), unique=True),
        },
        rules=("a > 1 -> b != 'abc'",),
    )
    numbers = [number(cell) for cell in a]
    real = [value if isinstance(value, float) else None for value in numbers]
    expected = {
        ("a", "type"): [i for i, v in enumerate(numbers) if v == "bad"],
        ("a", "max_missing"): [i for i, v in enumerate(numbers) if v is None],
        ("a", "min"): [i for i, v in enumerate(real) if v is not None and (v < 0 or v == math.inf)],
        ("a", "max"): [i for i, v in enumerate(real) if v is not None and v > 100],
        ("b", "values"): [
            i for i, v in enumerate(b) if v is not None and v not in ("0", "1", "x y")
        ],
        ("b", "unique"): [i for i, v in enumerate(b) if v is not None and v in b[:i]],
        ("a > 1 -> b != 'abc'", "rule"): [
            i for i, v in enumerate(real) if v is not None and v > 1 and b[i] == "abc"
        ],
    }
    for key, offending in expected.items():
        assert found[key].failing == len(offending), key
        assert [e.row for e in found[key].examples] == offending[:5], key
        assert found[key].verdict == ("failed" if offending else "passed"), key


def test_a_rule_that_can_not_be_decided_is_neither_kept_nor_broken():
    result = checked(text_frame(a=["1", None, "3"], b=["2", "2", "2"]), rules=("a < b",))
    rule = result["a < b", "rule"]
    assert (rule.failing, rule.columns) == (1, ("a", "b"))
    assert "1 not decided" in rule.observed
    assert rule.examples[0].value == {"a": "3", "b": "2"}


def test_a_rule_about_a_column_that_is_not_there_fails():
    assert checked(text_frame(a=["1"]), rules=("b > 1",))["b > 1", "rule"].verdict == "failed"


def test_a_rule_that_compares_text_with_a_number_names_both():
    with pytest.raises(InputError, match=r"type string.*number"):
        checked(text_frame(a=["x"]), rules=("a > 1",))
    with pytest.raises(ExpressionError):
        checked(text_frame(a=["1"]), rules=("a >",))


def test_undeclared_dates_compare_as_dates_in_rules():
    frame = text_frame(a=["2024-01-02", "2024-01-05"], b=["2024-01-03T10:00:00", "2024-01-04"])
    assert checked(frame, rules=("b >= a",))["b >= a", "rule"].failing == 1


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize(
    "rule", ["a > 1", "1 < a + 2", "a == 'x'", "a >= 2024-01-01", "not a", "a == a", "a in [true]"]
)
def test_a_column_without_any_value_decides_no_rule(text, rule):
    frame = text_frame(a=[None] * 3, b=["1"] * 3)
    frame = frame if text else frame.with_columns(a=pl.Series([None] * 3, dtype=pl.Null))
    result = checked(frame, text=text, rules=(rule,))[rule, "rule"]
    assert (result.verdict, result.failing) == ("passed", 0)
    assert "3 not decided" in result.observed


def test_examples_carry_the_key_and_stop_at_five():
    frame = text_frame(id=[f"k{i}" for i in range(9)], x=["-1"] * 9)
    result = checked(frame, id="id", columns={"x": ColumnSpec(type="integer", min=0)})["x", "min"]
    assert result.failing == 9
    assert [(e.row, e.key) for e in result.examples] == [(i, {"id": f"k{i}"}) for i in range(5)]


def test_train_and_test_are_checked_apart_and_their_rows_counted_together():
    frames = {"train": pl.LazyFrame({"x": [1, 2]}), "test": pl.LazyFrame({"x": [-1]})}
    data = DataSpec(
        train="a", test="b", columns={"x": ColumnSpec(min=0.0)}, rows=RowsSpec(min=4, max=9)
    )
    results, until = check_tables(frames, data, line_of=no_line, now=NOW)
    verdicts = {(r.dataset, r.check, r.expected): r.verdict for r in results}
    assert verdicts["train", "min", "0"] == "passed"
    assert verdicts["test", "min", "0"] == "failed"
    assert verdicts["train+test", "rows", "at least 4"] == "failed"
    assert verdicts["train+test", "rows", "at most 9"] == "passed"
    assert until is None


def test_extra_tables_are_not_held_to_the_columns():
    frames = {"train": pl.LazyFrame({"x": [1]}), "shops": pl.LazyFrame({"y": [1]})}
    data = DataSpec(train="a", extra={"shops": "b"}, columns={"x": ColumnSpec(min=0.0)})
    results, _ = check_tables(frames, data, line_of=no_line, now=NOW)
    assert {r.dataset for r in results} == {"train"}


@pytest.mark.parametrize("text", [True, False])
def test_a_table_without_rows_fails_and_nothing_breaks(text):
    frame = text_frame(x=[]) if text else pl.LazyFrame({"x": []}, schema={"x": pl.Float64})
    columns = {"x": ColumnSpec(type="float", min=0.0, unique=True, max_missing=Amount(0))}
    found = checked(frame, text=text, columns=columns, rules=("x > 1",) if not text else ())
    assert found["", "rows"].verdict == "failed"
    assert found["x", "min"].verdict == "passed"


def test_a_table_of_which_nothing_is_demanded_still_has_rows():
    assert checked(text_frame(x=["1", "2"])) == {}
    assert checked(text_frame(x=["1"]), rows=RowsSpec(min=1))["", "rows"].rows == 1


def test_required_columns_and_lines_come_from_the_caller():
    lines = {("model", "target"): 4, ("data", "columns", "x", "min"): 12}
    results, _ = check_tables(
        {"train": pl.LazyFrame({"x": [-1]})},
        DataSpec(train="a", columns={"x": ColumnSpec(min=0.0)}),
        line_of=lambda *keys: lines.get(keys, 0),
        now=NOW,
        required=[("y", ("model", "target"))],
    )
    found = {(r.column, r.check): r for r in results}
    assert (found["y", "presence"].verdict, found["y", "presence"].line) == ("failed", 4)
    assert found["x", "min"].line == 12


def overlap(train, test, text=(), **demand):
    data = DataSpec(
        train="a", test="b", ignore=("n",), overlap=OverlapSpec(("train", "test"), **demand)
    )
    results, _ = check_tables(
        {"train": train, "test": test}, data, line_of=no_line, now=NOW, text=text
    )
    return next(r for r in results if r.check == "overlap")


def test_overlap_by_key_counts_rows_of_the_second_table():
    train, test = text_frame(k=["1", "2", None]), pl.LazyFrame({"k": [2, 2, 3, None]})
    result = overlap(train, test, text={"train"}, key="k")
    assert (result.failing, result.rows, result.verdict) == (2, 4, "failed")
    assert [e.row for e in result.examples] == [0, 1]
    assert overlap(
        train, test, text={"train"}, key="k", at_most=Amount(0.5, share=True)
    ).verdict == ("passed")


def test_overlap_of_whole_rows_leaves_ignored_columns_out():
    train = pl.LazyFrame({"a": [1, 2], "b": ["x", None], "n": [1, 2]})
    test = pl.LazyFrame({"n": [7, 8], "b": [None, "y"], "a": [2, 1]})
    assert overlap(train, test).failing == 1


def test_overlap_by_a_column_that_is_not_there_fails():
    frame = pl.LazyFrame({"a": [1]})
    assert overlap(frame, frame, key="zz").verdict == "failed"
    with pytest.raises(InputError, match="tests"):
        check_tables(
            {"train": frame},
            DataSpec(train="a", overlap=OverlapSpec(("train", "tests"))),
            line_of=no_line,
            now=NOW,
        )
