# SPDX-License-Identifier: Apache-2.0
"""The example's data and spec; its model is trained by the journeys."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shipway.base import clock
from shipway.evaluation.plan import problems
from shipway.records.data import CheckResult
from shipway.spec.reader import read
from shipway.spec.types import Spec

EXAMPLE = Path(__file__).parents[3] / "examples" / "fraud-detection"
TABLES = ("train", "test")


@pytest.fixture(scope="module")
def spec() -> Spec:
    return read(EXAMPLE / "shipway.yaml").spec


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return {name: pl.read_parquet(EXAMPLE / "data" / f"{name}.parquet") for name in TABLES}


def failed(spec: Spec, tables: dict[str, pl.DataFrame]) -> list[CheckResult]:
    from shipway.data.checks import check_tables

    lazy = {name: table.lazy() for name, table in tables.items()}
    results, valid_until = check_tables(
        lazy, spec.data, line_of=lambda *keys: 0, now=clock.now(), text=[]
    )
    assert valid_until is None  # no verdict that time changes
    return [result for result in results if result.verdict != "passed"]


def test_the_spec_asks_for_nothing_that_is_not_available_yet(spec: Spec) -> None:
    assert problems(spec.evaluate, spec.model.task) == ()
    assert [(name, item.target) for name, item in spec.deploy.items()] == [("production", "local")]
    assert isinstance(spec.train.params["max_iter"], int)
    assert spec.data.columns["amount"].min == 0
    assert spec.data.columns["country"].values


def test_the_script_gives_the_tracked_data(tables: dict[str, pl.DataFrame]) -> None:
    path = EXAMPLE / "tools" / "make_data.py"
    found = importlib.util.spec_from_file_location("example_data", path)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    tracked = pl.concat([tables[name] for name in TABLES])
    made = module.make_columns()
    assert list(made) == tracked.columns
    for name, values in made.items():
        kept = tracked[name].to_numpy()
        if values.dtype.kind == "f":
            np.testing.assert_allclose(kept, values, atol=0.011, err_msg=name)
        else:
            assert (kept == values).all(), name


def test_the_data_is_small_and_fraud_is_rare(tables: dict[str, pl.DataFrame]) -> None:
    assert sum((EXAMPLE / "data" / f"{name}.parquet").stat().st_size for name in TABLES) < 5e6
    for table in tables.values():
        assert 15 <= table.width <= 20
        assert 0.005 < table["is_fraud"].mean() < 0.02
        assert len({kind.base_type() for kind in table.dtypes}) >= 5


def test_the_test_set_comes_after_the_training_set(tables: dict[str, pl.DataFrame]) -> None:
    assert tables["train"]["created_at"].max() < tables["test"]["created_at"].min()


def test_the_data_is_as_declared(spec: Spec, tables: dict[str, pl.DataFrame]) -> None:
    assert failed(spec, tables) == []


def edited(table: pl.DataFrame, column: str, value: object) -> pl.DataFrame:
    """`table` with another value in its first row."""
    return table.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(value)).otherwise(column).alias(column)
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", -12.5),
        ("amount", None),
        ("country", "XX"),
        ("distance_from_home_km", -1.0),
        ("customer_age", 7),
        ("transaction_id", "t00000002"),
        ("transaction_id", "42"),
        ("is_fraud", 2),
    ],
)
def test_one_wrong_value_is_caught(
    spec: Spec, tables: dict[str, pl.DataFrame], column: str, value: object
) -> None:
    found = failed(spec, {**tables, "train": edited(tables["train"], column, value)})
    assert {(result.dataset, result.column) for result in found} == {("train", column)}
    assert found[0].failing in (1, 2)  # both rows of a duplicate count


@pytest.mark.parametrize("column", ["amount", "country", "is_fraud"])
def test_a_missing_column_is_caught(
    spec: Spec, tables: dict[str, pl.DataFrame], column: str
) -> None:
    found = failed(spec, {**tables, "test": tables["test"].drop(column)})
    assert {(result.dataset, result.column) for result in found} >= {("test", column)}


@pytest.mark.parametrize(
    ("column", "value"), [("transactions_last_hour", 99), ("authenticated", True)]
)
def test_a_broken_rule_is_caught(
    spec: Spec, tables: dict[str, pl.DataFrame], column: str, value: object
) -> None:
    rows = tables["train"].filter(pl.col("channel") == "chip")
    found = failed(spec, {**tables, "train": edited(rows, column, value)})
    assert [column in result.columns for result in found if result.columns] == [True]


def test_rows_in_both_tables_are_caught(spec: Spec, tables: dict[str, pl.DataFrame]) -> None:
    leaked = pl.concat([tables["test"], tables["train"].head(3)])
    assert failed(spec, {**tables, "test": leaked})


def test_the_model_s_code_does_not_know_shipway() -> None:
    for path in (EXAMPLE / "fraud").glob("*.py"):
        assert not re.search(r"^\s*(import|from) shipway", path.read_text(), re.MULTILINE)
