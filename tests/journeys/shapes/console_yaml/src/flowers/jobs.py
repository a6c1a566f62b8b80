import json
import os

import joblib
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier


def train(job):
    frame = pd.read_csv(job["data"])
    y = frame.pop(job["target"])
    X_train, X_test, y_train, y_test = train_test_split(frame, y, random_state=0)
    model = KNeighborsClassifier(job["neighbours"]).fit(X_train, y_train)
    for path in (job["model"], job["metrics"]):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    joblib.dump(model, job["model"])
    with open(job["metrics"], "w") as f:
        json.dump({"accuracy": model.score(X_test, y_test)}, f)
