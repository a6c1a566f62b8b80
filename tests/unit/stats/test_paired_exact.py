# SPDX-License-Identifier: Apache-2.0
"""Few disagreements: held against enumeration with scipy."""

import pytest
from scipy import stats

from shipway.stats.paired import mcnemar, tango, tango_p_value
from shipway.stats.paired_exact import cautious, cautious_p_value


def test_at_zero_mcnemars_exact_test_has_to_agree():
    assert cautious_p_value(3, 0, 200, 0.0) == pytest.approx(mcnemar(3, 0) / 2)
    assert cautious(3, 0, 200, 0.95, sides=1).low < 0 < tango(3, 0, 200, 0.95, sides=1).low
    assert cautious_p_value(0, 3, 200, 0.0, "less") == cautious_p_value(3, 0, 200, 0.0)


@pytest.mark.parametrize("counts", [(0, 0), (0, 2), (1, 3), (3, 1), (5, 0)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_bounds_and_p_value_belong_together(counts, confidence):
    found, plain = (method(*counts, 200, confidence, sides=1) for method in (cautious, tango))
    assert found.low <= plain.low + 1e-12 and plain.high - 1e-12 <= found.high
    for limit in (found.low - 1e-4, found.low + 1e-4):
        p = cautious_p_value(*counts, 200, limit)
        assert (p <= 1 - confidence) == (limit < found.low)
        assert p >= tango_p_value(*counts, 200, limit) - 1e-12


def test_none_seen_is_bounded_as_by_the_exact_test():
    # The exact binomial bound for none seen in n: one less the n-th root of 0.05, and of 0.2.
    assert cautious(0, 0, 200, 0.95, sides=1).low == pytest.approx(-0.014867, abs=1e-5)
    assert cautious(0, 0, 50, 0.8, sides=1).low == pytest.approx(-0.031676, abs=1e-5)


@pytest.mark.parametrize("losses", [1.0, 2.0, 5.0])
@pytest.mark.parametrize("wins", [0.0, 0.5, 2.0])
def test_no_more_is_let_through_than_promised(wins, losses):
    rows, limit = 400, -(losses - wins) / 400
    if limit >= 0:
        return
    passed = 0.0
    for won in range(10):
        for lost in range(10 - won):
            chance = stats.multinomial.pmf(
                [won, lost, rows - won - lost],
                rows,
                [wins / rows, losses / rows, 1 - (wins + losses) / rows],
            )
            passed += chance * (cautious_p_value(won, lost, rows, limit) <= 0.2)
    assert passed <= 0.2 + 1e-6
