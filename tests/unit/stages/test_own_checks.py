# SPDX-License-Identifier: Apache-2.0
"""A run asks the project's own Python for its checks."""

import pytest

from shipway.base.errors import InputError, StoppedError
from shipway.stages.validate import depends

HEAD = "shipway: 1\nproject: toy\nmodel: {name: toy, task: binary, target: y, positive: 1}\n"
MINE = """import polars as pl

def below(): return pl.col("amount") < 9

def raises(): return 1 / 0
"""
SCHEMA = """from types import SimpleNamespace as N
import limits

check = N(name="less_than_or_equal_to", statistics={"max_value": limits.HIGHEST}, error="",
          raise_warning=False, ignore_na=True)
own = N(name="own", statistics={}, error=None, raise_warning=False, ignore_na=True)
column = N(dtype="Float64", nullable=True, unique=False, required=True, regex=False,
           checks=[check, own])
Payments = N(columns={"amount": column}, checks=[], unique=None, strict=False, name=None)
"""
TABLE = "id,amount,y\n" + "".join(f"{n},{n},{n % 2}\n" for n in range(11))
FILES = {
    "mine.py": MINE,
    "shapes.py": SCHEMA,
    "limits.py": "HIGHEST = 9.5\n",
    "train.csv": TABLE,
}


def road(make, demands):
    return make(HEAD + f"data: {{train: train.csv, id: id, {demands}}}\n", FILES)


def results(found, *names):
    return {each.check: each for each in found.checks if each.check in names}


def test_functions_and_schemas_are_checked_with_all_else(make):
    found = road(
        make,
        "pandera: shapes:Payments, checks: [mine:below], columns: {amount: {min: 1}}",
    ).data()
    assert found.verdict == "failed"
    told = results(found, "function", "max", "min", "pandera", "type")
    function = told["function"]
    assert (function.dataset, function.column, function.failing) == ("train", "amount", 2)
    assert [(row.row, row.key, row.value) for row in function.examples] == [
        (9, {"id": 9}, 9),
        (10, {"id": 10}, 10),
    ]
    assert (told["max"].failing, told["min"].failing, told["type"].expected) == (1, 1, "float")
    assert (told["pandera"].verdict, told["pandera"].on_fail) == ("inconclusive", "warn")
    assert {each.line for each in told.values()} == {4}


def test_what_only_warns_does_not_stop(make):
    demands = "pandera: shapes:Payments, checks: [{function: mine:below, on_fail: warn}]"
    found = road(make, demands).data()
    assert found.verdict == "failed", "the schema's own maximum still does"
    assert road(make, "checks: [{function: mine:below, at_most: 20%}]").data().verdict == "passed"


def test_mistakes_of_the_users_code_stop_with_their_place(make):
    with pytest.raises(StoppedError, match="mine:raises raised ZeroDivisionError") as caught:
        road(make, "checks: [mine:raises]").data()
    assert "mine.py" in caught.value.cure
    with pytest.raises(InputError, match="mine has no 'nix'"):
        road(make, "checks: [mine:nix]").data()


def test_a_changed_function_is_another_fingerprint(make):
    plain = road(make, "columns: {amount: {min: 0}}")
    assert "code" not in depends(plain.scope())
    asked = road(make, "checks: [mine:below]")
    before = depends(asked.scope())
    (asked.folder / "mine.py").write_text(MINE.replace("< 9", "< 8"))
    assert before["code"] != depends(asked.scope())["code"]
    assert before["environment"] == depends(asked.scope())["environment"]
