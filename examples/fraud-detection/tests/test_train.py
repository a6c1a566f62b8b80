# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pandas as pd
from fraud.features import RAW
from fraud.train import train
from sklearn.metrics import roc_auc_score


def scores(table: pd.DataFrame, **params: float) -> np.ndarray:
    return train(table, max_iter=5, **params).predict_proba(table)[:, 1]


def test_it_learns_what_is_plain_to_see(transactions: pd.DataFrame) -> None:
    assert roc_auc_score(transactions["is_fraud"], scores(transactions)) > 0.95


def test_a_seed_gives_the_same_model_again_and_another_seed_another(
    transactions: pd.DataFrame,
) -> None:
    first = scores(transactions, seed=1)
    assert np.array_equal(first, scores(transactions, seed=1))
    assert not np.array_equal(first, scores(transactions, seed=2))


def test_it_takes_transactions_as_they_come(transactions: pd.DataFrame) -> None:
    model = train(transactions, max_iter=2)
    assert list(model.feature_names_in_) == RAW
    strange = transactions.assign(country="XX", distance_from_home_km=np.nan)
    assert np.isfinite(model.predict_proba(strange)).all()
