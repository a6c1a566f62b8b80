# SPDX-License-Identifier: Apache-2.0
"""File formats: what they give, and what they say about files that are not right."""

import gzip

import polars as pl
import pytest

from shipway.adapters.tables import CATALOGUE, table_format
from shipway.base.errors import InputError
from shipway.data.columns import typed
from shipway.data.layout import PLAIN
from shipway.data.opening import open_table, reading
from shipway.spec.types import ColumnSpec, DataSpec

CSV, PARQUET = table_format("csv"), table_format("parquet")


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def write_table(frame, path):
    """The frame in the format that the name of `path` says."""
    kinds = {"csv": frame.write_csv, "jsonl": frame.write_ndjson, "arrow": frame.write_ipc}
    kinds.get(path.suffix[1:], frame.write_parquet)(path)


def rows(path, nulls=()):
    return CSV.scan([path], nulls).collect().rows()


def collect(path, layout=PLAIN):
    """The rows of a file, or the error of reading it."""
    table = open_table("train", [path], DataSpec(), table_format, layout)
    with reading([table]):
        return table.frame.collect().rows()


@pytest.mark.parametrize("kind", sorted(CATALOGUE))
def test_every_format_joins_files_in_order_by_column_names(kind, tmp_path):
    frames = [
        pl.DataFrame({"a": ["1", "2"], "b": ["x", None]}),
        pl.DataFrame({"b": ["y"], "a": ["3"]}),
    ]
    paths = [tmp_path / f"{number}.{kind}" for number in range(2)]
    for frame, path in zip(frames, paths, strict=True):
        write_table(frame, path)
    found = table_format(kind).scan(paths, ["x"]).collect()
    assert found.rows() == [("1", None), ("2", None), ("3", "y")]


@pytest.mark.parametrize("kind", sorted(CATALOGUE))
@pytest.mark.parametrize("content", [b"", b"\0\1\2\3garbage\xff\xfe" * 9])
def test_every_format_refuses_empty_and_foreign_files(kind, content, tmp_path):
    path = write(tmp_path, f"bad.{kind}", content)
    with pytest.raises(InputError) as caught:
        table_format(kind).scan([path], [])
    assert "bad" in str(caught.value)


@pytest.mark.parametrize("kind", sorted({*CATALOGUE} - {"jsonl"}))
def test_files_of_one_table_have_the_same_columns(kind, tmp_path):
    paths = [tmp_path / f"{number}.{kind}" for number in range(2)]
    for name, path in zip("ab", paths, strict=True):
        write_table(pl.DataFrame({name: ["1"]}), path)
    with pytest.raises(InputError, match=r"lacks a and also has b"):
        table_format(kind).scan(paths, [])


def test_csv_is_text_and_keeps_leading_zeros(tmp_path):
    path = write(tmp_path, "a.csv", 'zip,n\n007, 1\n"",?\n"a ""b""\nc",NA\n')
    assert rows(path, ["?", "NA"]) == [("007", " 1"), (None, None), ('a "b"\nc', None)]
    assert rows(path)[1] == (None, "?")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "a,b\r\n1,2\r\n"),
        ("a.csv", "\ufeffa,b\n1,2"),
        ("a.csv", "a,b\n\n1,2\n\n\n"),
        ("a.tsv", "a\tb\n1\t2\n"),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n")),
        ("a.tsv.gz", gzip.compress(b"a\tb\n1\t2\n")),
    ],
)
def test_the_same_table_in_many_spellings(name, content, tmp_path):
    frame = CSV.scan([write(tmp_path, name, content)], []).collect()
    assert (frame.columns, frame.rows()) == (["a", "b"], [("1", "2")])


def test_a_blank_line_is_a_missing_value_only_where_there_is_one_column(tmp_path):
    assert rows(write(tmp_path, "a.csv", "a\n1\n\n2\n")) == [("1",), (None,), ("2",)]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "\n\n", "empty"),
        ("a.csv", "a,b,c\n1,2,3\n4,5", "truncated"),
        ("a.csv", "a,a\n1,2\n", "more than once"),
        ("a.csv", b"PAR1" + b"x" * 50, "Parquet"),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n" * 999)[:40], "truncated"),
        ("a.csv.gz", b"a,b\n1,2\n", "gzip"),
    ],
)
def test_csv_says_at_once_what_is_wrong_with_a_file(name, content, words, tmp_path):
    path = write(tmp_path, name, content)
    with pytest.raises(InputError, match=words) as caught:
        CSV.scan([path], [])
    assert str(path) in caught.value.where


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("a,b\n1,2\n3,4,5\n", 3, "3 fields, the header has 2"),
        ('a,b\n"1\n1",2\n3,4,5\n', 4, "3 fields"),
        ("a,b,c\n1,2,3\n4,5\n6,7,8\n", 3, "2 fields, the header has 3"),
        ('a,b\n"1\n\n1",2\n\n"3"\n4,5\n', 6, "1 fields"),
        (b"a,b\n1,x\n2,Z\xfcrich\n", 3, "not UTF-8"),
        ('a,b\nx,"y"\n5" pipe,1\nz,2\n', 3, "quote inside of a field"),
        ('a,b\nx,"y"z\n1,2\n', 2, "can't be read"),
        ('a,b\nx,1\ny,"2\nz,3\n', 3, "never closed"),
    ],
)
def test_csv_names_the_line_that_can_not_be_read(content, line, words, tmp_path):
    path = write(tmp_path, "a.csv", content)
    with pytest.raises(InputError, match=words) as caught:
        collect(path)
    assert caught.value.where == f"{path}:{line}"


def test_parquet_says_when_its_end_is_missing_or_its_inside_is_damaged(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"a": range(5000)}).write_parquet(path)
    whole = path.read_bytes()
    with pytest.raises(InputError, match="truncated"):
        PARQUET.scan([write(tmp_path, "b.parquet", whole[:-30])], [])
    with pytest.raises(InputError, match="not a Parquet"):
        PARQUET.scan([write(tmp_path, "c.parquet", "a,b\n1,2\n")], [])
    damaged = write(tmp_path, "d.parquet", whole[:10] + b"\xff" * 400 + whole[410:])
    table = open_table("t", [damaged], DataSpec(), table_format)
    with pytest.raises(InputError, match="can't be read"), reading([table]):
        table.frame.collect()


def test_parquet_takes_markers_as_text_and_as_numbers(tmp_path):
    path = tmp_path / "a.parquet"
    frame = pl.DataFrame(
        {"s": ["?", "x"], "n": [99999999, 1], "f": [1.5, -1.0], "b": [True, False]}
    )
    frame.write_parquet(path)
    found = PARQUET.scan([path], ["?", "99999999", "-1"]).collect()
    assert found.rows() == [(None, None, 1.5, True), ("x", 1, None, False)]


def test_an_error_that_is_not_about_a_file_is_left_alone():
    with pytest.raises(pl.exceptions.PolarsError), reading([]):
        pl.LazyFrame({"a": [1]}).select("b").collect()


def test_undeclared_text_gets_the_narrowest_type_that_all_cells_have(tmp_path):
    content = "i,f,b,z,d,w,e,x\n1,1,true,007,2024-01-01,1,,1\n-2,2.5,False,8,2024-01-02,x,,2\n"
    frame = CSV.scan([write(tmp_path, "a.csv", content)], [])
    found = typed(frame, {"x": ColumnSpec(type="float")}, text=True).collect_schema()
    kinds = [pl.Int64, pl.Float64, pl.Boolean, *[pl.String] * 4, pl.Float64]
    assert list(found.values()) == kinds


def test_an_odd_cell_far_down_is_not_overlooked(tmp_path):
    content = "x,y\n" + "1,\n" * 3000 + "x,7\n"
    frame = CSV.scan([write(tmp_path, "a.csv", content)], [])
    assert list(typed(frame, {}, text=True).collect_schema().values()) == [pl.String, pl.Int64]
