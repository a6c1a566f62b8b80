# SPDX-License-Identifier: Apache-2.0
"""Newcombe's score interval of an area."""

from math import sqrt

import pytest

from shipway.stats.auc_score import area_score, area_score_p_value


def test_the_ends_are_where_the_test_is_on_its_level():
    found = area_score(0.9, 20, 180, 0.95, sides=1)
    assert found.low < 0.9 < found.high
    for limit, side in ((found.low, "greater"), (found.high, "less")):
        assert area_score_p_value(0.9, 20, 180, limit, side) == pytest.approx(0.05)


def test_the_variance_is_hanley_and_mcneils_at_equal_sizes():
    # Hanley and McNeil (1982): A = 0.893, 51 and 58 rows, standard error 0.032; sizes evened out
    # change little. At A = 0.893, z = 1 is one standard error away.
    at = 0.893 - sqrt(0.893 * 0.107 * (1 + 53.5 * (0.107 / 1.107 + 0.893 / 1.893)) / (51 * 58))
    assert 0.893 - at == pytest.approx(0.032, abs=0.001)
    assert area_score_p_value(at, 51, 58, 0.893, "less") == pytest.approx(0.158655, abs=1e-6)


def test_ends_of_the_scale():
    perfect = area_score(1.0, 10, 10, 0.95)
    assert perfect.high == 1.0 and 0.5 < perfect.low < 1
    assert area_score(0.0, 10, 10, 0.95).low == 0.0
