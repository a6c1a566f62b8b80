# SPDX-License-Identifier: Apache-2.0
"""Nothing is invented on clean data."""

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from inferred import clean, examined, written

FRAUD = Path(__file__).parents[4] / "examples/fraud-detection/data"


@pytest.mark.parametrize("seed", range(36))
def test_nothing_is_odd_about_clean_tables(tmp_path, seed):
    found = examined(written(tmp_path, clean(seed), parquet=seed % 2 == 0))
    assert found.suspicions == ()


@pytest.mark.parametrize("seed", range(4))
def test_nor_when_a_target_is_named(tmp_path, seed):
    found = examined(written(tmp_path, clean(seed).drop("note")), "kind")
    assert found.suspicions == ()


@pytest.mark.parametrize("seed", range(12))
def test_heavy_tails_are_no_typing_errors(tmp_path, seed):
    chance = np.random.default_rng(seed)
    columns = {f"x{n}": np.round(chance.pareto(1 + n / 4, 2000) * 10, 2) for n in range(8)}
    columns |= {f"e{n}": np.round(chance.lognormal(2, 0.5 + n / 4, 2000), 2) for n in range(8)}
    assert examined(written(tmp_path, pl.DataFrame(columns))).suspicions == ()


@pytest.mark.parametrize("name", ["train", "test"])
@pytest.mark.parametrize("target", [None, "is_fraud"])
def test_the_example_is_clean(name, target):
    assert examined(FRAUD / f"{name}.parquet", target).suspicions == ()
