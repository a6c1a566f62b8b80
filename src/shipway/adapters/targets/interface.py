# SPDX-License-Identifier: Apache-2.0
"""Where releases live: four verbs that every platform can say."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec


class Release(msgspec.Struct, frozen=True):
    """A package with its serving settings, ready to be placed.

    `bundle` is a folder with `model/`, `code/` and `service.json`; `interpreter` and `overlay`
    belong to the environment that it must run in; `settings` are the environment's options.
    """

    id: str
    package: str
    bundle: Path
    interpreter: str
    overlay: str
    model: str
    version: int
    settings: Mapping[str, Any] = {}


class Placed(msgspec.Struct, frozen=True):
    """A release that runs: the address that reaches this release alone, whatever the weights."""

    release: str
    address: str
    healthy: bool


class Observation(msgspec.Struct, frozen=True):
    """What is there now: the stable address, releases that are placed, weights and counters.

    `metrics` holds for each release `requests`, `errors`, and latency percentiles in ms.
    """

    endpoint: str
    running: bool
    placed: tuple[Placed, ...]
    weights: dict[str, float]
    metrics: dict[str, dict[str, float]] = {}


class Target(Protocol):
    """One place for one environment. Every verb may be repeated: what is so already stays so."""

    def place(self, release: Release) -> Placed:
        """Start `release` at a weight of 0 and wait until it is healthy.

        OutsideError (with the last lines of its log) when it does not become healthy in time.
        """
        ...

    def route(self, weights: Mapping[str, float]) -> str:
        """Divide the traffic (weights sum to 1); the endpoint's stable address.

        No request is lost: requests that are under way end where they began.
        """
        ...

    def retire(self, release: str) -> None:
        """Drain and remove a release that has no weight."""
        ...

    def observe(self) -> Observation:
        """What is there now; answers also when nothing runs."""
        ...

    def stop(self) -> None:
        """Take the endpoint and all its releases down; `place` and `route` bring it back."""
        ...
