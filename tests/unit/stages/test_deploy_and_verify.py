# SPDX-License-Identifier: Apache-2.0
"""Releases on a fake target whose addresses answer over HTTP."""

import pytest

from shipway.base.errors import StoppedError
from shipway.delivery.releases import ReleaseLog
from shipway.records.training import Evaluation
from shipway.stages.deploy import deploy, make_live
from shipway.stages.verify import verify

NO_EVALUATION = Evaluation("", "test", "", 0)


class Delivery:
    """One environment, and versions on their way to it."""

    def __init__(self, road, served):
        self.road = road
        road.target = served
        self.packages = {}

    def context(self):
        return self.road.context("production")

    def deploy(self, letter, verdict="passed"):
        version = self.road.version(letter, verdict)
        package = self.packages[letter] = self.road.package(letter, version)
        return package, deploy(self.context(), package, version, NO_EVALUATION)

    def verify(self, package, deployment):
        return verify(self.context(), package, deployment)

    def log(self):
        return ReleaseLog(self.road.store, "toy", "production")

    def actions(self):
        return [event.action for event in self.log().history()]

    def live(self):
        return self.log().state().live

    def alias(self):
        return self.road.registry.aliases("toy").get("champion")


@pytest.fixture
def delivery(road, served):
    return Delivery(road, served)


def test_a_first_release_goes_live_and_is_verified(delivery, served):
    package, deployment = delivery.deploy("a")
    assert deployment.release.startswith("r1-")
    assert deployment.endpoint == f"{served.address}/live"
    assert (deployment.version, deployment.unchanged) == (1, False)
    assert list(served.weights) == [deployment.release]
    verification = delivery.verify(package, deployment)
    assert verification.verdict == "passed"
    assert verification.release == deployment.release
    assert delivery.alias() == 1
    assert delivery.actions() == ["placing", "placed", "routing", "live"]


def test_the_same_again_changes_nothing_and_asks_less(delivery, answers):
    package, first = delivery.deploy("a")
    delivery.verify(package, first)
    version = delivery.road.registry.get("toy", 1)
    answers.asked.clear()
    again = deploy(delivery.context(), package, version, NO_EVALUATION)
    verification = delivery.verify(package, again)
    assert (again.unchanged, again.release) == (True, first.release)
    assert verification.unchanged
    assert len(answers.asked) < 10
    assert delivery.actions() == ["placing", "placed", "routing", "live"]


def test_without_passed_gates_nothing_is_placed(delivery, served):
    with pytest.raises(StoppedError, match="may not be deployed"):
        delivery.deploy("a", "failed")
    assert served.calls == []
    assert delivery.actions() == []


def test_a_release_that_answers_wrongly_before_it_is_live_is_rejected(delivery, answers, served):
    _, first = delivery.deploy("a")
    answers.placed["r2"] = 0
    with pytest.raises(StoppedError):
        delivery.deploy("b")
    assert delivery.live().release == first.release
    assert list(served.weights) == [first.release]
    assert delivery.actions()[-1] == "rejected"
    assert delivery.alias() == 1


def test_a_rejected_release_needs_a_promotion(delivery, answers):
    delivery.deploy("a")
    answers.placed["r2"] = 0
    with pytest.raises(StoppedError):
        delivery.deploy("b")
    version = delivery.road.registry.get("toy", 2)
    package = delivery.packages["b"]
    answers.placed.clear()
    with pytest.raises(StoppedError, match="rejected"):
        make_live(delivery.context(), package, version)
    assert make_live(delivery.context(), package, version, promote=True).version == 2
    assert delivery.alias() == 2


def test_a_live_release_that_answers_wrongly_is_rolled_back(delivery, answers, served):
    first_package, first = delivery.deploy("a")
    delivery.verify(first_package, first)
    package, second = delivery.deploy("b")
    assert delivery.alias() == 2
    answers.live["r2"] = 0
    verification = delivery.verify(package, second)
    assert verification.verdict == "failed"
    assert delivery.live().model_digest == first.model_digest
    assert list(served.weights) == [delivery.live().release]
    assert delivery.alias() == 1
    assert "verification" in delivery.log().history()[-1].reason
    assert any("rolled back" in line for line in delivery.road.told)
    version = delivery.road.registry.get("toy", 2)
    with pytest.raises(StoppedError, match="rejected"):
        deploy(delivery.context(), package, version, NO_EVALUATION)


def test_a_first_release_that_answers_wrongly_is_rejected_and_taken_down(delivery, answers, served):
    answers.live["r1"] = 0
    package, first = delivery.deploy("a")
    verification = delivery.verify(package, first)
    assert verification.verdict == "failed"
    assert not served.observe().running
    assert delivery.live() is None
    assert delivery.actions()[-2:] == ["live", "rejected"]
    answers.live.clear()
    with pytest.raises(StoppedError, match="rejected"):
        deploy(delivery.context(), package, delivery.road.registry.get("toy", 1), NO_EVALUATION)
