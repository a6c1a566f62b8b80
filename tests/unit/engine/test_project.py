# SPDX-License-Identifier: Apache-2.0
"""From a folder to a project: overrides, wiring, and the records of runs that were killed."""

import subprocess

import msgspec
import pytest

from shipway.base.errors import INTERRUPTED, InputError
from shipway.engine.overrides import with_overrides
from shipway.engine.records import close_unfinished, read_run, run_ids, run_key
from shipway.engine.wiring import open_project
from shipway.operations.history import history
from shipway.operations.models import list_models
from shipway.operations.runs import list_runs
from shipway.operations.status import status
from shipway.operations.versions import find_version
from shipway.records.delivery import ModelVersion
from shipway.records.run import RunRecord, StageRun

SPEC = """shipway: 1
project: toy
model: {name: toy, task: binary, target: y, positive: 1}
data: {train: t.csv}
train: {function: toy:fit, params: {depth: 3}}
deploy:
  production: {target: local}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "shipway.yaml").write_text(SPEC)
    return tmp_path


def killed(project, run_id):
    """The record of a run whose process is gone."""
    child = subprocess.Popen(["sleep", "60"])
    project.journal.start_run(run_id, child.pid)
    child.kill()
    child.wait()
    stages = (StageRun("checkout", "passed"), StageRun("train", "running"))
    record = RunRecord(run_id, "toy", "running", 0, "2026-01-01", "", None, stages)
    project.store.put(run_key("toy", run_id, "run.json"), msgspec.json.encode(record))


def test_a_killed_run_is_closed_once(folder):
    project = open_project(folder)
    killed(project, "r1")
    assert close_unfinished(project) == ["r1"]
    record = read_run(project, "r1")
    assert (record.verdict, record.exit_code) == ("interrupted", INTERRUPTED)
    assert [stage.status for stage in record.stages] == ["passed", "cancelled"]
    assert close_unfinished(project) == []
    assert (read_run(project, "r2"), run_ids(project)) == (None, ["r1"])


def test_runs_and_status_close_what_was_killed(folder):
    killed(open_project(folder), "r1")
    assert [run.verdict for run in list_runs(folder)] == ["interrupted"]
    found = status(folder)
    assert (found.last_run, found.last_verdict) == ("r1", "interrupted")
    assert (found.endpoints[0].live, found.endpoints[0].healthy()) == (None, True)


@pytest.mark.parametrize(
    ("text", "value"), [("61", 61), ("0.5", 0.5), ("x=y", "x=y"), ("[1, 2]", [1, 2])]
)
def test_set_changes_a_parameter_for_this_run(folder, text, value):
    project = open_project(folder)
    changed = with_overrides(project, (f"train.params.depth={text}",))
    assert changed.spec.train.params == {"depth": value}
    assert project.spec.train.params == {"depth": 3}


@pytest.mark.parametrize("text", ["depth=3", "train.params.=3", "train.params.depth", ""])
def test_set_takes_parameters_only(folder, text):
    with pytest.raises(InputError, match="can't read --set"):
        with_overrides(open_project(folder), (text,))


def test_an_unknown_environment_has_a_neighbour(folder):
    with pytest.raises(InputError, match="no environment 'prodction'") as caught:
        open_project(folder).target("prodction")
    assert caught.value.cure == "Did you mean 'production'?"


def test_options_that_a_target_does_not_know_name_their_line(folder):
    (folder / "shipway.yaml").write_text(SPEC.replace("local}", "local, workers: many}"))
    with pytest.raises(InputError) as caught:
        open_project(folder).check_targets()
    assert "shipway.yaml:7" in str(caught.value)


def test_versions_by_the_names_that_people_give(folder):
    project = open_project(folder)
    needed = {f.name: "" for f in msgspec.structs.fields(ModelVersion) if f.required}
    for letter in "ab":
        made = ModelVersion(**{**needed, "model": "toy", "number": 0, "verdict": "passed",
                               "digest": f"sha256:{letter * 64}"})  # fmt: skip
        project.registry.register(made)
    assert find_version(project, "toy@1").number == 1
    assert find_version(project, "toy").number == 2
    for name in ("champion", "tyo", "toy@x", "toy@9"):
        with pytest.raises(InputError):
            find_version(project, name)
    assert [row.version.number for row in list_models(folder)] == [1, 2]


def test_a_history_without_events(folder):
    found = history(folder, "production", "2026-01-01")
    assert (found.events, found.live) == ((), None)
    with pytest.raises(InputError, match="not a date"):
        history(folder, "production", "yesterday")
