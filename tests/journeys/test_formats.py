# SPDX-License-Identifier: Apache-2.0
"""Tables as people have them, through `shipway check`: a verdict, or what is wrong and where."""

import gzip
import os

import polars as pl
import pytest

CHECKS = "columns:\n  n: {type: float, min: 0, max_missing: 0}\n  w: {values: [Zürich, Ålesund]}\n"
GOOD = "n,w\n1.5,Zürich\n2,Ålesund\n"
GERMAN = "n;w\n1,5;Zürich\n2,0;Ålesund\n"
TABLE = "table: {delimiter: ';', encoding: cp1252, decimal: ','}\n"


@pytest.fixture
def check(project):
    """Checks a file of that name and content, with more words behind."""
    project.write("checks.yaml", CHECKS)

    def call(name, content=None, *words, checks="checks.yaml"):
        if content is not None:
            project.write(name, content)
        ended = project.shipway("check", name, "--checks", checks, *words)
        assert "Traceback" not in ended.text
        ended.said()
        return ended

    return call


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", GOOD, []),
        ("a.csv", "\ufeff" + GOOD.replace("\n", "\r\n"), []),
        ("a.csv", GOOD.replace(",", ";"), []),
        ("a.csv", GOOD.replace(",", "|"), []),
        ("a.tsv", GOOD.replace(",", "\t"), []),
        ("a.csv", GOOD.encode("utf-16"), []),
        ("a.csv", GOOD.encode("latin-1"), ["--encoding", "latin-1"]),
        ("a.csv", GERMAN.encode("cp1252"), ["--encoding", "cp1252", "--decimal", ","]),
        ("a.csv", GOOD.replace(",", ":"), ["--delimiter", ":"]),
        ("a.csv.gz", gzip.compress(GOOD.encode()), []),
        ("a.csv", 'n,w,note\n1,Zürich,"two\nlines, ""quoted"""\n', []),
        ("a.jsonl", '{"n":1.5,"w":"Zürich"}\n{"w":"Ålesund","n":2}\n', []),
        ("a.ndjson.gz", gzip.compress('{"n":1.5,"w":"Zürich"}\n'.encode()), []),
    ],
)
def test_text_in_many_spellings(check, name, content, words):
    ended = check(name, content, *words)
    assert ended.code == 0, ended.text


@pytest.mark.parametrize("kind", ["parquet", "arrow", "feather", "csv.zst", "jsonl.zst"])
def test_files_that_programs_write(check, project, kind):
    frame = pl.DataFrame({"n": [1.5, 2.0], "w": ["Zürich", "Ålesund"]})
    path = project.folder / f"a.{kind}"
    write = {
        "parquet": frame.write_parquet,
        "csv.zst": lambda path: frame.lazy().sink_csv(path, compression="zstd"),
        "jsonl.zst": lambda path: frame.lazy().sink_ndjson(path, compression="zstd"),
    }
    write.get(kind, frame.write_ipc)(path)
    assert check(f"a.{kind}").code == 0


def test_the_dialect_stands_in_the_checks_or_in_the_spec(check, project):
    project.write("german.yaml", CHECKS + TABLE)
    assert check("a.csv", GERMAN.encode("cp1252"), checks="german.yaml").code == 0
    project.write(
        "shipway.yaml",
        "shipway: 1\nproject: small\ndata:\n"
        "  train: {path: a.csv, delimiter: ';', encoding: cp1252, decimal: ','}\n"
        "  columns: {n: {type: float, min: 0}}\n",
    )
    assert project.shipway("check", "a.csv").code == 0


def test_folders_are_columns(check, project):
    project.write("year.yaml", "columns:\n  year: {type: integer, min: 2024}\n")
    for year in (2023, 2024):
        project.write(f"data/year={year}/a.csv", "n\n1\n")
    ended = check("data/*/a.csv", checks="year.yaml")
    assert ended.code == 1
    ended.said("year", "min 2024: 1 of 2 rows")


@pytest.mark.parametrize("marker", ["?", "NA", " ", "n/a"])
def test_only_an_empty_field_is_missing_until_the_spec_says_more(check, project, marker):
    ended = check("a.csv", f"n,w\n1,Zürich\n{marker},Zürich\n")
    assert ended.code == 1
    ended.said("type float: 1 of 2 rows", f'nulls: ["{marker}"]')
    project.write("more.yaml", CHECKS + f'nulls: ["{marker}"]\n')
    ended = check("a.csv", checks="more.yaml")
    assert ended.code == 1
    ended.said("max_missing 0 rows: 1 of 2 rows")
    assert "type float" not in ended.out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("n,w\n1,Zürich\nabc,Zürich\n", ["type float: 1 of 2 rows"]),
        ("n,w\n1.000,50,Zürich\n", ["a.csv:2", "3 fields"]),
        ('n;w\n"1.000,50";Zürich\n', ["type float", "thousands"]),
        ("n;w\n1,5;Zürich\n", ["type float", 'decimal: ","']),
        ("n,w\n-inf,Zürich\n", ["min 0"]),
        ("n,w\nNaN,Zürich\n", ["max_missing"]),
        ("n,w\n", ["rows at least 1: 0 rows"]),
    ],
)
def test_what_a_table_says_is_a_verdict(check, content, says):
    ended = check("a.csv", content)
    assert ended.code in (1, 2)
    ended.said(*says)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "", ["a.csv", "empty"]),
        ("a.csv", "\n\n", ["a.csv", "empty"]),
        ("a.csv", os.urandom(3000) + b"\0", ["a.csv", "not CSV"]),
        ("a.csv", "n,w\n1,Zürich\n2\n", ["a.csv:3", "1 fields, the header has 2"]),
        ("a.csv", "n,n\n1,2\n", ["a.csv:1", "'n' more than once"]),
        ("a.csv", "n,w\n1,Zürich\n".encode("latin-1"), ["a.csv:2", "not UTF-8", "cp1252"]),
        ("a.csv", 'n,w\n1,"Zürich\n2,x\n', ["a.csv:2", "never closed"]),
        ("a.csv", 'n,w\n1,"a"\n2,5" x\n', ["a.csv:3", "quote"]),
        ("a.csv", b"PK\x03\x04" + b"x" * 99, ["a.csv", "Excel"]),
        ("a.csv.gz", gzip.compress(GOOD.encode() * 999)[:90], ["a.csv.gz", "truncated"]),
        ("a.parquet", b"PAR1" + b"x" * 99, ["a.parquet", "truncated"]),
        ("a.parquet", GOOD, ["a.parquet", "not a Parquet"]),
        ("a.arrow", GOOD, ["a.arrow", "not an Arrow"]),
        ("a.jsonl", '{"n":1}\n{"n":}\n', ["a.jsonl:2", "not JSON"]),
        ("a.jsonl", '[{"n":1}]', ["a.jsonl", "one JSON document"]),
        ("a.jsonl", '{"n":1}\n{"n":99999999999999999999}\n', ["'n'", "64 bits in row 2"]),
        ("a.json", "{}", ["a.json", "JSON lines"]),
        ("a.xlsx", b"PK", ["a.xlsx", "CSV"]),
        ("s3:/x", None, ["does not exist"]),
        ("ftp://x/a.csv", None, ["ftp://", "s3://"]),
        ("folder", None, ["folder is a folder", "*.parquet"]),
    ],
)
def test_what_can_not_be_read_is_explained(check, project, name, content, says):
    (project.folder / "folder").mkdir()
    ended = check(name, content)
    assert ended.code == 2
    ended.said(*says)


def test_one_damaged_file_among_good_ones_is_named(check, project):
    for number in range(4):
        frame = pl.DataFrame({"n": [float(n) for n in range(9000)], "w": ["Zürich"] * 9000})
        frame.write_parquet(project.folder / f"part-{number}.parquet")
    whole = (project.folder / "part-2.parquet").read_bytes()
    project.write("part-2.parquet", whole[:50] + b"\xff" * 500 + whole[550:])
    ended = check("part-*.parquet")
    assert ended.code == 2
    ended.said("part-2.parquet")
    assert "part-1" not in ended.err


def test_two_thousand_columns_and_a_very_long_cell(check, project):
    names = ["n", "w", *(f"c{number}" for number in range(2000))]
    row = ["1", "Zürich", *["x"] * 2000]
    assert check("wide.csv", ",".join(names) + "\n" + ",".join(row) + "\n").code == 0
    long = "n,w\n1,Zürich\n2," + "x" * 20_000_000 + "\n"
    ended = check("long.csv", long)
    assert ended.code == 1
    assert len(ended.out) < 5000


def test_types_that_do_not_fit_into_a_float(check, project):
    project.write("wide.yaml", "columns:\n  d: {type: float, min: 0}\n  i: {unique: true}\n")
    frame = pl.DataFrame(
        {
            "d": pl.Series(["1.10", "2.20"]).cast(pl.Decimal(10, 2)),
            "i": pl.Series([2**53, 2**53 + 1], dtype=pl.UInt64),
        }
    )
    frame.write_parquet(project.folder / "a.parquet")
    assert check("a.parquet", checks="wide.yaml").code == 0
    project.write("big.yaml", "columns:\n  n: {type: integer}\n")
    ended = check("a.csv", "n\n1\n123456789012345678901234567890\n", checks="big.yaml")
    assert ended.code == 1
    ended.said("64 bits")


def test_moments_in_zones_are_moments(check, project):
    project.write("zone.yaml", "columns:\n  t: {type: datetime, min: 2024-01-01}\n")
    moments = "t\n2024-01-01T00:30:00+01:00\n2024-01-01T00:00:00Z\n"
    ended = check("a.csv", moments, checks="zone.yaml")
    assert ended.code == 1
    ended.said("1 of 2 rows")
