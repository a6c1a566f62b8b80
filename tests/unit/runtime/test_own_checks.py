# SPDX-License-Identifier: Apache-2.0
"""The project's own checks, as its Python answers them."""

import datetime
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from shipway_runtime import formats, pandera_schema
from shipway_runtime.errors import UserError

RUNTIME = Path(formats.__file__).parents[1]
MODULE = '''
import polars as pl

def good():
    """Amounts are not negative.

    None of them.
    """
    return pl.col("amount") >= 0

def two():
    return {"small": pl.col("amount") < 5, "known": pl.col("amount").is_not_null()}

def several():
    return (pl.col("amount") > 0) | (pl.col("when") > pl.date(2024, 1, 1))

def whole():
    return pl.col("amount").sum() > 100

def number():
    return pl.col("amount") + 1

def nothing():
    return None

def absent():
    return pl.col("nix") > 0

def raises():
    return 1 / 0
'''


def ask(folder, *functions, **more):
    (folder / "mine.py").write_text(MODULE)
    days = [datetime.date(2024, 1, day) for day in (1, 2, 3)]
    frame = pl.DataFrame({"id": [7, 8, 9], "amount": [1.5, -2.0, None], "when": days})
    frame.write_parquet(folder / "t.parquet")
    request = {
        "functions": functions,
        "tables": {"train": str(folder / "t.parquet")},
        "id": "id",
        "sys_path": [str(folder)],
        "result": str(folder / "result.json"),
        **more,
    }
    formats.write(folder / "request.json", request)
    ended = subprocess.run(
        [sys.executable, "-m", "shipway_runtime.own_checks", str(folder / "request.json")],
        env={"PYTHONPATH": str(RUNTIME)},
        capture_output=True,
        text=True,
    )
    assert ended.stderr == ""
    return json.loads((folder / "result.json").read_text()), ended.returncode


def test_functions_are_evaluated_over_the_tables(tmp_path):
    answer, code = ask(tmp_path, "mine:good", "mine:two", "mine:several", "mine:whole")
    assert code == 0
    found = {(one["function"], one["name"]): one for one in answer["functions"]}
    good = found["mine:good", ""]
    assert (good["rows"], good["failing"], good["missing"]) == (3, 1, 1)
    assert good["description"] == "Amounts are not negative."
    assert good["columns"] == ["amount"]
    assert good["examples"] == [{"row": 1, "key": {"id": 8}, "value": {"amount": -2.0}}]
    assert found["mine:two", "small"]["failing"] == 0
    assert found["mine:two", "known"]["failing"] == 1
    assert found["mine:several", ""]["failing"] == 0
    assert found["mine:whole", ""]["failing"] == 3, "what holds for the table holds for each row"


@pytest.mark.parametrize(
    ("function", "message", "kind"),
    [
        ("mine:number", "returned an expression of Float64", "returned"),
        ("mine:nothing", "mine:nothing returned NoneType", "returned"),
        ("mine:absent", 'unable to find column "nix"', "returned"),
        ("mine:raises", "mine:raises raised ZeroDivisionError: division by zero", "raised"),
        ("mine:nix", "mine has no 'nix'", "entry"),
        ("nix:good", "there is no module 'nix'", "entry"),
        ("mine:MODULE", "mine has no 'MODULE'", "entry"),
    ],
)
def test_mistakes_are_answers_too(tmp_path, function, message, kind):
    answer, code = ask(tmp_path, function)
    assert (code, answer["error"]["kind"]) == (1, kind)
    assert message in answer["error"]["message"]
    if kind == "raised":
        assert "mine.py" in answer["error"]["traceback"]


def test_nothing_is_asked_of_polars_without_functions(tmp_path):
    (tmp_path / "shapes.py").write_text("S = 5\n")
    answer, _ = ask(tmp_path, pandera="shapes:S")
    assert answer["error"]["message"] == "data.pandera is int, not a schema"


def stand_in(**more):
    """What of a schema of pandera is looked at."""
    check = SimpleNamespace(
        name="isin", statistics={"allowed_values": {"b", "a"}}, error=None, raise_warning=True
    )
    column = SimpleNamespace(
        dtype="Int64", nullable=False, unique=True, required=True, regex=False, checks=[check],
        parsers=[],
    )  # fmt: skip
    plain = {"columns": {"x": column}, "checks": [], "unique": None, "strict": True, "name": None}
    return SimpleNamespace(**{**plain, **more})


def test_a_schema_as_plain_values():
    found = pandera_schema.describe(stand_in(index=object(), ordered=True, unique=["x"]))
    assert found["strict"] == "true"
    assert found["unique"] == ["x"]
    assert found["others"] == ["the index", "the order of the columns (ordered)"]
    (column,) = found["columns"]
    assert (column["type"], column["nullable"], column["unique"]) == ("Int64", False, True)
    assert column["checks"] == [
        {
            "name": "isin",
            "statistics": {"allowed_values": ["a", "b"]},
            "warns": True,
            "ignores_missing": True,
            "says": "",
        }
    ]


def test_a_model_is_turned_into_its_schema():
    model = SimpleNamespace(to_schema=lambda: stand_in(strict="filter"))
    assert pandera_schema.describe(model)["strict"] == "filter"
    with pytest.raises(UserError, match="not a schema"):
        pandera_schema.describe(5)
