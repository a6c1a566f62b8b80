import pickle

import pandas as pd

from churn.config import FEATURES


def test_the_trained_model_gives_probabilities():
    with open("artifacts/model.pkl", "rb") as f:
        model = pickle.load(f)
    row = pd.DataFrame([[3, 20.5, 1]], columns=FEATURES)
    assert 0 <= model.predict_proba(row)[0, 1] <= 1
