# SPDX-License-Identifier: Apache-2.0
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.data.histograms import BINS, Ranks, decile_edges, equal_edges

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


@given(NUMBERS)
def test_edges_of_equal_width_hold_all(values):
    low, high = min(values), max(values)
    edges = equal_edges(low, high)
    assert edges[0] == low
    assert edges[-1] == high
    assert len(edges) <= BINS + 1
    assert low == high or all(a < b for a, b in itertools.pairwise(edges))


@given(st.integers(-1000, 1000), st.integers(0, 5000))
def test_each_bin_holds_equally_many_whole_numbers(low, span):
    edges = equal_edges(low, low + span, 1.0)
    if span:
        assert set(np.diff(edges)) == {edges[1] - edges[0]}
        assert edges[-2] <= low + span < edges[-1]
        assert len(edges) <= BINS + 1


@given(NUMBERS, NUMBERS)
def test_ranks_of_stretches_add_up(one, other):
    edges = np.unique([*one, 0.0])
    both = Ranks.of(edges, np.sort([*one, *other]))
    parts = Ranks.of(edges, np.sort(one)).union(Ranks.of(edges, np.sort(other)))
    assert np.array_equal(both.below, parts.below)
    assert np.array_equal(both.upto, parts.upto)
    values, counts = np.unique([*one, *other], return_counts=True)
    assert np.array_equal(Ranks.of_counts(edges, values, counts).upto, both.upto)


def test_bins_and_what_lies_outside():
    ranks = Ranks.of(np.array([0.0, 1.0, 2.0]), np.array([-1.0, 0.0, 1.0, 2.0, 2.0, 3.0]))
    found = ranks.between([0.0, 1.0, 2.0], infinite=(2, 1))
    assert found.counts == (1, 3)
    assert (found.below, found.above) == (3, 2)


def test_one_value_has_one_bin():
    assert equal_edges(5, 5) == [5, 5]
    assert decile_edges(5, [5] * 9, 5) == [5, 5]
    assert Ranks.of(np.array([5.0]), np.array([5.0, 5.0])).between([5.0, 5.0]).counts == (2,)


def test_deciles_are_named_once():
    assert decile_edges(0, [0, 0, 0, 1, 1, 2, 3, 4, 5], 9) == [0, 1, 2, 3, 4, 5, 9]


@pytest.mark.parametrize("step", [None, 1.0])
def test_the_largest_range_there_is(step):
    edges = equal_edges(-1.7e308, 1.7e308, step)
    assert all(np.isfinite(edges))
