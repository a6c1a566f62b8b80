# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from shipway.base.errors import InputError
from shipway.engine.plan import make_plan
from shipway.spec.reader import read_text
from shipway.stages import ROAD, user_steps

HEAD = "shipway: 1\nproject: p\n"
MODEL = "model: {name: m, task: binary, target: y, positive: 1}\n"
FULL = (
    HEAD
    + MODEL
    + """
environment: {requirements: requirements.txt}
data: {train: a.csv, test: b.csv}
tests: pytest
train: {function: "m:train"}
evaluate: {metrics: [roc_auc], gates: [roc_auc >= 0.5]}
deploy:
  staging: {target: local}
  production: {target: local, after: staging}
"""
)


def plan(text, environments=(), register=True, until=""):
    spec = read_text(text, Path("shipway.yaml")).spec
    return make_plan(spec, ROAD, user_steps(spec), environments, register, until)


def names(found):
    return [node.name for node in found]


def node(found, name):
    return next(each for each in found if each.name == name)


def test_the_whole_road_in_its_order():
    found = names(plan(FULL, ["staging", "production"]))
    assert found[0] == "checkout"
    assert set(found[1:4]) == {"environment", "validate", "test"}
    assert found[4:] == [
        "train",
        "evaluate",
        "store",
        "register",
        "package",
        "deploy staging",
        "verify staging",
        "deploy production",
        "verify production",
    ]


def test_edges_follow_from_the_types():
    found = plan(FULL, ["staging"])
    assert node(found, "train").needs == {
        "source": "checkout",
        "environment": "environment",
        "data": "validate",
        "tests": "test",
    }
    assert node(found, "verify staging").needs["deployment"] == "deploy staging"


def test_an_environment_begins_when_the_one_before_it_is_verified():
    found = plan(FULL, ["staging", "production"])
    assert "verify staging" in node(found, "deploy production").after


def test_a_source_that_may_not_be_deployed_ends_after_evaluate():
    assert names(plan(FULL, [], register=False))[-1] == "evaluate"


def test_what_has_no_key_is_skipped_with_its_reason():
    text = HEAD + MODEL + 'data: {train: a.csv}\ntrain: {function: "m:train"}\n'
    found = plan(text)
    assert node(found, "test").skipped == "no 'tests' in the spec"
    assert node(found, "evaluate").skipped == "no 'evaluate' in the spec"


def test_deploy_never_accepts_a_skipped_evaluate():
    text = (
        HEAD
        + MODEL
        + 'data: {train: a.csv}\ntrain: {function: "m:train"}\n'
        + "deploy: {production: {target: local}}\n"
    )
    with pytest.raises(InputError, match="needs evaluate"):
        plan(text, ["production"])


def test_steps_alone_need_nothing_else():
    assert names(plan(HEAD + "steps: {a: {command: x}, b: {command: y, after: [a]}}\n")) == [
        "checkout",
        "a",
        "b",
    ]


def test_a_step_that_reads_what_another_writes_comes_after_it():
    text = HEAD + "steps: {b: {command: y, inputs: [o]}, a: {command: x, outputs: [o]}}\n"
    found = plan(text)
    assert names(found) == ["checkout", "a", "b"]
    assert node(found, "b").after == {"a"}


def test_steps_stand_before_and_after_built_in_stages():
    text = FULL + "steps: {s: {command: x, after: [validate], before: [train]}}\n"
    found = names(plan(text, ["staging"]))
    assert found.index("validate") < found.index("s") < found.index("train")


def test_steps_that_wait_for_each_other_are_an_error():
    a = "a: {command: x, inputs: [p], outputs: [o]}"
    b = "b: {command: y, inputs: [o], outputs: [p]}"
    with pytest.raises(InputError, match="wait for each other"):
        plan(HEAD + f"steps: {{{a}, {b}}}\n")


def test_until_keeps_only_what_is_needed():
    found = names(plan(FULL, ["staging"], until="train"))
    assert found[-1] == "train"
    assert set(found) == {"checkout", "environment", "validate", "test", "train"}


def test_until_an_unknown_stage_names_the_nearest():
    with pytest.raises(InputError) as caught:
        plan(FULL, ["staging"], until="evaluat")
    assert "evaluate" in caught.value.cure


def test_checks_of_the_projects_own_wait_for_its_python():
    own = FULL.replace("test: b.csv}", "test: b.csv, checks: [mine:good]}")
    assert "environment" in node(plan(own), "validate").after
    assert "environment" in names(plan(own, until="validate"))
    assert "environment" not in node(plan(FULL), "validate").after
