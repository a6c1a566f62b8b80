# SPDX-License-Identifier: Apache-2.0
"""Which tables are known again: the same rows in another dress, and no others."""

import datetime

import msgspec
import numpy as np
import polars as pl
import pytest

from shipway.data.rowsketch import KEPT, RELATED, Rows
from shipway.data.tableset import row_set
from shipway.records.budget import RowSketch


def table(rows: int, seed: int) -> pl.DataFrame:
    dice = np.random.default_rng(seed)
    start = datetime.datetime(2026, 1, 1)
    minutes = dice.integers(0, 9**6, rows).tolist()
    return pl.DataFrame(
        {
            "amount": dice.normal(size=rows),
            "visits": dice.integers(0, 50, rows),
            "rate": dice.normal(size=rows).round(4),
            "country": dice.choice(["DE", "FR", "NO"], rows),
            "at": [start + datetime.timedelta(minutes=each) for each in minutes],
            "y": dice.integers(0, 2, rows),
        }
    )


def share(earlier: pl.DataFrame, now: pl.DataFrame) -> float:
    """What is found by the sketch of `earlier`, after its way through a record."""
    sketch = Rows(row_set(earlier).hashes).sketch()
    kept = msgspec.json.decode(msgspec.json.encode(sketch), type=RowSketch)
    return Rows(row_set(now).hashes).shared_with(kept)


ONE = table(3000, 1)


def as_csv(frame: pl.DataFrame) -> pl.DataFrame:
    return pl.read_csv(frame.write_csv(float_precision=6).encode(), infer_schema=False)


@pytest.mark.parametrize(
    "now",
    [
        ONE,
        ONE.sample(fraction=1.0, shuffle=True, seed=3),
        ONE.rename({name: f"column {number}" for number, name in enumerate(ONE.columns)}),
        ONE.select(reversed(ONE.columns)),
        as_csv(ONE),
        ONE.with_columns(pl.col("amount").cast(pl.Float32), pl.col("visits").cast(pl.Float64)),
        pl.concat([ONE, ONE.head(1)]),
        ONE.filter(pl.col("country") == "DE"),
        ONE.sample(200, seed=5),
        pl.concat([ONE, table(60_000, 2)]),
        pl.concat([as_csv(ONE), as_csv(table(6_000, 2))]),
    ],
    ids=[
        "same", "sorted", "columns renamed", "columns turned", "through CSV", "other types",
        "one row more", "one country", "a few rows", "twenty times as large", "grown, as CSV",
    ],
)  # fmt: skip
def test_the_same_rows_are_known_again(now):
    assert share(ONE, now) > 0.8


@pytest.mark.parametrize("rows", [20, 300, 3000, 30_000])
def test_other_rows_are_others(rows):
    assert share(ONE, table(rows, 7)) == 0.0


@pytest.mark.parametrize("part", [0.2, 0.5])
def test_a_part_of_the_rows_is_estimated(part):
    now = pl.concat([ONE.sample(fraction=part, seed=1), table(round(3000 * (1 - part)), 9)])
    assert share(ONE, now) == pytest.approx(part, abs=0.05)
    assert share(ONE, now) > RELATED


def few_kinds(rows: int, seed: int) -> pl.DataFrame:
    dice = np.random.default_rng(seed)
    return pl.DataFrame({str(at): dice.integers(at, at + 6, rows) for at in (0, 10, 20, 30)})


@pytest.mark.parametrize("rows", [60, 600, 6000])
def test_rows_that_repeat_prove_nothing(rows):
    """1,296 kinds of rows: independent samples share many of them."""
    for seed in range(1, 11):
        assert share(few_kinds(rows, 0), few_kinds(rows, seed)) < RELATED


def test_rows_that_repeat_now_and_then_are_still_known_again():
    one = few_kinds(600, 0)
    assert share(one, one.reverse()) > 0.8


def test_too_few_rows_say_nothing():
    assert share(ONE.head(4), ONE.head(4)) == 0.0
    assert share(ONE.head(0), ONE) == share(ONE, ONE.head(0)) == 0.0
    assert share(ONE.head(10), ONE.head(10)) > 0.8


def test_a_sketch_is_small():
    sketch = Rows(row_set(table(20_000, 1)).hashes).sketch()
    assert (sketch.rows, len(sketch.hashes)) == (20_000, 8 * KEPT)
    assert len(msgspec.json.encode(sketch)) < 12_000


def test_what_is_not_known_again():
    """Said in docs/budgets.md."""
    recoded = ONE.with_columns(pl.col("country").replace({"DE": "Germany", "FR": "France"}))
    assert share(ONE, recoded) < 0.5
    assert share(ONE, ONE.with_columns(pl.col("amount") * 2)) == 0.0
    assert share(ONE, ONE.with_row_index()) == 0.0
    assert share(ONE, ONE.drop("rate")) == 0.0
