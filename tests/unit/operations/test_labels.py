# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from shipway.base.errors import InputError
from shipway.cli.main import run
from shipway.operations.labels import LabelsRequest, plan_labels

BETTER = "n - o > 0.02 +/- 0.01"


def methods(plan):
    return {each.method: (each.labels, each.rows) for each in plan.alternatives}


def test_the_fewest_labels_come_first():
    plan = plan_labels(LabelsRequest(BETTER, 0.999, 32, "full", changed=0.1))
    assert [each.labels for each in plan.alternatives] == sorted(
        each.labels for each in plan.alternatives
    )
    assert len({each.method for each in plan.alternatives}) == len(plan.alternatives) == 7
    assert plan.variables == {"n": "accuracy of the new model", "o": "accuracy of the old model"}


def test_the_bounds_are_those_of_the_formulas():
    found = methods(plan_labels(LabelsRequest(BETTER, 0.9999, 32)))
    assert found["Hoeffding, each variable on its own"] == (267_385, 267_385)
    # 4 ln(32 / 0.0001) / (2 0.01^2)
    assert found["Hoeffding"] == (253_522, 253_522)
    bounded = methods(plan_labels(LabelsRequest(BETTER, 0.9999, 32, changed=0.1)))
    # ln(32 / 0.00005) / (0.1 h(0.1)), of which a tenth is labelled at each step.
    assert bounded["Bennett"][0] == 27_616
    assert bounded["Bennett, labels where models differ"][0] == 2_762
    assert bounded["exact test, labels where models differ"][0] < 2_762


def test_a_clause_on_d_is_the_bound_that_bennett_needs():
    plan = plan_labels(LabelsRequest(f"{BETTER} and d < 0.1 +/- 0.02", 0.999))
    assert "Bennett" in methods(plan)
    assert any("at most 10% change" in each.assumes for each in plan.alternatives)
    loose = plan_labels(LabelsRequest(f"{BETTER} and d < 0.1 +/- 0.02", 0.999, mode="fn-free"))
    assert any("at most 14% change" in each.assumes for each in loose.alternatives)


def test_d_alone_needs_no_labels():
    plan = plan_labels(LabelsRequest("d < 0.1 +/- 0.02"))
    assert {each.labels for each in plan.alternatives} == {0}
    assert "none of them needs a label" in plan.advice


def test_the_proof_by_none_lost_is_listed_but_not_advised():
    plan = plan_labels(LabelsRequest("n > 0.98 +/- 0.01", 0.999))
    first, second, *_ = plan.alternatives
    assert (first.method, first.labels, first.complete) == ("none lost", 342, False)
    assert f"set {second.rows:,} rows apart" in plan.advice
    assert "none lost" not in methods(
        plan_labels(LabelsRequest("n > 0.98 +/- 0.01", mode="fn-free"))
    )
    assert methods(plan_labels(LabelsRequest("n - o > -0.01 +/- 0.005")))["none lost"] == (299, 299)


def test_both_modes_and_both_directions_ask_for_as_much():
    every = [
        methods(plan_labels(LabelsRequest(text)))["exact test"]
        for text in ("n > 0.6 +/- 0.02", "1 - n < 0.4 +/- 0.02", "-n < -0.6 +/- 0.02")
    ]
    assert len(set(every)) == 1
    down = plan_labels(LabelsRequest("n < 0.4 +/- 0.02", mode="fp-free"))
    assert methods(down)["exact test"] == every[0]
    other = plan_labels(LabelsRequest("n > 0.4 +/- 0.02", mode="fn-free"))
    assert methods(other)["exact test"] == every[0]


def test_more_steps_cost_more_and_full_adaptivity_most():
    one, none, change, full = (
        methods(plan_labels(LabelsRequest("n > 0.6 +/- 0.02", 0.99, steps, adaptivity)))
        for steps, adaptivity in ((1, "none"), (20, "none"), (20, "firstChange"), (20, "full"))
    )
    for method in one:
        assert one[method] < none[method] == change[method] < full[method]


def test_a_step_may_err_with_less_than_any_number():
    plan = plan_labels(LabelsRequest("n > 0.6 +/- 0.2", 0.99, 2000, "full"))
    assert plan.step_error == 0
    assert plan.step_error_log10 == pytest.approx(-2 - 2000 * 0.30102999566)


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (LabelsRequest(BETTER, reliability=1.0), "a reliability lies between"),
        (LabelsRequest(BETTER, reliability=float("nan")), "a reliability lies between"),
        (LabelsRequest(BETTER, steps=0), "is used 1 to 100,000 times"),
        (LabelsRequest(BETTER, changed=1.0), "lies between 0 and 1"),
        (LabelsRequest("n > 0.5 +/- 0.1", changed=0.1), "helps with n - o alone"),
        (LabelsRequest(BETTER, changed=0.03), "accuracies don't differ by 0.02"),
        (LabelsRequest(f"{BETTER} and d < 0.03 +/- 0.01"), "accuracies don't differ by 0.02"),
        (LabelsRequest("n > 0.98 +/- 0.05"), "no model could pass"),
        (LabelsRequest("n > 0.1 +/- 0.2", mode="fn-free"), "no model could fail"),
        (LabelsRequest("n > 2 +/- 0.2"), "no test set can show this"),
    ],
)
def test_what_can_not_be_promised_is_refused(request_, problem):
    with pytest.raises(InputError, match=problem) as caught:
        plan_labels(request_)
    assert caught.value.cure


def test_the_command(capsys):
    words = ["labels", BETTER, "--reliability", "99.9%", "--steps", "32", "--adaptivity", "full"]
    assert run(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == BETTER
    assert "at most 0.1%, in 32 steps together" in lines[4]
    assert lines[8].split() == ["LABELS", "ROWS", "METHOD", "ASSUMES"]
    assert lines[9].startswith("522,965  522,965  exact test")
    assert lines[-1].startswith("Do: set 522,965 rows apart")
    assert "--changed 10%" in lines[-2]


def test_the_document(capsys):
    assert run(["labels", BETTER, "--changed", "0.1", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["step_error"] == pytest.approx(0.05)
    assert document["alternatives"][0]["each_step"] is True
    assert document["advice"].startswith("Do: ")


@pytest.mark.parametrize(
    "words", [["n - o > 0.02"], [BETTER, "--reliability", "x"], [BETTER, "--mode", "both"]]
)
def test_a_mistake_is_one_of_input(words, capsys):
    assert run(["labels", *words]) == 2
    assert capsys.readouterr().out == ""
