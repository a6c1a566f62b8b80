# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from shipway.spec.availability import unavailable
from shipway.spec.reader import read, read_text

HEAD = "shipway: 1\nproject: p\nmodel: {name: m, task: binary, target: t, positive: 1}\n"
EXAMPLES = Path(__file__).parent / "examples"


def asked(text):
    return unavailable(read_text(HEAD + text + "\n", Path("shipway.yaml")))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("data.snapshot", "data: {train: a, snapshot: true}"),
        ("package.push", "package: {push: registry/x}"),
        ("package.builder", "package: {builder: docker}"),
        ("package.gates", "package: {gates: [image_mb <= 400]}"),
        ("deploy.e.approvals", "deploy: {e: {target: local, approvals: {count: 2}}}"),
        ("deploy.e.require", "deploy: {e: {target: local, require: {signed: true}}}"),
        ("deploy.e.strategy", "deploy: {e: {target: local, strategy: shadow}}"),
        ("model_registry", "model_registry: {mlflow: http://h}"),
        ("store", "store: s3://bucket/x"),
    ],
)
def test_what_is_only_read_is_said(key, text):
    (mistake,) = asked(text)
    assert mistake.what == f"{key} is not available yet"
    assert mistake.where.startswith("shipway.yaml:")
    assert mistake.cure
    assert str(mistake) == f"{mistake.where}: {mistake.what}. {mistake.cure}"


def test_a_monitor_is_only_read():
    found = asked("deploy: {e: {target: local}}\nmonitor: {e: {window: 1d}}")
    assert [mistake.what for mistake in found] == ["monitor.e is not available yet"]


@pytest.mark.parametrize(
    "text",
    [
        "package: {builder: dockerfile, base: python:3.11}",
        "deploy: {e: {target: local, strategy: direct, from: any, port: 1}}",
        "model_registry: built-in\nstore: some/folder",
        "train: {command: x, model: m, metrics: {json: m.json}}",
        "train: {command: x, model: [a, b], metrics: {stdout: 'A: {a}'}}",
        "train: {command: x, model: m, metrics: {csv: m.csv}}",
        "train: {command: x, model: m, metrics: {mlflow: true}}",
        "train: {command: x, model: [m]}",
        "data: {train: a, snapshot: false, drift: {against: champion}}",
        "data: {test: a}\nevaluate: {cost: {fp: 1, fn: 20}, machine: ci-runner}",
        "data: {test: a}\nevaluate: {test_set_budget: {uses: 3, adaptivity: full}}",
        "data: {test: a}\nevaluate: {cost: {cat: {dog: 1}, dog: {cat: 2}}}",
        "data: {test: a}\nevaluate: {functions: {f: {function: a:f, better: lower}}}",
    ],
)
def test_what_is_there_is_not_said_to_be_missing(text):
    assert asked(text) == ()


def test_the_first_example_is_all_there():
    assert unavailable(read(EXAMPLES / "first.yaml")) == ()


def test_all_come_at_once_in_order():
    places = [mistake.at.line for mistake in unavailable(read(EXAMPLES / "complete.yaml"))]
    assert len(places) == 6
    assert places == sorted(places)
