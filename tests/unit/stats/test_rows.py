# SPDX-License-Identifier: Apache-2.0
"""The calculators against the power that their answers really have."""

import numpy as np
import pytest
from scipy.stats import binom

from shipway.stats.auc import area
from shipway.stats.independent import farrington_manning_p_value
from shipway.stats.multiple import holm
from shipway.stats.paired import tango, tango_p_value
from shipway.stats.paired_ratio import tang
from shipway.stats.proportions import wilson
from shipway.stats.rows import (
    rows_for_difference,
    rows_for_mcnemar,
    rows_for_mean,
    rows_for_paired,
    rows_for_paired_ratio,
    rows_for_proportion,
)


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


def _power_of_pairs(only_first, only_second, rows, clears, draws=4000):
    """How often samples of `rows` from the shares of 1,000 rows clear a limit."""
    both = 1000 - only_first - only_second - 100
    shares = np.array([both, only_first, only_second, 100]) / 1000
    samples = np.random.default_rng(5).multinomial(rows, shares, draws)
    return np.mean([clears(int(a), int(b), int(c)) for a, b, c, _ in samples])


@pytest.mark.parametrize(
    ("only_first", "only_second", "limit"),
    [(60, 40, 0.0), (40, 40, -0.02), (10, 10, -0.01), (80, 20, 0.03), (20, 60, 0.0)],
)
def test_the_rows_of_a_paired_difference_give_80_percent_power(only_first, only_second, limit):
    rows = rows_for_paired(only_first, only_second, 1000, limit, 0.95)
    upward = (only_first - only_second) / 1000 > limit

    def clears(_both, b, c):
        found = tango(b, c, rows, 0.95, sides=1)
        return found.low > limit if upward else found.high < limit

    assert 0.76 <= _power_of_pairs(only_first, only_second, rows, clears) <= 0.86


def test_rows_without_a_disagreement_are_just_those_that_tango_asks_for():
    rows = rows_for_paired(0, 0, 500, -0.01, 0.95)
    assert tango(0, 0, rows, 0.95, sides=1).low > -0.01
    assert tango(0, 0, rows - 1, 0.95, sides=1).low < -0.01


@pytest.mark.parametrize("limit", [0.98, 0.95, 1.05])
def test_the_rows_of_a_paired_ratio_give_80_percent_power(limit):
    rows = rows_for_paired_ratio(800, 50, 50, 1000, limit, 0.95)

    def clears(both, b, c):
        found = tang(both, b, c, 0.95, sides=1)
        return found.low > limit if limit < 1 else found.high < limit

    assert 0.75 <= _power_of_pairs(50, 50, rows, clears) <= 0.87


def test_at_a_limit_of_one_a_ratio_needs_the_rows_of_a_difference():
    assert rows_for_paired_ratio(800, 60, 40, 1000, 1, 0.95) == rows_for_paired(
        60, 40, 1000, 0, 0.95
    )


def test_the_rows_of_mcnemars_test():
    rows = rows_for_mcnemar(60, 40, 1000, 0.95)

    def clears(_both, b, c):
        return tango_p_value(max(b, c), min(b, c), rows, 0) < 0.025

    assert 0.76 <= _power_of_pairs(60, 40, rows, clears) <= 0.86
    assert rows_for_mcnemar(60, 40, 1000, 0.95, sides=1) == rows_for_paired(60, 40, 1000, 0, 0.95)
    assert rows_for_mcnemar(40, 60, 1000, 0.95) == rows


def test_the_rows_of_a_difference_as_r():
    # R power.prop.test(p1, p2, power = 0.8, sig.level, alternative = "one.sided")$n of each group:
    # 63.8620735404237 and 249.291708011994
    assert rows_for_difference(0.8, 0.6, 0, 0.95) == 128
    assert rows_for_difference(0.05, 0.1, 0, 0.90) == 499


@pytest.mark.parametrize("first_part", [0.5, 0.2, 0.9])
@pytest.mark.parametrize(("first", "other", "limit"), [(0.8, 0.6, 0.05), (0.9, 0.9, -0.05)])
def test_the_rows_of_a_difference_give_80_percent_power(first, other, limit, first_part):
    rows = rows_for_difference(first, other, limit, 0.95, first_part=first_part)
    of_first = round(rows * first_part)
    draw = np.random.default_rng(7)
    hits, other_hits = (
        draw.binomial(of_first, first, 2000),
        draw.binomial(rows - of_first, other, 2000),
    )
    cleared = [
        farrington_manning_p_value(int(x), of_first, int(y), rows - of_first, limit) < 0.05
        for x, y in zip(hits, other_hits, strict=True)
    ]
    assert 0.75 <= np.mean(cleared) <= 0.87


def test_what_no_number_of_rows_settles():
    assert rows_for_paired(5, 5, 100, 0, 0.95) is None
    assert rows_for_paired(0, 0, 0, 0.1, 0.95) is None
    assert rows_for_paired(5, 1, 100, 1.5, 0.95) is None
    assert rows_for_mcnemar(5, 5, 100, 0.95) is None
    assert rows_for_mcnemar(0, 0, 0, 0.95) is None
    assert rows_for_paired_ratio(50, 3, 3, 100, 1, 0.95) is None
    assert rows_for_paired_ratio(50, 3, 3, 100, 0, 0.95) is None
    assert rows_for_difference(0.8, 0.7, 0.1, 0.95) is None
    assert rows_for_difference(0.8, 0.7, 2, 0.95) is None
    assert rows_for_difference(0.8, 0.7, 0, 0.95, first_part=1) is None


def test_holm_as_r():
    # R p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.9), "holm")
    assert holm([0.01, 0.04, 0.03, 0.005, 0.9]) == pytest.approx([0.040, 0.090, 0.090, 0.025, 0.9])
    assert holm([]) == ()
