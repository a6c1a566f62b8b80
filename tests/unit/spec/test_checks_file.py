# SPDX-License-Identifier: Apache-2.0
"""Demands in a file of their own, and as Python values."""

import datetime
from pathlib import Path

import pytest

from shipway.base.errors import InputError
from shipway.spec.checks_file import read_checks, read_checks_text, read_checks_values
from shipway.spec.mistakes import SpecError

TEXT = """id: order
columns:
  amount: {type: float, min: 0, max_missing: 1%}
  country: {values: [DE, NO]}
rules: [amount < 10]
overlap: {key: order}
report: {rows: values}
"""


def test_a_file_of_demands(tmp_path):
    path = tmp_path / "checks.yaml"
    path.write_text(TEXT)
    document = read_checks(path)
    data = document.spec.data
    assert (data.id, data.columns["amount"].min, data.rules) == ("order", 0, ("amount < 10",))
    assert data.overlap.between == ("against", "all")
    assert document.spec.report.rows == "values"
    assert document.line_of("data", "columns", "amount", "min") == 3


def test_the_same_demands_as_values():
    values = {
        "id": "order",
        "columns": {
            "amount": {"type": "float", "min": 0, "max_missing": "1%"},
            "country": {"values": ("DE", "NO")},
        },
        "rules": ["amount < 10"],
        "overlap": {"between": ["a", "b"], "key": "order"},
        "report": {"rows": "values"},
    }
    as_text = read_checks_text(TEXT, Path("checks")).spec
    document = read_checks_values(values)
    assert document.spec == as_text
    assert document.line_of("data", "columns", "amount", "min") == 0


def test_values_keep_their_type():
    values = {"columns": {"a": {"values": [1, True, "NO", 1.5]}, "d": {"type": "date"}}}
    values["columns"]["d"]["min"] = datetime.date(2026, 1, 2)
    columns = read_checks_values(values).spec.data.columns
    assert columns["a"].values == ("1", "true", "NO", "1.5")
    assert columns["d"].min == "2026-01-02"


def test_mistakes_in_values_are_told_by_their_keys():
    values = {
        "columns": {"a": {"type": "flaot"}, "b": {"mn": 1}, "c": {"min": 3, "max": 1}},
        "rules": ["a >"],
        "rulse": [],
    }
    with pytest.raises(SpecError) as caught:
        read_checks_values(values)
    told = [(mistake.where, mistake.what.splitlines()[0]) for mistake in caught.value.mistakes]
    assert told[:3] == [
        ("checks: columns.a.type", "found 'flaot'"),
        ("checks: columns.b.mn", "unknown key 'mn'"),
        ("checks: columns.c.min", "3 is above max 1"),
    ]
    assert [where for where, _ in told[3:]] == ["checks: rules[0]", "checks: rulse"]


def test_a_value_that_no_file_could_hold():
    with pytest.raises(InputError, match="found object") as caught:
        read_checks_values({"columns": {"a": {"min": object()}}})
    assert caught.value.where == "checks: columns.a.min"


@pytest.mark.parametrize("key", ["train", "split", "all", "snapshot"])
def test_tables_have_no_place_there(key):
    with pytest.raises(SpecError, match="unknown key"):
        read_checks_text(f"{key}: x\n", Path("checks.yaml"))


def test_mistakes_in_a_file_name_its_own_keys():
    with pytest.raises(SpecError) as caught:
        read_checks_text("columns:\n  a: {min: 3, max: 1}\n", Path("c.yaml"))
    assert str(caught.value) == "c.yaml:2:12: columns.a.min: 3 is above max 1"


def test_how_the_text_of_the_table_is_written():
    text = 'table: {delimiter: ";", encoding: klingon}\n'
    with pytest.raises(SpecError) as caught:
        read_checks_text(text, Path("c.yaml"))
    assert str(caught.value).startswith("c.yaml:1:35: table.encoding: ")
    table = read_checks_text(text.replace("klingon", "latin-1"), Path("c.yaml")).spec.data.all
    assert (table.delimiter, table.encoding, table.decimal) == (";", "latin-1", ".")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_checks(tmp_path / "none.yaml")
