# SPDX-License-Identifier: Apache-2.0
"""What is kept of a model, once, and the number that it gets, once."""

import msgspec
import pytest

from shipway.records.base import Skipped
from shipway.records.delivery import StoredModel
from shipway.records.source import PythonEnvironment
from shipway.records.training import BudgetUse, Evaluation, GateResult, Metric, TrainedModel
from shipway.stages.register import register
from shipway.stages.store import store

from .conftest import SPEC

MODEL = TrainedModel(
    f"sha256:{'a' * 64}", "sklearn", params={"depth": 3}, reported={"loss": 0.5},
    code=f"sha256:{'c' * 64}",
)  # fmt: skip
GATE = GateResult("accuracy >= 0.9", "passed", 0.95, ">= 0.9", "it is")
FOUND = Evaluation(
    MODEL.digest, "test", "rows", 100, gates=(GATE,),
    metrics=(Metric("accuracy", 0.95, 100), Metric("recall", None, 100),
             Metric("accuracy", 0.9, 50, "country=DE")),
)  # fmt: skip


def keep(road, model=MODEL, evaluation=FOUND, environment=None):
    environment = environment or road.environment
    return store(road.context(), road.source, environment, road.data(), model, evaluation)


def number(road, kept, evaluation=FOUND):
    return register(road.context(), road.source, kept, evaluation)


def test_all_that_a_model_was_made_of_is_kept(road):
    environment = road.environment
    kept = keep(road, environment=environment)
    assert isinstance(kept, StoredModel)
    objects = road.store.objects
    assert msgspec.json.decode(objects.read(kept.environment), type=PythonEnvironment) == (
        environment
    )
    assert msgspec.json.decode(objects.read(kept.evaluation), type=Evaluation) == FOUND
    assert set(kept.data) == {"train", "test"}
    assert b"payloadType" in objects.read(kept.provenance)


def test_storing_again_signs_nothing_new(road):
    first = keep(road)
    again = keep(road)
    assert not first.unchanged
    assert again.unchanged
    assert again.provenance == first.provenance
    assert again.content() == first.content()


def test_another_commit_or_evaluation_is_signed_anew(road):
    first = keep(road)
    road.source = msgspec.structs.replace(road.source, commit="beef")
    assert keep(road).provenance != first.provenance
    assert keep(road, evaluation=Skipped("none")).evaluation == ""


def test_the_first_version_with_its_card_and_metrics(road):
    version = number(road, keep(road))
    assert (version.model, version.number, version.verdict) == ("toy", 1, "passed")
    assert version.metrics == {"accuracy": 0.95}
    assert (version.commit, version.branch, version.author) == ("c0ffee", "main", "Ada")
    assert version.params == {"depth": 3}
    assert version.card.startswith("# toy")
    assert not version.unchanged


def test_the_same_model_with_the_same_verdicts_is_one_version(road):
    number(road, keep(road))
    measured = msgspec.structs.replace(FOUND, budget=BudgetUse(9))
    again = number(road, keep(road, evaluation=measured), measured)
    assert (again.number, again.unchanged) == (1, True)
    assert len(road.registry.versions("toy")) == 1


def test_other_verdicts_or_another_model_are_another_version(road):
    number(road, keep(road))
    gate = msgspec.structs.replace(GATE, verdict="failed")
    failed = msgspec.structs.replace(FOUND, gates=(gate,), verdict="failed")
    second = number(road, keep(road, evaluation=failed), failed)
    other = msgspec.structs.replace(MODEL, digest=f"sha256:{'b' * 64}")
    third = number(road, keep(road, other))
    assert (second.number, second.verdict, third.number) == (2, "failed", 3)


def test_a_model_that_nobody_evaluated_has_no_verdict(road):
    version = number(road, keep(road, evaluation=Skipped("none")), Skipped("none"))
    assert (version.verdict, version.evaluation, version.metrics) == ("inconclusive", "", {})


@pytest.mark.parametrize(
    ("spec", "versions"),
    [
        (SPEC, 2),  # with `predict:`, a function of the user's
        (SPEC.replace("  predict: rules:predict\n", "  allow_pickle: true\n"), 2),
        (SPEC.replace("  predict: rules:predict\n", ""), 1),
    ],
)
def test_other_code_is_another_version_where_code_may_answer(make, spec, versions):
    road = make(spec)
    number(road, keep(road))
    other = msgspec.structs.replace(MODEL, code=f"sha256:{'d' * 64}")
    assert number(road, keep(road, other)).number == versions
