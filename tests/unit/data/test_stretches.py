# SPDX-License-Identifier: Apache-2.0
"""Tables read stretch by stretch."""

import os

import polars as pl
import pytest

from shipway.data import stretches
from shipway.data.memory import SETTINGS, reading_little_ahead
from shipway.data.stretches import Stretch, pick_rows, read

FRAME = pl.DataFrame({"a": range(25), "b": [str(n) for n in range(25)]})


def rows_of(stretch, columns=("a", "b")):
    pieces = [fetch(list(columns)) for _, fetch in read(stretch, columns)]
    return pl.concat(pieces) if pieces else None


@pytest.mark.parametrize("step", [None, 1, 7, 25, 100])
def test_every_row_is_read_once_and_in_order(step):
    assert rows_of(Stretch(FRAME.lazy(), step)).equals(FRAME)


@pytest.mark.parametrize("step", [None, 7])
def test_a_stretch_is_made_into_what_is_looked_at(step):
    stretch = Stretch(FRAME.lazy(), step, lambda part: part.with_columns(pl.col("a") * 2))
    assert rows_of(stretch)["a"].to_list() == [2 * n for n in range(25)]


def test_a_table_without_columns_that_matter_is_only_counted():
    assert [rows for rows, _ in read(Stretch(FRAME.lazy()), [])] == [25]


def test_no_rows_are_no_stretch():
    assert list(read(Stretch(FRAME.head(0).lazy(), 7), ["a"])) == []
    assert list(read(Stretch(FRAME.head(0).lazy()), ["a"])) == []


def test_batches_are_small_for_wide_text(monkeypatch):
    monkeypatch.setattr(stretches, "BATCH_CELLS", 4)
    monkeypatch.setattr(stretches, "FEWEST_ROWS", 1)
    rows = [rows for rows, _ in read(Stretch(FRAME.lazy()), ["a", "b"])]
    assert sum(rows) == 25
    assert max(rows) <= 2


@pytest.mark.parametrize("step", [None, 4])
def test_rows_are_picked_over_the_seams(step):
    table = [Stretch(FRAME[:10].lazy(), step), Stretch(FRAME[10:].lazy(), step)]
    found = pl.concat(pick_rows(table, [0, 9, 10, 24], ["b"]))
    assert found["b"].to_list() == ["0", "9", "10", "24"]


def test_reading_stops_behind_the_last_row_that_is_wanted():
    def untouched(part):
        raise AssertionError("this stretch is not needed")

    table = [Stretch(FRAME.lazy(), 5), Stretch(FRAME.lazy(), 5, untouched)]
    assert len(list(pick_rows(table, [3], ["a"]))) == 1


def test_settings_of_reading_hold_while_it_lasts_and_spare_those_of_the_user(monkeypatch):
    first, *others = SETTINGS
    monkeypatch.setenv(first, "77")
    for name in others:
        monkeypatch.delenv(name, raising=False)
    with reading_little_ahead():
        assert os.environ[first] == "77"
        assert all(os.environ[name] == SETTINGS[name] for name in others)
    assert os.environ[first] == "77"
    assert not any(name in os.environ for name in others)
