# SPDX-License-Identifier: Apache-2.0
"""Parquet is read by the groups of rows in which it is stored."""

import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.adapters.tables import parquet
from shipway.adapters.tables.parquet import ParquetFormat
from shipway.adapters.tables.parquet_footer import rows_together
from shipway.data.stretches import whole


def table(rows):
    moment = datetime.datetime(2024, 1, 1)
    return pl.DataFrame(
        {
            "number": pl.Series(range(rows), dtype=pl.Int32),
            "text": [f"row {n}" for n in range(rows)],
            "list": [[n, n] for n in range(rows)],
            "truth": [n % 2 == 0 for n in range(rows)],
            "moment": [moment] * rows,
            "money": pl.Series([None] * rows, dtype=pl.Decimal(10, 2)),
            "struct": [{"a": n, "b": "x"} for n in range(rows)],
        }
    )


@pytest.mark.parametrize("compression", ["zstd", "snappy", "uncompressed"])
@pytest.mark.parametrize("statistics", [True, False])
def test_the_footer_tells_the_rows_of_a_group(tmp_path: Path, compression, statistics):
    file = tmp_path / "a.parquet"
    table(1000).write_parquet(
        file, row_group_size=300, compression=compression, statistics=statistics
    )
    assert rows_together(file) == 300


def test_a_file_of_one_group_is_one_group(tmp_path: Path):
    table(10).write_parquet(tmp_path / "a.parquet")
    assert rows_together(tmp_path / "a.parquet") == 10


def test_a_file_without_rows_has_no_group_or_an_empty_one(tmp_path: Path):
    table(0).write_parquet(tmp_path / "a.parquet")
    assert not rows_together(tmp_path / "a.parquet")
    (stretch,) = ParquetFormat().stretches([tmp_path / "a.parquet"], ())
    assert stretch.frame.collect().height == 0


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_a_footer_that_is_none_tells_nothing_and_breaks_nothing(tmp_path_factory, footer):
    file = tmp_path_factory.getbasetemp() / "footer.parquet"
    file.write_bytes(b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1")
    assert rows_together(file) is None or isinstance(rows_together(file), int)


def test_large_files_are_stretches_of_their_own_and_small_ones_go_together(tmp_path, monkeypatch):
    files = [tmp_path / f"{n}.parquet" for n in range(4)]
    for number, rows in enumerate((5, 5000, 5, 5)):
        table(rows).select("number", "text").write_parquet(files[number], row_group_size=1000)
    monkeypatch.setattr(parquet, "LARGE", 10_000)
    monkeypatch.setattr(parquet, "PIECE", 1500)
    found = ParquetFormat().stretches(files, ())
    assert [stretch.step for stretch in found] == [None, 2000, None]
    assert [stretch.frame.collect().height for stretch in found] == [5, 5000, 10]
    assert whole(found).collect().equals(ParquetFormat().scan(files, ()).collect())
