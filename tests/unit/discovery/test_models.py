# SPDX-License-Identifier: Apache-2.0
"""What is saved, what could be taken without a file, and what predicts."""

from pathlib import Path

import pytest
from discovered import FIT, look_at

from shipway.discovery.findings import ModelFile


def models(root: Path, text: str) -> tuple[ModelFile, ...]:
    return look_at(root, {"train.py": FIT + text}).models


@pytest.mark.parametrize(
    ("text", "path", "pickle"),
    [
        ("import joblib\njoblib.dump(model, 'm.joblib')", "m.joblib", True),
        ("import joblib\njoblib.dump(value=model, filename='m.joblib')", "m.joblib", True),
        ("from joblib import dump\ndump(model, 'm.joblib', compress=3)", "m.joblib", True),
        ("import pickle\nwith open('m.pkl', 'wb') as f:\n    pickle.dump(model, f)", "m.pkl", True),
        ("import pickle\npickle.dump(model, open('out/m.sav', 'wb'))", "out/m.sav", True),
        ("import pickle\nfrom pathlib import Path\nPath('m.pkl').write_bytes(pickle.dumps(model))",
         "m.pkl", True),
        ("import cloudpickle\nwith open('m.pkl', 'wb') as f:\n    cloudpickle.dump(model, f)",
         "m.pkl", True),
        ("import torch\ntorch.save(model.state_dict(), 'm.pt')", "m.pt", True),
        ("import skops.io as sio\nsio.dump(model, 'm.skops')", "m.skops", False),
        ("import numpy as np\nnp.save('w.npy', model.coef_)", "w.npy", False),
        ("model.save_model('m.json')", "m.json", False),
        ("import onnx\nonnx.save(model, 'm.onnx')", "m.onnx", False),
        ("with open('m.onnx', 'wb') as f:\n  f.write(model.SerializeToString())", "m.onnx", False),
        ("from tensorflow import keras\nmodel.save('m.keras')", "m.keras", False),
        ("import mlflow\nmlflow.sklearn.save_model(model, 'out/m')", "out/m", False),
        ("import joblib\ndef save(obj, path):\n    joblib.dump(obj, path)\nsave(model, 'm.pkl')",
         "m.pkl", True),
    ],
)  # fmt: skip
def test_every_way_to_save(tmp_path: Path, text: str, path: str, pickle: bool) -> None:
    [found] = models(tmp_path, text)
    assert (found.path, found.pickle) == (path, pickle)


def test_a_model_logged_to_mlflow(tmp_path: Path) -> None:
    [found] = models(tmp_path, "import mlflow\nmlflow.sklearn.log_model(model, 'clf')")
    assert (found.flavour, found.written, found.directory) == ("mlflow", "clf", True)


def test_several_files_make_one_model(tmp_path: Path) -> None:
    text = (
        "import pickle\nfrom sklearn.preprocessing import StandardScaler\n"
        "scaler = StandardScaler()\n"
        "with open('scaler.pkl', 'wb') as f:\n    pickle.dump(scaler, f)\n"
        "with open('model.pkl', 'wb') as f:\n    pickle.dump(model, f)\n"
    )
    found = models(tmp_path, text)
    assert [(one.path, one.subject, one.fitted) for one in found] == [
        ("scaler.pkl", "scaler", False),
        ("model.pkl", "model", True),
    ]
    assert [str(one.at) for one in found] == ["train.py:9", "train.py:11"]


@pytest.mark.parametrize("name", ["X_train", "df", "metrics", "history", "y_test", "results"])
def test_data_and_results_are_no_models(tmp_path: Path, name: str) -> None:
    assert models(tmp_path, f"import joblib\njoblib.dump({name}, 'x.pkl')") == ()


def test_a_tracked_model_would_be_overwritten(tmp_path: Path) -> None:
    files = {"train.py": FIT + "import joblib\njoblib.dump(model, 'm.pkl')", "m.pkl": "old"}
    found = look_at(tmp_path, files, git=True)
    assert (found.models[0].git, found.models[0].exists) == ("tracked", True)
    assert found.saved_models == ("m.pkl",)
    [hazard] = [one for one in found.hazards if one.kind == "overwrites tracked file"]
    assert str(hazard.at) == "train.py:6"
    assert "git rm --cached m.pkl" in hazard.cure


def test_a_script_that_saves_nothing_keeps_a_global(tmp_path: Path) -> None:
    found = look_at(tmp_path, {"train.py": FIT})
    assert found.models == ()
    [estimator] = found.estimators
    assert (estimator.kind, estimator.name) == ("global", "model")
    assert estimator.estimator == "LogisticRegression"


def test_an_estimator_that_dies_in_a_function(tmp_path: Path) -> None:
    text = "def main():\n" + "".join(f"    {line}\n" for line in FIT.splitlines()) + "main()\n"
    [found] = look_at(tmp_path, {"train.py": text}).estimators
    assert (found.kind, found.entry) == ("local", "train:main")
    assert "which does not return it" in found.why


def test_the_best_of_a_search_is_returned(tmp_path: Path) -> None:
    text = (
        "from sklearn.model_selection import GridSearchCV\ndef fit(X, y):\n"
        "    search = GridSearchCV(None, {})\n    search.fit(X, y)\n"
        "    return search.best_estimator_\n"
    )
    [found] = look_at(tmp_path, {"m.py": text}).estimators
    assert (found.kind, found.sole, found.entry) == ("returned", True, "m:fit")


@pytest.mark.parametrize(
    "text",
    [
        "import xgboost as xgb\ndef fit(X):\n    booster = xgb.train({}, X)\n    return booster\n",
        "import lightgbm as lgb\ndef fit(X):\n    return lgb.train({}, X)\n",
    ],
)
def test_boosters_are_trained_by_functions(tmp_path: Path, text: str) -> None:
    assert look_at(tmp_path, {"m.py": text}).estimators[0].kind == "returned"


def test_prediction_code(tmp_path: Path) -> None:
    files = {
        "serving/api.py": "import joblib\nmodel = joblib.load('m.pkl')\n"
        "def predict(rows):\n    return model.predict(rows)\n",
        "src/router.py": "class Router:\n    def load(self, folder): ...\n"
        "    def predict(self, rows): ...\n",
        "lib.py": "def predict(model, rows):\n    return model.predict(rows)\n",
        "tests/test_x.py": "def predict(rows): ...\n",
    }
    found = look_at(tmp_path, files).predictions
    assert [(one.kind, one.entry, one.folder) for one in found] == [
        ("function", "serving.api:predict", "."),
        ("class", "router:Router", "src"),
        ("function", "lib:predict", "."),
    ]
    assert found[0].reads == ("m.pkl",)
    assert found[1].load


def test_web_applications(tmp_path: Path) -> None:
    files = {
        "api/main.py": "from fastapi import FastAPI\napp = FastAPI()\n"
        "@app.get('/health')\ndef health(): ...\n@app.post('/predict')\ndef go(row: dict): ...\n",
        "web.py": "from flask import Flask\nserver = Flask(__name__)\n"
        "@server.route('/', methods=['GET', 'POST'])\ndef home(): ...\n"
        "if __name__ == '__main__':\n    server.run(port=9000)\n",
        "page.py": "import streamlit as st\nst.title('x')\n",
        "Dockerfile": 'FROM python:3.11\nCMD ["uvicorn", "api.main:app", "--port", "8080"]\n',
    }
    found = {one.framework: one for one in look_at(tmp_path, files).applications}
    api = found["fastapi"]
    assert (api.app, api.port, api.health, api.predict) == (
        "api.main:app",
        8080,
        "/health",
        "/predict",
    )
    assert api.command == "uvicorn api.main:app --host 0.0.0.0 --port 8080"
    assert [(one.method, one.path, one.function) for one in api.routes] == [
        ("GET", "/health", "health"),
        ("POST", "/predict", "go"),
    ]
    assert (found["flask"].port, found["flask"].health) == (9000, "/")
    assert [one.method for one in found["flask"].routes] == ["GET", "POST"]
    assert found["streamlit"].command.startswith("streamlit run page.py")
