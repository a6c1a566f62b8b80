# SPDX-License-Identifier: Apache-2.0
"""The deployer dies at every point of every transition; the next command ends it right."""

from collections.abc import Callable
from typing import Any

import pytest

from shipway.adapters.targets.fake import Died
from shipway.base.errors import InputError, OutsideError
from shipway.delivery.releases import ReleaseLog


class DyingLog:
    """Makes the nth append of the process fatal, before or after it is written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, nth: int, after: bool) -> None:
        self.monkeypatch, self.left, self.after = monkeypatch, nth, after
        self.real = ReleaseLog.append

    def __enter__(self) -> None:
        def append(log: ReleaseLog, event: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self.after:
                raise Died
            written = self.real(log, event)
            if self.left == 0:
                raise Died
            return written

        self.monkeypatch.setattr(ReleaseLog, "append", append)

    def __exit__(self, *_: object) -> None:
        self.monkeypatch.setattr(ReleaseLog, "append", self.real)


def check(world: Any, live: str) -> None:
    """Log and target agree, nothing is unfinished, and only what should be placed is."""
    state = world.state()
    assert (world.live(), world.answers(), state.unfinished) == (live, live, None)
    keep = {each.release for each in (state.live, *state.previous[:1])}
    assert set(world.target.releases) <= keep


VERBS = [
    (verb, nth, after)
    for verb, times in (("place", 1), ("route", 1), ("retire", 1), ("observe", 3))
    for nth in range(1, times + 1)
    for after in (False, True)
]
APPENDS = [(nth, after) for nth in range(1, 6) for after in (False, True)]


@pytest.mark.parametrize(("verb", "nth", "after"), VERBS)
def test_death_at_a_verb_of_a_deployment(world: Any, verb: Any, nth: int, after: bool) -> None:
    world.deploy("a")
    world.deploy("b")
    world.target.fail(verb, Died(), nth=nth, after=after)
    with pytest.raises(Died):
        world.deploy("c")
    assert world.answers() in ("r2", "r3")
    world.deploy("c")
    check(world, "r3")


@pytest.mark.parametrize(("nth", "after"), APPENDS)
def test_death_at_a_write_of_a_deployment(
    world: Any, nth: int, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deploy("a")
    world.deploy("b")
    with DyingLog(monkeypatch, nth, after), pytest.raises(Died):
        world.deploy("c")
    world.deploy("c")
    check(world, "r3")
    assert world.actions().count("live r3") == 1


@pytest.mark.parametrize(("nth", "after"), APPENDS[:8])
@pytest.mark.parametrize("lost", [False, True])
def test_another_release_may_be_the_next(
    world: Any, nth: int, after: bool, lost: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deploy("a")
    with DyingLog(monkeypatch, nth, after), pytest.raises(Died):
        world.deploy("b")
    if lost:
        world.target.crash()
    world.deploy("c")
    assert world.live() == world.answers()
    assert world.state().live.package == "sha256:" + "c" * 64
    check(world, world.live())


@pytest.mark.parametrize(("nth", "after"), APPENDS[:8])
def test_resume_ends_what_was_begun(
    world: Any, nth: int, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deploy("a")
    with DyingLog(monkeypatch, nth, after), pytest.raises(Died):
        world.deploy("b")
    outcome = world.command().resume(world.verify)
    begun = (nth, after) > (1, False)
    assert (outcome is None) == (not begun or (nth, after) == (4, True))
    check(world, "r2" if begun else "r1")


def test_a_resumed_release_is_verified_too(world: Any) -> None:
    world.deploy("a")
    world.target.fail("place", Died(), after=True)
    with pytest.raises(Died):
        world.deploy("b")
    world.verified.clear()
    world.command().resume(world.verify)
    assert world.verified == ["r2-bbbbbbbbbbbb"]


DEATHS: list[Callable[[Any, pytest.MonkeyPatch], Any]] = [
    lambda world, patch: DyingLog(patch, 1, True),
    lambda world, patch: DyingLog(patch, 2, False),
    lambda world, patch: DyingLog(patch, 2, True),
]


@pytest.mark.parametrize("death", DEATHS)
@pytest.mark.parametrize("follower", ["rollback", "deploy", "resume"])
def test_death_in_a_rollback(
    world: Any, death: Any, follower: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deploy("a")
    world.deploy("b")
    with death(world, monkeypatch), pytest.raises(Died):
        world.command().rollback("bad")
    finished = world.state().unfinished is None
    if follower == "rollback" and not finished:
        world.command().rollback("bad")
    elif follower == "deploy":
        world.deploy("a")
    else:
        world.command().resume(world.verify)
    assert (world.live(), world.answers(), world.state().unfinished) == ("r1", "r1", None)
    assert list(world.state().rejected) == ["r2-bbbbbbbbbbbb"]


@pytest.mark.parametrize("after", [False, True])
def test_a_rollback_in_mid_swap_takes_the_new_release_back(world: Any, after: bool) -> None:
    world.deploy("a")
    world.target.fail("route", Died(), after=after)
    with pytest.raises(Died):
        world.deploy("b")
    world.command().rollback("do not go on")
    assert (world.live(), world.answers()) == ("r1", "r1")
    assert list(world.state().rejected) == ["r2-bbbbbbbbbbbb"]


def test_a_rollback_gives_up_what_was_being_placed(world: Any) -> None:
    world.deploy("a")
    world.deploy("b")
    world.target.fail("place", Died(), after=True)
    with pytest.raises(Died):
        world.deploy("c")
    world.command().rollback("b is bad")
    assert (world.live(), world.answers()) == ("r1", "r1")
    assert "r3-cccccccccccc" not in world.target.releases
    world.deploy("c")
    check(world, "r3")


def test_a_first_deployment_that_died_has_nothing_to_go_back_to(world: Any) -> None:
    world.target.fail("route", Died(), after=True)
    with pytest.raises(Died):
        world.deploy("a")
    with pytest.raises(InputError):
        world.command().rollback("first")
    world.deploy("a")
    check(world, "r1")


@pytest.mark.parametrize("verb", ["place", "route"])
def test_stop_ends_what_was_begun(world: Any, verb: Any) -> None:
    world.deploy("a")
    world.target.fail(verb, Died(), after=True)
    with pytest.raises(Died):
        world.deploy("b")
    world.command().stop()
    assert (world.live(), world.answers(), world.state().unfinished) == ("", "", None)
    world.deploy("b")
    check(world, "r2")


def test_death_while_stopping(world: Any) -> None:
    world.deploy("a")
    world.target.fail("stop", Died())
    with pytest.raises(Died):
        world.command().stop()
    world.command().stop()
    assert world.target.releases == {}


def test_a_route_that_fails_is_finished_by_the_next_command(world: Any) -> None:
    world.deploy("a")
    world.target.fail("route", OutsideError("the router does not answer"))
    with pytest.raises(OutsideError, match="router"):
        world.deploy("b")
    assert world.state().unfinished.action == "routing"
    assert world.answers() == "r1"
    world.deploy("b")
    check(world, "r2")


def test_a_rollback_that_cannot_be_finished_does_not_block_a_fix(world: Any) -> None:
    world.deploy("a")
    world.deploy("b")
    world.target.releases.pop("r1-aaaaaaaaaaaa")
    world.target.sick.add("r1-aaaaaaaaaaaa")
    with pytest.raises(OutsideError):
        world.command().rollback("bad")
    world.deploy("c")
    check(world, "r3")
    assert "r2-bbbbbbbbbbbb" in world.state().rejected
