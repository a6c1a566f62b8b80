# SPDX-License-Identifier: Apache-2.0
"""One scale: 0 for columns that say nothing, near 1 for those that say it all."""

import numpy as np
import polars as pl
import pytest

from shipway.data.relation import relations

ROWS = 20_000


def relation(column, target, by_rank=True, target_by_rank=True):
    sample = pl.DataFrame({"x": column, "y": target})
    return relations(sample, "y", {"x": by_rank, "y": target_by_rank})["x"]


@pytest.fixture
def chance():
    return np.random.default_rng(3)


def test_columns_that_say_nothing(chance):
    noise, words = chance.normal(size=ROWS), chance.integers(0, 30, ROWS)
    for target in (chance.normal(size=ROWS), chance.integers(0, 3, ROWS)):
        assert relation(noise, target) < 0.1
        assert relation(words, target, by_rank=False) < 0.1
    assert relation(np.ones(ROWS), noise) == 0


def test_columns_that_say_it_all(chance):
    x = chance.normal(size=ROWS)
    assert relation(x, np.exp(x)) > 0.99
    assert relation(x, x**2) > 0.99
    kinds = chance.integers(0, 12, ROWS)
    assert relation(kinds, kinds % 3, by_rank=False) == pytest.approx(1)
    assert relation(kinds, (kinds % 3).astype(str), by_rank=False, target_by_rank=False) == (
        pytest.approx(1)
    )


def test_a_column_that_separates_a_rare_class(chance):
    x = chance.normal(size=ROWS)
    assert relation(x, x > np.quantile(x, 0.99), target_by_rank=False) > 0.85


def test_it_reads_like_a_correlation(chance):
    x, noise = chance.normal(size=(2, ROWS))
    assert relation(x, 0.5 * x + np.sqrt(0.75) * noise) == pytest.approx(0.5, abs=0.04)


def test_two_classes_and_two_values_give_phi(chance):
    x = chance.integers(0, 2, ROWS)
    y = np.where(chance.random(ROWS) < 0.3, 1 - x, x)
    phi = abs(np.corrcoef(x, y)[0, 1])
    assert relation(x, y, by_rank=False, target_by_rank=False) == pytest.approx(phi, abs=0.01)


def test_what_is_missing_tells_too(chance):
    x = pl.Series(chance.normal(size=ROWS))
    gone = pl.Series(chance.random(ROWS) < 0.3)
    assert relation(x.set(gone, None), gone, target_by_rank=False) > 0.95


def test_an_identifier_a_constant_target_and_nothing_to_compare():
    names = [f"k{n}" for n in range(100)]
    assert relation(names, [n % 2 for n in range(100)], by_rank=False) is None
    assert relation([1, 2, 3] * 10, [1] * 30) is None
    assert relation([1, 2, 3] * 10, names[:30], target_by_rank=False) is None
    assert relation(pl.Series([1, 2]), pl.Series([None, None], dtype=pl.Float64)) is None
