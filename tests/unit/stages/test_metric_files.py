# SPDX-License-Identifier: Apache-2.0
"""Metrics in JSON and CSV files."""

import math

import pytest

from shipway.base.errors import InputError
from shipway.spec.types import MetricsSource, TrainSpec
from shipway.stages.metric_files import declared_files, from_json, read_csv, read_json, renamed

VALUE = {
    "eval": {"auc": 0.9, "ok": True, "name": "x"},
    "folds": [{"auc": 0.7}, {"auc": 0.8}],
    "a.b": {"c": 3},
    "text": "0.25",
}


def read(tmp_path, text):
    path = tmp_path / "m"
    path.write_text(text)
    return path


def test_all_numbers_by_their_paths():
    assert from_json(VALUE, {}, "m.json", "") == {"eval.auc": 0.9, "a.b.c": 3}


@pytest.mark.parametrize(
    ("path", "value"),
    [("eval.auc", 0.9), ("folds.0.auc", 0.7), ("folds.-1.auc", 0.8), ("a.b.c", 3), ("text", 0.25)],
)
def test_a_path(path, value):
    assert from_json(VALUE, {"own": path}, "m.json", "") == {"own": value}


@pytest.mark.parametrize(
    "path", ["eval", "eval.ok", "eval.name", "folds.2.auc", "folds.x", ""]
)
def test_a_path_to_no_number(path):
    with pytest.raises(InputError, match=r"m\.json has no number") as caught:
        from_json(VALUE, {"own": path}, "m.json", "shipway.yaml:3:1")
    assert caught.value.cure == "It has: a.b.c, eval.auc."


def test_json_as_python_writes_it(tmp_path):
    value = read_json(read(tmp_path, '\ufeff{"a": NaN, "b": -Infinity}'), "m", "")
    assert math.isnan(from_json(value, {}, "m", "")["a"])
    with pytest.raises(InputError, match="metrics is not JSON"):
        read_json(read(tmp_path, "{'a': 1}"), "metrics", "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("epoch,loss,name\n1,0.5,a\n2,0.25,b\n", {"epoch": 2, "loss": 0.25}),
        ("auc;f1\n0.9;0.8\n", {"auc": 0.9, "f1": 0.8}),
        ("metric,value\nauc,0.9\nf1,0.8\n", {"auc": 0.9, "f1": 0.8}),
        ("auc,0.9\nf1,0.8\n\n", {"auc": 0.9, "f1": 0.8}),
        ("auc\t0.9\n", {"auc": 0.9}),
        ("auc,f1\n0.9,0.8\n", {"auc": 0.9, "f1": 0.8}),
        ("\ufeff,auc\n0,0.9\n1,0.95\n", {"auc": 0.95}),
    ],
)
def test_tables_of_metrics(tmp_path, text, found):
    assert read_csv(read(tmp_path, text), "m.csv", "") == found


@pytest.mark.parametrize("text", ["", "auc,f1\n", "a,b\nx,y\n", "only\n", "auc,f1\nnone,none\n"])
def test_tables_without_metrics(tmp_path, text):
    with pytest.raises(InputError, match=r"m\.csv has no metrics"):
        read_csv(read(tmp_path, text), "m.csv", "")


def test_renaming():
    assert renamed({"a": 1.0}, {}, "m", "") == {"a": 1.0}
    assert renamed({"a": 1.0, "b": 2.0}, {"x": "b"}, "m", "") == {"x": 2.0}
    many = {f"metric_{number}": 1.0 for number in range(50)}
    with pytest.raises(InputError, match="no number 'metric7'") as caught:
        renamed(many, {"x": "metric7"}, "m", "")
    assert caught.value.cure.startswith("Did you mean 'metric_7'?")
    assert caught.value.cure.endswith(", ….")


def test_metric_files_are_outputs():
    assert declared_files(TrainSpec()) == []
    assert declared_files(TrainSpec(metrics=MetricsSource(csv="m.csv"))) == ["m.csv"]
    assert declared_files(TrainSpec(metrics=MetricsSource(mlflow=True))) == ["mlruns", "mlflow.db"]
