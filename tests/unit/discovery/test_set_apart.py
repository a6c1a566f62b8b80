# SPDX-License-Identifier: Apache-2.0
"""Rows that a training keeps away from itself, and metrics of rows that it has seen."""

from pathlib import Path

import pytest
from discovered import FIT, look_at

HEAD = FIT + "from sklearn.metrics import accuracy_score\n"
SPLIT = (
    "from sklearn.model_selection import train_test_split\n"
    "X_train, X_test, y_train, y_test = train_test_split(frame, frame['y'])\n"
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (SPLIT, "train_test_split()"),
        ("from sklearn import model_selection as m\nm.cross_val_score(model, frame, frame.y)\n",
         "cross_val_score()"),
        ("from sklearn.model_selection import StratifiedKFold\nfolds = StratifiedKFold(5)\n",
         "StratifiedKFold()"),
        ("rest = frame.sample(frac=0.2)\nmost = frame.drop(rest.index)\n", "sample() and drop()"),
        ("most = frame.head(300)\nrest = frame.tail(100)\n", "head() and tail()"),
        ("most, rest = frame[:n], frame[n:]\n", "two sides of frame"),
        ("most, rest = frame.iloc[:-90, :], frame.iloc[-90:, :]\n", "two sides of frame.iloc"),
        ("most, rest = frame[chosen], frame[~chosen]\n", "two sides of frame"),
        ("old, new = frame[frame.year < 2014], frame[frame.year >= 2014]\n", "two sides of frame"),
        ("network.fit(a, b, validation_split=0.1)\n", "validation_split"),
        ("def own(f): ...\ntrain, test = own(frame)\n", "test"),
    ],
)  # fmt: skip
def test_rows_are_set_apart(tmp_path: Path, text: str, why: str) -> None:
    found = look_at(tmp_path, {"data.csv": "a,y\n1,0\n", "train.py": HEAD + text}).set_apart
    assert why in [one.why for one in found]


@pytest.mark.parametrize(
    "text",
    [
        "X, y = frame.values[:, :-1], frame.values[:, -1]\n",
        "before, after = frame[:-1], frame[1:]\n",
        "test_size = 0.2\ntest_path = a / b\n",
        "test = pd.read_csv('test.csv')\n",
        "frame.head(3)\nother.tail(3)\n",
        "small = frame.sample(10)\n",
    ],
)
def test_rows_are_not_set_apart(tmp_path: Path, text: str) -> None:
    files = {"data.csv": "a,y\n1,0\n", "train.py": HEAD + text}
    assert look_at(tmp_path, files).set_apart == ()


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("X, y = a, b\nmodel.fit(X, y)\nprint('accuracy', model.score(X, y))",
         "accuracy {train_accuracy}"),
        ("model.fit(X, y)\nprint('accuracy', accuracy_score(y, model.predict(X)))",
         "accuracy {train_accuracy}"),
        (SPLIT + "model.fit(X_train, y_train)\nprint('score', model.score(X_train, y_train))",
         "score {train_model_score}"),
        (SPLIT + "model.fit(X_train, y_train)\nprint('score', model.score(X_test, y_test))",
         "score {model_score}"),
        ("parts = load()\nmodel.fit(parts['X_train'], parts['y_train'])\n"
         "print('acc', accuracy_score(parts['y_test'], model.predict(parts['X_test'])))",
         "acc {accuracy}"),
        ("n = 9\nmodel.fit(frame[columns][:n], frame.y[:n])\n"
         "print('acc', model.score(frame[columns][n:], frame.y[n:]))", "acc {accuracy}"),
        ("import numpy as np\nmodel.fit(np.array(old), np.array(b))\n"
         "print('acc', model.score(np.array(new), np.array(c)))", "acc {accuracy}"),
        ("from sklearn.model_selection import cross_val_score\nmodel.fit(X, y)\n"
         "print('accuracy', cross_val_score(model, X, y).mean())", "accuracy {accuracy}"),
        ("def learn(X, y):\n    model.fit(X, y)\ndef check(X, y):\n"
         "    print('acc', model.score(X, y))\n", "acc {accuracy}"),
        ("acc = accuracy_score(y_train, a)\nprint('first', acc)\nacc = accuracy_score(y_test, b)\n"
         "print('then', acc)", "first {train_accuracy}"),
    ],
)  # fmt: skip
def test_metrics_of_rows_that_were_fitted(tmp_path: Path, text: str, pattern: str) -> None:
    assert look_at(tmp_path, {"train.py": HEAD + text}).metrics[0].pattern == pattern


def test_the_last_assignment_is_what_is_printed(tmp_path: Path) -> None:
    text = "acc = accuracy_score(y_train, a)\nprint('one', acc)\nacc = accuracy_score(y_test, b)\n"
    found = look_at(tmp_path, {"train.py": HEAD + text + "print('two', acc)"}).metrics
    assert [one.pattern for one in found] == ["one {train_accuracy}", "two {accuracy}"]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("print('right in', 100 * accuracy_score(a, b), 'of 100')", "right in {accuracy_percent}"),
        ("acc = accuracy_score(a, b) * 100\nprint(f'Accuracy: {acc:.1f}')",
         "Accuracy: {accuracy_percent}"),
        ("acc = accuracy_score(a, b) * 100\nprint(f'Accuracy: {acc:.1f} %')",
         "Accuracy: {accuracy}"),
    ],
)  # fmt: skip
def test_shares_times_100(tmp_path: Path, text: str, pattern: str) -> None:
    assert look_at(tmp_path, {"train.py": HEAD + text}).metrics[0].pattern == pattern


def test_tables_of_scikit_learn_have_names_where_the_rows_do(tmp_path: Path) -> None:
    text = "from sklearn.metrics import classification_report as r\n"
    [found] = look_at(tmp_path, {"train.py": text + "print(r(y_test, guess))"}).metrics
    assert found.metrics == ("accuracy", "precision", "recall", "f1", "f1_macro")
    assert found.training == ()
    [found] = look_at(
        tmp_path, {"train.py": text + "t = r(y_train, g, target_names=['no', 'yes'])\nprint(t)"}
    ).metrics
    assert found.metrics == found.training == ("accuracy", "f1_macro")
    assert look_at(tmp_path, {"train.py": text + "print('classification_report')"}).metrics == ()


def test_nested_metrics_of_training_and_test_rows(tmp_path: Path) -> None:
    text = (
        "import json\nm = {'train': {'auc': 1, 'n': 3}, 'test': {'auc': 2}, 'val': {'auc': 3}}\n"
        "json.dump(m, open('metrics.json', 'w'))"
    )
    [found] = look_at(tmp_path, {"train.py": text}).metrics
    assert found.map == (
        ("train_roc_auc", "train.auc"),
        ("roc_auc", "test.auc"),
        ("val_auc", "val.auc"),
    )
    text = "import json\njson.dump({'accuracy': a, 'auc': b}, open('metrics.json', 'w'))"
    [found] = look_at(tmp_path, {"train.py": text}).metrics
    assert found.map == (("accuracy", "accuracy"), ("roc_auc", "auc"))
