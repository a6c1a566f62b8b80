# SPDX-License-Identifier: Apache-2.0
"""The release log of one environment: the truth about what is live, and about the champion.

log = ReleaseLog(store, "fraud-detection", "production")
log.state().champion            # now
log.state(at=moment).live       # what was live then: the same fold, fewer entries
"""

import datetime

import msgspec

from shipway.base import clock
from shipway.delivery.state import EnvironmentState, fold
from shipway.records.delivery import ReleaseEvent
from shipway.storage.bodies import from_body, to_body
from shipway.storage.interface import Store


class ReleaseLog:
    """`logs/releases/<project>/<environment>`, read as far as needed and remembered."""

    def __init__(self, store: Store, project: str, environment: str) -> None:
        self._log = store.log(f"releases/{project}/{environment}")
        self._state = EnvironmentState()
        self.environment = environment

    def state(self, at: datetime.datetime | None = None) -> EnvironmentState:
        """The environment as it is, or as it was at the moment `at` (with what happened then)."""
        if at is not None:
            return self._state_at(clock.stamp(at))
        for entry in self._log.entries(self._state.number + 1):
            self._state = fold(self._state, from_body(self._log.name, entry, ReleaseEvent))
        return self._state

    def append(self, event: ReleaseEvent) -> ReleaseEvent:
        """Add `event` after what `state()` last saw; the event with its time.

        ConflictError when somebody else added an entry since: look at `state()` and decide
        again. Time never goes back in a log, even when the system clock does.
        """
        stamped = msgspec.structs.replace(event, at=max(clock.stamp(), self._state.at))
        self._log.append_at(self._state.number + 1, to_body(stamped))
        self._state = fold(self._state, stamped)
        return stamped

    def history(self) -> list[ReleaseEvent]:
        """Every event, oldest first: who changed what, when and why."""
        name = self._log.name
        return [from_body(name, entry, ReleaseEvent) for entry in self._log.entries()]

    def _state_at(self, moment: str) -> EnvironmentState:
        state = EnvironmentState()
        for event in self.history():
            if event.at > moment:
                break
            state = fold(state, event)
        return state
