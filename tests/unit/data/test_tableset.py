# SPDX-License-Identifier: Apache-2.0
"""The name of a set of rows: the same for the same rows, another one for any other."""

import datetime
import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.adapters.tables import table_format
from shipway.data.columns import typed
from shipway.data.tableset import row_set


def name(frame):
    return row_set(frame).name


FRAME = pl.DataFrame(
    {
        "n": [1, -2, None],
        "f": [1.0, 0.1, math.nan],
        "s": ["a", "", None],
        "b": [True, False, None],
        "d": [datetime.date(2024, 1, 1), None, datetime.date(1969, 12, 31)],
        "t": [datetime.datetime(2024, 1, 1, 12, 0, 0, 5), None, None],
        "l": [[1], [], None],
    }
)
NAME = "sha256:9bc69c7f357cb18188fab0b66323894f9b8a6c2c7092ca9d858eef8d67f4bccd"


def test_the_name_never_changes():
    """A test set's uses are counted under this name for years."""
    assert name(FRAME) == NAME


def test_order_of_rows_and_columns_and_the_types_of_whole_numbers_do_not_matter():
    other = FRAME.reverse().select(reversed(FRAME.columns))
    other = other.with_columns(pl.col("n").cast(pl.Float32), pl.col("t").dt.cast_time_unit("ns"))
    assert name(other.lazy()) == name(FRAME)


def test_the_file_format_does_not_matter(tmp_path):
    frame = FRAME.select("n", "f", "b", "d", "t").with_columns(pl.col("f").fill_nan(None))
    frame.write_csv(tmp_path / "a.csv")
    frame.write_ndjson(tmp_path / "a.jsonl")
    frame.write_ipc(tmp_path / "a.arrow")
    frame.write_parquet(tmp_path / "a.parquet")
    found = {
        name(typed(f.scan([tmp_path / f"a.{kind}"], []), {}, text=f.is_text))
        for kind in ("csv", "jsonl", "arrow", "parquet")
        for f in [table_format(kind)]
    }
    assert len(found) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2, None], [1.0, 2.0, math.nan]),
        (["1", "2.5", "-3"], [1.0, 2.5, -3.0]),
        (["2024-01-01", None], [datetime.date(2024, 1, 1), None]),
        (["2024-01-01T12:00:00"], [datetime.datetime(2024, 1, 1, 12)]),
        (["2024-01-01 12:00:00+02:00"], [datetime.datetime(2024, 1, 1, 10)]),
        (["True", "false"], [True, False]),
    ],
)
def test_a_value_is_the_same_however_it_is_written(one, other):
    assert name(pl.DataFrame({"x": one})) == name(pl.DataFrame({"x": other}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([2**53], [2**53 + 1]),
        (["18446744073709551615"], ["18446744073709551614"]),
        (["2024-13-01"], ["2024-13-02"]),
        (["1 2"], ["12"]),
        (["nan"], [math.nan]),
        ([""], [None]),
        ([1], [True]),
        (["a\x00"], ["a"]),
        ([[1, 2]], [[2, 1]]),
    ],
)
def test_other_values_are_others(one, other):
    schema = {"x": pl.String} if isinstance(one[0], str) and other == [None] else None
    frames = pl.DataFrame({"x": one}), pl.DataFrame({"x": other}, schema=schema)
    assert name(frames[0]) != name(frames[1])


def test_large_unsigned_numbers_are_the_text_they_are_written_as():
    frame = pl.DataFrame({"x": [2**64 - 1, 5]}, schema={"x": pl.UInt64})
    assert name(frame) == name(pl.DataFrame({"x": ["18446744073709551615", "5"]}))


def test_no_rows_and_no_columns_have_names():
    assert name(FRAME.clear()) != name(FRAME.clear().drop("n"))
    assert name(pl.DataFrame()).startswith("sha256:")


def test_long_and_odd_texts():
    texts = ["", "ä" * 3_000_000, "x" * 5_000_000, "\u2028", "a\nb"]
    frame = pl.DataFrame({"x": texts})
    assert name(frame) == name(frame.reverse())
    assert len(set(row_set(frame).hashes.tolist())) == len(texts)


def test_hashes_of_rows_know_no_names():
    one = row_set(FRAME)
    other = row_set(FRAME.rename({"n": "m", "s": "a"}).reverse())
    assert sorted(one.hashes.tolist()) == sorted(other.hashes.tolist())
    assert one.name != other.name


@pytest.mark.parametrize(
    "other",
    [
        FRAME.head(2),
        pl.concat([FRAME, FRAME.head(1)]),
        FRAME.rename({"n": "m"}),
        FRAME.with_columns(n=pl.Series([1, -2, 0])),
        FRAME.with_columns(f=pl.Series([1.0, 0.1 + 2**-56, math.nan])),
        FRAME.with_columns(s=pl.Series(["a", None, ""])),
    ],
)
def test_any_other_row_gives_another_name(other):
    assert name(other) != name(FRAME)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.text("ab1:s-", max_size=4), st.text("ab1:s-", max_size=4)), max_size=4),
    st.lists(st.tuples(st.text("ab1:s-", max_size=4), st.text("ab1:s-", max_size=4)), max_size=4),
)
def test_cells_do_not_run_together(one, other):
    schema = {"x": pl.String, "y": pl.String}
    names = [name(pl.DataFrame(rows, schema=schema, orient="row")) for rows in (one, other)]
    assert (names[0] == names[1]) == (sorted(one) == sorted(other))
