# SPDX-License-Identifier: Apache-2.0
"""From `init --yes` to a live endpoint, in repositories of three shapes, without a question."""

import json
import urllib.request

import pytest
from toy_project import table

REQUIREMENTS = "scikit-learn\npandas\n"

SCRIPT = """\
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("visits.csv")
X, y = df[["a", "b"]], df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = LogisticRegression().fit(X_train, y_train)
print("accuracy:", accuracy_score(y_test, model.predict(X_test)))
joblib.dump(model, "model.pkl")
"""

FUNCTION = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def train(train: pd.DataFrame, *, c: float = 1.0):
    model = make_pipeline(StandardScaler(), LogisticRegression(C=c))
    return model.fit(train[["a", "b"]], train["y"])
"""

MODULE = """\
import argparse
import os
import pickle

import pandas as pd
from sklearn.linear_model import LogisticRegression

from ml.training.columns import FEATURES


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", default="models/clf.pkl")
    parser.add_argument("--c", type=float, default=1.0)
    args = parser.parse_args()
    frame = pd.read_csv(args.data)
    model = LogisticRegression(C=args.c).fit(frame[FEATURES], frame["y"])
    os.makedirs(os.path.dirname(args.out), exist_ok=True)
    with open(args.out, "wb") as f:
        pickle.dump(model, f)


if __name__ == "__main__":
    main()
"""


def bare_script(project):
    project.write("train.py", SCRIPT)
    project.write("visits.csv", table(300, seed=1))


def function(project):
    project.write("visits/__init__.py", "")
    project.write("visits/fit.py", FUNCTION)
    project.write("data/visits.csv", table(300, seed=1))


def module_with_flags(project):
    project.write("ml/__init__.py", "")
    project.write("ml/training/__init__.py", "")
    project.write("ml/training/columns.py", 'FEATURES = ["a", "b"]\n')
    project.write("ml/training/fit.py", MODULE)
    project.write("data/visits.csv", table(300, seed=1))


@pytest.mark.parametrize("shape", [bare_script, function, module_with_flags])
def test_init_leads_to_a_live_endpoint(project, shape):
    shape(project)
    project.write("requirements.txt", REQUIREMENTS)
    project.repository()
    ended = project.shipway("init", "--yes", "--tests")
    assert ended.code == 0, ended.text
    ended.said("Guessed", "Could not know", "wrote ", "shipway run")
    first = project.read("shipway.yaml")
    lines = [line for line in first.splitlines() if line.strip()[:1] != "#"]
    assert len(lines) <= 30, first
    assert project.shipway("init", "--yes").code == 2
    assert project.read("shipway.yaml") == first
    project.commit("on the road")
    code, document = project.report_run()
    assert code == 0, document
    tested = next(stage for stage in document["stages"] if stage["name"] == "test")
    assert tested["status"] == "passed", document
    body = json.dumps({"instances": [{"a": 3.0, "b": -3.0}]}).encode()
    address = document["endpoints"]["production"] + "/predict"
    request = urllib.request.Request(address, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert json.load(answer)["predictions"] == [1]
    ended = project.shipway("doctor")
    assert ended.code == 0, ended.text
    ended.said("is the only copy of models")


def test_a_table_without_header_is_explained(project):
    bare_script(project)
    project.write("visits.csv", "".join(table(50, seed=1).splitlines(keepends=True)[1:]))
    project.repository()
    ended = project.shipway("init", "--yes")
    assert ended.code == 0, ended.text
    ended.said("visits.csv has no header", "first line")
    assert project.run().code in (0, 1)


def test_an_unknown_target_names_the_nearest(project):
    bare_script(project)
    project.repository()
    ended = project.shipway("init", "--target", "Y")
    assert ended.code == 2
    ended.said("visits.csv has no column 'Y'", "Did you mean 'y'?")
