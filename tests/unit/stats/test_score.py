# SPDX-License-Identifier: Apache-2.0
"""The search behind every score interval, on functions that are hard to search."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from shipway.stats.score import invert, p_value, root, standardised


@given(st.floats(1e-12, 1 - 1e-12), st.sampled_from([1, 3, 9, 0.2]))
def test_a_flat_or_steep_crossing_is_found(goal, power):
    found = root(lambda x: math.copysign(abs(goal - x) ** power, goal - x), 0, 1)
    assert found == pytest.approx(goal, rel=1e-9 if power < 4 else 1e-3, abs=1e-9)


def test_poles_at_both_ends_do_not_matter():
    def pole(x):
        if x in (0, 1):
            return math.inf if x == 0 else -math.inf
        return 1e-6 / x - 1 / (1 - x)

    assert root(pole, 0, 1) == pytest.approx(1e-6 / (1 + 1e-6), rel=1e-12)


def test_without_a_change_of_sign_the_nearer_end():
    assert root(lambda x: 1 - x / 2, 0, 1) == 1
    assert root(lambda x: -x, 0, 1) == 0


def test_an_estimate_on_the_edge_is_an_end():
    assert invert(lambda limit: (1 - limit) * 10, 1, 0, 1, 2) == (pytest.approx(0.8), 1)
    assert invert(lambda limit: -limit * 10, 0, 0, 1, 2) == (0, pytest.approx(0.2))


def test_no_variance():
    assert standardised(0, 0) == 0
    assert (standardised(2, 0), standardised(-2, 0)) == (math.inf, -math.inf)
    assert (p_value(math.inf, "greater"), p_value(math.inf, "less")) == (0, 1)


@given(st.floats(-37, 37))
def test_tails_of_the_normal_distribution(z):
    assert p_value(z, "greater") == pytest.approx(norm.sf(z), rel=1e-12)
    assert p_value(z, "less") == pytest.approx(norm.cdf(z), rel=1e-12)
