# SPDX-License-Identifier: Apache-2.0
"""`shipway rollback`: the previous release is live again, and the champion goes back with it."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from shipway.base import clock
from shipway.operations.delivery import open_place
from shipway.records.delivery import ReleaseEvent


class RolledBack(msgspec.Struct, frozen=True):
    """Which release was rejected, which one is live again, and how long it took."""

    environment: str
    rejected: str
    live: ReleaseEvent
    endpoint: str
    seconds: float


def rollback(
    folder: Path, environment: str, reason: str, tell: Callable[[str], None]
) -> RolledBack:
    """Put the previous release back. InputError when there is none."""
    began = clock.seconds()
    place = open_place(folder, environment, tell)
    outcome = place.rollout.rollback(reason)
    place.mirror_champion()
    live = place.log.state().live
    assert live is not None  # noqa: S101 - a rollback ends with a live release
    seconds = clock.seconds() - began
    return RolledBack(environment, outcome.event.release, live, outcome.endpoint, seconds)
