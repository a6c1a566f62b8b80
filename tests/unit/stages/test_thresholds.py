# SPDX-License-Identifier: Apache-2.0
"""Thresholds that are chosen on the validation split, written into the model, and used."""

import json

import pytest

from shipway.base.errors import InputError, StoppedError
from shipway.records.training import TrainedModel
from shipway.stages import train as stage
from shipway.storage.trees import fetch_tree
from shipway_runtime import formats

from .conftest import RULES, SPEC, TOY, table

RULE = "threshold: {from: validation, maximise: f1}"
GRADED = RULES.replace('0.9 if row["amount"] > limit else 0.1', 'min(0.99, row["amount"] / 10)')
LABELS = RULES.replace('0.9 if row["amount"] > limit else 0.1', 'int(row["amount"] > limit)')


def spec(rule: str = RULE, more: str = "") -> str:
    text = SPEC.replace("positive: 1}", f"positive: 1, {rule}}}")
    text = text.replace("data: {", "data: {validation: data/validation.csv, ")
    return text.replace("evaluate:\n", f"evaluate:\n{more}")


def files(validation: str = table(90, 0.03), rules: str = GRADED, **more: str) -> dict[str, str]:
    return {**TOY, "rules.py": rules, "data/validation.csv": validation, **more}


def upside_down(text: str) -> str:
    """The same table with the classes changed about."""
    head, *rows = text.splitlines()
    turned = [f"{row[:-1]}{1 - int(row[-1])}" for row in rows]
    return "\n".join([head, *turned]) + "\n"


def opened(road, model: TrainedModel, tmp_path):
    fetch_tree(road.store.objects, model.digest, tmp_path / "model")
    return tmp_path / "model"


def test_it_is_chosen_on_the_validation_split_alone(make, tmp_path):
    turned = {"data/test.csv": upside_down(TOY["data/test.csv"])}
    road = make(spec(), files(**turned))
    model = road.trained()
    chosen = model.threshold
    assert (chosen.metric, chosen.metric_value, chosen.dataset) == ("f1", 1.0, "validation")
    assert (chosen.rows, chosen.confidence) == (90, 0.95)
    assert 0.49 < chosen.value < 0.51
    assert chosen.low <= chosen.value <= chosen.high
    said = [text for text in road.told if text.startswith("threshold ")]
    assert said[0].endswith("with 95%): f1 1 on validation")
    folder = opened(road, model, tmp_path)
    assert formats.read_model(folder).threshold == chosen.value


def test_golden_predictions_agree_with_it(make, tmp_path):
    road = make(spec("threshold: {from: validation, minimise: cost}", "  cost: {fp: 50, fn: 1}\n"),
                files(upside_down(table(90, 0.03))))  # fmt: skip
    model = road.trained()
    folder = opened(road, model, tmp_path)
    golden = formats.read_golden(folder)
    threshold = model.threshold.value
    assert threshold > 0.9
    assert list(golden.predictions) == [int(score >= threshold) for score in golden.scores]
    assert 0 < len(golden.rows) == model.golden_rows


def test_the_model_is_judged_by_it(make):
    road = make(spec(), files())
    model = road.trained()
    found = road.evaluated(model)
    assert found.threshold == model.threshold.value
    assert {m.name: m.value for m in found.metrics}["accuracy"] == 1.0


def test_what_mistakes_cost_moves_it(make):
    """Noise between 4 and 6: dear alarms raise the threshold, dear misses lower it."""
    lines = ["id,amount,country,y"]
    lines += [f"{n},{n / 10},DE,{int(n > 60 or (n > 40 and n % 3 == 0))}" for n in range(100)]
    noisy = "\n".join(lines) + "\n"

    def at(cost: str) -> float:
        rule = "threshold: {from: validation, minimise: cost}"
        return make(spec(rule, f"  cost: {cost}\n"), files(noisy)).trained().threshold.value

    assert at("{fp: 1, fn: 20}") < 0.45
    assert at("{fp: 20, fn: 1}") > 0.55


def test_weights_count(make):
    lines = ["id,amount,country,w,y"]
    lines += [f"{n},{n / 10},DE,{1 if n < 50 else 0},{int(n > 30)}" for n in range(60)]
    lines += [f"{n},{n / 10},DE,{100 if n < 90 else 0},{int(n > 80)}" for n in range(60, 100)]
    made = make(spec(more="  weights: w\n"), files("\n".join(lines) + "\n"))
    assert 0.8 < made.trained().threshold.value < 0.82


def test_without_the_rule_there_is_none(once):
    assert once.model.threshold is None


def parts(made):
    return json.loads(json.dumps(stage.depends(made.scope()), default=str))


def test_costs_matter_to_training_only_where_they_choose(make):
    cost, other = "  cost: {fp: 1, fn: 20}\n", "  cost: {fp: 1, fn: 5}\n"
    by_f1 = parts(make(spec(more=cost), files()))
    assert by_f1 == parts(make(spec(more=other), files()))
    assert "threshold" not in by_f1
    rule = "threshold: {from: validation, minimise: cost}"
    by_cost = parts(make(spec(rule, cost), files()))
    assert by_cost["threshold"] == {"cost": {"fp": 1, "fn": 20}}
    assert by_cost != parts(make(spec(rule, other), files()))
    weighted = parts(make(spec(more="  weights: id\n"), files()))
    assert weighted["threshold"] == {"weights": "id"}
    assert parts(make()) == parts(make(SPEC.replace("evaluate:\n", "evaluate:\n  weights: id\n")))


def test_a_threshold_that_is_a_number_matters_too(make):
    assert parts(make(spec("threshold: 0.3"), files())) != parts(make(spec(), files()))


@pytest.mark.parametrize(
    ("given", "says", "cure"),
    [
        (files(rules=LABELS), "the model gives no scores to choose a threshold by", "probab"),
        (files(table(3, 8.0)), "all of its 3 rows are positive", "both classes"),
        (files(table(5)), "all of its 5 rows are negative", "both classes"),
        (files(table(90).replace("country,y", "country,z")), "no column 'y', the target", "z"),
        (files(table(90).replace("DE,1", "DE,")), "rows have no target", ""),
    ],
)
def test_what_can_not_be_chosen_on_stops_training(make, given, says, cure):
    with pytest.raises(StoppedError) as caught:
        make(spec(), given).trained()
    assert says in caught.value.what
    assert cure in caught.value.cure
    assert ":3:" in caught.value.where


def test_there_must_be_a_validation_split(make):
    text = spec().replace("validation: data/validation.csv, ", "")
    with pytest.raises(InputError, match="no such table") as caught:
        make(text, files()).trained()
    assert "data.split" in caught.value.cure
    assert "test set" in caught.value.cure


def test_what_only_the_application_can_ask_has_no_scores(make):
    text = spec().replace("  predict: rules:predict\n", "")
    text += "package: {server: {command: python app.py, port: 8000}}\n"
    with pytest.raises(StoppedError, match="only the application knows how to predict"):
        make(text, files()).trained()
