# SPDX-License-Identifier: Apache-2.0
"""The release log: what is live, what was, who is champion, and what was rejected."""

import datetime

import pytest

from shipway.base import clock
from shipway.base.errors import OutsideError
from shipway.delivery.releases import ReleaseLog
from shipway.delivery.state import Facts
from shipway.records.delivery import ReleaseAction, ReleaseEvent
from shipway.storage.interface import ConflictError, CorruptedError
from shipway.storage.memory import MemoryStore


@pytest.fixture
def log() -> ReleaseLog:
    return ReleaseLog(MemoryStore(), "fraud", "production")


def event(action: ReleaseAction, release: str, previous: str = "", **settings: int) -> ReleaseEvent:
    return ReleaseEvent(
        action=action,
        release=release,
        at="",
        by="ada",
        previous=previous,
        package=f"sha256:{release}",
        version=int(release[1:]),
        settings=settings,
    )


def write(
    log: ReleaseLog, *steps: tuple[ReleaseAction, str] | tuple[ReleaseAction, str, str]
) -> None:
    for step in steps:
        log.state()
        log.append(event(*step))


def facts(release: str, **settings: int) -> Facts:
    return Facts(f"sha256:{release}", "b", "fraud", 1, "m", settings=settings)


def test_nothing_was_ever_live(log: ReleaseLog) -> None:
    state = log.state()
    assert (state.live, state.champion, state.previous, state.unfinished) == (None, None, (), None)
    assert not state.ever_live
    assert log.history() == []


def test_a_release_goes_live_and_the_one_before_stays_known(log: ReleaseLog) -> None:
    write(log, ("placing", "r1"), ("placed", "r1"), ("routing", "r1"), ("live", "r1"))
    write(log, ("placing", "r2"), ("live", "r2", "r1"), ("placing", "r3"), ("live", "r3", "r2"))
    state = log.state()
    assert state.live is not None and state.live.release == "r3"
    assert state.champion == state.live
    assert [each.release for each in state.previous] == ["r2", "r1"]
    assert state.unfinished is None
    assert [each.action for each in log.history()][:4] == ["placing", "placed", "routing", "live"]


@pytest.mark.parametrize("action", ["placing", "placed", "routing", "rolling-back"])
def test_a_transition_without_an_ending_is_unfinished(
    log: ReleaseLog, action: ReleaseAction
) -> None:
    write(log, ("live", "r1"), (action, "r2"))
    state = log.state()
    assert state.unfinished is not None
    assert (state.unfinished.action, state.unfinished.release) == (action, "r2")
    assert state.live is not None and state.live.release == "r1"


@pytest.mark.parametrize("ending", ["live", "rejected", "stopped", "retired"])
def test_endings_finish_it(log: ReleaseLog, ending: ReleaseAction) -> None:
    write(log, ("live", "r1"), ("placing", "r2"), (ending, "r2"))
    assert log.state().unfinished is None


def test_retiring_another_release_ends_nothing(log: ReleaseLog) -> None:
    write(log, ("live", "r1"), ("placing", "r2"), ("retired", "r1"))
    state = log.state()
    assert state.unfinished is not None and state.unfinished.release == "r2"


def test_a_rollback_takes_the_champion_with_it(log: ReleaseLog) -> None:
    write(log, ("live", "r1"), ("live", "r2"), ("rolling-back", "r2", "r1"))
    assert log.state().live is not None and log.state().live.release == "r2"  # type: ignore[union-attr]
    write(log, ("rolled-back", "r2", "r1"))
    state = log.state()
    assert state.live is not None and state.live.release == "r1"
    assert state.champion == state.live
    assert state.previous == ()
    assert list(state.rejected) == ["r2"]


def test_a_stopped_endpoint_keeps_its_champion(log: ReleaseLog) -> None:
    write(log, ("live", "r1"), ("live", "r2"), ("stopped", "r2"))
    state = log.state()
    assert state.live is None and state.stopped
    assert state.champion is not None and state.champion.release == "r2"
    assert [each.release for each in state.previous] == ["r1"]
    write(log, ("live", "r2"))
    assert not log.state().stopped


def test_rollbacks_one_after_the_other_go_further_back(log: ReleaseLog) -> None:
    write(log, ("live", "r1"), ("live", "r2"), ("live", "r3"), ("rolled-back", "r3", "r2"))
    write(log, ("rolled-back", "r2", "r1"))
    assert log.state().champion.release == "r1"  # type: ignore[union-attr]
    write(log, ("live", "r3"))
    state = log.state()
    assert state.champion is not None and state.champion.release == "r3"
    assert list(state.rejected) == ["r2"]
    assert [each.release for each in state.previous] == ["r1"]


def test_a_rejected_package_is_remembered_whatever_its_settings(log: ReleaseLog) -> None:
    write(log, ("live", "r1"), ("live", "r2"), ("rolled-back", "r2", "r1"))
    state = log.state()
    assert state.rejection(facts("r2")) is not None
    assert state.rejection(facts("r2", workers=4)) is not None
    assert state.rejection(facts("r1")) is None
    assert state.rejection(facts("r9")) is None


def test_settings_are_to_blame_when_the_package_is_the_champions(log: ReleaseLog) -> None:
    log.append(event("live", "r1"))
    worse = ReleaseEvent("rejected", "r2", "", "ada", package="sha256:r1", settings={"workers": 0})
    log.append(worse)
    state = log.state()
    assert state.rejection(facts("r1", workers=0)) is not None
    assert state.rejection(facts("r1", workers=2)) is None


def test_a_release_is_its_package_and_its_settings(log: ReleaseLog) -> None:
    log.append(event("placing", "r1", workers=1))
    state = log.state()
    assert state.release_of(facts("r1", workers=1)) == "r1"
    assert state.release_of(facts("r1", workers=2)) is None
    named = Facts("sha256:" + "1a2b3c4d5e6f" * 5 + "0000", "b", "fraud", 1, "m")
    assert state.new_release(named) == "r2-1a2b3c4d5e6f"


def test_the_past_is_answered_by_the_same_fold(
    log: ReleaseLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [datetime.datetime(2026, 10, day, 12, tzinfo=datetime.UTC) for day in (1, 2, 3)]
    for day, step in zip(
        days, (("live", "r1"), ("live", "r2"), ("rolled-back", "r2", "r1")), strict=True
    ):
        monkeypatch.setattr(clock, "now", lambda day=day: day)
        write(log, step)  # type: ignore[arg-type]
    hour = datetime.timedelta(hours=1)
    live = [log.state(at=day + hour).live for day in days]
    assert [each.release for each in live if each] == ["r1", "r2", "r1"]
    assert log.state(at=days[0] - hour).live is None
    assert log.state(at=days[1]).live.release == "r2"  # type: ignore[union-attr]
    assert log.state(at=days[2]) == log.state()


def test_time_never_goes_back_in_a_log(log: ReleaseLog, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime.datetime(2026, 10, 2, tzinfo=datetime.UTC)
    monkeypatch.setattr(clock, "now", lambda: late)
    write(log, ("live", "r1"))
    monkeypatch.setattr(clock, "now", lambda: late - datetime.timedelta(days=30))
    write(log, ("live", "r2"))
    first, second = log.history()
    assert second.at == first.at == clock.stamp(late)
    assert log.state(at=late).live.release == "r2"  # type: ignore[union-attr]


def test_whoever_was_overtaken_must_look_again() -> None:
    store = MemoryStore()
    first, second = (ReleaseLog(store, "fraud", "production") for _ in range(2))
    first.state()
    second.state()
    first.append(event("placing", "r1"))
    with pytest.raises(ConflictError):
        second.append(event("placing", "r1"))
    assert second.state().number == 1
    second.append(event("placed", "r1"))
    assert first.state().number == 2


def test_what_this_version_cannot_read_is_an_error() -> None:
    store = MemoryStore()
    name = "releases/fraud/production"
    store.log(name).append({"type": "release-event", "format": 2})
    with pytest.raises(OutsideError, match="later Shipway"):
        ReleaseLog(store, "fraud", "production").state()
    other = MemoryStore()
    other.log(name).append({"type": "release-event", "action": "dancing"})
    with pytest.raises(CorruptedError, match="entry 1"):
        ReleaseLog(other, "fraud", "production").history()


def test_every_entry_carries_its_format(log: ReleaseLog) -> None:
    store = MemoryStore()
    ReleaseLog(store, "fraud", "production").append(event("live", "r1"))
    entry = store.log("releases/fraud/production").last()
    assert entry is not None and entry.body["format"] == 1
