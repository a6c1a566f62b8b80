# SPDX-License-Identifier: Apache-2.0
"""The variance of an area before there are scores."""

from math import sqrt

import numpy as np
import pytest

from shipway.stats.auc import area
from shipway.stats.planned_area import area_variance, rows_for_area


def test_the_example_of_the_paper():
    # Hanley and McNeil 1982: area 0.893, 51 abnormal and 58 normal images, standard error 0.032.
    assert sqrt(area_variance(0.893, 51, 58)) == pytest.approx(0.032, abs=1e-3)


def test_exponential_scores_scatter_as_it_says():
    draw = np.random.default_rng(3)
    positives, negatives, rate = 60, 240, 4.0  # P(positive > negative) = 4 / 5
    truth = np.r_[np.ones(positives, bool), np.zeros(negatives, bool)]
    areas = [
        area(truth, np.r_[draw.exponential(rate, positives), draw.exponential(1, negatives)]).value
        for _ in range(3000)
    ]
    assert np.mean(areas) == pytest.approx(0.8, abs=0.005)
    assert np.std(areas) == pytest.approx(sqrt(area_variance(0.8, positives, negatives)), rel=0.05)


def test_the_rows_are_those_at_which_the_distance_is_enough():
    rows = rows_for_area(0.9, 0.02, 0.1, 0.95)
    spread = sqrt(area_variance(0.9, rows * 0.1, rows * 0.9))
    assert spread * (1.6449 + 0.8416) == pytest.approx(0.02, rel=0.01)
    assert rows_for_area(0.9, 0.02, 0.1, 0.95, contrast=0.4) == pytest.approx(0.4 * rows, rel=0.01)
    assert rows_for_area(0.9, 0.0, 0.1, 0.95) is None
