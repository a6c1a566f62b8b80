# SPDX-License-Identifier: Apache-2.0
"""Checking one file, with demands of its own or those of a project."""

from pathlib import Path

import pytest

from shipway.base.errors import InputError
from shipway.data.examples import redacted
from shipway.operations.check import check_files
from shipway.spec.checks_file import read_checks
from shipway.spec.mistakes import SpecError

TABLE = "id,amount,country,zip\n1,5.5,DE,01234\n2,-3,XX,99\n3,,FR,00000\n"
CHECKS = """id: id
columns:
  amount: {type: float, min: 0, max_missing: 50%}
  country: {type: category, values: [DE, FR, NO]}
  zip: {type: string, pattern: "[0-9]{5}", sensitive: true}
rules:
  - country == 'DE' -> amount > 1
rows: {min: 3}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data.csv").write_text(TABLE)
    (tmp_path / "checks.yaml").write_text(CHECKS)
    return tmp_path


def test_a_file_against_demands_of_its_own(folder):
    report = check_files([folder / "data.csv"], folder / "checks.yaml")
    failed = {(r.column, r.check): r for r in report.checks if r.verdict != "passed"}
    assert set(failed) == {("amount", "min"), ("country", "values"), ("zip", "pattern")}
    assert (report.verdict, report.rows, report.demands) == ("failed", 3, "checks.yaml")
    assert failed["amount", "min"].line == 3
    assert [(e.row, e.key, e.value) for e in failed["country", "values"].examples] == [
        (1, {"id": "2"}, "XX")
    ]


def test_what_is_written_shows_keys_only(folder):
    report = redacted(check_files([folder / "data.csv"], folder / "checks.yaml"))
    assert "XX" not in repr(report)
    assert all(e.key and not e.shown for r in report.checks for e in r.examples)


def test_a_file_against_the_spec_of_a_project(folder):
    spec = "shipway: 1\nproject: p\nreport: {rows: values}\ndata:\n  train: a.csv\n"
    spec += "  columns: {amount: {max: 5}, zip: {sensitive: true}}\n  rows: {min: 99}\n"
    (folder / "shipway.yaml").write_text(spec)
    report = check_files([folder / "data.csv"], project=folder)
    assert [(r.column, r.check) for r in report.checks if r.verdict == "failed"] == [
        ("amount", "max")
    ]
    assert (report.shows, report.sensitive) == ("values", ("zip",))
    assert report.notes[0].startswith("rows is not checked")
    assert "5.5" in repr(redacted(report))


def test_a_glob_is_one_table(folder):
    (folder / "data2.csv").write_text(TABLE)
    report = check_files([folder / "data*.csv"], folder / "checks.yaml")
    assert report.rows == 6


def test_several_files_are_one_table(folder):
    (folder / "data2.csv").write_text(TABLE)
    files = [folder / "data.csv", folder / "data2.csv", folder / "data*.csv"]
    report = check_files(files, folder / "checks.yaml")
    assert report.rows == 6
    assert report.file == f"{files[0]}, {files[1]}"


def test_overlap_is_not_silently_left_out(folder):
    (folder / "checks.yaml").write_text("rows: {min: 1}\noverlap: {between: [a, b], key: id}\n")
    with pytest.raises(InputError, match="compares two tables") as caught:
        check_files([folder / "data.csv"], folder / "checks.yaml")
    assert (caught.value.where, caught.value.cure) == (
        "checks.yaml:2:10",
        "Name the other table: --against FILE.",
    )


def test_of_a_project_it_is_left_out_with_a_note(folder):
    spec = "shipway: 1\nproject: p\ndata:\n  train: a.csv\n  test: b.csv\n"
    spec += "  id: id\n  overlap: {between: [train, test], key: id}\n  drift: {against: champion}\n"
    (folder / "shipway.yaml").write_text(spec)
    report = check_files([folder / "data.csv"], project=folder)
    assert [note.partition(" is not")[0] for note in report.notes] == ["overlap", "drift"]
    assert report.verdict == "passed"


@pytest.mark.parametrize("between", ["", "between: [train, test], "])
def test_overlap_with_another_table(folder, between):
    (folder / "old.csv").write_text("id,amount\n3,1\n9,1\n")
    (folder / "checks.yaml").write_text(f"id: id\noverlap: {{{between}key: id}}\n")
    report = check_files([folder / "data.csv"], folder / "checks.yaml", against=folder / "old.csv")
    (failed,) = [check for check in report.checks if check.verdict == "failed"]
    assert (failed.check, failed.failing, failed.line) == ("overlap", 1, 2)
    assert failed.observed == (
        f"1 of 3 rows (33.33%) of {folder / 'data.csv'} are in {folder / 'old.csv'} too"
    )
    assert [example.row for example in failed.examples] == [2]


@pytest.mark.parametrize("named", [True, False])
def test_drift_from_another_table(folder, named):
    rows = "".join(f"{n},{n % 7}\n" for n in range(2000))
    (folder / "old.csv").write_text("id,amount\n" + rows)
    moved = "".join(f"{n},{n % 7 + 5}\n" for n in range(2000))
    (folder / "data.csv").write_text("id,amount\n" + moved)
    against = "" if named else "{against: old.csv}"
    (folder / "checks.yaml").write_text(f"id: id\ndrift: {against or '{}'}\n")
    report = check_files(
        [folder / "data.csv"],
        folder / "checks.yaml",
        against=folder / "old.csv" if named else None,
    )
    assert [(r.column, r.check) for r in report.checks if r.verdict == "failed"] == [
        ("amount", "drift")
    ]
    assert {r.dataset for r in report.checks} == {str(folder / "data.csv")}


def test_a_profile_has_no_rows_to_compare(folder):
    (folder / "old.json").write_text("{}")
    (folder / "checks.yaml").write_text("overlap: {key: id}\n")
    with pytest.raises(InputError, match=r"old\.json is a profile"):
        check_files([folder / "data.csv"], folder / "checks.yaml", against=folder / "old.json")


def test_how_the_text_is_written(folder):
    (folder / "data.csv").write_bytes("id;größe\n1;2,5\n2;-1,5\n".encode("latin-1"))
    table = 'table: {delimiter: ";", encoding: latin-1, decimal: ","}\n'
    (folder / "checks.yaml").write_text(table + "columns: {größe: {type: float, min: 0}}\n")
    report = check_files([folder / "data.csv"], folder / "checks.yaml")
    (failed,) = [check for check in report.checks if check.verdict == "failed"]
    assert (failed.check, failed.failing, failed.detail) == ("min", 1, "lowest -1.5")


def test_a_project_says_how_its_own_files_are_written(folder, monkeypatch):
    (folder / "data.csv").write_text("amount\n2,5\n-1,5\n")
    spec = "shipway: 1\nproject: p\ndata:\n  test: {path: data.csv, delimiter: ';', decimal: ','}\n"
    (folder / "shipway.yaml").write_text(spec + "  columns: {amount: {type: float, min: -2}}\n")
    assert check_files([folder / "data.csv"], project=folder).verdict == "passed"
    monkeypatch.chdir(folder)
    assert check_files([Path("data.csv")]).verdict == "passed"


def test_folders_of_files_may_be_columns(folder):
    for year in (2024, 2025):
        (folder / f"year={year}").mkdir()
        (folder / f"year={year}" / "part.csv").write_text("id\n1\n")
    (folder / "checks.yaml").write_text("columns: {year: {min: 2025}}\n")
    files = sorted(folder.glob("year=*/part.csv"))
    for named in ([folder / "year=*" / "part.csv"], files):
        report = check_files(named, folder / "checks.yaml")
        assert [r.failing for r in report.checks if r.verdict == "failed"] == [1]


def test_a_file_that_demands_nothing(folder):
    (folder / "checks.yaml").write_text("nulls: [NA]\n")
    with pytest.raises(InputError, match="nothing is demanded"):
        check_files([folder / "data.csv"], folder / "checks.yaml")


def test_a_warning_does_not_fail(folder):
    (folder / "checks.yaml").write_text("columns:\n  amount: {min: {value: 0, on_fail: warn}}\n")
    report = check_files([folder / "data.csv"], folder / "checks.yaml")
    assert [(r.check, r.on_fail) for r in report.checks if r.verdict == "failed"] == [
        ("min", "warn")
    ]
    assert report.verdict == "passed"


def test_all_mistakes_in_the_demands_at_their_lines(folder):
    text = "columns:\n  amount: {type: flaot}\n  x: {min: 3, max: 1}\nrulse: []\n"
    (folder / "checks.yaml").write_text(text)
    with pytest.raises(SpecError) as caught:
        read_checks(folder / "checks.yaml")
    wheres = [mistake.where for mistake in caught.value.mistakes]
    assert [where.split(":")[1] for where in wheres] == ["2", "3", "4"]
    assert all(where.startswith("checks.yaml:") for where in wheres)


@pytest.mark.parametrize(
    ("file", "checks", "words"),
    [
        ("dta.csv", "checks.yaml", "'data.csv'"),
        ("data.csv", "chcks.yaml", "chcks.yaml"),
        ("checks.yaml", "checks.yaml", "kind of file"),
    ],
)
def test_what_can_not_be_read_is_the_users_mistake(folder, file, checks, words):
    with pytest.raises(InputError) as caught:
        check_files([folder / file], folder / checks)
    assert words in str(caught.value)


def test_no_project_and_no_file_of_checks(folder):
    with pytest.raises(InputError, match="--checks FILE"):
        check_files([folder / "data.csv"], project=folder)
    (folder / "checks.yaml").write_text("\n")
    with pytest.raises(InputError, match="the file is empty"):
        check_files([folder / "data.csv"], folder / "checks.yaml")


def test_without_any_demands_there_is_nothing_to_check(folder):
    (folder / "shipway.yaml").write_text("shipway: 1\nproject: p\n")
    with pytest.raises(InputError, match="what to check"):
        check_files([folder / "data.csv"], project=folder)
