# SPDX-License-Identifier: Apache-2.0
"""A challenger meets the champion: on the same rows, each in its own environment, whatever became
of the champion meanwhile."""

import json

import pytest

GATES = 'gates: [roc_auc >= 0.60, "roc_auc >= champion - 0.02 at 95%"]'
WORSE = 'train[["a", "b"]].assign(a=0.0)'
OF_ITS_OWN = """\
import tabulate


def predict(model, rows):
    assert tabulate.tabulate([[1]])
    return model.predict_proba(rows[["a", "b"]])[:, 1]
"""


@pytest.fixture
def gated(toy):
    """The toy project, not run yet, whose second gate compares with the champion."""
    text = toy.read("shipway.yaml")
    line = next(line.strip() for line in text.splitlines() if line.strip().startswith("gates:"))
    toy.replace("shipway.yaml", line, GATES)
    toy.commit("compare with the champion")
    return toy


def gates_of(project):
    """The results of the gates in the last run."""
    shown = project.json("show", "last")
    return next(each["result"] for each in shown["stages"] if each["stage"] == "evaluate")["gates"]


def progress_of(project):
    """What the last run told while it went on."""
    runs = sorted((project.folder / ".shipway/store/runs/toy").iterdir())
    lines = (runs[-1] / "events.jsonl").read_text().splitlines()
    return [json.loads(line).get("message", "") for line in lines]


def worse(project, model):
    """Commit a training that uses only half of what it knows, with another parameter each time."""
    text = project.read("toy/train.py")
    project.write("toy/train.py", text.replace('train[["a", "b"]]', WORSE, 1))
    project.write("shipway.yaml", project.read("shipway.yaml").replace("c: 1.0", f"c: {model}"))
    project.commit(f"worse by {model}")


def test_a_worse_model_is_stopped_by_paired_evidence(gated):
    ended = gated.run()
    assert ended.code == 0, ended.text
    first = gates_of(gated)
    assert [gate["verdict"] for gate in first] == ["passed", "passed"]
    assert first[1]["no_champion"] and "no champion yet" in first[1]["reason"]

    worse(gated, 0.5)
    ended = gated.run()
    assert ended.code == 1, ended.text
    ended.said("roc_auc >= champion - 0.02 at 95%")
    absolute, relative = gates_of(gated)
    assert absolute["verdict"] == "passed"
    assert relative["verdict"] == "failed"
    assert relative["champion"] > relative["observed"] + 0.02
    assert relative["interval"]["high"] < -0.02
    assert relative["rows"] == 600 and relative["method"]
    assert "asking the champion, toy@1" in progress_of(gated)

    worse(gated, 0.25)
    assert gated.run().code == 1
    assert "the champion, toy@1: answers from cache" in progress_of(gated)
    assert gates_of(gated)[1]["champion"] == relative["champion"]
    assert len(gated.json("models")["models"]) == 1


def test_a_champion_is_asked_in_its_own_environment(gated):
    gated.write("toy/predict.py", OF_ITS_OWN)
    gated.replace(
        "shipway.yaml", "toy.train:train,", "toy.train:train, predict: toy.predict:predict,"
    )
    gated.write("requirements.txt", gated.read("requirements.txt") + "tabulate\n")
    gated.commit("a predict function with needs of its own")
    ended = gated.run()
    assert ended.code == 0, ended.text

    gated.write("toy/predict.py", OF_ITS_OWN.replace("import tabulate\n", "").replace(
        "    assert tabulate.tabulate([[1]])\n", ""
    ))  # fmt: skip
    gated.replace("requirements.txt", "tabulate\n", "")
    gated.replace("shipway.yaml", "c: 1.0", "c: 0.9")
    gated.commit("without them")
    ended = gated.run()
    assert ended.code == 0, ended.text
    assert "asking the champion, toy@1" in progress_of(gated)
    gate = gates_of(gated)[1]
    assert gate["verdict"] == "passed" and gate["champion"] is not None


def test_a_champion_that_was_lost_fails_only_the_gates_against_it(live):
    serving = live.json("status")["endpoints"][0]["live"]
    digest = serving["model_digest"].removeprefix("sha256:")
    (live.folder / f".shipway/store/objects/{digest[:2]}/{digest[2:]}").unlink()
    live.replace("shipway.yaml", "c: 1.0", "c: 0.5")
    live.commit("another parameter")
    ended = live.run()
    assert ended.code == 1, ended.text
    ended.said("the champion toy@1 could not be asked: the store has no object")
    absolute, relative = gates_of(live)
    assert (absolute["verdict"], relative["verdict"]) == ("passed", "failed")
    assert "toy@1 could not be asked" in relative["reason"]
    # It is asked again by the next run, which is told the same.
    assert live.run().code == 1

    rows = [line.split(",") for line in live.read("data/test.csv").splitlines()[1:]]
    scores = [f"{row[0]},{0.9 if float(row[1]) > 0 else 0.1}" for row in rows]
    live.write("champion.csv", "\n".join(["id,p", *reversed(scores)]) + "\n")
    live.replace(
        "shipway.yaml",
        "  slices: [country]",
        "  slices: [country]\n  champion: {predictions: champion.csv, score: p, key: id}",
    )
    live.commit("compare with a file")
    assert live.run("--until", "evaluate").code == 0
    gate = gates_of(live)[1]
    assert gate["verdict"] == "passed" and 0.5 < gate["champion"] < gate["observed"]
    live.write("champion.csv", "\n".join(["id,p", *scores[:-2]]) + "\n")
    live.commit("a file that is too short")
    ended = live.run("--until", "evaluate")
    assert ended.code == 2
    ended.said("champion.csv: 2 of 600 rows of the dataset are not in it; the first: id 598, 599")


def test_behaviour_is_a_gate(live):
    live.replace(
        "shipway.yaml", "gates: [", "gates: [invariance(a) <= 0.9, increasing(a) >= 0.99, "
    )
    live.replace("shipway.yaml", "c: 1.0", "c: 0.5")
    ended = live.run("--until", "evaluate")
    assert ended.code == 1, ended.text
    gates = gates_of(live)
    assert [gate["verdict"] for gate in gates[:2]] == ["failed", "passed"]
    live.replace("shipway.yaml", "increasing(a)", "increasing(c)")
    ended = live.run("--until", "evaluate")
    assert ended.code == 2
    ended.said("the model has no feature 'c'", "Known here: a, b.")
