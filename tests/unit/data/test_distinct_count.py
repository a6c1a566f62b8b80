# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.data.distinct_count import LIMIT, DistinctCount


def hashes(count, seed=0):
    return np.random.default_rng(seed).integers(0, 2**64, count, dtype=np.uint64)


def test_up_to_the_limit_it_is_exact():
    some = hashes(LIMIT)
    counted = DistinctCount.none().add(np.concatenate([some, some[::-1]]))
    assert (counted.count, counted.exact, counted.threshold) == (LIMIT, True, None)
    assert not counted.add(hashes(1, seed=1)).exact


@pytest.mark.parametrize("count", [20_000, 300_000, 2_000_000])
def test_beyond_it_is_an_estimate(count):
    counted = DistinctCount.none().add(hashes(count))
    assert not counted.exact
    assert counted.count == pytest.approx(count, rel=0.035)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 30_000), max_size=4))
def test_the_union_of_parts_is_the_whole(places):
    whole = hashes(30_000)
    merged = DistinctCount.none()
    for part in reversed(np.split(whole, sorted(places))):
        merged = merged.union(DistinctCount.none().add(part))
    assert np.array_equal(merged.hashes, DistinctCount.none().add(whole).hashes)


def test_hashes_from_the_threshold_on_change_nothing():
    counted = DistinctCount.none().add(hashes(50_000))
    large = np.array([counted.threshold, counted.threshold + 1], np.uint64)
    assert np.array_equal(counted.add(large).hashes, counted.hashes)
