# SPDX-License-Identifier: Apache-2.0
"""The project's tables as its function gets them: every format and dialect, read by polars."""

import gzip

import polars as pl
import pytest

from shipway.adapters.tables import table_format
from shipway.data.columns import typed
from shipway.data.layout import Layout
from shipway_runtime.datasets import read
from shipway_runtime.formats import TableFiles

FRAME = pl.DataFrame({"a": ["007", None], "n": [1.5, -2.25], "w": ["Zürich", "x,y"]})


def written(kind, folder):
    path = folder / f"t.{kind}"
    {
        "csv": FRAME.write_csv,
        "jsonl": FRAME.write_ndjson,
        "arrow": FRAME.write_ipc,
        "parquet": FRAME.write_parquet,
    }[kind](path)
    return path


@pytest.mark.parametrize("kind", ["jsonl", "arrow", "parquet"])
@pytest.mark.parametrize("form", ["polars", "lazy"])
def test_formats_with_types(kind, form, tmp_path):
    found = read("t", TableFiles((str(written(kind, tmp_path)),), kind), form)
    assert found.lazy().collect().equals(FRAME)


def test_csv_as_it_is_declared(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes('z;n;w\nx;1,5;Zürich\n?;-2,25;"a;b"\n'.encode("cp1252"))
    table = TableFiles((str(path),), "csv", ("?",), ";", "cp1252", ",")
    for form in ("polars", "lazy"):
        found = read("t", table, form).lazy().collect()
        assert found.rows() == [("x", 1.5, "Zürich"), (None, -2.25, "a;b")]


def test_compressed_csv(tmp_path):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,x\n"))
    assert read("t", TableFiles((str(path),), "csv"), "polars").rows() == [(1, "x")]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "arrow", "parquet"])
@pytest.mark.parametrize(
    "partitions",
    [
        ({"year": "2023", "day": "2024-01-01"}, {"year": "2024", "day": "2024-01-02"}),
        ({"year": "2023", "day": None}, {"year": None, "day": "x"}),
        ({"n": "7", "year": "007"}, {"n": "8", "year": "1"}),
    ],
)
def test_columns_of_folders_are_those_that_the_checks_see(kind, partitions, tmp_path):
    paths = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        paths.append(written(kind, tmp_path / str(number)))
    table = TableFiles(tuple(map(str, paths)), kind, partitions=partitions)
    found = read("t", table, "polars")
    layout = Layout(partitions=partitions)
    format_ = table_format(kind)
    seen = typed(format_.scan(paths, [], layout), {}, text=format_.is_text).collect()
    names = list(partitions[0])
    assert found.columns == seen.columns
    assert found[names].rows() == seen[names].rows()
    assert found[names].schema == seen[names].schema


def test_a_folder_that_nobody_declared_is_no_column(tmp_path):
    (tmp_path / "year=2024").mkdir()
    for kind in ("csv", "jsonl", "arrow", "parquet"):
        path = written(kind, tmp_path / "year=2024")
        assert read("t", TableFiles((str(path),), kind), "polars").columns == FRAME.columns
