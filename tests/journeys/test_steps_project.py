# SPDX-License-Identifier: Apache-2.0
"""A project that has only steps: carried out, answered from the cache, explained, refused."""

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from journey import FIELDS, STAGE_FIELDS, by_name, end

NAMES = [f"step{number}" for number in range(10)]


@pytest.fixture
def ten(project):
    """Ten steps in a row that do nothing."""
    lines = ["shipway: 1", "project: ten", "steps:", f"  {NAMES[0]}: {{command: 'true'}}"]
    lines += [f"  {b}: {{command: 'true', after: [{a}]}}" for a, b in pairwise(NAMES)]
    project.write("shipway.yaml", "\n".join(lines) + "\n")
    project.write("notes.txt", "one\n")
    project.repository()
    return project


@pytest.fixture
def steps(project):
    """Makes a committed project of the given lines under `steps:`."""

    def make(*lines, **files):
        text = "\n".join(f"  {line}" for line in lines)
        project.write("shipway.yaml", f"shipway: 1\nproject: small\nsteps:\n{text}\n")
        project.repository()
        return project

    return make


def test_ten_steps_run_and_then_come_from_the_cache(ten):
    first = ten.stages()
    assert list(first) == ["checkout", *NAMES]
    assert all(first[name]["status"] == "passed" for name in NAMES)
    assert not any(first[name]["cached"] for name in NAMES)

    again = ten.stages()
    assert all(again[name]["cached"] for name in NAMES)
    lines = ten.run().out.splitlines()
    assert sum("cached" in line.split() for line in lines) == len(NAMES)


def test_a_run_leaves_the_working_tree_as_it_was(ten):
    before = {path for path in ten.folder.iterdir() if path.name != ".git"}
    assert ten.run().code == 0
    after = {path for path in ten.folder.iterdir() if path.name != ".git"}
    assert {path.name for path in after - before} == {".shipway"}
    assert ten.git("status", "--porcelain") == ""


def test_json_is_one_document_with_the_promised_fields(ten):
    ended = ten.run("--json")
    document = json.loads(ended.out)
    assert document.keys() >= FIELDS
    assert document["verdict"] == "passed"
    assert all(stage.keys() >= STAGE_FIELDS for stage in document["stages"])
    assert document["model"] is None and document["package"] is None
    assert document["endpoints"] == {}
    assert Path(document["report"]).read_text().lstrip().lower().startswith("<!doctype html")


def test_explain_names_what_changed_and_the_code_set(ten):
    ten.run()
    ten.run("--explain").said("nothing changed")
    ten.write("notes.txt", "two\n")
    ten.run("--explain").said("step0: ", "notes.txt", "step0: its code set is")


def test_only_what_depends_on_an_edit_runs_again(steps):
    project = steps(
        "left: {command: cat left.txt, inputs: [left.txt], code: []}",
        "right: {command: cat right.txt, inputs: [right.txt], code: []}",
    )
    project.write("left.txt", "1")
    project.write("right.txt", "1")
    project.stages()
    project.write("left.txt", "2")
    stages = project.stages()
    assert not stages["left"]["cached"]
    assert stages["right"]["cached"]


def test_until_stops_early_and_force_ignores_the_cache(ten):
    stages = ten.stages("--until", "step3")
    assert set(stages) == {"checkout", *NAMES[:4]}
    stages = ten.stages("--force", "step2")
    assert not stages["step2"]["cached"]
    assert stages["step1"]["cached"]


def test_an_unknown_stage_is_named_with_the_nearest(ten):
    for option in ("--until", "--force"):
        ended = ten.run(option, "stepp3")
        assert ended.code == 2
        ended.said("stepp3", "step3")


def test_an_output_is_the_input_of_the_next_step(steps):
    project = steps(
        "make: {command: cp in.txt out/a.txt, inputs: [in.txt], outputs: [out/a.txt]}",
        "use: {command: cp out/a.txt out/b.txt, inputs: [out/a.txt], outputs: [out/b.txt]}",
    )
    project.write("in.txt", "first")
    project.commit("input")
    project.stages()
    assert not (project.folder / "out").exists()
    project.write("in.txt", "second")
    stages = project.stages()
    assert not stages["make"]["cached"] and not stages["use"]["cached"]
    project.write("in.txt", "first")
    stages = project.stages()
    assert stages["make"]["cached"] and stages["use"]["cached"]


def test_a_step_that_fails_stops_the_run_with_its_last_lines(steps):
    project = steps(
        "bad: {command: 'sh -c \"echo so it went wrong >&2; exit 7\"'}",
        "next: {command: touch next.txt, after: [bad]}",
    )
    code, document = project.report_run()
    assert code == 1
    assert document["verdict"] == "failed"
    stages = by_name(document)
    assert stages["bad"]["status"] == "failed"
    assert stages["next"]["status"] == "not-run"
    assert "exit code 7" in stages["bad"]["reason"]
    ended = project.run()
    assert ended.code == 1
    ended.said("bad stopped the run", "so it went wrong", "shipway.yaml:4")


def test_a_step_that_changes_its_input_fails(steps):
    project = steps("edit: {command: 'sh -c \"echo more >> in.txt\"', inputs: [in.txt], code: []}")
    project.write("in.txt", "as it was\n")
    ended = project.run()
    assert ended.code == 1
    ended.said("changed its own input", "in.txt")
    assert project.read("in.txt") == "as it was\n"


def test_an_undeclared_file_is_named_with_the_line_to_add(steps):
    project = steps("read: {command: cat secret.txt}")
    project.write(".gitignore", "secret.txt\n")
    project.write("secret.txt", "42\n")
    ended = project.run()
    assert ended.code == 1
    ended.said("secret.txt exists in", "inputs: [secret.txt]")


def test_an_output_that_was_not_written_is_named(steps):
    project = steps("idle: {command: 'true', outputs: [out/result.txt]}")
    ended = project.run()
    assert ended.code == 1
    ended.said("out/result.txt", "was not written")


def test_a_missing_declared_input_is_wrong_input(steps):
    project = steps("read: {command: cat gone.txt, inputs: [gone.txt]}")
    ended = project.run()
    assert ended.code == 2
    ended.said("gone.txt", "does not exist", "shipway.yaml:4:")


def test_the_second_run_waits_and_says_for_whom(steps):
    project = steps("slow: {command: sleep 3}")
    first = project.start("run", "--json")
    lock = project.folder / ".shipway/local/run.lock"
    deadline = time.monotonic() + 20
    while not (lock.exists() and lock.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)

    refused = project.run("--no-wait")
    assert refused.code == 3
    refused.said("another run is under way", f"process {first.pid}")
    assert json.loads(project.run("--no-wait", "--json").out)["exit_code"] == 3

    second = project.run()
    assert second.code == 0
    earlier = end(first)
    assert earlier.code == 0
    second.said(f"waiting for run {earlier.document()['run']}", f"process {first.pid}")
    assert "cached" in second.out
    verdicts = [run["verdict"] for run in project.json("runs")["runs"]]
    assert verdicts == ["passed", "passed"]
