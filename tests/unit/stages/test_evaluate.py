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
    assert [entry.body["model"] for entry in log.entries()] == [once.model.digest]
    assert [entry.body["by"] for entry in log.entries()] == ["ada"]
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
