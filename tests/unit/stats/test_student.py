# SPDX-License-Identifier: Apache-2.0
"""Quantiles of t by Wallace's approximation, held against scipy."""

from math import inf

import pytest
from scipy import stats

from shipway.stats.student import stretched, stretched_p_value, to_normal, to_student


@pytest.mark.parametrize("freedom", [2, 3, 5, 10.5, 30, 1000, 1e7])
@pytest.mark.parametrize("tail", [0.2, 0.05, 0.025, 0.01])
def test_quantiles_are_those_of_t(freedom, tail):
    z = stats.norm.isf(tail)
    near = 0.09 if freedom == 2 else 0.025
    assert to_student(z, freedom) == pytest.approx(stats.t.isf(tail, freedom), rel=near)
    assert to_normal(to_student(z, freedom), freedom) == pytest.approx(z)
    assert to_student(-z, freedom) == -to_student(z, freedom)


def test_without_freedom_nothing_is_known():
    assert to_student(1.6, 0) == inf and to_normal(5.0, 0) == 0
    assert to_student(1.6, inf) == to_normal(1.6, inf) == 1.6
    assert to_student(0.0, 0) == 0


def test_confidence_and_p_value_belong_together():
    asked = stretched(0.95, 1, 4)
    assert asked == pytest.approx(stats.norm.cdf(stats.t.ppf(0.95, 4)), abs=3e-4)
    assert stretched_p_value(1 - asked, 4) == pytest.approx(0.05)
    assert stretched(0.95, 2, inf) == pytest.approx(0.95)
    assert stretched(0.95, 1, 0) < 1 and stretched_p_value(0.0, 3) == 0
