# SPDX-License-Identifier: Apache-2.0
"""The jobs of GitHub's workflow, step by step: each on a machine that has nothing but the cache."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from journey import SHIPWAY, Project

GH = """\
#!/bin/bash
# Stands for GitHub's command line: notes what it is asked, answers from a file.
printf '%s\\n' "$*" >> "$RECORD/calls"
for word in "$@"; do
  case "$word" in body=@*) cp "${word#body=@}" "$RECORD/comment.md"; echo 4711 > "$RECORD/id";; esac
done
case "$*" in *--paginate*) cat "$RECORD/id" 2>/dev/null;; esac
exit 0
"""


class Machine:
    """One job: a fresh clone in detached state, GitHub's variables, the workflow's own steps."""

    def __init__(self, origin, base, number, home):
        self.base = base / f"job{number}"
        self.temp, self.record, self.home = self.base / "temp", base / "record", home
        for folder in (self.temp, self.record, self.base / "bin"):
            folder.mkdir(parents=True, exist_ok=True)
        gh = self.base / "bin" / "gh"
        gh.write_text(GH)
        gh.chmod(0o755)
        self.origin = origin
        self.project = Project(self.base / "checkout", {})

    def check_out(self, ref):
        subprocess.run(
            ["git", "clone", "-q", self.origin.folder, self.project.folder],
            check=True,
            env=self.origin.environ,
        )
        self.project.environ = dict(self.origin.environ)
        self.project.git("checkout", "-q", "--detach", ref)

    def go(self, event, name):
        """All `run:` steps in their order, as GitHub's runner would; the exit codes by step."""
        self.project.environ |= {
            "HOME": str(self.home),
            "PATH": f"{self.base}/bin:{Path(SHIPWAY).parent}:{os.environ['PATH']}",
            "RECORD": str(self.record),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_SHA": self.project.git("rev-parse", "HEAD").strip(),
            "GITHUB_REF_NAME": name,
            "GITHUB_REPOSITORY": "team/toy",
            "GITHUB_STEP_SUMMARY": str(self.base / "summary.md"),
            "GITHUB_EVENT_PATH": str(self.base / "event.json"),
            "RUNNER_TEMP": str(self.temp),
        }
        document = {"repository": {"default_branch": "main"}, "number": 7}
        (self.base / "event.json").write_text(json.dumps(document))
        ended = {}
        for step in self.steps():
            if "run" in step and wants(step, event):
                variables = {
                    key: value.replace("${{ github.event.number }}", "7")
                    for key, value in step.get("env", {}).items()
                }
                done = subprocess.run(
                    ["bash", "-e", "-c", step["run"]],
                    cwd=self.project.folder,
                    env=self.project.environ | variables,
                    capture_output=True,
                    text=True,
                )
                ended[step["run"].split()[0]] = done
        return ended

    def steps(self):
        text = self.project.read(".github/workflows/shipway.yml")
        return yaml.load(text, yaml.BaseLoader)["jobs"]["run"]["steps"]


def wants(step, event):
    """The part of a step's condition that is about the event."""
    condition = step.get("if", "")
    if "github.event_name == 'push'" in condition:
        return event == "push"
    return "pull_request" not in condition or event == "pull_request"


@pytest.fixture
def origin(toy):
    """The toy with its store outside and its workflow, as its owner pushed it."""
    toy.replace("shipway.yaml", "project: toy", "project: toy\nstore: ~/.local/share/shipway/toy")
    ended = toy.shipway("ci", "init", "github", "--install", "command -v shipway")
    assert ended.code == 0, ended.text
    ended.said("wrote ", "ends with the job", "SHIPWAY_KEY")
    assert "A store in the checkout" not in ended.text
    toy.commit("continuous")
    return toy


@pytest.fixture
def machines(origin, tmp_path):
    """Makes machines; what they left running ends."""
    home = tmp_path / "home"
    made = []

    def make():
        made.append(Machine(origin, tmp_path / "machines", len(made), home))
        return made[-1]

    yield make
    for machine in made:
        machine.project.stop_all()
        machine.project.await_no_processes()


def test_pushes_hand_on_the_store_and_pull_requests_are_commented(origin, machines):
    first = machines()
    first.check_out("main")
    ended = first.go("push", "main")
    assert [done.returncode for done in ended.values()] == [0, 0, 0], ended
    assert "production: r1-" in ended["shipway"].stdout
    assert "✅ toy" in (first.base / "summary.md").read_text()
    first.project.stop_all()
    shutil.rmtree(first.project.folder)

    origin.git("checkout", "-q", "-b", "better")
    origin.replace("shipway.yaml", "c: 1.0", "c: 0.5")
    origin.commit("better?")
    for number in (1, 2):
        request = machines()
        request.check_out("better")
        ended = request.go("pull_request", "7/merge")
        assert {done.returncode for done in ended.values()} == {0}, ended
        assert "not deployed: branch 7/merge" in ended["shipway"].stdout
        comment = (request.record / "comment.md").read_text()
        assert comment.startswith("<!-- shipway -->\n") and "champion" in comment.lower()
        calls = (request.record / "calls").read_text()
        patched = "--method PATCH repos/team/toy/issues/comments/4711" in calls
        assert patched == (number == 2), "the second time the same comment is changed"
    assert "repos/team/toy/issues/7/comments" in calls


def test_a_run_that_stops_still_says_why(origin, machines):
    origin.replace("shipway.yaml", "roc_auc >= 0.70", "roc_auc >= 0.999")
    origin.commit("too much to ask")
    job = machines()
    job.check_out("main")
    ended = job.go("push", "main")
    assert ended["shipway"].returncode == 1
    assert re.search("❌ toy.*evaluate", (job.base / "summary.md").read_text())


def test_a_store_in_the_checkout_is_refused_before_anything_is_done(toy):
    toy.environ = toy.environ | {"CI": "true"}
    ended = toy.run()
    assert ended.code == 2, ended.text
    ended.said(
        "the gate 'roc_auc >= champion - 0.05 at 95%' compares with what earlier runs made live",
        "lost with the CI job",
        "  store: ~/.local/share/shipway/toy",
        "`shipway ci init github`",
    )
    assert not (toy.folder / ".shipway/store").exists()
    toy.replace("shipway.yaml", ', "roc_auc >= champion - 0.05 at 95%"', "")
    ended = toy.run()
    assert ended.code == 2
    ended.said("deploy production goes on from what earlier runs made live")
    assert toy.run("--until", "validate").code == 0


def test_the_file_of_the_owner_is_never_overwritten(toy):
    shown = toy.shipway("ci", "init", "github", "--print")
    assert shown.code == 0 and shown.out.startswith("# Written by")
    assert not (toy.folder / ".github").exists()
    made = toy.json("ci", "init", "github")
    assert made["written"] and made["text"] == shown.out
    assert made["to_do"] == ["shipway.yaml: store: ~/.local/share/shipway/toy"]
    assert not toy.json("ci", "init", "github")["written"]

    toy.replace(".github/workflows/shipway.yml", "ubuntu-latest", "self-hosted")
    ended = toy.shipway("ci", "init", "github")
    assert ended.code == 2
    ended.said("it says something else", "--print")
    assert "self-hosted" in toy.read(".github/workflows/shipway.yml")


def test_an_unknown_provider_has_a_neighbour(toy):
    ended = toy.shipway("ci", "init", "githb")
    assert ended.code == 2
    ended.said("there is no kind 'githb'", "github")
