# SPDX-License-Identifier: Apache-2.0
"""Predictions that change with the model."""

import numpy as np

from shipway.evaluation.columns import binary, multiclass, regression
from shipway.evaluation.flips import flips
from shipway.records.comparison import Flips


def test_rows_are_counted_by_what_became_of_them():
    target = [1, 1, 0, 0, 1]
    champion = binary(target, label=[1, 0, 0, 1, 1])
    challenger = binary(target, label=[1, 1, 1, 1, 1])
    assert flips(challenger, champion, "binary") == Flips(5, changed=2, mended=1, broken=1)


def test_a_change_between_two_wrong_classes_mends_and_breaks_nothing():
    champion = multiclass(["a", "b", "c"], label=["b", "b", "c"])
    challenger = multiclass(["a", "b", "c"], label=["c", "b", "c"])
    assert flips(challenger, champion, "multiclass") == Flips(3, changed=1, mended=0, broken=0)


def test_values_that_come_nearer_are_mended():
    champion = regression([1.0, 2.0, 3.0, 4.0], [1.5, 2.0, 3.0, 5.0])
    challenger = regression([1.0, 2.0, 3.0, 4.0], [1.2, 2.5, 3.0, 3.0])
    assert flips(challenger, champion, "regression") == Flips(4, changed=3, mended=1, broken=1)


def test_without_labels_nothing_can_flip():
    scored = binary([0, 1], score=np.array([0.2, 0.8]))
    assert flips(scored, scored, "binary") is None
