# SPDX-License-Identifier: Apache-2.0
"""The same commit gives the same model and the same image, whoever builds it and wherever.

Two copies of one repository, in folders of different names and depths, with another time zone,
umask and hash seed each, go along the road through the installed command.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SHIPWAY = Path(sys.executable).with_name("shipway")
SPEC = """shipway: 1
project: toy
model: {name: toy, task: binary, target: y, positive: 1}
environment: {requirements: requirements.txt}
data: {train: train.csv, test: test.csv}
train: {function: toy:fit, params: {max_iter: 20, seed: 3}}
evaluate: {metrics: [roc_auc], gates: [roc_auc >= 0.6]}
deploy: {production: {target: local}}
"""
CODE = """
import polars as pl
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

def fit(train: pl.DataFrame, max_iter: int, seed: int):
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = ColumnTransformer([("n", "passthrough", ["amount"]), ("c", encoder, ["country"])])
    trees = HistGradientBoostingClassifier(max_iter=max_iter, random_state=seed)
    return make_pipeline(columns, trees).fit(train.select("amount", "country"), train["y"])
"""
HOW_TO = "the package index can't be reached and uv's cache is cold: go online once, or fill it"


def table(rows: int, start: int) -> str:
    lines = ["amount,country,y"]
    for number in range(start, start + rows):
        amount = (number * 37 % 1000) / 100
        wrong = number % 11 == 0
        lines.append(f"{amount},{('DE', 'FR', 'NO')[number % 3]},{int((amount > 5) != wrong)}")
    return "\n".join(lines) + "\n"


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def build(folder: Path, umask: int, **variables: str) -> dict:
    """Make the repository, take it along the road to its package; the run's JSON document."""
    folder.mkdir(parents=True)
    texts = {
        "shipway.yaml": SPEC, "toy.py": CODE, "requirements.txt": "scikit-learn\npolars\n",
        "train.csv": table(600, 0), "test.csv": table(300, 600),
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    no_job = {name: value for name, value in os.environ.items() if name != "CI"}
    ended = subprocess.run(
        [SHIPWAY, "run", "--until", "package", "--json", "--project", folder],
        env={**no_job, **variables}, umask=umask, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    if ended.returncode == 3:
        pytest.skip(f"{HOW_TO}\n{ended.stderr}")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return json.loads(ended.stdout)


def packaged(folder: Path) -> dict:
    """The package record that the run kept."""
    runs = sorted((folder / ".shipway").rglob("run.json"))
    stages = json.loads(runs[-1].read_text())["stages"]
    return next(stage["result"] for stage in stages if stage["stage"] == "package")


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Path, dict], ...]:
    base = tmp_path_factory.mktemp("determinism")
    config = str(base / "config")
    first, second = base / "a", base / "another place" / "much" / "deeper"
    one = build(first, 0o022, TZ="Pacific/Auckland", PYTHONHASHSEED="1", XDG_CONFIG_HOME=config)
    other = build(second, 0o077, TZ="America/Anchorage", PYTHONHASHSEED="2", LC_ALL="C",
                  XDG_CONFIG_HOME=f"{config}-2", USER="somebody-else")  # fmt: skip
    return (first, one), (second, other)


def test_the_same_commit_gives_the_same_model(builds):
    (_, one), (_, other) = builds
    assert one["model"]["digest"].startswith("sha256:")
    assert one["model"] == other["model"]
    assert not any(s["cached"] for s in other["stages"] if s["name"] in ("train", "package"))


def test_the_same_commit_gives_the_same_image(builds):
    (first, one), (second, other) = builds
    assert one["package"] == other["package"]
    mine, theirs = packaged(first), packaged(second)
    assert mine["layers"] == theirs["layers"]
    assert mine["bundle"] == theirs["bundle"]
    assert len(mine["layers"]) == 4
