# SPDX-License-Identifier: Apache-2.0
"""Wilson's interval against statsmodels 0.14 `proportion_confint(method="wilson")`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.stats.bounds import quantile
from shipway.stats.proportions import wilson

STATSMODELS = [
    (95, 100, 0.05, 0.8882495307680808, 0.9784563208456319),
    (95, 100, 0.10, 0.9008389147209471, 0.9754526365741959),
    (0, 20, 0.05, 0.0, 0.1611251580528194),
    (20, 20, 0.10, 0.8808421626390355, 1.0),
    (3, 17, 0.05, 0.061911266376209945, 0.4102945856883413),
    (980, 1000, 0.05, 0.9693099947702822, 0.987016317083585),
]


@pytest.mark.parametrize(("successes", "trials", "alpha", "low", "high"), STATSMODELS)
def test_two_sided_as_statsmodels(successes, trials, alpha, low, high):
    found = wilson(successes, trials, 1 - alpha)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)
    assert (found.confidence, found.sides, found.method) == (1 - alpha, 2, "Wilson")


def test_a_one_sided_bound_is_the_end_of_a_wider_two_sided_interval():
    one, two = wilson(95, 100, 0.95, sides=1), wilson(95, 100, 0.90, sides=2)
    assert (one.low, one.high) == pytest.approx((two.low, two.high))


def test_no_trials_mean_that_nothing_is_known():
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "trials"), [(-1, 3), (4, 3)])
def test_impossible_counts_are_refused(successes, trials):
    with pytest.raises(ValueError, match="successes"):
        wilson(successes, trials)


@pytest.mark.parametrize("confidence", [0.4, 1.0, 2.0])
def test_impossible_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence"):
        quantile(confidence, 1)


@given(
    st.integers(0, 10_000), st.integers(1, 10_000), st.floats(0.5, 0.9999), st.sampled_from([1, 2])
)
def test_the_interval_holds_the_share_and_stays_inside(successes, trials, confidence, sides):
    successes = min(successes, trials)
    found = wilson(successes, trials, confidence, sides)
    assert 0 <= found.low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= found.high <= 1
