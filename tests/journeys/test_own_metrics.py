# SPDX-License-Identifier: Apache-2.0
"""A team that judges its model by its own money: costs, a threshold from them, its own metrics."""

import json
import urllib.request

from journey import by_name
from toy_project import table, write_toy

MONEY = '''\
"""What decisions are worth."""

import pandas as pd


def profit(target, prediction):
    """20 for each one that is found, less 1 for each alarm."""
    return 20 * (target * prediction).sum() - prediction.sum()


def loss(target, score, rows: pd.DataFrame):
    """How far off the score is, more where `a` is large."""
    return (target - score) ** 2 * (1 + rows["a"].abs())
'''
EVALUATE = """\
evaluate:
  cost: {fp: 1, fn: 20}
  functions:
    profit: {function: toy.money:profit, better: higher}
    loss: {function: toy.money:loss, better: lower}
  metrics: [roc_auc, cost, profit, loss]
  slices: [country]
  gates:
    - cost <= 0.8
    - profit[country=*] >= 100 at 95%
    - loss <= 0.6 at 95%
    - "profit >= champion - 200 at 95%"
"""


def write_money(project):
    write_toy(project)
    project.write("toy/money.py", MONEY)
    project.write("data/validation.csv", table(500, seed=3))
    text = project.read("shipway.yaml")
    head, _, rest = text.partition("evaluate:\n")
    text = head + EVALUATE + "deploy:" + rest.partition("deploy:")[2]
    text = text.replace(
        "positive: 1}", "positive: 1, threshold: {from: validation, minimise: cost}}"
    )
    text = text.replace(
        "  test: data/test.csv\n", "  validation: data/validation.csv\n  test: data/test.csv\n"
    )
    text = text.replace(
        "params: {c: 1.0}", "params: {c: 1.0}, code: [toy/train.py, toy/__init__.py]"
    )
    project.write("shipway.yaml", text)
    project.repository()


def found(project):
    """The last evaluation, and the chosen threshold of the model."""
    run = max((project.folder / ".shipway/store/runs/toy").iterdir())
    stages = {one["stage"]: one for one in json.loads((run / "run.json").read_text())["stages"]}
    return stages["evaluate"]["result"], stages["train"]["result"]["threshold"]


def ask(address, rows):
    body = json.dumps({"instances": rows}).encode()
    request = urllib.request.Request(
        f"{address}/predict", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_money_decides_from_training_to_the_endpoint(project):
    write_money(project)
    code, document = project.report_run()
    assert code == 0, document
    evaluation, chosen = found(project)
    # A miss costs twenty alarms: who is somewhat likely is called.
    assert 0.01 < chosen["low"] <= chosen["value"] <= chosen["high"] < 0.3
    assert (chosen["metric"], chosen["dataset"], chosen["rows"]) == ("cost", "validation", 500)
    assert evaluation["threshold"] == chosen["value"]
    metrics = {(one["name"], one["slice"]): one for one in evaluation["metrics"]}
    for name in ("cost", "profit", "loss"):
        whole = metrics[name, ""]
        assert whole["interval"]["low"] < whole["value"] < whole["interval"]["high"]
        assert metrics[name, "country=DE"]["value"] is not None
    halves = [metrics["profit", f"country={name}"]["value"] for name in ("DE", "FR")]
    assert sum(halves) == metrics["profit", ""]["value"]
    rows = [{"a": a / 4, "b": 0.0} for a in range(-12, 12)]
    said = ask(document["endpoints"]["production"], rows)
    assert said["predictions"] == [int(score >= chosen["value"]) for score in said["scores"]]
    assert 0 < sum(said["predictions"]) < len(rows)

    # Another metric asks the same model anew; the champion is asked by it too.
    project.replace("toy/money.py", "20 * (target", "30 * (target")
    project.commit("worth more")
    code, document = project.report_run("--until", "evaluate")
    stages = by_name(document)
    assert (code, stages["train"]["cached"], stages["evaluate"]["cached"]) == (0, True, False)
    assert found(project)[0]["metrics"][2]["value"] > metrics["profit", ""]["value"]

    project.replace("toy/money.py", "return 30 * (target", "return 30 * (cost")
    project.commit("a slip")
    ended = project.run("--until", "evaluate")
    assert ended.code == 1
    ended.said("toy.money:profit raised NameError: name 'cost' is not defined",
               'File "toy/money.py", line 8, in profit', "shipway.yaml:")  # fmt: skip


def test_latency_is_measured_each_time_and_warns(project):
    write_toy(project)
    project.replace("shipway.yaml", "[roc_auc, recall]", "[roc_auc, recall, model_mb]")
    project.replace(
        "shipway.yaml", "  gates: [roc_auc >= 0.70,", "  gates: [predict_ms.p50 <= 0.0001,"
    )
    project.repository()
    for _ in range(2):
        code, document = project.report_run("--until", "evaluate")
        assert code == 0, document
        assert not by_name(document)["evaluate"]["cached"]
    gate = found(project)[0]["gates"][0]
    assert (gate["verdict"], gate["on_fail"]) == ("failed", "warn")
    assert "evaluate.machine names no machine" in gate["reason"]
