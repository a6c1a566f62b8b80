# SPDX-License-Identifier: Apache-2.0
"""A training script kept as it is: its pickle, its metrics file, its own predict function."""

from toy_project import table

SCRIPT = """
import json, os, pickle, sys
import pandas as pd
from sklearn.linear_model import LogisticRegression

frame = pd.read_csv(sys.argv[1])
model = LogisticRegression().fit(frame[["a", "b"]], frame["y"])
for epoch in range(3):
    print(f"epoch={epoch} loss={1 / (epoch + 1):.3f}")
os.makedirs("models", exist_ok=True)
pickle.dump(model, open("models/clf.pkl", "wb"))
json.dump({"eval": {"auc": 0.91}}, open("metrics.json", "w"))
"""

PREDICT = """
import pickle

def predict(rows):
    model = pickle.load(open("models/clf.pkl", "rb"))
    return model.predict_proba(rows[["a", "b"]])[:, 1]
"""

SPEC = """
shipway: 1
project: script
model: {name: script, task: binary, target: y, positive: 1}
environment: {requirements: requirements.txt}
data: {train: data/train.csv, test: data/test.csv}
train:
  command: python train_model.py {data.train}
  model: models/clf.pkl
  predict: serving.api:predict
  metrics: {json: metrics.json, map: {auc: eval.auc}}
  allow_pickle: true
  require: [loss <= 0.5]
evaluate:
  metrics: [roc_auc]
  gates: [roc_auc >= 0.60, auc >= 0.90]
deploy:
  production: {target: local}
"""


def test_a_script_and_its_predict_function_go_all_the_way(project):
    project.write("train_model.py", SCRIPT)
    project.write("serving/__init__.py", "")
    project.write("serving/api.py", PREDICT)
    project.write("requirements.txt", "scikit-learn\npandas\npyarrow\n")
    project.write("shipway.yaml", SPEC)
    project.write("data/train.csv", table(400, seed=1))
    project.write("data/test.csv", table(300, seed=2))
    project.repository()
    code, document = project.report_run()
    assert code == 0, document
    assert document["endpoints"]["production"].startswith("http://127.0.0.1:")
    ended = project.shipway("predict", "champion", "data/test.csv", "predicted.csv")
    assert ended.code == 0, ended.text
    head, *rows = (project.folder / "predicted.csv").read_text().splitlines()
    assert head.endswith(",prediction,score")
    assert len(rows) == 300


TWO_FILES = """
import os, pickle
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, roc_auc_score
from sklearn.preprocessing import StandardScaler

frame = pd.read_csv(os.environ["DATA_PATH"])
scaler = StandardScaler().fit(frame[["a", "b"]])
model = LogisticRegression().fit(scaler.transform(frame[["a", "b"]]), frame["y"])
scores = model.predict_proba(scaler.transform(frame[["a", "b"]]))[:, 1]
print("ROC AUC on the training data:", roc_auc_score(frame["y"], scores))
print(classification_report(frame["y"], scores >= 0.5))
pickle.dump(scaler, open("scaler.pkl", "wb"))
pickle.dump(model, open("clf.pkl", "wb"))
"""

TWO_FILES_SPEC = """
shipway: 1
project: script
model: {name: script, task: binary, target: y, positive: 1}
environment: {requirements: requirements.txt}
data: {train: data/train.csv, test: data/test.csv}
train:
  command: python fit.py
  folder: src/training
  env: {DATA_PATH: "{data.train}"}
  model: [src/training/scaler.pkl, src/training/clf.pkl]
  metrics:
    stdout: ["ROC AUC on the training data: {train_auc}", classification_report]
  allow_pickle: true
evaluate:
  metrics: [roc_auc]
  gates: [roc_auc >= 0.60, train_auc >= 0.60, f1_macro >= 0.5]
deploy:
  production: {target: local}
"""


def test_two_files_make_one_model_once_a_function_joins_them(project):
    project.write("src/training/fit.py", TWO_FILES)
    project.write("requirements.txt", "scikit-learn\npandas\npyarrow\n")
    project.write("shipway.yaml", TWO_FILES_SPEC)
    project.write("data/train.csv", table(400, seed=1))
    project.write("data/test.csv", table(300, seed=2))
    project.repository()
    ended = project.run()
    assert ended.code == 2, ended.text
    ended.said(
        "how they predict together is not known",
        "Only src/training/clf.pkl has `predict`",
        "def predict(scaler, clf, rows):",
    )
    project.write(
        "serving.py",
        "def predict(scaler, clf, rows):\n"
        '    return clf.predict_proba(scaler.transform(rows[["a", "b"]]))[:, 1]\n',
    )
    project.replace("shipway.yaml", "  metrics:\n", "  predict: serving:predict\n  metrics:\n")
    project.commit("a function that joins them")
    code, document = project.report_run()
    assert code == 0, document
    assert document["endpoints"]["production"].startswith("http://127.0.0.1:")
    ended = project.shipway("predict", "champion", "data/test.csv", "predicted.csv")
    assert ended.code == 0, ended.text
