# SPDX-License-Identifier: Apache-2.0
"""Whole numbers that a float can't tell apart stay apart."""

import datetime

import polars as pl
import pytest

from shipway.data.checks import check_tables
from shipway.data.columns import typed
from shipway.spec.types import ColumnSpec, DataSpec

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([2**53, 2**53 + 1], pl.Decimal(20, 0)),
        ([2**53, 2**53 + 1], pl.Int64),
        ([2**63, 2**63 + 1], pl.UInt64),
        ([2**70, 2**70 + 1], pl.Int128),
    ],
)
def test_they_are_unique_within_bounds(values, dtype):
    frame = pl.DataFrame({"n": pl.Series(values, dtype=dtype)}).lazy()
    data = DataSpec(columns={"n": ColumnSpec(unique=True, min=0, max=1e30)})
    results, _ = check_tables({"all": frame}, data, line_of=lambda *keys: 0, now=NOW)
    assert {result.check: result.verdict for result in results} == {
        "presence": "passed",
        "min": "passed",
        "max": "passed",
        "unique": "passed",
    }


def test_a_bound_makes_no_float_of_whole_numbers_but_a_declared_type_does():
    frame = pl.LazyFrame({"a": [1], "b": [1]})
    specs = {"a": ColumnSpec(max=5), "b": ColumnSpec(type="float")}
    assert typed(frame, specs, text=False).collect_schema() == {"a": pl.Int64, "b": pl.Float64}
