# SPDX-License-Identifier: Apache-2.0
"""What may be written about offending rows."""

import pytest

from shipway.data.examples import redact, sensitive_columns
from shipway.records.data import CheckResult, Example
from shipway.spec.types import ColumnSpec, DataSpec


def result(column="iban", columns=(), value="SECRET", key=None, detail="first 'SECRET'"):
    return CheckResult(
        dataset="train",
        column=column,
        check="pattern",
        verdict="failed",
        observed="1 of 9 rows",
        expected="[A-Z]+",
        failing=1,
        rows=9,
        examples=(Example(3, key or {"id": "k3"}, value),),
        columns=columns,
        detail=detail,
    )


def test_values_are_shown_unless_their_column_is_sensitive():
    (shown,) = redact([result()], "values", ())
    assert shown.examples == (Example(3, {"id": "k3"}, "SECRET"),)
    (hidden,) = redact([result()], "values", {"iban"})
    assert hidden.examples == (Example(3, {"id": "k3"}, None, shown=False),)
    assert "SECRET" not in repr(hidden)


def test_keys_show_keys_and_nothing_else():
    (kept,) = redact([result()], "keys", ())
    assert kept.examples == (Example(3, {"id": "k3"}, None, shown=False),)
    assert (kept.detail, kept.failing, kept.observed) == ("", 1, "1 of 9 rows")


def test_none_shows_no_row_at_all():
    (kept,) = redact([result()], "none", ())
    assert (kept.examples, kept.detail) == ((), "")


@pytest.mark.parametrize("mode", ["values", "keys", "none"])
def test_a_sensitive_key_is_withheld_everywhere(mode):
    (kept,) = redact(
        [result(column="x", key={"iban": "SECRET"}, value=1, detail="")], mode, {"iban"}
    )
    assert "SECRET" not in repr(kept)


def test_of_a_rule_only_the_sensitive_columns_are_withheld():
    rule = result(column="", columns=("iban", "n"), value={"iban": "SECRET", "n": 1})
    (kept,) = redact([rule], "values", {"iban"})
    assert kept.examples == (Example(3, {"id": "k3"}, {"n": 1}, shown=False),)
    assert kept.detail == ""


@pytest.mark.parametrize("mode", ["values", "keys", "none"])
def test_a_rule_on_one_sensitive_column_shows_none_of_it(mode):
    rule = result(column="", columns=("iban",))
    (kept,) = redact([rule], mode, {"iban"})
    assert "SECRET" not in repr(kept)


def test_sensitive_columns_are_those_that_say_so():
    columns = {"a": ColumnSpec(sensitive=True), "b": ColumnSpec()}
    assert sensitive_columns(DataSpec(columns=columns)) == {"a"}
