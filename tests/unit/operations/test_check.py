# SPDX-License-Identifier: Apache-2.0
"""Checking one file, with demands of its own or those of a project."""

import pytest

from shipway.base.errors import InputError
from shipway.operations.check import check_file, read_checks
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
    report = check_file(folder / "data.csv", folder / "checks.yaml")
    failed = {(r.column, r.check): r for r in report.checks if r.verdict != "passed"}
    assert set(failed) == {("amount", "min"), ("country", "values"), ("zip", "pattern")}
    assert (report.verdict, report.rows, report.demands) == ("failed", 3, "checks.yaml")
    assert failed["amount", "min"].line == 3
    assert [(e.row, e.key, e.value) for e in failed["country", "values"].examples] == [
        (1, {"id": "2"}, "XX")
    ]


def test_what_is_written_shows_keys_only(folder):
    report = check_file(folder / "data.csv", folder / "checks.yaml").redacted()
    assert "XX" not in repr(report)
    assert all(e.key and not e.shown for r in report.checks for e in r.examples)


def test_a_file_against_the_spec_of_a_project(folder):
    spec = "shipway: 1\nproject: p\nreport: {rows: values}\ndata:\n  train: a.csv\n"
    spec += "  columns: {amount: {max: 5}, zip: {sensitive: true}}\n  rows: {min: 99}\n"
    (folder / "shipway.yaml").write_text(spec)
    report = check_file(folder / "data.csv", project=folder)
    assert [(r.column, r.check) for r in report.checks if r.verdict == "failed"] == [
        ("amount", "max")
    ]
    assert (report.shows, report.sensitive) == ("values", ("zip",))
    assert report.notes[0].startswith("rows is not checked")
    assert "5.5" in repr(report.redacted())


def test_a_glob_is_one_table(folder):
    (folder / "data2.csv").write_text(TABLE)
    report = check_file(folder / "data*.csv", folder / "checks.yaml")
    assert report.rows == 6


def test_overlap_is_not_silently_left_out(folder):
    (folder / "checks.yaml").write_text("overlap: {between: [train, test], key: id}\n")
    report = check_file(folder / "data.csv", folder / "checks.yaml")
    assert report.verdict == "passed"
    assert report.notes[0].startswith("overlap is not checked")


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
        check_file(folder / file, folder / checks)
    assert words in str(caught.value)


def test_without_any_demands_there_is_nothing_to_check(folder):
    (folder / "shipway.yaml").write_text("shipway: 1\nproject: p\n")
    with pytest.raises(InputError, match="what to check"):
        check_file(folder / "data.csv", project=folder)
