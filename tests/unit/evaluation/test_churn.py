# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from shipway.base.errors import InputError
from shipway.evaluation.churn import changed, churn
from shipway.evaluation.metrics import find
from shipway.evaluation.predictions import Predictions

KIND = find("churn", "binary")
ONE = Predictions(np.array([0, 1, 1, 0]), np.array([0, 1, 0, 0]), classes=("no", "yes"))
OTHER = replace(ONE, label=np.array([0, 0, 0, 1]))


def test_churn_is_the_share_of_changed_labels():
    found = churn(KIND, ONE, OTHER)
    assert (found.value, found.hits, found.trials) == (0.5, 2, 4)
    assert churn(KIND, ONE, ONE).value == 0
    heavy = replace(ONE, weight=np.array([1.0, 3.0, 0.0, 0.0]))
    assert churn(KIND, heavy, OTHER).value == 0.75


def test_a_value_has_changed_when_it_lies_far_enough_apart():
    kind = find("churn@more_than=0.5", "regression")
    one = Predictions(np.zeros(3), np.array([1.0, 2.0, 3.0]))
    other = Predictions(np.zeros(3), np.array([1.5, 2.6, 2.0]))
    assert changed(kind, one, other).tolist() == [False, True, True]
    missing = replace(other, label=np.array([1.5, np.nan, 2.0]))
    assert churn(kind, one, missing).note == "some predictions are missing or infinite"
    with pytest.raises(InputError, match="churn needs an option"):
        find("churn", "regression")


def test_churn_without_labels_or_rows_has_no_value():
    assert churn(KIND, replace(ONE, label=None), OTHER).note == "there are no predicted labels"
    none = np.zeros(4, dtype=bool)
    assert churn(KIND, ONE.take(none), OTHER.take(none)).note == "there are no rows"
    weightless = replace(ONE, weight=np.zeros(4))
    assert churn(KIND, weightless, OTHER).note == "the rows weigh nothing"


def test_other_rows_and_other_classes_are_refused():
    with pytest.raises(ValueError, match="same rows"):
        churn(KIND, ONE, OTHER.take(np.array([0, 1])))
    with pytest.raises(ValueError, match="numbered differently"):
        churn(KIND, ONE, replace(OTHER, classes=("yes", "no")))
