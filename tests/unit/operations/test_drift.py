# SPDX-License-Identifier: Apache-2.0
"""`shipway drift`: files in, a report, lines and a page out."""

import json

import numpy as np
import polars as pl
import pytest

from shipway.base.errors import InputError
from shipway.cli.drift import drift_lines
from shipway.cli.main import run as run_words
from shipway.operations.drift import compare_files
from shipway.reports.drift_page import render_drift


def table(seed, shift=0.0, rows=600):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "amount": rng.normal(10 + shift, 1, rows),
            "land": rng.choice(["DE", "FR"] if not shift else ["DE", "<XX>"], rows),
            "note": [f"n{number}" for number in rng.integers(0, 10**9, rows)],
        }
    )


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table(1).write_parquet("before.parquet")
    table(2).write_csv("same.csv")
    table(3, 3).drop("note").with_columns(extra=pl.lit(1)).write_csv("moved.csv")
    return tmp_path


def run(*words):
    return run_words([str(word) for word in words])


def test_a_table_and_one_like_it(files, capsys):
    assert run("drift", "before.parquet", "same.csv") == 0
    said = capsys.readouterr().out
    assert said.startswith("same.csv: 600 rows, against before.parquet: 600 rows\n")
    assert said.endswith("passed: 3 of 3 columns passed (at most 0.2, 5% false alarms)\n")


def test_what_moved_comes_first(files, capsys):
    assert run("drift", "before.parquet", "moved.csv", "--method", "auto") == 1
    lines = capsys.readouterr().out.splitlines()
    rows = [line.split()[:2] for line in lines[3:7]]
    assert rows == [
        ["failed", "amount"], ["failed", "land"], ["failed", "note"], ["passed", "extra"],
    ]  # fmt: skip
    assert "new: <XX>; vanished: FR" in lines[4]
    assert lines[-1] == "failed: 1 of 4 columns passed (at most 0.2, 5% false alarms)"


def test_one_json_document_and_the_same_exit_code(files, capsys):
    assert run("drift", "before.parquet", "moved.csv", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "failed"
    assert {each["column"]: each["verdict"] for each in found["columns"]}["amount"] == "failed"


def test_a_stored_profile_is_a_reference(files, capsys):
    assert run("profile", "before.parquet", "--json") == 0
    (files / "profile.json").write_text(capsys.readouterr().out)
    assert run("drift", "profile.json", "same.csv") == 0
    assert run("drift", "profile.json", "moved.csv") == 1


def test_limits_and_columns(files):
    assert run("drift", "before.parquet", "moved.csv", "--columns", "extra") == 0
    assert run("drift", "before.parquet", "moved.csv", "--columns", "amount") == 1
    assert run("drift", "before.parquet", "moved.csv", "--columns", "amount", "--at-most", 99) == 0


@pytest.mark.parametrize(
    "words",
    [
        ("before.parquet", "none.csv"),
        ("none.json", "same.csv"),
        ("before.parquet", "same.csv", "--at-most", "-1"),
        ("before.parquet", "same.csv", "--at-most", "nan"),
        ("before.parquet", "same.csv", "--significance", "2"),
        ("before.parquet", "same.csv", "--method", "none"),
        ("before.parquet", "same.csv", "--html", "same.csv/where.html"),
    ],
)
def test_wrong_input_has_its_own_exit_code(files, words, capsys):
    try:
        code = run("drift", *words)
    except SystemExit as exited:
        code = exited.code
    assert code == 2
    assert capsys.readouterr().err


def test_a_file_that_is_no_profile_is_named(files):
    (files / "bad.json").write_text('{"a": 1}')
    with pytest.raises(InputError, match="no profile"):
        compare_files(files / "bad.json", files / "same.csv")


def test_the_project_says_what_the_columns_are(files):
    (files / "shipway.yaml").write_text(
        "shipway: 1\nproject: p\nmodel: {name: m, task: regression, target: amount}\n"
        "data: {train: a.csv, ignore: [note], columns: {land: {type: category, sensitive: true}}}\n"
    )
    report = compare_files(files / "before.parquet", files / "moved.csv", project=files)
    by_name = {column.column: column for column in report.columns}
    assert by_name["land"].verdict == "failed"
    assert (by_name["land"].new, by_name["land"].cells) == ((), ())
    assert by_name["amount"].target
    assert report.left_out == {"note": "it is ignored"}


def test_the_page_escapes_values_and_needs_nothing_else(files):
    page = render_drift(compare_files(files / "before.parquet", files / "moved.csv"))
    assert "3 columns drifted" in page
    assert "&lt;XX&gt;" in page and "<XX>" not in page
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")
    assert page.index("amount") < page.index("extra")


def test_the_page_and_the_lines_of_an_empty_table(files):
    table(1).head(0).write_parquet("empty.parquet")
    report = compare_files(files / "before.parquet", files / "empty.parquet")
    assert "Nothing to compare" in render_drift(report)
    assert drift_lines(report)[-1].startswith("inconclusive: 0 of 3")
