# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from shipway_runtime.calls import bind
from shipway_runtime.errors import UserError
from shipway_runtime.formats import TableFiles

DATA = {name: TableFiles((f"{name}.csv",), "csv", ()) for name in ("train", "test")}


def test_the_first_parameter_is_the_training_table_when_none_is_named_like_one():
    def fit(frame: Path, depth: int = 2):
        pass

    assert bind(fit, DATA, {"depth": 3}).arguments == {"frame": Path("train.csv"), "depth": 3}
    whole = {"all": TableFiles(("all.csv",), "csv", ())}
    assert bind(fit, whole, {}).arguments == {"frame": Path("all.csv")}


def test_a_dataset_of_its_own_name_is_never_given_twice():
    def fit(frame: Path, train: Path):
        pass

    with pytest.raises(UserError, match="needs 'frame'"):
        bind(fit, DATA, {})


def test_a_function_that_asks_for_the_test_set_gets_no_table_for_it():
    def fit(test: Path):
        pass

    with pytest.raises(UserError, match="never given to training"):
        bind(fit, DATA, {})


def test_a_value_of_params_comes_before_the_table():
    def fit(path: str):
        pass

    assert bind(fit, DATA, {"path": "other.csv"}).arguments == {"path": "other.csv"}
