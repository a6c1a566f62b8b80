# SPDX-License-Identifier: Apache-2.0
"""File formats: what they give, and what they say about files that are not right."""

import gzip

import polars as pl
import pytest

from shipway.adapters.tables import CATALOGUE, table_format
from shipway.base.errors import InputError
from shipway.data.columns import typed
from shipway.data.layout import PLAIN
from shipway.data.opening import open_table, open_tables, reading
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
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0)),
        ("a.tsv.gz", gzip.compress(b"a\tb\n1\t2\n", mtime=0)),
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
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n" * 999, mtime=0)[:40], "truncated"),
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


@pytest.mark.parametrize("kind", sorted(CATALOGUE))
def test_a_damaged_file_among_good_ones_is_named(kind, tmp_path):
    paths = [tmp_path / f"{number}.{kind}" for number in range(4)]
    for path in paths:
        write_table(pl.DataFrame({"a": [str(n) for n in range(5000)], "b": ["x"] * 5000}), path)
    whole = paths[2].read_bytes()
    middle = len(whole) // 3
    damages = {"csv": b"1,2,3,4\n", "jsonl": b'{"a":\n'}
    damage = damages.get(kind, b"\xff" * 3000)
    paths[2].write_bytes(whole[:middle] + damage + whole[middle + len(damage) :])
    with pytest.raises(InputError) as caught:
        table = open_table("t", paths, DataSpec(), table_format)
        with reading([table]):
            table.frame.collect()
    assert str(paths[2]) in caught.value.where
    assert not any(str(path) in caught.value.where for path in (paths[0], paths[1], paths[3]))


def hive(kind, folder):
    """A table in two folders, and what its spec calls it."""
    names = ["d/year=2023/r=a%2Fb/x", "d/year=2024/r=__HIVE_DEFAULT_PARTITION__/x"]
    found = {}
    for number, name in enumerate(names):
        path = folder / f"{name}.{kind}"
        path.parent.mkdir(parents=True)
        write_table(pl.DataFrame({"a": [number]}), path)
        found[path] = f"{name}.{kind}"
    return found, f"d/*/*/x.{kind}"


@pytest.mark.parametrize("kind", sorted(CATALOGUE))
def test_folders_below_a_glob_are_columns(kind, tmp_path):
    located, pattern = hive(kind, tmp_path)
    data = DataSpec(train=pattern)
    table = open_tables({"train": located}, data, table_format)["train"]
    found = typed(table.frame, {}, text=table.is_text).collect()
    assert found.columns == ["a", "year", "r"]
    assert found.rows() == [(0, 2023, "a/b"), (1, 2024, None)]
    whole = pl.concat([stretch.frame for stretch in table.stretches]).collect()
    assert whole.columns == ["a", "year", "r"]


def test_folders_of_a_path_without_a_glob_are_no_columns(tmp_path):
    located, _ = hive("parquet", tmp_path)
    path, name = next(iter(located.items()))
    table = open_tables({"train": {path: name}}, DataSpec(train=name), table_format)["train"]
    assert table.frame.collect_schema().names() == ["a"]


def test_partition_columns_have_types_and_the_file_has_the_last_word(tmp_path):
    located = {}
    for day in ("2024-01-01", "2024-01-02"):
        path = tmp_path / f"day={day}" / "a=7" / "x.parquet"
        path.parent.mkdir(parents=True)
        write_table(pl.DataFrame({"a": ["own"]}), path)
        located[path] = f"day={day}/a=7/x.parquet"
    table = open_tables({"t": located}, DataSpec(extra={"t": "*/*/x.parquet"}), table_format)["t"]
    found = table.frame.collect()
    assert found.schema == {"a": pl.String, "day": pl.Date}
    assert found["a"].to_list() == ["own", "own"]


def test_files_in_other_folders_are_told(tmp_path):
    located = {}
    for name in ("year=2024/x.csv", "y/x.csv"):
        path = write_into(tmp_path, name, "a\n1\n")
        located[path] = name
    with pytest.raises(InputError, match=r"other partitions than x.csv, which has year=…"):
        open_tables({"t": located}, DataSpec(extra={"t": "*/x.csv"}), table_format)


def write_into(folder, name, content):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    return write(folder, name, content)


def test_an_arrow_stream_and_an_old_feather_are_told(tmp_path):
    path = tmp_path / "a.arrow"
    pl.DataFrame({"a": [1]}).write_ipc_stream(path)
    with pytest.raises(InputError, match="an Arrow stream"):
        table_format("arrow").scan([path], [])
    with pytest.raises(InputError, match="Feather of version 1"):
        table_format("arrow").scan([write(tmp_path, "b.feather", b"FEA1" + b"x" * 40)], [])


def test_arrow_says_when_its_end_is_missing(tmp_path):
    path = tmp_path / "a.arrow"
    pl.DataFrame({"a": range(5000)}).write_ipc(path)
    bad = write(tmp_path, "b.arrow", path.read_bytes()[:-30])
    with pytest.raises(InputError, match="truncated"):
        table_format("arrow").scan([bad], [])
