# SPDX-License-Identifier: Apache-2.0
"""A target that only remembers: for tests, rehearsals, and for trying a rollout without a server.

It can be steered to every failure: `fail` raises at the nth call of a verb, before or after that
call did its work, and `sick` releases never become healthy.

    target = FakeTarget()
    target.fail("route", Died(), nth=2, after=True)     # the deployer dies just after its 2nd route
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from shipway.adapters.targets.interface import Observation, Placed, Release
from shipway.base.errors import OutsideError

Verb = Literal["place", "route", "retire", "observe", "stop"]
ENDPOINT = "fake://endpoint"


class Died(BaseException):
    """Stands for the death of the deployer: nothing but a test may catch it."""


class Failure(msgspec.Struct, frozen=True):
    """What is raised at which call of a verb, counted from 1; `after` the call's work or before."""

    verb: Verb
    nth: int
    error: BaseException
    after: bool


class FakeTarget:
    """`interface.Target` in memory. What it holds outlives the rollouts that use it."""

    def __init__(self) -> None:
        self.releases: dict[str, Release] = {}
        self.weights: dict[str, float] = {}
        self.calls: list[tuple[Verb, str]] = []
        self.sick: set[str] = set()
        self._failures: list[Failure] = []

    def fail(self, verb: Verb, error: BaseException, *, nth: int = 1, after: bool = False) -> None:
        """Raise `error` at the nth call of `verb` from now on, once."""
        made = sum(1 for called, _ in self.calls if called == verb)
        self._failures.append(Failure(verb, made + nth, error, after))

    def place(self, release: Release) -> Placed:
        """Remember `release` at a weight of 0; OutsideError when it is among the sick."""
        count = self._call("place", release.id)
        if release.id in self.sick:
            raise OutsideError(
                f"{release.id} did not become healthy", cure="Its log says: worker exited with 1."
            )
        self.releases[release.id] = release
        self._after("place", count)
        return self._placed(release.id)

    def route(self, weights: Mapping[str, float]) -> str:
        """Divide the traffic; OutsideError for a release that is not placed."""
        count = self._call("route", ",".join(sorted(weights)))
        for release in weights:
            if release not in self.releases:
                raise OutsideError(f"{release} is not placed")
        if abs(sum(weights.values()) - 1.0) > 1e-9:
            raise ValueError(f"the weights do not sum to 1: {dict(weights)}")
        self.weights = dict(weights)
        self._after("route", count)
        return ENDPOINT

    def retire(self, release: str) -> None:
        """Forget a release that has no weight."""
        count = self._call("retire", release)
        if self.weights.get(release):
            raise OutsideError(f"{release} still has traffic")
        self.releases.pop(release, None)
        self._after("retire", count)

    def observe(self) -> Observation:
        """What is remembered now."""
        count = self._call("observe", "")
        placed = tuple(self._placed(release) for release in sorted(self.releases))
        self._after("observe", count)
        return Observation(ENDPOINT, bool(self.weights), placed, dict(self.weights))

    def stop(self) -> None:
        """Forget everything."""
        count = self._call("stop", "")
        self.crash()
        self._after("stop", count)

    def crash(self) -> None:
        """Lose all releases and the endpoint, as a machine does that was switched off."""
        self.releases.clear()
        self.weights = {}

    def _placed(self, release: str) -> Placed:
        return Placed(release, f"fake://{release}", release not in self.sick)

    def _call(self, verb: Verb, about: str) -> int:
        """Note the call and raise what is planned before its work; how often it was called."""
        self.calls.append((verb, about))
        count = sum(1 for called, _ in self.calls if called == verb)
        self._raise(verb, count, after=False)
        return count

    def _after(self, verb: Verb, count: int) -> None:
        self._raise(verb, count, after=True)

    def _raise(self, verb: Verb, count: int, *, after: bool) -> None:
        for failure in self._failures:
            if (failure.verb, failure.nth, failure.after) == (verb, count, after):
                raise failure.error
