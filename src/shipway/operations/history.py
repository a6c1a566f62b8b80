# SPDX-License-Identifier: Apache-2.0
"""`shipway history`: every change of an environment, and what was live at any time."""

from pathlib import Path

import msgspec

from shipway.base import clock
from shipway.operations.delivery import open_place
from shipway.records.delivery import ReleaseEvent


class History(msgspec.Struct, frozen=True):
    """The events, oldest first, and what is live (or was, at the asked time)."""

    environment: str
    events: tuple[ReleaseEvent, ...]
    live: ReleaseEvent | None
    at: str


def history(folder: Path, environment: str, at: str = "") -> History:
    """What happened in an environment until now, or until `at`. InputError for no time."""
    place = open_place(folder, environment, lambda text: None)
    moment = clock.parse(at) if at else clock.now()
    until = clock.stamp(moment)
    events = tuple(event for event in place.log.history() if not at or event.at <= until)
    state = place.log.state(at=moment) if at else place.log.state()
    return History(environment, events, state.live, until)
