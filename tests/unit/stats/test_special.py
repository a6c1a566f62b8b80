# SPDX-License-Identifier: Apache-2.0
"""The tails, against scipy, over all sizes that a table may lead to."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from shipway.stats.special import chi_square_tail, kolmogorov_tail, upper_gamma


@settings(max_examples=500, deadline=None)
@given(st.floats(-3, 6), st.floats(-6, 7))
def test_the_gamma_function_is_that_of_scipy(log_a, log_x):
    a, x = 10**log_a, 10**log_x
    assert upper_gamma(a, x) == pytest.approx(special.gammaincc(a, x), rel=1e-9, abs=1e-290)


@settings(max_examples=500, deadline=None)
@given(st.floats(-1, 7), st.floats(-8, 30))
def test_the_gamma_function_near_its_middle(log_a, away):
    a = 10**log_a
    # Beyond 4.5 deviations scipy stops its series after 2,000 terms, too few for a large a.
    if a > 10_000:
        away = max(away, -4.4)
    x = max(1e-9, a + away * math.sqrt(a))
    assert upper_gamma(a, x) == pytest.approx(special.gammaincc(a, x), rel=1e-8, abs=1e-290)


@pytest.mark.parametrize(
    ("away", "tail"),
    [
        # R pgamma(1e7 + away * sqrt(1e7), 1e7, lower.tail = FALSE)
        (-4.75, 0.9999989942970763),
        (8, 6.565012241407406e-16),
        (20, 6.373803687843793e-89),
    ],
)
def test_the_gamma_function_of_r_where_scipy_gives_up(away, tail):
    found = upper_gamma(1e7, 1e7 + away * math.sqrt(1e7))
    assert found == pytest.approx(tail, rel=1e-12)


@given(st.integers(1, 100_000), st.floats(0, 1e6))
def test_the_tail_of_chi_square(freedom, statistic):
    found = chi_square_tail(statistic, freedom)
    assert 0 <= found <= 1
    assert found == pytest.approx(special.chdtrc(freedom, statistic), rel=1e-9, abs=1e-290)


def test_the_tables_of_textbooks():
    assert chi_square_tail(3.841459, 1) == pytest.approx(0.05, rel=1e-6)
    assert chi_square_tail(18.307038, 10) == pytest.approx(0.05, rel=1e-6)
    assert kolmogorov_tail(1.3581) == pytest.approx(0.05, rel=1e-3)
    assert kolmogorov_tail(1.6276) == pytest.approx(0.01, rel=1e-3)


@pytest.mark.parametrize(
    ("statistic", "freedom", "tail"),
    [(0, 5, 1), (-1, 5, 1), (math.inf, 5, 0), (0, 0, 1), (1, 0, 0), (1e300, 3, 0), (1e-300, 3, 1)],
)
def test_ends_of_the_tail(statistic, freedom, tail):
    assert chi_square_tail(statistic, freedom) == tail


@pytest.mark.parametrize(("statistic", "freedom"), [(math.nan, 1), (1, -1), (1, math.nan)])
def test_what_is_no_number_is_refused(statistic, freedom):
    with pytest.raises(ValueError, match="chi-square"):
        chi_square_tail(statistic, freedom)


@settings(max_examples=500)
@given(st.floats(0, 30))
def test_the_tail_of_kolmogorov(x):
    assert kolmogorov_tail(x) == pytest.approx(special.kolmogorov(x), rel=1e-10, abs=1e-300)


def test_ends_of_kolmogorovs_tail():
    assert kolmogorov_tail(-1) == 1
    assert kolmogorov_tail(math.inf) == 0
    with pytest.raises(ValueError, match="NaN"):
        kolmogorov_tail(math.nan)
