# SPDX-License-Identifier: Apache-2.0
"""A budget of test-set uses as a developer lives with it: three models, then new rows are due."""

import io
import json
import re
import shutil

import polars as pl
import pytest
from toy_project import table

GATES = 'gates: [roc_auc >= 0.70, "roc_auc >= champion - 0.05 at 95%"]'
CHAMPION = "roc_auc >= champion - 0.2 at 95%"


@pytest.fixture
def toy(toy):
    """The toy project without deployment, so that a commit is judged and nothing else."""
    toy.replace("shipway.yaml", "deploy:\n  production: {target: local}\n", "")
    return toy


def demand(project, budget, gates="roc_auc >= 0.6 at 95%"):
    """Gates and a budget in the spec."""
    project.replace("shipway.yaml", GATES, f"test_set_budget: {budget}\n  gates: ['{gates}']")


def change_model(project, number):
    """Another model: `number` is of no other meaning. Rows of the training set are left out."""
    header, *rows = table(800, seed=1).splitlines()
    project.write("data/train.csv", "\n".join([header, *rows[number * 150 :]]) + "\n")


def uses(project):
    """The test sets that `shipway budget` knows."""
    return project.json("budget")["test_sets"]


def test_three_models_then_a_new_test_set(toy):
    ended = toy.shipway("budget")
    assert ended.code == 0
    ended.said("no test set was used yet")
    demand(toy, "{uses: 3}")
    for number in range(3):
        change_model(toy, number)
        ended = toy.run("--until", "evaluate")
        assert ended.code == 0, ended.text
    (one,) = uses(toy)
    assert (one["used"], one["left"], one["confidence"]) == (3, 0, None)
    assert (one["dataset"], one["rows"], one["last"]["verdict"]) == ("test", 600, "passed")

    change_model(toy, 3)
    ended = toy.run("--until", "evaluate")
    assert ended.code == 1
    ended.said("is spent since", "3 of 3 uses are made; nothing was decided", "new test set")
    assert uses(toy) == [one]
    ended = toy.shipway("budget")
    ended.said("3 of 3", "is spent: 3 of 3 uses are made", "name new rows as test under `data`")

    # What was answered is answered again: from the cache, and without it from the log.
    change_model(toy, 1)
    assert toy.stages("--until", "evaluate")["evaluate"]["cached"]
    shutil.rmtree(toy.folder / ".shipway/local")
    shutil.rmtree(toy.folder / ".shipway/store/cache")
    assert not toy.stages("--until", "evaluate")["evaluate"]["cached"]
    assert uses(toy) == [one]

    # The same rows in another file, under other names and in another order, are no new rows.
    header, *rows = table(600, seed=2).splitlines()
    toy.write("data/test.csv", "\n".join([header, *sorted(rows)]) + "\n")
    change_model(toy, 3)
    assert toy.run("--until", "evaluate").code == 1
    grown = [header, *rows, *table(900, seed=77).splitlines()[601:]]
    toy.write("data/test.csv", "\n".join(grown) + "\n")
    ended = toy.run("--until", "evaluate")
    assert ended.code == 1
    ended.said("Its rows were used before, as test set")

    toy.write("data/test.csv", table(600, seed=3))
    ended = toy.run("--until", "evaluate")
    assert ended.code == 0, ended.text
    old, new = uses(toy)
    assert old == one
    assert (new["used"], new["left"], new["related"]) == (1, 2, [])
    ended = toy.shipway("budget")
    ended.said("98.333333%", "2 more uses of", "1 of 3")


def everything(folder):
    """All bytes below a folder, and the rows of Parquet files."""
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield path, data
            if data[:4] == b"PAR1":
                yield path, json.dumps(pl.read_parquet(io.BytesIO(data)).rows()).encode()


def evaluation(project):
    """What the last run says of its evaluation."""
    run = project.json("show", "last")
    return next(stage["result"] for stage in run["stages"] if stage["stage"] == "evaluate")


def numbers(found):
    """All that was measured, as fractions."""
    for metric in found["metrics"]:
        yield metric["value"]
        for bounds in (metric["interval"], metric["champion_interval"], metric["difference"]):
            yield from (bounds["low"], bounds["high"]) if bounds else ()
    for gate in found["gates"]:
        yield from (gate["observed"], gate["p_value"], gate["effect"])
        yield from (gate["interval"]["low"], gate["interval"]["high"]) if gate["interval"] else ()


def digits(found, form):
    """Those numbers as text, without those that say nothing."""
    return {form(abs(x)) for x in numbers(found) if x is not None and 1e-4 < abs(x) < 0.9999}


def leaks(places, secrets, end=""):
    """Where one of the texts stands; with `end` only before something that matches it."""
    found = {
        each: re.compile(rb"(?<![\d.])" + re.escape(each).encode() + end.encode())
        for each in secrets
    }
    return {(str(at), each) for at, data in places for each in secrets if found[each].search(data)}


ASKED = [
    ["show", "last"],
    ["show", "last", "--json"],
    ["runs"],
    ["models", "--json"],
    ["show", "toy@1"],
    ["budget"],
    ["budget", "--json"],
    ["logs", "last"],
    ["compare", "toy@1", "toy@1"],
    ["compare", "toy@1", "toy@1", "--json"],
]


def test_under_full_nothing_but_the_verdict_is_told(toy, tmp_path):
    """What the same test set says to a twin without a budget is nowhere to be found."""
    toy.write("data/validation.csv", table(500, seed=9))
    toy.replace("shipway.yaml", "  id: id\n", "  validation: data/validation.csv\n  id: id\n")
    toy.replace("shipway.yaml", GATES, "gates: ['roc_auc >= 0.6 at 95%']")
    assert toy.run("--until", "evaluate").code == 0
    store = toy.folder / ".shipway"
    exact = digits(evaluation(toy), lambda x: repr(x)[:10])
    shown = digits(evaluation(toy), "{:.4f}".format)
    predictions = evaluation(toy)["predictions"]
    assert {text for _, text in leaks(everything(store), exact)} == exact
    assert leaks(everything(store), shown, r"(?!\d)")

    shutil.rmtree(store)
    budget = "test_set_budget: {uses: 3, adaptivity: full}"
    toy.replace("shipway.yaml", "gates: [", f"{budget}\n  gates: [")
    markdown = tmp_path / "summary.md"
    ended = toy.run("--explain", "--markdown", str(markdown))
    assert ended.code == 0, ended.text
    places = list(everything(store))
    places += [("what the run said", (ended.text + markdown.read_text()).encode())]
    for words in ASKED:
        ended = toy.shipway(*words)
        assert ended.code == 0, ended.text
        places.append((words, ended.text.encode()))
    silent = evaluation(toy)
    assert not leaks(places, exact)
    assert not leaks(places, shown - digits(silent, "{:.4f}".format), r"(?!\d)")
    assert not any(predictions[-60:].encode() in data for _, data in places)
    assert (silent["details"], silent["verdict"]) == ("validation", "passed")
    assert silent["gates"][0]["level"] == pytest.approx(1 - 0.05 / 8)


def test_a_failing_model_is_told_nothing_but_that(toy):
    toy.write("data/validation.csv", table(500, seed=9))
    toy.replace("shipway.yaml", "  id: id\n", "  validation: data/validation.csv\n  id: id\n")
    demand(toy, "{uses: 3, adaptivity: full}", "roc_auc >= 0.99 at 95%")
    code, document = toy.report_run("--until", "evaluate")
    assert code == 1
    reason = next(stage["reason"] for stage in document["stages"] if stage["name"] == "evaluate")
    assert reason.startswith("not all gates passed; its part is told when the budget")
    assert uses(toy)[0]["last"]["verdict"] == "failed"


def test_a_budget_that_can_not_work_is_refused_before_the_run(toy):
    demand(toy, "{uses: 60, adaptivity: full}")
    ended = toy.run("--until", "evaluate")
    assert ended.code == 2
    ended.said("shipway.yaml:", "there can be 45 at most")
    assert not (toy.folder / ".shipway/store/logs/budgets").exists()
