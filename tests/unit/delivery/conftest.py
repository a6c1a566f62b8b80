# SPDX-License-Identifier: Apache-2.0
"""One environment on a fake target, and commands that work on it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shipway.adapters.targets.fake import FakeTarget
from shipway.adapters.targets.interface import Placed, Release
from shipway.delivery.outcome import Outcome
from shipway.delivery.permission import Permission
from shipway.delivery.releases import ReleaseLog
from shipway.delivery.rollout import Rollout
from shipway.delivery.state import EnvironmentState, Facts
from shipway.delivery.steps import Steps
from shipway.records.base import Verdict
from shipway.records.delivery import Probe, ReleaseEvent, Verification
from shipway.storage.kept import BucketStore
from shipway.storage.memory import MemoryStore


def facts(letter: str, version: int = 1, **settings: Any) -> Facts:
    return Facts(
        package=f"sha256:{letter * 64}",
        bundle=f"sha256:bundle-{letter}",
        model="fraud",
        version=version,
        model_digest=f"sha256:model-{letter}",
        commit="c0ffee",
        settings=settings,
    )


def release_for(event: ReleaseEvent) -> Release:
    return Release(
        id=event.release,
        package=event.package,
        bundle=Path("bundle"),
        interpreter="python",
        overlay="overlay",
        model=event.model,
        version=event.version,
        settings=event.settings,
    )


class World:
    """A store and a target that outlive the commands; each command is a new process."""

    def __init__(self) -> None:
        self.store: BucketStore = MemoryStore()
        self.target = FakeTarget()
        self.verdicts: dict[str, Verdict] = {}
        self.verified: list[str] = []
        self.told: list[str] = []

    def log(self) -> ReleaseLog:
        return ReleaseLog(self.store, "fraud-detection", "production")

    def state(self) -> EnvironmentState:
        return self.log().state()

    def command(self, by: str = "ada") -> Rollout:
        return Rollout(Steps(self.log(), self.target, release_for, self.told.append, by, "run-1"))

    def verify(self, placed: Placed) -> Verification:
        self.verified.append(placed.release)
        verdict = self.verdicts.get(placed.release, "passed")
        probe = Probe("golden predictions", verdict, "3 of 100 differ", "100 equal answers")
        return Verification("production", placed.release, verdict, (probe,))

    def deploy(self, letter: str, version: int = 1, **more: Any) -> Outcome:
        promote = more.pop("promote", False)
        wanted = facts(letter, version, **more)
        permission = Permission("fraud", version, wanted.model_digest, "sha256:gates")
        return self.command().deploy(wanted, permission, self.verify, promote=promote)

    def actions(self) -> list[str]:
        return [f"{event.action} {event.release[:2]}" for event in self.log().history()]

    def live(self) -> str:
        state = self.state()
        return state.live.release[:2] if state.live else ""

    def answers(self) -> str:
        """Which release the endpoint really sends its traffic to."""
        return ",".join(release[:2] for release in self.target.weights)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def facts_of() -> Callable[..., Facts]:
    return facts
