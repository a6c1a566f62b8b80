# SPDX-License-Identifier: Apache-2.0
"""The direct strategy: going live, coming back, stopping; and whoever gets in between."""

from typing import Any

import pytest

from shipway.adapters.targets.interface import Placed
from shipway.base.errors import InputError, OutsideError, StoppedError
from shipway.delivery.outcome import RejectedError
from shipway.delivery.permission import Permission
from shipway.records.delivery import Verification


def test_the_first_release_goes_live(world: Any) -> None:
    outcome = world.deploy("a")
    assert world.actions() == ["placing r1", "placed r1", "routing r1", "live r1"]
    assert outcome.event.release == "r1-aaaaaaaaaaaa"
    assert outcome.endpoint == "fake://endpoint"
    assert outcome.verification.verdict == "passed"
    assert not outcome.unchanged
    assert (world.live(), world.answers()) == ("r1", "r1")
    event = world.log().history()[-1]
    assert (event.by, event.run, event.version, event.commit) == ("ada", "run-1", 1, "c0ffee")


def test_a_release_is_verified_before_it_takes_traffic(world: Any) -> None:
    world.deploy("a")
    seen = []

    def verify(placed: Placed) -> Verification:
        seen.append((placed.address, list(world.target.weights), world.actions()[-1]))
        return real(placed)  # type: ignore[no-any-return]

    world.verify, real = verify, world.verify
    world.deploy("b", 2)
    assert seen == [("fake://r2-bbbbbbbbbbbb", ["r1-aaaaaaaaaaaa"], "placed r2")]
    calls = [call for call in world.target.calls if call[0] in ("place", "route")]
    assert [f"{verb} {release[:2]}" for verb, release in calls] == [
        "place r1",
        "route r1",
        "place r2",
        "route r2",
    ]


def test_every_transition_is_written_before_it_is_carried_out(world: Any) -> None:
    seen = []
    for verb in ("place", "route", "retire", "stop"):
        real = getattr(world.target, verb)

        def call(*arguments: Any, verb: str = verb, real: Any = real) -> Any:
            seen.append((verb, world.actions()[-1]))
            return real(*arguments)

        setattr(world.target, verb, call)
    for letter in "abc":
        world.deploy(letter)
    world.command().rollback("bad")
    world.command().stop()
    assert seen == [
        ("place", "placing r1"),
        ("route", "routing r1"),
        ("place", "placing r2"),
        ("route", "routing r2"),
        ("place", "placing r3"),
        ("route", "routing r3"),
        ("retire", "retired r1"),
        ("route", "rolling-back r3"),
        ("stop", "stopped r2"),
    ]


def test_the_same_again_is_unchanged(world: Any) -> None:
    first = world.deploy("a", workers=(1, 2))
    again = world.deploy("a", workers=(1, 2))
    assert again.unchanged and again.event == first.event
    assert again.endpoint == first.endpoint
    assert len(world.actions()) == 4


def test_other_settings_are_another_release(world: Any) -> None:
    world.deploy("a", workers=1)
    world.deploy("a", workers=2)
    assert world.live() == "r2"


def test_the_previous_release_stays_warm_and_older_ones_go(world: Any) -> None:
    for letter in "abcd":
        world.deploy(letter)
    assert sorted(world.target.releases) == ["r3-cccccccccccc", "r4-dddddddddddd"]
    assert "retired r1" in world.actions() and "retired r2" in world.actions()


def test_what_shipway_did_not_place_is_left_alone(world: Any) -> None:
    world.deploy("a")
    world.target.releases["by-hand"] = next(iter(world.target.releases.values()))
    world.deploy("b")
    assert "by-hand" in world.target.releases


@pytest.mark.parametrize("verdict", ["failed", "inconclusive"])
def test_a_release_that_is_not_verified_takes_no_traffic(world: Any, verdict: Any) -> None:
    world.deploy("a")
    world.verdicts["r2-bbbbbbbbbbbb"] = verdict
    with pytest.raises(RejectedError, match="3 of 100 differ") as caught:
        world.deploy("b", 2)
    assert caught.value.verification.verdict == verdict
    assert "r1-aaaaaaaaaaaa (version 1) still serves" in caught.value.cure
    assert (world.live(), world.answers()) == ("r1", "r1")
    assert world.actions()[-1] == "rejected r2"
    assert list(world.target.releases) == ["r1-aaaaaaaaaaaa"]
    assert ("route", "r2-bbbbbbbbbbbb") not in world.target.calls


def test_a_rejected_release_does_not_come_back_by_itself(world: Any) -> None:
    world.deploy("a")
    world.verdicts["r2-bbbbbbbbbbbb"] = "failed"
    with pytest.raises(RejectedError):
        world.deploy("b", 2)
    world.verdicts.clear()
    for settings in ({}, {"workers": 4}):
        with pytest.raises(StoppedError, match="was rejected in production") as caught:
            world.deploy("b", 2, **settings)
        assert "shipway promote fraud@2" in caught.value.cure
    world.deploy("b", 2, promote=True)
    assert (world.live(), world.answers()) == ("r2", "r2")
    assert world.deploy("b", 2).unchanged
    assert [each.reason for each in world.log().history()][-4] == "promoted"


def test_a_rollback_is_one_route_call(world: Any) -> None:
    world.deploy("a", 1)
    world.deploy("b", 2)
    before = len(world.target.calls)
    outcome = world.command(by="grace").rollback("wrong prices")
    calls = [verb for verb, _ in world.target.calls[before:] if verb != "observe"]
    assert calls == ["route"]
    assert (world.live(), world.answers()) == ("r1", "r1")
    assert world.state().champion.version == 1
    assert (outcome.event.action, outcome.event.previous) == ("rolled-back", "r1-aaaaaaaaaaaa")
    assert (outcome.event.by, outcome.event.reason) == ("grace", "wrong prices")
    with pytest.raises(StoppedError, match="wrong prices"):
        world.deploy("b", 2)
    world.deploy("a", 1)
    assert list(world.target.releases) == ["r1-aaaaaaaaaaaa"]


def test_a_rollback_places_again_what_is_gone(world: Any) -> None:
    world.deploy("a")
    world.deploy("b")
    world.target.crash()
    world.command().rollback("both gone")
    assert (world.live(), world.answers()) == ("r1", "r1")


def test_a_rollback_needs_something_to_go_back_to(world: Any) -> None:
    with pytest.raises(InputError, match="no earlier release"):
        world.command().rollback("why not")
    world.deploy("a")
    with pytest.raises(InputError, match="shipway history production"):
        world.command().rollback("why not")
    assert world.live() == world.answers() == "r1"


def test_rollbacks_go_back_step_by_step_until_nothing_is_left(world: Any) -> None:
    for letter in "abc":
        world.deploy(letter)
    for expected in ("r2", "r1"):
        world.command().rollback("again")
        assert world.live() == world.answers() == expected
    with pytest.raises(InputError):
        world.command().rollback("again")


def test_a_stopped_endpoint_comes_back_with_the_next_run(world: Any) -> None:
    world.deploy("a")
    event = world.command().stop("holidays")
    assert event.action == "stopped" and event.reason == "holidays"
    assert (world.live(), world.answers()) == ("", "")
    assert world.state().champion.release == "r1-aaaaaaaaaaaa"
    outcome = world.deploy("a")
    assert not outcome.unchanged
    assert (world.live(), world.answers()) == ("r1", "r1")


def test_stopping_twice_or_before_anything_writes_nothing(world: Any) -> None:
    assert world.command().stop() is None
    assert world.actions() == []
    world.deploy("a")
    world.command().stop()
    assert world.command().stop() is None
    assert world.actions().count("stopped r1") == 1


def test_a_rollback_brings_a_stopped_endpoint_back(world: Any) -> None:
    world.deploy("a")
    world.deploy("b")
    world.command().stop()
    world.command().rollback("b was the trouble")
    assert (world.live(), world.answers()) == ("r1", "r1")


def test_an_endpoint_that_was_lost_is_placed_again(world: Any) -> None:
    world.deploy("a")
    world.target.crash()
    outcome = world.deploy("a")
    assert not outcome.unchanged
    assert (world.live(), world.answers()) == ("r1", "r1")


def test_a_champion_that_no_longer_verifies_gives_way_to_the_one_before(world: Any) -> None:
    world.deploy("a")
    world.deploy("b")
    world.target.crash()
    world.verdicts["r2-bbbbbbbbbbbb"] = "failed"
    with pytest.raises(RejectedError) as caught:
        world.deploy("b")
    assert "r1-aaaaaaaaaaaa" in caught.value.cure
    assert (world.live(), world.answers()) == ("r1", "r1")
    assert "r2-bbbbbbbbbbbb" not in world.target.releases


def test_a_release_that_cannot_start_is_not_rejected(world: Any) -> None:
    world.deploy("a")
    world.target.sick.add("r2-bbbbbbbbbbbb")
    with pytest.raises(OutsideError, match="did not become healthy"):
        world.deploy("b")
    assert world.state().unfinished is None
    assert (world.live(), world.answers()) == ("r1", "r1")
    world.target.sick.clear()
    world.deploy("b")
    assert world.live() == "r2"


def test_a_verification_that_could_not_be_made_is_no_verdict(world: Any) -> None:
    def broken(placed: Placed) -> Verification:
        raise OutsideError("golden.json is gone")

    world.verify, real = broken, world.verify
    with pytest.raises(OutsideError, match="golden"):
        world.deploy("a")
    assert world.actions()[-1] == "retired r1"
    assert world.target.releases == {}
    world.verify = real
    assert world.deploy("a").event.action == "live"


def test_an_old_release_that_cannot_be_removed_does_not_fail_the_deployment(world: Any) -> None:
    world.deploy("a")
    world.deploy("b")
    world.target.fail("retire", OutsideError("busy"))
    world.deploy("c")
    assert world.live() == "r3"
    assert any("could not be removed: busy" in line for line in world.told)
    world.deploy("c")
    assert "r1-aaaaaaaaaaaa" not in world.target.releases


def test_only_the_permitted_model_is_deployed(world: Any, facts_of: Any) -> None:
    wrong = Permission("fraud", 1, "sha256:other", "sha256:gates")
    with pytest.raises(StoppedError, match="another model"):
        world.command().deploy(facts_of("a"), wrong, world.verify)
    assert world.actions() == []


def test_a_deployer_that_was_overtaken_stops(world: Any) -> None:
    world.deploy("a")

    def verify(placed: Placed) -> Verification:
        world.command(by="grace").stop("emergency")
        return real(placed)  # type: ignore[no-any-return]

    world.verify, real = verify, world.verify
    with pytest.raises(StoppedError, match="grace wrote stopped"):
        world.deploy("b")
    assert (world.live(), world.answers()) == ("", "")


def test_two_that_deploy_the_same_both_succeed(world: Any) -> None:
    turns = []

    def verify(placed: Placed) -> Verification:
        turns.append(placed.release)
        if len(turns) == 1:
            world.deploy("a")
        return real(placed)  # type: ignore[no-any-return]

    world.verify, real = verify, world.verify
    assert world.deploy("a").event.action == "live"
    assert world.actions().count("live r1") == 1


def test_two_that_begin_at_once_look_again(world: Any) -> None:
    first = world.command()
    real = first._log.append

    def late(event: Any) -> Any:
        first._log.append = real
        world.deploy("b")
        return real(event)

    first._log.append = late
    wanted = world.deploy.__globals__["facts"]("a")
    permission = Permission("fraud", 1, wanted.model_digest, "g")
    outcome = first.deploy(wanted, permission, world.verify)
    assert outcome.event.release == "r2-aaaaaaaaaaaa"
    assert world.actions()[3] == "live r1"
    assert world.live() == world.answers() == "r2"
