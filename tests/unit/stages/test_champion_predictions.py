# SPDX-License-Identifier: Apache-2.0
"""The champion on today's rows: asked once, kept, and no stop when it can't be asked."""

import dataclasses

import msgspec
import pytest

from shipway.base.errors import InputError, OutsideError, StoppedError
from shipway.stages.champion_predictions import meet_champion
from shipway_runtime.formats import FILES_FLAVOUR

from .conftest import SPEC, TOY, table


def meet(road, version, note=lambda text: None, **changes):
    dataset = road.data().datasets["test"]
    ctx = dataclasses.replace(road.context(), note=note, **changes)
    return meet_champion(ctx, road.source, dataset, version)


@pytest.fixture
def champion(trained_road, once):
    return trained_road.registered(once.model, once.evaluation)


def kept(road):
    return [key for key in road.store.keys("cache") if "/answers-" in key]


def test_a_champion_is_asked_once_about_the_same_rows(trained_road, champion):
    first = meet(trained_road, champion)
    assert first.asked is not None and len(first.asked.answers.predictions) == 100
    assert trained_road.told[-1] == "asking the champion, toy@1"
    second = meet(trained_road, champion)
    assert second.asked == first.asked
    assert trained_road.told[-1] == "the champion, toy@1: answers from cache"
    assert len(kept(trained_road)) == 1


def test_other_rows_another_lock_or_code_is_another_question(trained_road, champion, make):
    meet(trained_road, champion)
    longer = make(SPEC, {**TOY, "data/test.csv": table(120, 0.05)}, kept=trained_road.store)
    assert len(meet(longer, champion).asked.answers.predictions) == 120
    assert longer.told[-1] == "asking the champion, toy@1"
    ours = msgspec.json.encode(
        msgspec.structs.replace(trained_road.environment, lock="polars==2\n")
    )
    other = trained_road.store.objects.put(ours)
    assert meet(trained_road, msgspec.structs.replace(champion, environment=other)).asked
    assert trained_road.told[-1] == "asking the champion, toy@1"
    assert len(kept(trained_road)) == 3


@pytest.mark.parametrize("damage", ["entry", "object", "gone", "rows"])
def test_what_is_damaged_is_asked_anew(trained_road, champion, damage):
    store, first = trained_road.store, meet(trained_road, champion)
    (key,) = kept(trained_road)
    entry = msgspec.json.decode(store.get(key))
    name = entry["predictions"].removeprefix("sha256:")
    place = f"objects/{name[:2]}/{name[2:]}"
    if damage == "entry":
        store.put(key, b"{")
    elif damage == "rows":
        store.put(key, msgspec.json.encode({**entry, "rows": 99}))
    elif damage == "gone":
        store.bucket._content.pop(place)
    else:
        store.bucket.replace(place, b"[]")
    again = meet(trained_road, champion)
    assert again.asked == first.asked
    assert trained_road.told[-1] == "asking the champion, toy@1"


def test_no_environment_is_needed_for_what_is_kept(trained_road, champion, monkeypatch):
    meet(trained_road, champion)
    monkeypatch.setattr(trained_road.environments, "ensure", None)
    assert meet(trained_road, champion).asked is not None


@pytest.mark.parametrize(
    ("error", "for_now"),
    [(InputError("numpy 1.2 is gone", cure="Ask."), False), (OutsideError("no network"), True)],
)
def test_an_environment_that_can_not_be_made(trained_road, champion, monkeypatch, error, for_now):
    def ensure(record, tell):
        raise error

    monkeypatch.setattr(trained_road.environments, "ensure", ensure)
    notes = []
    met = meet(trained_road, champion, notes.append)
    assert (met.asked, met.for_now) == (None, for_now)
    assert met.why == f"toy@1 could not be asked: {error.what}"
    assert notes == ["\n".join(filter(None, [f"the champion {met.why}", error.cure]))]
    assert not kept(trained_road)


@pytest.mark.parametrize("what", ["digest", "code", "environment"])
def test_a_champion_that_was_lost(trained_road, champion, what):
    lost = msgspec.structs.replace(champion, **{what: f"sha256:{'9' * 64}"})
    met = meet(trained_road, lost)
    assert met.asked is None and "the store has no object sha256:999" in met.why


def test_a_champion_that_is_no_model_any_more(trained_road, champion):
    odd = msgspec.structs.replace(champion, digest=champion.code)
    assert "is no model directory" in meet(trained_road, odd).why


def test_a_column_that_is_gone_today(trained_road, champion, make):
    text = TOY["data/test.csv"].replace("amount", "sum")
    road = make(SPEC, {**TOY, "data/test.csv": text}, kept=trained_road.store)
    assert "the model needs the column(s) amount" in meet(road, champion).why


def test_a_champion_that_is_killed_does_not_answer_with_anothers_answers(trained_road, champion):
    ctx = trained_road.context()
    dataset = trained_road.data().datasets["test"]

    def killed(argv, **options):
        ended = ctx.process(["sh", "-c", "kill -9 $$"], **options)
        assert ended.returncode != 0
        return ended

    met = meet(trained_road, champion, process=killed)
    assert met.asked is None
    assert "ended with signal 9 (out of memory?)" in met.why
    assert dataset.rows == 100


def test_a_model_of_an_application_can_not_be_asked(trained_road, champion):
    odd = msgspec.structs.replace(champion, flavour=FILES_FLAVOUR)
    assert meet(trained_road, odd).why == "only the application of toy@1 knows how to predict"


def test_a_run_that_is_cancelled_is_no_reason(trained_road, champion):
    trained_road.cancelled.set()
    with pytest.raises(StoppedError, match="cancelled"):
        meet(trained_road, champion)
