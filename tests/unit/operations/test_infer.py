# SPDX-License-Identifier: Apache-2.0
"""What is proposed can be read and holds for the table that it came from."""

import json
import re
import sys
from pathlib import Path

import polars as pl
import pytest

from shipway.base.errors import InputError
from shipway.cli.parser import parse
from shipway.operations.check import check_files
from shipway.operations.infer import infer, write_inference
from shipway.spec.checks_file import read_checks

sys.path.insert(0, str(Path(__file__).parents[1] / "data/suspicions"))
from inferred import clean, written

DOCS = Path(__file__).parents[3] / "docs/inference.md"
DIRTY = {
    "No": list(range(120)),
    " spent: all": [*range(100), *[99999999] * 20],
    "gear": ["manual", "automatic", "UNKNOWN"] * 40,
    "mail": [f"u{n}@example.com" for n in range(120)],
    "pm": ["NA", *map(str, range(119))],
    "empty": [None] * 120,
    "yes": ["yes", "no"] * 60,
    "when": ["2024-01-05", "2024-02-30x"] * 60,
    "quoted": ['a "b", c', "# no comment"] * 60,
}


def proposed(path, folder, **wanted):
    found = infer([path], **wanted)
    file = folder / "checks.yaml"
    file.write_text(found.checks)
    return found, file


def fails(report):
    return [
        (each.column, each.check, each.observed)
        for each in report.checks
        if each.verdict != "passed"
    ]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_proposed_holds_for_clean_tables(tmp_path, seed):
    path = written(tmp_path, clean(seed), parquet=seed % 2 == 0)
    found, file = proposed(path, tmp_path)
    assert fails(check_files([path], file)) == []
    assert "id: order_id" in found.checks and "Nothing odd was found." in found.checks
    spec = read_checks(file).spec.data
    assert set(spec.columns) == set(clean(seed).columns)
    assert spec.columns["kind"].values == ("new", "rented", "used")
    assert spec.columns["order_id"].unique


@pytest.mark.parametrize("parquet", [False, True])
def test_what_is_proposed_holds_for_dirty_tables(tmp_path, parquet):
    path = written(tmp_path, pl.DataFrame(DIRTY, strict=False), parquet)
    found, file = proposed(path, tmp_path, target="yes")
    assert fails(check_files([path], file)) == []
    columns = read_checks(file).spec.data.columns
    assert columns["mail"].sensitive and columns["mail"].values is None
    assert columns[" spent: all"].max is None and columns[" spent: all"].min == 0
    assert "empty" not in columns
    assert "example.com" not in found.checks


def test_infinity_nan_and_nested_columns(tmp_path):
    frame = pl.DataFrame({"x": [1.5, float("inf"), float("nan"), 2.5] * 9, "l": [[1]] * 36})
    path = written(tmp_path, frame, parquet=True)
    found, file = proposed(path, tmp_path)
    assert fails(check_files([path], file)) == []
    assert found.missing == {"x": 9}


def test_no_rows_and_no_column_of_that_name(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n")
    with pytest.raises(InputError, match="no rows"):
        infer([tmp_path / "a.csv"])
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(InputError, match="no column 'c'"):
        infer([tmp_path / "a.csv"], target="c")


def test_a_file_that_is_there_is_kept(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4\n")
    found = infer([tmp_path / "a.csv"])
    write_inference(found, tmp_path / "c.yaml")
    with pytest.raises(InputError, match="one already"):
        write_inference(found, tmp_path / "c.yaml")


def run(*words):
    command, arguments = parse(["check", *map(str, words)])
    return command.execute(arguments)


def test_the_command(tmp_path, capsys):
    path = written(tmp_path, pl.DataFrame(DIRTY, strict=False))
    assert run(path, "--infer") == 0
    out, err = capsys.readouterr()
    (tmp_path / "out.yaml").write_text(out)
    assert read_checks(tmp_path / "out.yaml").spec.data.columns and err == ""
    assert "# - gear: 'UNKNOWN' in 40 rows (33%): does it mean missing?" in out
    assert run(path, "--infer", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert {each["kind"] for each in document["suspicions"]} >= {"sentinel", "empty"}
    assert run(path, "--infer", "--yaml", tmp_path / "new.yaml") == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[-1] == f"wrote {tmp_path / 'new.yaml'}"
    assert run(path, "--checks", tmp_path / "new.yaml") == 0


@pytest.mark.parametrize(
    "words", [["--infer", "--checks", "x.yaml"], ["--target", "x"], ["--yaml", "x.yaml"]]
)
def test_what_does_not_go_together(tmp_path, words):
    path = written(tmp_path, pl.DataFrame({"a": [1, 2]}))
    with pytest.raises(InputError):
        run(path, *words)


def test_the_example_of_the_documentation(tmp_path, monkeypatch, capsys):
    """The page's table gives the page's answer, word for word."""
    blocks = re.findall(r"```(\w+)\n(.*?)```", DOCS.read_text(), re.DOTALL)
    code, answer = (next(text for kind, text in blocks if kind == k) for k in ("python", "yaml"))
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "docs", "exec"), {})
    assert run("cars.csv", "--infer") == 0
    out = capsys.readouterr().out
    assert out == answer
    Path("checks.yaml").write_text(out)
    assert run("cars.csv", "--checks", "checks.yaml") == 0
