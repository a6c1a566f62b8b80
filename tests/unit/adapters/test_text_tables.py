# SPDX-License-Identifier: Apache-2.0
"""CSV and JSON lines as people write them: separators, encodings, decimal marks, compression."""

import gzip
import json

import polars as pl
import pytest

from shipway.adapters.tables import table_format
from shipway.adapters.tables.csv_delimiter import delimiter_of
from shipway.adapters.tables.csv_tally import tally
from shipway.base.errors import InputError
from shipway.data.columns import typed
from shipway.data.layout import PLAIN, Layout
from shipway.data.opening import open_table, reading
from shipway.spec.types import ColumnSpec, DataSpec


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def collect(path, layout=PLAIN):
    table = open_table("t", [path], DataSpec(), table_format, layout)
    with reading([table]):
        return table.frame.collect().rows()


@pytest.mark.parametrize(
    ("name", "text", "delimiter"),
    [
        ("a.csv", "a;b\n1,5;2\n3;4\n", ";"),
        ("a.csv", "a|b|c\n1|2|3\n", "|"),
        ("a.csv", "a\tb\n1\t2\n", "\t"),
        ("a.csv", "a,b;c\n1,2;3\n", ","),
        ("a.csv", '"a,x";"b"\n1;2\n3;4\n', ";"),
        ("a.csv", "note\nx;y\n", ","),
        ("a.csv", "a;b;c\n1;2\n3;4;5;6\n", ";"),
        ("a.tsv", "a,b\tc\n", "\t"),
        ("a.tsv.gz", "a,b\n", "\t"),
        ("a.csv", "only\n", ","),
    ],
)
def test_the_delimiter_is_told_by_the_first_rows(name, text, delimiter, tmp_path):
    assert delimiter_of(tmp_path / name, text, whole=True) == delimiter


def test_a_declared_delimiter_is_taken(tmp_path):
    path = write(tmp_path, "a.csv", "a:b\n1,2:3\n")
    assert collect(path, Layout(delimiter=":")) == [("1,2", "3")]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("\ufeffa,b\nZürich,1\n".encode(), None),
        ('\ufeff"a",b\nZürich,1\n'.encode(), None),
        ("a,b\nZürich,1\n".encode("utf-16"), None),
        ("a,b\nZürich,1\n".encode("utf-16-le"), "utf-16-le"),
        ("a,b\nZürich,1\n".encode("latin-1"), "latin-1"),
        ("a,b\nZürich,1\n".encode("cp1252"), "cp1252"),
        (gzip.compress("a,b\nZürich,1\n".encode("cp1252")), "cp1252"),
    ],
)
def test_encodings(content, encoding, tmp_path):
    name = "a.csv.gz" if content[:2] == b"\x1f\x8b" else "a.csv"
    assert collect(write(tmp_path, name, content), Layout(encoding=encoding)) == [("Zürich", "1")]


def test_a_text_that_is_longer_than_a_piece_is_rewritten_whole(tmp_path):
    rows = [(str(n), "é" * (n % 50)) for n in range(30_000)]
    text = "a,b\n" + "".join(f"{a},{b}\n" for a, b in rows)
    found = collect(write(tmp_path, "a.csv", text.encode("utf-16")))
    assert found == [(a, b or None) for a, b in rows]


@pytest.mark.parametrize(
    ("content", "encoding", "line"),
    [
        (b"a,b\n1,2\n3,\xff\n", "ascii", 3),
        (b"a,b\n1,2\n3,\x81\n", "cp1252", 3),
    ],
)
def test_a_byte_that_an_encoding_does_not_have_is_placed(content, encoding, line, tmp_path):
    path = write(tmp_path, "a.csv", content)
    with pytest.raises(InputError, match="not") as caught:
        collect(path, Layout(encoding=encoding))
    assert caught.value.where == f"{path}:{line}"


def test_a_file_that_is_not_utf8_is_told_with_the_line_of_the_spec_that_helps(tmp_path):
    path = write(tmp_path, "a.csv", "a,b\n1,Zürich\n".encode("cp1252"))
    with pytest.raises(InputError, match="not UTF-8") as caught:
        collect(path)
    assert "{path: a.csv, encoding: cp1252}" in caught.value.cure


def test_with_a_decimal_comma_a_point_is_no_number(tmp_path):
    path = write(tmp_path, "a.csv", 'f;i;t;w\n1,5;3,0;1,5 m;007\n-2,25e1;4;1.5;1\n;;;""\n')
    layout = Layout(decimal=",")
    table = open_table("t", [path], DataSpec(), table_format, layout)
    found = typed(table.frame, {}, text=True, decimal=",").collect()
    assert found.rows() == [
        (1.5, 3, "1,5 m", "007"),
        (-22.5, 4, "1.5", "1"),
        (None, None, None, None),
    ]
    pointed = write(tmp_path, "b.csv", "f;g\n1.234;1.234,5\n")
    frame = open_table("t", [pointed], DataSpec(), table_format, layout).frame
    specs = {"f": ColumnSpec(type="float"), "g": ColumnSpec(type="float")}
    assert typed(frame, specs, text=True, decimal=",").collect().rows() == [(None, None)]


def test_quotes_that_stand_around_no_field_are_characters(tmp_path):
    path = write(tmp_path, "a.csv", 'a,b\n5" pipe,1\n6" pipe,2\n7 pipe,3"\n')
    assert collect(path) == [('5" pipe', "1"), ('6" pipe', "2"), ("7 pipe", '3"')]


def test_lines_that_end_in_cr_alone_are_told(tmp_path):
    with pytest.raises(InputError, match="CR alone"):
        collect(write(tmp_path, "a.csv", "a,b\r1,2\r"))


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
@pytest.mark.parametrize("kind", ["csv", "jsonl", "ndjson"])
def test_compressed_text(kind, ending, tmp_path):
    frame = pl.DataFrame({"a": ["x", "y"], "b": ["1,5", None]})
    path = tmp_path / f"a.{kind}{ending}"
    compression = {"": "uncompressed", ".gz": "gzip", ".zst": "zstd"}[ending]
    sink = frame.lazy().sink_csv if kind == "csv" else frame.lazy().sink_ndjson
    sink(path, compression=compression, check_extension=False)
    assert collect(path) == [("x", "1,5"), ("y", None)]


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zst", "a.jsonl.gz", "a.jsonl.zst"])
def test_damaged_compressed_files_are_named(name, tmp_path):
    frame = pl.DataFrame({"a": range(20_000)}).lazy()
    whole = tmp_path / name
    compression = "gzip" if name.endswith("gz") else "zstd"
    sink = frame.sink_csv if "csv" in name else frame.sink_ndjson
    sink(whole, compression=compression, check_extension=False)
    content = whole.read_bytes()
    for bad in (content[: len(content) // 2], bytes(range(1, 200)) * 9):
        path = write(tmp_path, f"bad-{name}", bad)
        with pytest.raises(InputError) as caught:
            collect(path)
        assert str(path) in caught.value.where


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000])
def test_what_is_counted_does_not_depend_on_the_pieces(size):
    text = b'\na,"b ""x"" \n\n,y",c\r\n\r\n1,2,3\n\n"4",,\n5,6,"7\n\n"'
    pieces = [text[n : n + size] for n in range(0, len(text), size)]
    found = tally(pieces, ",")
    assert (found.counts.separators, found.rows, found.quotes % 2) == (8, 4, 0)
    assert found.quoted


def test_a_row_that_is_short_by_what_another_has_too_many_is_found(tmp_path):
    path = write(tmp_path, "a.csv", "a,b,c\n1,2\n1,2,3,4\n")
    with pytest.raises(InputError, match="2 fields, the header has 3") as caught:
        collect(path)
    assert caught.value.where == f"{path}:2"


def test_json_lines_keep_the_types_of_json(tmp_path):
    lines = [{"a": 1, "b": "007", "c": True}, {"b": "2024-01-01", "a": 2.5}, {"d": None}]
    path = write(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines)) + "\n\n")
    assert collect(path) == [
        (1.0, "007", True, None),
        (2.5, "2024-01-01", None, None),
        (None, None, None, None),
    ]


def test_json_lines_are_read_to_the_end_before_columns_are_known(tmp_path):
    path = write(tmp_path, "a.jsonl", '{"a":1}\n' * 3000 + '{"a":2.5,"late":"x"}\n')
    frame = table_format("jsonl").scan([path], []).collect()
    assert frame.columns == ["a", "late"]
    assert frame.row(-1) == (2.5, "x")


def test_files_of_json_lines_may_lack_a_key(tmp_path):
    one = write(tmp_path, "1.jsonl", '{"a":1}\n')
    other = write(tmp_path, "2.jsonl", '{"b":"x","a":2}\n')
    found = table_format("jsonl").scan([one, other], ["2"]).collect()
    assert found.rows() == [(1, None), (None, "x")]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ('{"a":1}\n{"a":\n', ":2", "not JSON"),
        ('{"a":1}\n[1]\n', ":2", "not an object"),
        ('{"a":1}\n{"a":NaN}\n', ":2", "NaN"),
        ('[{"a":1}]\n', "", "one JSON document"),
        ("a,b\n", ":1", "not JSON lines"),
        ('{"a":1,"a":2}\n', ":1", "twice"),
        (b'{"a":"\xfc"}\n', ":1", "not UTF-8"),
        ('{"a":1}\n{"a":1000000000000000000000}\n', "", "64 bits in row 2"),
        ("", "", "empty"),
        (b"\0\1\2", ":1", "not JSON lines"),
    ],
)
def test_json_lines_say_which_line_is_wrong(content, line, words, tmp_path):
    path = write(tmp_path, "a.jsonl", content)
    with pytest.raises(InputError, match=words) as caught:
        collect(path)
    assert caught.value.where == f"{path}{line}"


def test_json_lines_with_a_byte_order_mark_and_in_utf_16(tmp_path):
    text = '{"a":"Zürich"}\n'
    for content in ("\ufeff".encode() + text.encode(), text.encode("utf-16")):
        assert collect(write(tmp_path, "a.jsonl", content)) == [("Zürich",)]
