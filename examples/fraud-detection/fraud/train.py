# SPDX-License-Identifier: Apache-2.0
"""Trains the model: boosted trees behind the features, as one scikit-learn pipeline."""

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from threadpoolctl import threadpool_limits

from fraud.features import CATEGORIES, RAW, TARGET, add_features


def train(
    train: pd.DataFrame,
    *,
    max_iter: int = 60,
    learning_rate: float = 0.1,
    sample: float = 0.8,
    seed: int = 0,
) -> Pipeline:
    """A pipeline fitted on a share `sample` of the rows, which `seed` chooses."""
    rows = train.sample(frac=sample, random_state=seed)
    pipeline = make_pipeline(max_iter=max_iter, learning_rate=learning_rate, seed=seed)
    # One thread adds numbers up in one order: the same model, bit for bit, on any machine.
    with threadpool_limits(limits=1):
        return pipeline.fit(rows[RAW], rows[TARGET])


def make_pipeline(*, max_iter: int, learning_rate: float, seed: int) -> Pipeline:
    """The pipeline before it is fitted; it takes transactions as they are in the data."""
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = ColumnTransformer([("categories", encoder, CATEGORIES)], remainder="passthrough")
    trees = HistGradientBoostingClassifier(
        max_iter=max_iter,
        learning_rate=learning_rate,
        max_leaf_nodes=15,
        min_samples_leaf=40,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    features = FunctionTransformer(add_features)
    return Pipeline([("features", features), ("columns", columns), ("trees", trees)])
