# SPDX-License-Identifier: Apache-2.0
"""The binomial distribution against scipy and R."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from shipway.stats.binomial import at_least, at_most, log_at_least, log_at_most, log_pmf, pmf


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000), st.floats(1e-9, 1 - 1e-9))
def test_chances_are_those_of_scipy(successes, failures, share):
    trials = successes + failures
    expected = stats.binom.logpmf(successes, trials, share)
    assert log_pmf(successes, trials, share) == pytest.approx(expected, rel=1e-10, abs=1e-10)
    # scipy.special: bdtr is P(X <= k), bdtrc P(X > k)
    at_least_so_many = special.bdtrc(successes - 1, trials, share) if successes else 1.0
    assert at_least(successes, trials, share) == pytest.approx(
        at_least_so_many, rel=1e-10, abs=1e-290
    )
    at_most_so_many = special.bdtr(successes, trials, share)
    assert at_most(successes, trials, share) == pytest.approx(
        at_most_so_many, rel=1e-10, abs=1e-290
    )


def test_values_of_r_for_ten_million_trials():
    # R 4.2.2: pbinom(..., log.p = TRUE) and dbinom
    assert log_at_most(4994999, 9990000, 0.5) == pytest.approx(-0.693399651925363, rel=1e-12)
    assert log_at_most(100, 10_000_000, 1e-4) == pytest.approx(-672.89911811021, rel=1e-12)
    assert log_at_least(190, 200, 0.5) == pytest.approx(-100.925863487321, rel=1e-12)
    assert pmf(5_000_000, 10_000_000, 0.5) == pytest.approx(0.000252313245894184, rel=1e-12)
    assert pmf(3, 10_000_000, 1e-7) == pytest.approx(0.0613132371295776, rel=1e-12)


@pytest.mark.parametrize("share", [0, 1e-3, 0.4, 1])
@pytest.mark.parametrize("trials", [0, 1, 7])
def test_all_counts_together_are_certain(trials, share):
    assert sum(pmf(k, trials, share) for k in range(trials + 1)) == pytest.approx(1, rel=1e-14)
    for count in range(trials + 2):
        together = at_least(count, trials, share) + at_most(count - 1, trials, share)
        assert together == pytest.approx(1, rel=1e-14)


def test_counts_that_cannot_be():
    assert log_pmf(3, 2, 0.5) == log_at_least(3, 2, 0.5) == log_at_most(-1, 2, 0.5) == -math.inf
    assert at_most(5, 2, 0.5) == at_least(-1, 2, 0.5) == 1


@pytest.mark.parametrize(("trials", "share"), [(-1, 0.5), (3, 1.1), (3, math.nan)])
def test_no_such_distribution(trials, share):
    with pytest.raises(ValueError, match="binomial"):
        at_least(1, trials, share)
