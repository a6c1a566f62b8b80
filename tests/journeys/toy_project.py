# SPDX-License-Identifier: Apache-2.0
"""The toy project: two numbers and a country decide a class; a logistic regression learns it."""

import random

from journey import Project

SPEC = """\
shipway: 1
project: toy
model: {name: toy, task: binary, target: y, positive: 1}
environment: {requirements: requirements.txt}
data:
  train: data/train.csv
  test: data/test.csv
  id: id
  columns:
    a: {type: float, min: -10, max: 10, max_missing: 0}
    country: {type: category, values: [DE, FR]}
tests: pytest -q tests
train: {function: toy.train:train, params: {c: 1.0}}
evaluate:
  metrics: [roc_auc, recall]
  slices: [country]
  gates: [roc_auc >= 0.70, "roc_auc >= champion - 0.05 at 95%"]
deploy:
  production: {target: local}
"""

TRAIN = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def train(train: pd.DataFrame, *, c: float = 1.0):
    model = make_pipeline(StandardScaler(), LogisticRegression(C=c))
    return model.fit(train[["a", "b"]], train["y"])
"""

TESTS = """\
import pandas as pd

from toy.train import train


def test_fits():
    frame = pd.DataFrame({"a": [0.0, 1, 2, 3], "b": [1.0, 0, 1, 0], "y": [0, 0, 1, 1]})
    assert train(frame).predict(frame[["a", "b"]]).shape == (4,)
"""


def write_toy(project: Project) -> None:
    """Write all files of the toy project."""
    project.write("shipway.yaml", SPEC)
    project.write("requirements.txt", "scikit-learn\npandas\npyarrow\n")
    project.write(".gitignore", "__pycache__/\n")
    project.write("toy/__init__.py", "")
    project.write("toy/train.py", TRAIN)
    project.write("tests/test_toy.py", TESTS)
    project.write("data/train.csv", table(800, seed=1))
    project.write("data/test.csv", table(600, seed=2))


def table(rows: int, seed: int) -> str:
    """A CSV table of `rows` rows, the same for the same seed."""
    dice = random.Random(seed)
    lines = ["id,a,b,country,y"]
    for number in range(rows):
        a, b = dice.gauss(0, 1), dice.gauss(0, 1)
        label = int(1.5 * a - b + dice.gauss(0, 1) > 0)
        lines.append(f"{number},{a:.6f},{b:.6f},{dice.choice(['DE', 'FR'])},{label}")
    return "\n".join(lines) + "\n"
