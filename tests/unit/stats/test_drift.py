# SPDX-License-Identifier: Apache-2.0
"""Distances of counts, against scipy and the formulas of the books."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import distance
from scipy.stats import contingency, ks_2samp

from shipway.stats.drift import counts_of, cramers_v, jensen_shannon, ks_distance, psi

DISTANCES = (psi, jensen_shannon, ks_distance, cramers_v)
counts = st.lists(st.integers(0, 10**6), min_size=1, max_size=20)
filled = st.lists(
    st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), min_size=1, max_size=20
).map(lambda pairs: tuple(zip(*pairs, strict=True)))


@given(filled)
def test_psi_is_its_formula_where_no_cell_is_empty(pair):
    r, c = (np.array(each) / np.sum(each) for each in pair)
    assert psi(*pair) == pytest.approx(float(np.sum((c - r) * np.log(c / r))), abs=1e-12)


@given(filled)
def test_jensen_shannon_is_that_of_scipy(pair):
    expected = distance.jensenshannon(*pair, base=2)
    assert jensen_shannon(*pair) == pytest.approx(expected, abs=1e-7)


@given(st.lists(st.integers(0, 9), min_size=1), st.lists(st.integers(0, 9), min_size=1))
def test_ks_is_that_of_scipy_with_ties(one, other):
    found = ks_distance(*counts_of(np.array(one, float), np.array(other, float)))
    assert found == pytest.approx(ks_2samp(one, other).statistic)


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=12), st.randoms(), st.integers(2, 50))
def test_v_is_cramers_for_tables_of_one_size_and_does_not_mind_another(one, random, times):
    other = random.sample(one, len(one))
    found = cramers_v(one, other)
    assert found == pytest.approx(contingency.association(np.array([one, other])))
    assert cramers_v(one, [each * times for each in other]) == pytest.approx(found)


@pytest.mark.parametrize("distance_", DISTANCES)
@given(counts, st.randoms())
def test_distances_are_finite_symmetric_and_nothing_for_the_same(distance_, reference, random):
    current = [random.choice([0, 1, 10, 1000]) for _ in reference]
    found = distance_(reference, current)
    assert np.isfinite(found)
    assert found >= 0
    assert found == pytest.approx(distance_(current, reference))
    assert distance_(reference, [3 * each for each in reference]) == pytest.approx(0, abs=1e-7)
    if distance_ is not psi:
        assert found <= 1


@pytest.mark.parametrize("distance_", DISTANCES)
@pytest.mark.parametrize("pair", [([], []), ([0, 0], [1, 2]), ([5], [9]), ([0], [0])])
def test_nothing_to_compare_is_no_distance(distance_, pair):
    assert distance_(*pair) == 0


@pytest.mark.parametrize("distance_", DISTANCES[1:])
def test_nothing_in_common_is_all(distance_):
    assert distance_([5, 0], [0, 7]) == pytest.approx(1)


def test_an_empty_cell_counts_as_half_a_row():
    assert psi([0, 100], [50, 50]) == pytest.approx(
        (0.5 - 0.005) * np.log(0.5 / 0.005) + (0.5 - 1) * np.log(0.5)
    )


def test_counts_of_other_cells_are_refused():
    with pytest.raises(ValueError, match="different cells"):
        psi([1, 2], [1, 2, 3])
