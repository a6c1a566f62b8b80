# SPDX-License-Identifier: Apache-2.0
"""Evaluation of a real model: metrics, gates, the champion beside it, and uses of the test set."""

import io

import msgspec
import polars as pl
import pytest

from shipway.base.digests import hex_of
from shipway.base.errors import InputError, StoppedError
from shipway.records.base import Skipped
from shipway.records.training import TrainedModel
from shipway.stages import evaluate as stage
from shipway.stages.evaluate import evaluate

from .conftest import SPEC, TOY
from .test_champions import go_live


def test_what_was_measured_and_decided(once):
    found = once.evaluation
    values = {metric.name: metric.value for metric in found.metrics}
    assert values["accuracy"] == 1.0
    assert values["roc_auc"] == 1.0
    assert (found.verdict, found.rows, found.dataset, found.budget.number) == (
        "passed",
        100,
        "test",
        1,
    )
    assert found.model == once.model.digest
    assert found.champion is None
    assert found.gates[0].line == 14
    data = once.road.store.objects.read(found.predictions)
    kept = pl.read_parquet(io.BytesIO(data))
    assert kept.columns == ["row", "target", "prediction", "score"]
    assert (kept["target"] == kept["prediction"]).all()


def test_the_same_question_is_one_use(trained_road, once, make):
    again = trained_road.evaluated(once.model)
    assert again.budget.number == 1
    log = trained_road.store.log(f"budgets/{hex_of(again.test_set)[:40]}")
    use, answer = (entry.body for entry in log.entries())
    assert (use["model"], use["by"], use["dataset"]) == (once.model.digest, "ada", "test")
    assert (answer["use"], answer["verdict"]) == (1, "passed")
    other = make(SPEC.replace(">= 0.9", ">= 0.8"), kept=trained_road.store)
    assert other.evaluated(once.model).budget.number == 2
    assert trained_road.evaluated(once.model).budget.number == 1


def test_the_rows_name_the_test_set_not_the_file(trained_road, once, make):
    lines = TOY["data/test.csv"].splitlines()
    turned = "\n".join([lines[0], *lines[:0:-1]]) + "\n"
    same = make(SPEC, {**TOY, "data/test.csv": turned}, kept=trained_road.store)
    assert same.evaluated(once.model).test_set == once.evaluation.test_set
    shorter = make(SPEC, {**TOY, "data/test.csv": "\n".join(lines[:50])}, kept=trained_road.store)
    assert shorter.evaluated(once.model).test_set != once.evaluation.test_set


def test_the_champion_is_asked_about_the_same_rows(trained_road, once, make):
    spec = SPEC.replace("[accuracy >= 0.9]", "[accuracy >= champion]")
    champion = trained_road.registered(once.model, once.evaluation)
    go_live(trained_road, champion)
    worse = make(spec.replace('LIMIT: "5"', 'LIMIT: "7"'), kept=trained_road.store)
    model = worse.trained()
    assert model.digest != once.model.digest
    found = worse.evaluated(model)
    assert (found.champion.version, found.champion.digest) == (1, once.model.digest)
    accuracy = next(metric for metric in found.metrics if metric.name == "accuracy")
    assert accuracy.champion == 1.0
    assert accuracy.value < 0.9
    assert found.verdict == "failed"
    assert found.budget.number == 2


def test_a_gate_that_does_not_pass_is_the_verdict(once, make, trained_road):
    road = make(SPEC.replace("accuracy >= 0.9", "accuracy <= 0.5"), kept=trained_road.store)
    found = road.evaluated(once.model)
    assert (found.verdict, found.gates[0].observed) == ("failed", 1.0)


@pytest.mark.parametrize("data", [Skipped("no data"), None])
def test_a_dataset_that_is_not_there(trained_road, once, data):
    if data is None:
        known = trained_road.data()
        data = msgspec.structs.replace(known, datasets={"train": known.datasets["train"]})
    model = msgspec.structs.replace(once.model, reported={})
    with pytest.raises(InputError, match="no dataset 'test'"):
        evaluate(trained_road.context(), trained_road.source, trained_road.environment, model, data)


def test_a_training_that_sets_its_rows_apart_is_judged_by_what_it_reports(trained_road, once):
    known = trained_road.data()
    data = msgspec.structs.replace(known, datasets={"train": known.datasets["train"]})
    model = msgspec.structs.replace(once.model, reported={"accuracy": 0.8, "roc_auc": 0.7})
    found = evaluate(
        trained_road.context(), trained_road.source, trained_road.environment, model, data
    )
    assert {(m.name, m.value, m.source) for m in found.metrics} == {
        ("accuracy", 0.8, "reported"),
        ("roc_auc", 0.7, "reported"),
    }
    assert (found.verdict, found.test_set, found.rows) == ("failed", "", 0)


def test_a_target_that_is_missing_has_a_neighbour(once, make, trained_road):
    text = TOY["data/test.csv"].replace("country,y", "country,yy")
    road = make(SPEC, {**TOY, "data/test.csv": text}, kept=trained_road.store)
    with pytest.raises(StoppedError, match="no column 'y'") as caught:
        road.evaluated(once.model)
    assert caught.value.where.startswith("shipway.yaml:3:")


def test_a_model_that_is_not_in_the_store_is_an_error(road):
    with pytest.raises(Exception, match="sha256:9"):
        road.evaluated(TrainedModel(f"sha256:{'9' * 64}", "python", code=f"sha256:{'8' * 64}"))


def test_the_verdict_depends_on_the_champion_and_not_on_words(make):
    same = stage.depends(make().scope(champion="a"))
    assert stage.depends(make().scope(champion="b")) != same
    worded = SPEC.replace("positive: 1", "positive: 1, description: Another one")
    assert stage.depends(make(worded).scope(champion="a")) == same
    assert stage.depends(make(SPEC.replace("0.9", "0.8")).scope(champion="a")) != same


def live_champion(road, once):
    version = road.registered(once.model, once.evaluation)
    go_live(road, version)
    return version


def worse_than_live(make, road, spec):
    """The toy project with a limit that gives a worse model, and that model."""
    worse = make(spec.replace('LIMIT: "5"', 'LIMIT: "7"'), kept=road.store)
    return worse, worse.trained()


def test_a_second_challenger_does_not_ask_the_champion_again(trained_road, once, make):
    live_champion(trained_road, once)
    spec = SPEC.replace("[accuracy >= 0.9]", "[accuracy >= champion]")
    first, model = worse_than_live(make, trained_road, spec)
    first.evaluated(model)
    assert "asking the champion, toy@1" in first.told
    second = make(spec.replace('LIMIT: "5"', 'LIMIT: "4"'), kept=trained_road.store)
    found = second.evaluated(second.trained())
    assert "the champion, toy@1: answers from cache" in second.told
    assert found.champion.digest == once.model.digest


def test_a_champion_that_can_not_be_asked_fails_its_gates_alone(trained_road, once, make):
    version = live_champion(trained_road, once)
    spec = SPEC.replace("[accuracy >= 0.9]", "[accuracy >= champion - 0.5, accuracy >= 0.5]")
    road, model = worse_than_live(make, trained_road, spec)
    name = version.environment.removeprefix("sha256:")
    road.store.bucket._content.pop(f"objects/{name[:2]}/{name[2:]}")
    found = road.evaluated(model)
    assert [gate.verdict for gate in found.gates] == ["failed", "passed"]
    assert "toy@1 could not be asked: the store has no object" in found.gates[0].reason
    assert (found.verdict, found.champion.version) == ("failed", 1)
    assert "toy@1 could not be asked" in found.notes[0]
    # The store may be whole again tomorrow: this verdict is for now.
    assert found.valid_until is not None


def test_a_champion_of_another_kind_is_compared_with_nobody(trained_road, once, make):
    live_champion(trained_road, once)
    spec = SPEC.replace("positive: 1", "positive: yes").replace(
        "accuracy >= 0.9", "roc_auc >= champion"
    )
    files = {
        name: text.replace(",1\n", ",yes\n").replace(",0\n", ",no\n") for name, text in TOY.items()
    }
    road = make(spec, files, kept=trained_road.store)
    found = road.evaluated(road.trained())
    assert found.verdict == "failed"
    assert "it predicts 0, 1, and the target holds no, yes" in found.gates[0].reason
    assert found.valid_until is None


CHAMPION_FILE = "\n  champion: {predictions: c.csv, prediction: label, score: p, key: id}"


def predictions_file(wrong):
    """A CSV with predictions for the toy's test rows, of which the first `wrong` are wrong."""
    lines = ["id,label,p"]
    for number, line in enumerate(TOY["data/test.csv"].splitlines()[1:]):
        name, truth = line.split(",")[0], int(line.split(",")[-1])
        label = 1 - truth if number < wrong else truth
        lines.append(f"{name},{label},{0.8 if label else 0.2}")
    return "\n".join([lines[0], *lines[:0:-1]]) + "\n"


def test_a_champion_in_a_file_takes_the_place_of_the_live_one(trained_road, once, make):
    live_champion(trained_road, once)
    gates = "[accuracy >= champion, accuracy <= champion + 0.05]"
    spec = SPEC.replace("[accuracy >= 0.9]", gates + CHAMPION_FILE)
    files = {**TOY, "c.csv": predictions_file(10)}
    road = make(spec, files, kept=trained_road.store)
    found = road.evaluated(once.model)
    accuracy = next(metric for metric in found.metrics if metric.name == "accuracy")
    assert (accuracy.value, accuracy.champion) == (1.0, 0.9)
    assert [gate.verdict for gate in found.gates] == ["passed", "failed"]
    assert found.champion.version == 0
    assert found.champion.digest == road.files.digest(road.folder / "c.csv")
    assert not any("asking the champion" in text for text in road.told)
    # A version that was judged by a file was not judged against a version.
    version = trained_road.registered(once.model, found)
    go_live(trained_road, version)
    assert trained_road.context().champions.opponent(once.model.digest).number == version.number


def test_weights_count_for_both(trained_road, once, make):
    live_champion(trained_road, once)
    spec = SPEC.replace("[accuracy >= 0.9]", "[accuracy >= champion]\n  weights: amount")
    road, model = worse_than_live(make, trained_road, spec)
    found = road.evaluated(model)
    frame = pl.read_csv(road.folder / "data/test.csv")
    right = ((frame["amount"] > 7) == (frame["y"] == 1)).cast(float)
    accuracy = next(metric for metric in found.metrics if metric.name == "accuracy")
    expected = (right * frame["amount"]).sum() / frame["amount"].sum()
    assert accuracy.value == pytest.approx(expected)
    assert accuracy.champion == 1.0


@pytest.mark.parametrize(
    ("weights", "change", "problem"),
    [
        ("amounts", (), "no column 'amounts' of weights"),
        ("country", (), "are no numbers"),
        ("amount", (",0.05,", ",-1,"), "amount: 1 of 100 weights are negative"),
        ("id", ("\n7,", "\n,"), "id: 1 of 100 weights are missing"),
    ],
)
def test_weights_that_are_none(trained_road, once, make, weights, change, problem):
    spec = SPEC.replace("gates:", f"weights: {weights}\n  gates:")
    text = TOY["data/test.csv"]
    text = text.replace(*change, 1) if change else text
    road = make(spec, {**TOY, "data/test.csv": text}, kept=trained_road.store)
    with pytest.raises(StoppedError, match=problem) as caught:
        road.evaluated(once.model)
    assert caught.value.where.startswith("shipway.yaml:")


def test_rows_are_ranked_within_groups(trained_road, once, make):
    spec = SPEC.replace("[roc_auc, accuracy]", "['ndcg@k=10,by=country']")
    found = make(spec, kept=trained_road.store).evaluated(once.model)
    assert found.metrics[0].value == pytest.approx(1.0)
    wrong = make(spec.replace("by=country", "by=land"), kept=trained_road.store)
    with pytest.raises(StoppedError, match="no column 'land' to rank within"):
        wrong.evaluated(once.model)


def test_behaviour_is_a_gate_like_others(trained_road, once, make):
    gates = "[invariance(country) <= 0.01, increasing(amount) >= 0.99, decreasing(amount) >= 0.5]"
    found = make(SPEC.replace("[accuracy >= 0.9]", gates), kept=trained_road.store).evaluated(
        once.model
    )
    assert [gate.verdict for gate in found.gates] == ["passed", "passed", "failed"]


def test_the_verdict_depends_on_behaviours_and_weights(make):
    plain = stage.depends(make().scope())
    weighted = make(SPEC.replace("gates:", "weights: amount\n  gates:"))
    assert stage.depends(weighted.scope()) != plain


SPARSE = """def predict(rows):
    rows = rows if isinstance(rows, list) else rows.to_dict("records")
    labels = [None if row["amount"] > 9 else int(row["amount"] > 5) for row in rows]
    scores = [float("nan") if row["amount"] > 9 else 0.5 for row in rows]
    return {"prediction": labels, "score": scores}
"""


def test_a_model_that_does_not_say_everything_fails_by_a_reason(make):
    spec = SPEC.replace("accuracy >= 0.9", "roc_auc >= 0.1, accuracy >= 0.1")
    road = make(spec, {**TOY, "rules.py": SPARSE})
    found = road.evaluated(road.trained())
    ranked, right = found.gates
    assert ranked.verdict == "failed" and "score" in ranked.reason
    assert right.verdict == "passed"
    assert all(metric.value == metric.value for metric in found.metrics)
