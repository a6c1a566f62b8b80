# SPDX-License-Identifier: Apache-2.0
"""A project with an `environment.yml`: from its packages to a live endpoint and an image."""

import json
import shutil
import sys
import urllib.request
from pathlib import Path

import pytest
from toy_project import table

sys.path.insert(0, str(Path(__file__).parents[1]))

from conda_channel import write_channel

pytest.importorskip("rattler")

SCRIPT = """
import csv, json, os, sys
import tiny

rows = list(csv.DictReader(open(sys.argv[1])))
share = sum(row["y"] == "1" for row in rows) / len(rows)
os.makedirs("out", exist_ok=True)
json.dump({"weight": 1.5, "share": share, "tiny": tiny.version}, open("out/model.json", "w"))
"""

SERVING = """
import json, math, os
import tiny

assert os.environ["TINY_DATA"].startswith(os.environ["CONDA_PREFIX"])


def predict(rows):
    model = json.load(open("out/model.json"))
    assert model["tiny"] == tiny.version
    return [1 / (1 + math.exp(row["b"] - model["weight"] * row["a"])) for row in rows]
"""

SPEC = """
shipway: 1
project: conda
model: {name: scorer, task: binary, target: y, positive: 1}
environment: {conda: environment.yml}
data: {train: data/train.csv, test: data/test.csv, id: id}
tests: pytest -q tests
steps:
  facts:
    command: python -c "import tiny; open('facts.txt', 'w').write(tiny.version)"
    outputs: [facts.txt]
train:
  command: python train_model.py {data.train}
  model: out/model.json
  predict: serving:predict
evaluate:
  metrics: [roc_auc]
  gates: [roc_auc >= 0.60]
deploy:
  production: {target: local}
"""


@pytest.fixture
def conda_project(project, tmp_path_factory):
    channel = tmp_path_factory.mktemp("channel")
    address = write_channel(channel)
    text = f"channels: ['{address}']\ndependencies: [tiny <2, data, {{pip: [polars]}}]\n"
    project.write("environment.yml", text)
    project.write("train_model.py", SCRIPT)
    project.write("serving.py", SERVING)
    project.write("tests/test_tiny.py", "import tiny\n\ndef test_it():\n    assert tiny.version\n")
    project.write("shipway.yaml", SPEC)
    project.write("data/train.csv", table(200, seed=1))
    project.write("data/test.csv", table(200, seed=2))
    project.repository()
    return project, channel


def test_conda_packages_go_all_the_way(conda_project):
    project, channel = conda_project
    code, document = project.report_run()
    assert code == 0, document
    endpoint = document["endpoints"]["production"]
    body = json.dumps({"instances": [{"a": 2.0, "b": -1.0, "country": "DE"}]}).encode()
    request = urllib.request.Request(
        f"{endpoint}/predict", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        assert json.loads(response.read())
    # Nothing has changed: neither the channel nor the network is asked again.
    shutil.rmtree(channel)
    stages = project.stages()
    assert stages["environment"]["cached"]
    ended = project.run("--upgrade")
    assert ended.code == 3, ended.text
    assert "the channels can't be asked" in ended.text


def test_a_conflict_ends_the_run_with_its_lines(conda_project):
    project, _ = conda_project
    text = (project.folder / "environment.yml").read_text()
    project.write("environment.yml", text.replace("tiny <2, data", "tiny >=2, needy"))
    ended = project.run()
    assert ended.code == 2
    assert "environment.yml:2:" in ended.text
    assert "tiny <2, for which no candidates were found" in ended.text
    assert "Traceback" not in ended.text
