# SPDX-License-Identifier: Apache-2.0
"""Groups of rows: by column, by condition, by several at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.evaluation.gates import GateSlice
from shipway.evaluation.slices import Groups, as_groups, chosen, groups, masks, named_group

COUNTRY = ["DE", "FR", None, "DE", "NO", float("nan")]
CHANNEL = ["web", "web", "app", "app", "web", "app"]
SLICES = {
    "country": masks("country", COUNTRY),
    "channel": masks("channel", CHANNEL),
    "big": named_group("big", np.array([True, False, True, False, False, True])),
    "never": named_group("never", np.zeros(6, dtype=bool)),
}


def shown(found):
    return {name: np.flatnonzero(mask).tolist() for name, mask in found.items()}


def test_a_group_for_each_value_missing_ones_among_them():
    assert shown(SLICES["country"]) == {"(missing)": [2, 5], "DE": [0, 3], "FR": [1], "NO": [4]}
    assert list(SLICES["country"].rows()) == [2, 2, 1, 1]
    assert "IT" not in SLICES["country"]
    assert shown(masks("year", [2024, 2025.0, 2024.0])) == {"2024": [0, 2], "2025": [1]}
    assert shown(masks("new", [True, False])) == {"false": [1], "true": [0]}
    assert shown(masks("none", [])) == {}


def test_one_value_each_value_or_a_condition():
    assert shown(chosen([GateSlice("country", "DE")], SLICES)) == {"country=DE": [0, 3]}
    assert list(chosen([GateSlice("channel")], SLICES)) == ["channel=app", "channel=web"]
    assert shown(chosen([GateSlice("big", named=True)], SLICES)) == {"big": [0, 2, 5]}
    assert shown(chosen([GateSlice("country", "(missing)")], SLICES)) == {
        "country=(missing)": [2, 5]
    }
    flags = {"new": masks("new", [True, False])}
    assert shown(chosen([GateSlice("new", "1")], flags)) == {"new=1": [0]}


def test_several_at_once():
    both = [GateSlice("country"), GateSlice("channel")]
    assert shown(chosen(both, SLICES)) == {
        "country=(missing), channel=app": [2, 5],
        "country=DE, channel=app": [3],
        "country=DE, channel=web": [0],
        "country=FR, channel=web": [1],
        "country=NO, channel=web": [4],
    }
    three = [*both, GateSlice("big", named=True)]
    assert shown(chosen(three, SLICES)) == {
        "country=(missing), channel=app, big": [2, 5],
        "country=DE, channel=web, big": [0],
    }
    fixed = [GateSlice("country"), GateSlice("channel", "app")]
    assert list(chosen(fixed, SLICES)) == [
        "country=(missing), channel=app", "country=DE, channel=app",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "parts",
    [
        [GateSlice("country", "IT")],
        [GateSlice("city")],
        [GateSlice("never", named=True)],
        [GateSlice("country", "FR"), GateSlice("channel", "app")],
        [GateSlice("city"), GateSlice("country")],
        [GateSlice("country"), GateSlice("city")],
        [],
    ],
)
def test_there_are_no_such_rows(parts):
    assert dict(chosen(parts, SLICES)) == {}


def test_plain_masks_will_do():
    plain = {"country": {"DE": np.array([True, False]), "FR": np.array([False, True])}}
    assert shown(chosen([GateSlice("country")], plain)) == {"country=DE": [0], "country=FR": [1]}
    assert isinstance(as_groups(plain["country"]), Groups)


def test_too_many_values_are_no_grouping():
    assert len(masks("id", list(range(100)))) == 100
    with pytest.raises(InputError, match="'id' has 101 different values") as caught:
        masks("id", list(range(101)))
    assert "Slice by a condition" in caught.value.cure


def test_too_many_combinations_are_no_grouping():
    left = groups("a", range(100), np.arange(10_000) // 100)
    right = groups("b", range(100), np.arange(10_000) % 100)
    with pytest.raises(InputError, match="a and b have 10,000 combinations"):
        chosen([GateSlice("a"), GateSlice("b")], {"a": left, "b": right})


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1, 2, None])), min_size=1))
def test_every_row_lies_in_exactly_one_combination(rows):
    slices = {"x": masks("x", [x for x, _ in rows]), "y": masks("y", [y for _, y in rows])}
    found = chosen([GateSlice("x"), GateSlice("y")], slices)
    assert sum(mask.astype(int) for mask in found.values()).tolist() == [1] * len(rows)
    assert len(found) == len(set(rows))
    assert all(mask.any() for mask in found.values())
