# SPDX-License-Identifier: Apache-2.0
"""The calculators against the power that their answers really have."""

import numpy as np
import pytest
from scipy.stats import binom

from shipway.stats.auc import area
from shipway.stats.multiple import holm
from shipway.stats.paired import mcnemar
from shipway.stats.proportions import wilson
from shipway.stats.rows import rows_for_mean, rows_for_proportion


@pytest.mark.parametrize(("value", "limit"), [(0.95, 0.9), (0.7, 0.65), (0.99, 0.97), (0.55, 0.5)])
def test_the_rows_of_a_proportion_give_80_percent_power(value, limit):
    trials = rows_for_proportion(value, limit, 0.95)
    counts = np.arange(trials + 1)
    cleared = [wilson(int(k), trials, 0.95, sides=1).low >= limit for k in counts]
    power = binom.pmf(counts, trials, value)[np.array(cleared)].sum()
    assert 0.75 <= power <= 0.87


def test_a_proportion_below_its_limit_is_settled_from_the_other_side():
    trials = rows_for_proportion(0.85, 0.9, 0.95)
    counts = np.arange(trials + 1)
    refuted = [wilson(int(k), trials, 0.95, sides=1).high < 0.9 for k in counts]
    assert 0.75 <= binom.pmf(counts, trials, 0.85)[np.array(refuted)].sum() <= 0.87


def test_a_perfect_share_needs_just_the_rows_that_wilson_asks_for():
    trials = rows_for_proportion(1.0, 0.9, 0.95)
    assert wilson(trials, trials, 0.95, sides=1).low >= 0.9
    assert wilson(trials - 1, trials - 1, 0.95, sides=1).low < 0.9


def test_no_number_of_rows_settles_an_estimate_on_its_limit():
    assert rows_for_proportion(0.9, 0.9, 0.95) is None
    assert rows_for_mean(100, 0.01, 0.0, 0.95) is None
    assert rows_for_proportion(0.9, 1.2, 0.95) is None


def test_the_rows_of_an_area_give_80_percent_power():
    draw = np.random.default_rng(3)

    def sample(rows):
        labels = np.arange(rows) % 4 == 0
        return area(labels, draw.normal(size=rows) + 1.5 * labels)

    large = sample(200_000)
    rows = rows_for_mean(200_000, large.variance, large.value - 0.82, 0.95)
    cleared = [sample(rows).bounds(0.95, sides=1).low >= 0.82 for _ in range(400)]
    assert 0.72 <= np.mean(cleared) <= 0.88


def test_mcnemar_as_statsmodels_and_r():
    # statsmodels mcnemar(exact=True) and R binom.test(5, 17)
    assert mcnemar(5, 12) == pytest.approx(0.143463134765625)
    assert mcnemar(12, 5) == mcnemar(5, 12)
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(4, 4) == 1.0


def test_holm_as_r():
    # R p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.9), "holm")
    assert holm([0.01, 0.04, 0.03, 0.005, 0.9]) == pytest.approx([0.040, 0.090, 0.090, 0.025, 0.9])
    assert holm([]) == ()
