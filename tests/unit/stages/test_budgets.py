# SPDX-License-Identifier: Apache-2.0
"""Uses of a test set on the road: charged before, answered once, silent where they must be."""

import io
import threading
from dataclasses import replace

import msgspec
import polars as pl
import pytest

from shipway.base.errors import OutsideError, StoppedError
from shipway.data.tableset import row_set
from shipway.evaluation import evaluate as pure
from shipway.spec.evaluation import GateSpec
from shipway.stages import budgets
from shipway.stages.budgets import Account, compares, gates_digest
from shipway.stages.test_sets import log_name, read_history

from .conftest import SPEC, TOY, Road, copy_of, table
from .test_champions import go_live

GATE = "accuracy >= 0.75 at 90%"
VALIDATION = {"data/validation.csv": table(97, 0.02)}
PLAIN = SPEC.replace("accuracy >= 0.9", GATE)


def paying(uses: int, adaptivity: str = "none", text: str = PLAIN) -> str:
    budget = f"evaluate:\n  test_set_budget: {{uses: {uses}, adaptivity: {adaptivity}}}\n"
    return text.replace("evaluate:\n", budget)


def with_validation(text: str) -> str:
    return text.replace(
        "test: data/test.csv}", "test: data/test.csv, validation: data/validation.csv}"
    )


class Developer:
    """Trains models with other limits, on one store, and has them judged."""

    def __init__(self, make, kept) -> None:
        self.make = make
        self.kept = kept
        self.models: dict[float, tuple[Road, object]] = {}

    def ask(self, limit, spec=PLAIN, files=None):
        """The evaluation of the model with that limit."""
        road = self.make(
            spec.replace('LIMIT: "5"', f'LIMIT: "{limit}"'),
            {**TOY, **VALIDATION, **(files or {})},
            kept=self.kept,
        )
        if limit not in self.models:
            self.models[limit] = road.trained()
        self.road = road
        return road.evaluated(self.models[limit])

    def history(self, found):
        return read_history(self.kept, log_name(found.test_set))


@pytest.fixture
def developer(make, once):
    return Developer(make, copy_of(once.road.store))


def test_without_a_budget_uses_are_counted_and_confidence_stays(developer):
    numbers = [developer.ask(limit).budget.number for limit in (5, 6, 7)]
    assert numbers == [2, 3, 4]  # The toy project's own run was the first.
    found = developer.ask(6)
    assert (found.budget.number, found.budget.uses, found.budget.spent) == (3, 0, False)
    assert found.gates[0].confidence == found.gates[0].interval.confidence == 0.9


def test_under_a_budget_confidence_pays_and_a_spent_one_stops_before_anything_is_decided(developer):
    spec = paying(3)
    first = developer.ask(5, spec)
    assert (first.budget.number, first.budget.left) == (2, 1)
    assert first.gates[0].level == pytest.approx(1 - 0.1 / 3)
    assert first.gates[0].interval.confidence == first.gates[0].level
    second = developer.ask(6, spec)
    assert (second.budget.number, second.budget.left, second.budget.spent) == (3, 0, True)
    before = developer.history(second).length
    with pytest.raises(StoppedError, match=r"spent since \d{4}-\d\d-\d\d") as caught:
        developer.ask(7, spec)
    assert "3 of 3 uses are made; nothing was decided" in caught.value.what
    assert "test set" in caught.value.cure
    assert caught.value.where.startswith("shipway.yaml:")
    assert developer.history(second).length == before
    again = developer.ask(5, spec)
    assert (again.verdict, again.budget.number, again.budget.left) == (first.verdict, 2, 0)
    assert again.gates[0].level == first.gates[0].level
    fresh = developer.ask(7, spec, {"data/test.csv": table(100, 0.031)})
    assert (fresh.budget.number, fresh.budget.related) == (1, "")


def test_the_entry_comes_before_the_verdict_and_the_answer_before_it_is_seen(
    developer, monkeypatch
):
    spec = paying(8)
    decide = pure.evaluate
    seen = []

    def killed(*arguments, **options):
        found = decide(*arguments, **options)
        seen.append(developer.history(found).uses[-1])
        raise KeyboardInterrupt

    monkeypatch.setattr(pure, "evaluate", killed)
    with pytest.raises(KeyboardInterrupt):
        developer.ask(5, spec)
    assert (seen[0].said.number, seen[0].said.by, seen[0].verdict) == (2, "ada", None)
    monkeypatch.setattr(pure, "evaluate", decide)
    found = developer.ask(5, spec)
    uses = developer.history(found).uses
    assert [use.verdict for use in uses] == ["passed", "passed"]
    assert found.budget.number == 2


@pytest.mark.parametrize(("uses", "ends"), [(3, False), (2, True)])
def test_of_two_runs_at_once_the_log_says_who_was_first(developer, monkeypatch, uses, ends):
    real = budgets.Account._next
    rival = []

    def slow(self, own, question, rows):
        said = real(self, own, question, rows)
        if not rival:
            other = msgspec.structs.replace(said, model="sha256:rival")
            rival.append(self.ctx.store.log(f"budgets/{own.name}").append(budgets._body(other)))
        return said

    monkeypatch.setattr(Account, "_next", slow)
    if ends:
        with pytest.raises(StoppedError, match="2 of 2 uses are made"):
            developer.ask(5, paying(uses))
    else:
        assert developer.ask(5, paying(uses)).budget.number == 3


def test_many_runs_at_once_are_charged_once_each(developer):
    found = developer.ask(5)
    road = developer.road
    environment, digest = road.environment, found.test_set
    frame = pl.DataFrame({"a": range(50)})
    errors = []

    def use(number):
        model = msgspec.structs.replace(developer.models[5], digest=f"sha256:{number}")
        try:
            Account(road.context(), model, environment, "test", details=False).charge(
                row_set(frame), None
            )
        except StoppedError as error:
            errors.append(error)

    budgeted = developer.make(paying(4), kept=developer.kept)
    road.document = budgeted.document
    threads = [threading.Thread(target=use, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = read_history(developer.kept, log_name(row_set(frame).name))
    assert [each.said.number for each in history.uses] == [1, 2, 3, 4]
    assert len(errors) == 4
    assert digest != row_set(frame).name


def everything(kept) -> bytes:
    return b"\n".join(kept.bucket.read(key) for key in kept.bucket.list(""))


def values_of(found):
    return {(metric.name, metric.slice): metric.value for metric in found.metrics}


NEW = {"data/test.csv": table(103, 0.033)}


def test_under_full_only_the_verdict_of_the_test_set_is_told(make, developer):
    spec = with_validation(paying(3, "full"))
    open_ = developer.ask(6.5, PLAIN.replace("[roc_auc, accuracy]", "[roc_auc, accuracy, f1]"), NEW)
    secret = values_of(open_)[("accuracy", "")]
    developer = Developer(make, copy_of(developer_store(developer, open_)))
    found = developer.ask(6.5, spec, NEW)
    assert found.budget == msgspec.structs.replace(
        found.budget, number=1, uses=3, left=2, spent=False, advisory=False, adaptivity="full"
    )
    assert (found.details, found.dataset, found.rows) == ("validation", "test", 103)
    assert found.test_set == open_.test_set
    assert found.predictions is not None
    kept = pl.read_parquet(io.BytesIO(developer.kept.objects.read(found.predictions)))
    assert kept.height == 97
    (gate,) = found.gates
    assert (gate.verdict, found.verdict) == ("passed", "passed")
    assert (gate.observed, gate.interval, gate.p_value, gate.effect) == (None,) * 4
    assert gate.level == pytest.approx(1 - 0.1 / 8)
    assert f"{secret:.6f}"[:7].encode() not in everything(developer.kept) + msgspec.json.encode(
        found
    )
    assert not any(f"{secret:.3f}" in line for line in developer.road.told)
    assert values_of(found)[("accuracy", "")] != secret


def developer_store(developer, found):
    """The developer's store without what an evaluation left in it."""
    for key in developer.kept.bucket.list(""):
        if key.startswith("logs/budgets") or found.predictions.removeprefix("sha256:")[2:] in key:
            developer.kept.bucket._content.pop(key)
    return developer.kept


def test_which_gate_failed_and_by_how_much_is_not_told(developer):
    gates = f"{GATE}, accuracy >= 0.99 at 99%, {{gate: roc_auc >= 0.999 at 80%, on_fail: warn}}"
    spec = with_validation(paying(8, "full", PLAIN.replace(GATE, gates)))
    found = developer.ask(6.5, spec, NEW)
    assert found.verdict == "failed"
    assert [gate.verdict for gate in found.gates] == ["failed", "failed", "inconclusive"]
    assert [gate.rows_needed for gate in found.gates] == [None] * 3
    assert len({gate.reason for gate in found.gates[:2]}) == 1
    assert "0." not in "".join(gate.reason for gate in found.gates)


def test_an_unsure_verdict_is_told_as_not_passed(developer):
    spec = with_validation(paying(8, "full", PLAIN.replace(GATE, "accuracy >= 0.84 at 90%")))
    assert developer.ask(6.5, spec, NEW).verdict == "failed"
    assert developer.history(developer.ask(6.5, spec, NEW)).uses[0].verdict == "failed"


def test_the_use_that_spends_a_budget_may_tell(developer):
    spec = with_validation(paying(1, "full"))
    found = developer.ask(6.5, spec, NEW)
    assert (found.details, found.budget.spent, found.budget.advisory) == ("", True, False)
    assert found.gates[0].observed == values_of(found)[("accuracy", "")]


def test_the_first_pass_spends_under_first_change_and_may_be_told(developer):
    spec = with_validation(paying(8, "firstChange"))
    failed = developer.ask(8, spec, NEW)
    assert (failed.verdict, failed.details, failed.budget.spent) == ("failed", "validation", False)
    passed = developer.ask(5, spec, NEW)
    assert (passed.verdict, passed.details, passed.budget.spent) == ("passed", "", True)
    assert (
        pl.read_parquet(io.BytesIO(developer.kept.objects.read(passed.predictions))).height == 103
    )
    with pytest.raises(StoppedError, match="a model passed, which under firstChange ends it"):
        developer.ask(6, spec, NEW)
    assert developer.ask(8, spec, NEW).details == ""


@pytest.fixture
def notes(monkeypatch):
    """What evaluations say that stays."""
    said = []
    context = Road.context

    def noting(self, *arguments, **options):
        return replace(context(self, *arguments, **options), note=said.append)

    monkeypatch.setattr(Road, "context", noting)
    return said


def test_without_a_validation_split_the_details_are_advisory(developer, notes):
    found = developer.ask(6.5, paying(3, "full"), NEW)
    assert (found.details, found.budget.advisory) == ("", True)
    assert [note for note in notes if "advisory" in note and "data.validation" in note]
    assert found.gates[0].observed is not None
    assert developer.ask(6, with_validation(paying(3, "full")), NEW).budget.advisory


def test_details_that_were_told_before_there_was_a_budget_make_it_advisory(developer):
    developer.ask(5, files=NEW)
    found = developer.ask(6, with_validation(paying(3, "full")), NEW)
    assert (found.budget.number, found.budget.advisory, found.details) == (2, True, "validation")


def test_another_adaptivity_does_not_open_what_was_silent(developer):
    silent = with_validation(paying(5, "full"))
    assert developer.ask(6, silent, NEW).details == "validation"
    assert developer.ask(6, with_validation(paying(5, "none")), NEW).details == "validation"
    assert developer.ask(6, paying(5, "none"), NEW).details == "no dataset"
    open_ = developer.ask(6, PLAIN, NEW)
    assert (open_.details, open_.budget.number) == ("", 2)
    assert developer.ask(7, silent, NEW).budget.advisory


def test_a_grown_test_set_takes_its_uses_with_it(developer):
    spec = paying(3)
    first = developer.ask(5, spec, NEW)
    rows = NEW["data/test.csv"] + "\n".join(table(60, 0.077).splitlines()[1:]) + "\n"
    grown = developer.ask(6, spec, {"data/test.csv": rows})
    assert grown.test_set != first.test_set
    assert (grown.budget.number, grown.budget.related) == (2, log_name(first.test_set))
    cut = developer.ask(7, spec, {"data/test.csv": "\n".join(rows.splitlines()[:80]) + "\n"})
    assert cut.budget.number == 3
    with pytest.raises(StoppedError, match="Its rows were used before, as test set"):
        developer.ask(8, spec, {"data/test.csv": rows})


def test_a_use_without_a_budget_that_can_not_be_written_is_said(developer, monkeypatch, notes):
    read_only(developer, monkeypatch)
    found = developer.ask(5)
    assert not found.budget.recorded
    assert [note for note in notes if note.startswith("this use of the test set is not counted")]
    assert found.verdict == "passed"


def test_a_use_that_must_be_paid_and_can_not_be_written_is_not_answered(developer, monkeypatch):
    developer.ask(5, paying(8))
    before = developer.kept.bucket.list("")
    read_only(developer, monkeypatch)
    with pytest.raises(OutsideError, match="nothing was decided") as caught:
        developer.ask(6, paying(8))
    assert "fork" in caught.value.cure
    again = developer.ask(5, paying(8))
    assert again.budget.recorded
    assert [key for key in developer.kept.bucket.list("") if "budgets" in key] == [
        key for key in before if "budgets" in key
    ]


def read_only(developer, monkeypatch):
    """The logs of test sets can be read and not written."""
    create = developer.kept.bucket.create

    def refuse(key, data):
        if key.startswith("logs/budgets"):
            raise OutsideError("can't be written", where=key)
        return create(key, data)

    monkeypatch.setattr(developer.kept.bucket, "create", refuse)


def test_entries_of_earlier_versions_count(developer):
    found = developer.ask(5, files=NEW)
    other = copy_of(developer.kept)
    name = log_name(found.test_set)
    for key in other.bucket.list(f"logs/budgets/{name}"):
        other.bucket._content.pop(key)
    other.log(f"budgets/{name}").append(
        {
            "model": "sha256:1",
            "gates": "sha256:2",
            "champion": "",
            "run": "r",
            "by": "ada",
            "project": "p",
        }
    )
    developer.kept = other
    assert developer.ask(6, files=NEW).budget.number == 2
    assert read_history(other, name).uses[1].said.sketch is not None


def test_a_champion_is_part_of_the_question_only_where_a_gate_compares(developer, once):
    relative = PLAIN.replace(GATE, "accuracy >= champion - 0.5")
    developer.ask(6, files=NEW)
    developer.ask(6, relative, NEW)
    version = developer.road.registered(once.model, once.evaluation)
    go_live(developer.road, version)
    assert developer.ask(6, files=NEW).budget.number == 1
    assert developer.ask(6, relative, NEW).budget.number == 3


def read(make, text):
    return make(text).spec


def test_what_a_question_is_made_of(make):
    spec = read(make, PLAIN)
    same = gates_digest(spec)
    assert gates_digest(read(make, PLAIN.replace("roc_auc, accuracy", "roc_auc"))) == same
    assert gates_digest(read(make, paying(3))) == same
    spaced = PLAIN.replace(f"[{GATE}]", f"['{GATE.replace(' >= ', '  >=  ')}']")
    assert gates_digest(read(make, spaced)) == same
    for other in (
        PLAIN.replace("0.75", "0.76"),
        PLAIN.replace(f"[{GATE}]", f"[{{gate: {GATE}, on_fail: warn}}]"),
        PLAIN.replace("positive: 1", "positive: 1, threshold: 0.4"),
        PLAIN.replace("evaluate:\n", "evaluate:\n  min_slice: 5\n"),
        PLAIN.replace("evaluate:\n", "evaluate:\n  cost: {fp: 2}\n"),
    ):
        assert gates_digest(read(make, other)) != same
    assert gates_digest(spec, ["code"]) != same
    assert not compares(spec)
    gates = (GateSpec("churn <= 1%"),)
    churning = msgspec.structs.replace(spec.evaluate, gates=gates)
    assert compares(msgspec.structs.replace(spec, evaluate=churning))
