# SPDX-License-Identifier: Apache-2.0
"""The road from a commit to an endpoint, as its user walks it on the toy project."""

import json
import re
import subprocess
import time
import urllib.request
from datetime import UTC, datetime

import pytest
from journey import by_name
from load import Load

BEFORE_DELIVERY = ["checkout", "environment", "validate", "test", "train", "evaluate"]
DELIVERY = ["store", "register", "package", "deploy production", "verify production"]
BAD_DATA = {
    "too small": ("a", "min", lambda cells: [cells[0], "-99.5", *cells[2:]]),
    "unknown": ("country", "values", lambda cells: [*cells[:3], "XX", cells[4]]),
}


def paste(command):
    """Carry out a printed command as a user would."""
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def ask(endpoint):
    """One prediction from an endpoint."""
    body = json.dumps({"instances": [{"a": 1.0, "b": 0.5}]}).encode()
    request = urllib.request.Request(
        f"{endpoint}/predict", body, {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def address(project):
    """Where production answers."""
    return project.json("status")["endpoints"][0]["endpoint"]


def alter(project, change, rows=7):
    """Change the first rows of the test table: `change` takes and gives a row's cells."""
    header, *lines = project.read("data/test.csv").splitlines()
    lines[:rows] = [",".join(change(line.split(","))) for line in lines[:rows]]
    project.write("data/test.csv", "\n".join([header, *lines]) + "\n")


def test_the_first_run_deploys_and_the_second_changes_nothing(toy):
    ended = toy.run()
    assert ended.code == 0, ended.text
    ended.said("production: r1-", "toy@1 is model", "report: ")
    curl = re.search(r"^ +(curl .+)$", ended.out, re.MULTILINE)[1]
    assert json.loads(paste(curl))["predictions"]
    endpoint = re.search(r"http://127\.0\.0\.1:\d+", curl)[0]

    code, document = toy.report_run()
    assert code == 0
    stages = by_name(document)
    assert set(stages) == {*BEFORE_DELIVERY, *DELIVERY}
    assert all(stage["cached"] for name, stage in stages.items() if name != "checkout")
    assert document["endpoints"] == {"production": endpoint}
    assert document["model"]["name"] == "toy" and document["model"]["version"] == 1
    for digest in (document["model"]["digest"], document["package"]["digest"]):
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", digest)
    assert len(toy.json("models")["models"]) == 1
    assert toy.actions().count("live") == 1

    stop = re.search(r"^ +(\S+shipway stop .+)$", ended.out, re.MULTILINE)[1]
    paste(stop)
    toy.await_no_processes()
    status = toy.json("status")["endpoints"][0]
    assert status["stopped"] and not status["running"]


def test_an_edited_parameter_waits_for_its_commit(live):
    live.replace("shipway.yaml", "c: 1.0", "c: 0.5")
    note = "not deployed: uncommitted changes; production takes clean commits of main"
    ended = live.run()
    assert ended.code == 0
    ended.said(note)
    assert "register" not in ended.out and "deploy" not in ended.out.replace(note, "")

    live.git("checkout", "-q", "-b", "idea")
    live.commit("try 0.5")
    code, document = live.report_run()
    assert code == 0
    assert list(by_name(document))[-1] == "evaluate"
    assert document["note"] == "branch idea; production takes clean commits of main"
    assert document["endpoints"] == {}
    assert len(live.json("models")["models"]) == 1

    live.git("checkout", "-q", "main")
    live.git("merge", "-q", "idea")
    code, document = live.report_run()
    assert code == 0
    stages = by_name(document)
    assert all(stages[name]["cached"] for name in BEFORE_DELIVERY[1:])
    assert document["model"]["version"] == 2
    live_event = live.json("status")["endpoints"][0]["live"]
    assert live_event["model_digest"] == document["model"]["digest"]
    gates = by_result(live, "evaluate")["gates"]
    assert all(gate["verdict"] == "passed" for gate in gates)
    assert any("champion" in gate["gate"] for gate in gates)


def by_result(project, stage):
    """What a stage of the last run gave."""
    shown = project.json("show", "last")
    return next(each["result"] for each in shown["stages"] if each["stage"] == stage)


def test_explain_says_why_only_some_stages_run(live):
    live.replace("shipway.yaml", "c: 1.0", "c: 2.0")
    ended = live.run("--explain")
    assert ended.code == 0
    ended.said("train: ", "its code set is", "toy/train.py")
    lines = {line.split()[1]: line for line in ended.out.splitlines() if line.startswith("✓")}
    assert "cached" in lines["validate"] and "cached" in lines["test"]
    assert "cached" not in lines["train"] and "cached" not in lines["evaluate"]


def test_set_tries_a_parameter_without_deploying(live):
    ended = live.run("--set", "train.params.c=0.25")
    assert ended.code == 0
    ended.said("not deployed: ")
    assert live.git("status", "--porcelain") == ""
    assert live.actions().count("live") == 2


def test_swap_and_rollback_lose_no_request(live):
    live.replace("shipway.yaml", "c: 1.0", "c: 0.5")
    live.commit("c 0.5")
    with Load(address(live)) as load:
        load.until(50)
        assert live.run().code == 0
        load.until(50)
        assert live.shipway("rollback", "production", "--reason", "a test").code == 0
        load.until(50)
    assert load.failures == []
    assert load.answered > 150


def test_rollback_goes_back_and_a_run_does_not_bring_it_again(live):
    first = live.json("status")["endpoints"][0]["live"]
    live.replace("shipway.yaml", "c: 1.0", "c: 0.5")
    live.commit("c 0.5")
    assert live.run().code == 0
    second = live.json("status")["endpoints"][0]["live"]
    assert second["version"] == 2
    between = datetime.now(UTC).isoformat()

    began = time.monotonic()
    back = live.json("rollback", "production", "--reason", "wrong prices")
    assert time.monotonic() - began < 2
    assert back["seconds"] < 1
    assert back["live"]["release"] == first["release"]
    versions = {m["version"]["number"]: m for m in live.json("models")["models"]}
    assert set(versions) == {1, 2}
    assert live.json("show", "toy@1")
    assert ask(address(live))["predictions"]

    ended = live.run()
    assert ended.code == 1
    ended.said("promote", "wrong prices")
    assert live.json("status")["endpoints"][0]["live"]["version"] == 1

    assert live.shipway("promote", "toy@2").code == 0
    assert live.json("status")["endpoints"][0]["live"]["version"] == 2
    assert live.stages()["deploy production"]["cached"]

    table = live.shipway("history", "production")
    table.said("WHEN", "WHO", "WHY", "wrong prices", "rolled-back", "toy@2")
    past = live.json("history", "production", "--at", between)
    assert past["live"]["version"] == 2
    assert all(event["at"] <= past["at"] for event in past["events"])
    assert all(event["by"] for event in past["events"])
    assert live.json("history", "production", "--at", "2001-01-01T00:00")["live"] is None


@pytest.mark.parametrize("kind", BAD_DATA)
def test_broken_data_stops_at_validate(live, kind):
    column, rule, change = BAD_DATA[kind]
    alter(live, change)
    live.commit("new data")
    code, document = live.report_run()
    assert code == 1
    assert document["verdict"] == "failed"
    stages = by_name(document)
    assert stages["validate"]["status"] == "failed"
    assert column in stages["validate"]["reason"] and rule in stages["validate"]["reason"]
    assert stages["train"]["status"] == stages["evaluate"]["status"] == "not-run"
    assert document["model"] is None

    ended = live.run()
    assert ended.code == 1
    ended.said("validate stopped the run", column, rule, "7 of", "row 0, id 0", "row 4, id 4")
    value = re.compile(r"-99\.5|\bXX\b")
    assert not value.search(ended.text), "outside a terminal values are not shown unasked"
    live.write("shipway.yaml", live.read("shipway.yaml") + "report: {rows: values}\n")
    assert 1 <= len(value.findall(live.run().out)) <= 7
    assert ask(address(live))["predictions"]


def test_a_missing_column_stops_at_validate(live):
    for path in ("data/test.csv", "data/train.csv"):
        lines = [line.split(",") for line in live.read(path).splitlines()]
        text = "\n".join(",".join([*cells[:3], cells[4]]) for cells in lines)
        live.write(path, text + "\n")
    live.commit("without country")
    ended = live.run()
    assert ended.code == 1
    ended.said("validate stopped the run", "country", "missing")
    assert ask(address(live))["predictions"]


def test_a_worsened_model_stops_at_evaluate(live):
    live.replace("toy/train.py", 'train["y"])', 'train["y"].sample(frac=1, random_state=3))')
    live.commit("worse")
    code, document = live.report_run()
    assert code == 1
    stages = by_name(document)
    assert stages["evaluate"]["status"] == "failed"
    assert "roc_auc >= 0.70" in stages["evaluate"]["reason"]
    assert stages["store"]["status"] == stages["deploy production"]["status"] == "not-run"
    observed = by_result(live, "evaluate")["metrics"]
    assert observed
    ended = live.run()
    assert ended.code == 1
    ended.said("evaluate stopped the run", "roc_auc >= 0.70", "0.7")
    assert re.search(r"roc_auc[^\n]*0\.[0-6]\d", ended.out), ended.out
    assert len(live.json("models")["models"]) == 1
    assert ask(address(live))["predictions"]


def test_a_failing_unit_test_stops_before_training(live):
    live.write("tests/test_more.py", "def test_sum():\n    assert 1 + 1 == 3, 'sums are off'\n")
    live.replace("shipway.yaml", "c: 1.0", "c: 0.9")
    live.commit("a test that fails")
    code, document = live.report_run()
    assert code == 1
    stages = by_name(document)
    assert stages["test"]["status"] == "failed"
    assert "test_sum" in stages["test"]["reason"]
    assert stages["train"]["status"] == "not-run"
    ended = live.run()
    ended.said("test stopped the run", "test_sum", "sums are off")


def test_each_command_speaks_json(live, tmp_path):
    run = live.json("runs")["runs"][0]["run"]
    for words in (
        ["status"],
        ["runs"],
        ["show", "last"],
        ["show", run],
        ["show", "toy@1"],
        ["logs", "production"],
        ["logs"],
        ["models"],
        ["models", "toy"],
        ["compare", "toy@1", "champion"],
        ["history", "production"],
        ["doctor"],
        ["check", "data/test.csv"],
        ["explain", "roc_auc >= champion - 0.05 at 95%"],
        ["explain", "a > 0 -> country == 'DE'"],
        ["schema"],
        ["deploy", "production"],
    ):
        assert isinstance(live.json(*words), dict), words
    release = live.json("status")["endpoints"][0]["live"]["release"]
    assert live.json("show", release)


def test_predict_then_gate_its_output(live, tmp_path):
    output = live.folder / "predicted.csv"
    live.json("predict", "champion", "data/test.csv", str(output))
    header, *rows = output.read_text().splitlines()
    assert len(rows) == 600
    score = next(name for name in header.split(",") if "score" in name or "1" in name)
    truth = [line.rsplit(",", 1)[1] for line in live.read("data/test.csv").splitlines()]
    lines = [header, *rows]
    if "y" not in header.split(","):
        lines = [f"{line},{label}" for line, label in zip(lines, truth, strict=True)]
    output.write_text("\n".join(lines) + "\n")
    gates = tmp_path / "gates.yaml"
    arguments = ["gate", str(output), "--gates", str(gates), "--target", "y", "--score", score]
    gates.write_text("gates: [roc_auc >= 0.7]\n")
    assert live.json(*arguments, "--positive", "1")["verdict"] == "passed"
    gates.write_text("gates: [roc_auc >= 0.99]\n")
    ended = live.shipway(*arguments, "--positive", "1", "--json")
    assert ended.code == 1
    assert ended.document()["verdict"] == "failed"


def test_serve_answers_without_a_deployment(trained):
    process = trained.start("serve", "toy@1", "--port", str(free_port()))
    try:
        endpoint = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
        deadline = time.monotonic() + 60
        answer = {}
        while not answer and time.monotonic() < deadline:
            try:
                answer = ask(endpoint)
            except OSError:
                time.sleep(0.1)
        assert answer["predictions"]
    finally:
        process.terminate()
        process.wait(30)
    trained.await_no_processes()


def free_port():
    """A port that nobody listens on at the moment."""
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
