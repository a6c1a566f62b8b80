# SPDX-License-Identifier: Apache-2.0
"""Splits: by time without torn moments, at random but always the same, in proportion."""

import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.base.digests import of_file
from shipway.base.errors import InputError
from shipway.data.split import moments, split_table, write_table
from shipway.spec.types import Amount, SplitSpec

TRAIN_42 = [1, 4, 6, 7, 8]
VALIDATION_42 = [2, 3]
TEST_42 = [0, 5, 9]


def share(value):
    return Amount(value, share=True)


def days(*numbers):
    return pl.DataFrame(
        {"t": [datetime.date(2024, 1, n) for n in numbers], "i": range(len(numbers))}
    )


def test_the_latest_rows_are_test_and_those_before_validation():
    frame = days(5, 1, 4, 2, 3, 10, 9, 8, 7, 6)
    parts = split_table(frame, SplitSpec(test=share(0.2), validation=share(0.1), by="t"))
    assert list(parts) == ["train", "validation", "test"]
    assert parts["test"]["i"].to_list() == [5, 6]
    assert parts["validation"]["i"].to_list() == [7]
    assert parts["train"]["i"].to_list() == [0, 1, 2, 3, 4, 8, 9]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 12), min_size=6, max_size=40).filter(lambda x: len(set(x)) > 3),
    st.floats(0.05, 0.5),
)
def test_rows_of_one_moment_stay_together(numbers, test):
    frame = days(*numbers)
    try:
        parts = split_table(frame, SplitSpec(test=share(test), validation=Amount(1), by="t"))
    except InputError:
        return
    borders = [part["t"].to_list() for part in parts.values()]
    assert max(borders[0]) < min(borders[1]) <= max(borders[1]) < min(borders[2])
    assert sum(part.height for part in parts.values()) == len(numbers)


def test_of_two_ways_to_keep_a_moment_together_the_nearer_is_taken():
    frame = days(1, 1, 1, 1, 1, 1, 2, 2, 2, 3)
    assert split_table(frame, SplitSpec(test=Amount(2), by="t"))["test"].height == 1
    assert split_table(frame, SplitSpec(test=Amount(3), by="t"))["test"].height == 4


def test_one_moment_alone_can_not_be_split():
    with pytest.raises(InputError, match="none for"):
        split_table(days(1, 1, 1), SplitSpec(test=Amount(1), by="t"))


def test_text_is_read_as_dates_and_what_can_not_be_is_null():
    frame = pl.DataFrame({"t": ["2024-01-01", "x", None], "o": [True, False, True]})
    assert moments(frame, "t").null_count() == 2
    with pytest.raises(InputError, match="boolean"):
        moments(frame, "o")


def test_a_random_split_is_the_same_everywhere_and_follows_the_seed():
    frame = pl.DataFrame({"i": range(10)})
    parts = split_table(
        frame, SplitSpec(test=Amount(3), validation=Amount(2), random=True, seed=42)
    )
    assert {name: part["i"].to_list() for name, part in parts.items()} == {
        "train": TRAIN_42,
        "validation": VALIDATION_42,
        "test": TEST_42,
    }
    other = split_table(frame, SplitSpec(test=Amount(3), random=True, seed=43))
    assert other["test"]["i"].to_list() != TEST_42


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", "c", None]), min_size=10, max_size=80), st.integers(0, 9)
)
def test_a_stratified_split_keeps_classes_in_proportion(classes, seed):
    frame = pl.DataFrame({"y": classes}, schema={"y": pl.String})
    split = SplitSpec(test=share(0.25), random=True, seed=seed, stratify=True)
    parts = split_table(frame, split, "y")
    assert abs(parts["test"].height - len(classes) * 0.25) <= 0.5
    for label in {*classes}:
        there = sum(cell == label for cell in classes)
        here = sum(cell == label for cell in parts["test"]["y"].to_list())
        assert abs(here - there * 0.25) <= 1.25


def test_no_part_may_be_empty():
    frame = pl.DataFrame({"i": range(4)})
    for test in (Amount(0), Amount(4), share(0.01)):
        with pytest.raises(InputError, match="leaves none"):
            split_table(frame, SplitSpec(test=test, random=True))


def test_the_written_bytes_follow_from_the_rows(tmp_path):
    frame = pl.DataFrame({"i": range(1000), "s": [str(i % 7) for i in range(1000)]})
    for name, table in (("a", frame), ("b", pl.concat([frame[:300], frame[300:]], rechunk=True))):
        write_table(table, tmp_path / name)
    assert of_file(tmp_path / "a") == of_file(tmp_path / "b")
    assert pl.read_parquet(tmp_path / "a").equals(frame)
