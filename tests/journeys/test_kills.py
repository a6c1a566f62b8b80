# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at any moment: the next run goes on by itself, and nothing is left or done twice."""

import json
import os
import re
import time
from pathlib import Path

import pytest
from journey import by_name, end, kill

ROAD = ["validate", "test", "train", "evaluate", "store", "register", "package"]
SLOW = """\
import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
from sklearn.linear_model import LogisticRegression

MARKER = Path(os.environ["MARKERS"])


def train(train: pd.DataFrame, *, c: float = 1.0):
    if not (MARKER / "quick").exists():
        grandchild = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
        )
        (MARKER / "pids").write_text(f"{os.getpid()} {grandchild.pid}")
        time.sleep(600)
    return LogisticRegression(C=c).fit(train[["a", "b"]], train["y"])
"""


def await_true(test, process, seconds=90.0, pause=0.001):
    """Wait until `test()`; the process has to be there as long."""
    deadline = time.monotonic() + seconds
    while not test():
        if process.poll() is not None:
            raise AssertionError(f"the run ended first:\n{end(process).text}")
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(pause)


def at_stage(project, stage):
    """Tells whether a run is at `stage`: it has a scratch folder then."""
    scratch = project.folder / ".shipway/local/scratch"
    name = stage.replace(" ", "-")
    return lambda: any((run / name).exists() for run in list_folder(scratch))


def list_folder(folder: Path) -> list[Path]:
    """What is in a folder that may not be there yet, or any more."""
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def actions_written(project):
    """The actions in the release log of production, read as they are on disk."""
    folder = project.folder / ".shipway/store/logs/releases/toy/production"
    entries = sorted(path for path in list_folder(folder) if path.suffix == ".json")
    return re.findall(r'"action": ?"([a-z-]+)"', "".join(path.read_text() for path in entries))


def ended_well(text):
    """The stages that a killed run had reported as done."""
    return {line.split()[1] for line in text.splitlines() if line.startswith("✓")}


def check_whole(project, *, versions=1):
    """Nothing is left of the killed runs, and there is no model twice."""
    runs = project.json("runs")["runs"]
    assert all(run["verdict"] in ("passed", "interrupted") for run in runs), runs
    models = project.json("models")["models"]
    digests = [model["version"]["digest"] for model in models]
    assert len(digests) == len(set(digests)) == versions
    status = project.json("status")
    assert status["running"] == ""
    endpoint = status["endpoints"][0]
    assert endpoint["running"] and endpoint["unfinished"] == ""
    assert endpoint["weights"] == {endpoint["live"]["release"]: 1.0}


def test_killed_at_each_stage_in_turn_a_run_still_arrives(toy):
    done = set()
    for stage in ["environment", *ROAD, "deploy production", "verify production"]:
        process = toy.start("run")
        await_true(at_stage(toy, stage), process)
        killed = kill(process)
        done |= ended_well(killed.out)
        if not any(word in stage for word in ("deploy", "verify")):
            toy.await_no_processes()
    cached = {name for name in done if name in ("environment", *ROAD) and name != "checkout"}
    assert {"validate", "train", "evaluate", "package"} <= cached

    stages = toy.stages()
    assert all(stages[name]["cached"] for name in cached), stages
    check_whole(toy)
    assert actions_written(toy).count("placing") == 1
    assert toy.shipway("stop", "production").code == 0
    toy.await_no_processes()


def test_a_killed_run_is_closed_by_whoever_looks(project):
    project.write(
        "shipway.yaml", "shipway: 1\nproject: small\nsteps:\n  slow: {command: sleep 600}\n"
    )
    project.repository()
    process = project.start("run")
    await_true(at_stage(project, "slow"), process)
    kill(process)
    project.await_no_processes()
    runs = project.json("runs")["runs"]
    assert [run["verdict"] for run in runs] == ["interrupted"]
    assert project.json("status")["running"] == ""
    project.replace("shipway.yaml", "sleep 600", "sleep 0")
    ended = project.run("--no-wait")
    assert ended.code == 0, ended.text
    scratch = list_folder(project.folder / ".shipway/local/scratch")
    assert not [left for run in scratch for left in run.iterdir()]


def test_killed_in_training_with_its_grandchildren(toy, tmp_path):
    toy.environ = toy.environ | {"MARKERS": str(tmp_path)}
    toy.write("toy/train.py", SLOW)
    toy.replace("shipway.yaml", "tests: pytest -q tests\n", "")
    toy.commit("slow training")
    process = toy.start("run")
    await_true((tmp_path / "pids").exists, process)
    time.sleep(0.2)
    trainer, grandchild = map(int, (tmp_path / "pids").read_text().split())
    os.kill(grandchild, 0)
    kill(process)
    toy.await_no_processes()
    for pid in (trainer, grandchild):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    (tmp_path / "quick").touch()
    code, document = toy.report_run()
    assert code == 0
    stages = by_name(document)
    assert stages["validate"]["cached"] and stages["environment"]["cached"]
    assert not stages["train"]["cached"]
    check_whole(toy)


@pytest.mark.parametrize("action", ["placing", "placed", "routing"])
def test_killed_in_the_swap(live, action):
    before = len(actions_written(live))
    live.replace("shipway.yaml", "c: 1.0", "c: 0.5")
    live.commit("c 0.5")
    process = live.start("run", "--json")
    await_true(lambda: action in actions_written(live)[before:], process)
    kill(process)
    status = live.json("status")["endpoints"][0]
    assert status["running"] and sum(status["weights"].values()) == 1.0

    stages = live.stages()
    assert stages["train"]["cached"] and stages["package"]["cached"]
    check_whole(live, versions=2)
    assert live.json("status")["endpoints"][0]["live"]["version"] == 2
    assert actions_written(live)[before:].count("live") == 1


@pytest.mark.parametrize("action", ["rolling-back"])
def test_killed_in_a_rollback(live, action):
    live.replace("shipway.yaml", "c: 1.0", "c: 0.5")
    live.commit("c 0.5")
    assert live.run().code == 0
    process = live.start("rollback", "production", "--reason", "killed")
    before = actions_written(live)
    await_true(lambda: action in actions_written(live)[len(before) :], process, pause=0)
    kill(process)
    ended = live.shipway("rollback", "production", "--reason", "again", "--json")
    status = live.json("status")["endpoints"][0]
    assert status["live"]["version"] == 1, ended.text
    assert status["unfinished"] == "" and status["running"]


def test_interrupted_at_the_terminal_it_says_how_to_go_on(project):
    project.write(
        "shipway.yaml", "shipway: 1\nproject: small\nsteps:\n  slow: {command: sleep 600}\n"
    )
    project.repository()
    process = project.start("run", "--json")
    await_true(at_stage(project, "slow"), process)
    process.terminate()
    ended = end(process)
    assert ended.code in (130, 143)
    assert json.loads(ended.out)["verdict"] == "interrupted"
    project.await_no_processes()
