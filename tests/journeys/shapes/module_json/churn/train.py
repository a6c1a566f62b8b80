import json
import pickle
from pathlib import Path

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score, roc_auc_score

from churn.config import FEATURES, TARGET


def main():
    data = pd.read_csv("data/churn.csv")
    test = data.sample(frac=0.25, random_state=4)
    train = data.drop(test.index)
    model = LogisticRegression(max_iter=2000).fit(train[FEATURES], train[TARGET])
    scores = model.predict_proba(test[FEATURES])[:, 1]
    metrics = {
        "test": {
            "auc": roc_auc_score(test[TARGET], scores),
            "recall": recall_score(test[TARGET], scores > 0.5),
        }
    }
    Path("artifacts").mkdir(exist_ok=True)
    with open("artifacts/metrics.json", "w") as f:
        json.dump(metrics, f, indent=2)
    with open("artifacts/model.pkl", "wb") as f:
        pickle.dump(model, f)


if __name__ == "__main__":
    main()
