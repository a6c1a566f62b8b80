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
from shipway.data.tableset import rows_digest

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
NAME = "sha256:7e13bf9348cd62dd098b69c1074739b0ddd5c630355da08395423ec45360b5b3"


def test_the_name_never_changes():
    """A test set's uses are counted under this name for years."""
    assert rows_digest(FRAME) == NAME


def test_order_of_rows_and_columns_and_the_types_of_whole_numbers_do_not_matter():
    other = FRAME.reverse().select(reversed(FRAME.columns))
    other = other.with_columns(pl.col("n").cast(pl.Float32), pl.col("t").dt.cast_time_unit("ns"))
    assert rows_digest(other.lazy()) == rows_digest(FRAME)


def test_the_file_format_does_not_matter(tmp_path):
    frame = FRAME.select("n", "f", "b").with_columns(pl.col("f").fill_nan(None))
    frame.write_csv(tmp_path / "a.csv")
    frame.write_parquet(tmp_path / "a.parquet")
    found = {
        rows_digest(typed(f.scan([tmp_path / f"a.{kind}"], []), {}, text=f.is_text))
        for kind in ("csv", "parquet")
        for f in [table_format(kind)]
    }
    assert len(found) == 1


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
    assert rows_digest(other) != rows_digest(FRAME)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.text("ab1:s-", max_size=4), st.text("ab1:s-", max_size=4)), max_size=4),
    st.lists(st.tuples(st.text("ab1:s-", max_size=4), st.text("ab1:s-", max_size=4)), max_size=4),
)
def test_cells_do_not_run_together(one, other):
    schema = {"x": pl.String, "y": pl.String}
    names = [rows_digest(pl.DataFrame(rows, schema=schema, orient="row")) for rows in (one, other)]
    assert (names[0] == names[1]) == (sorted(one) == sorted(other))
