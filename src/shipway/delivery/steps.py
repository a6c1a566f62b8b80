# SPDX-License-Identifier: Apache-2.0
"""The hands of a rollout: write an event, place, route, retire, tidy up."""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from shipway.adapters.targets.interface import Placed, Release, Target
from shipway.base.errors import OutsideError
from shipway.delivery.releases import ReleaseLog
from shipway.delivery.state import EnvironmentState
from shipway.records.delivery import ReleaseAction, ReleaseEvent
from shipway.storage.interface import ConflictError

EnsureRelease = Callable[[ReleaseEvent], Release]


@dataclass
class Steps:
    """What one command does to one environment, in its own name (`by`, `run`).

    `ensure_release` makes the files that a release needs from the facts in its event.
    """

    log: ReleaseLog
    target: Target
    ensure_release: EnsureRelease
    tell: Callable[[str], None]
    by: str
    run: str = ""
    _placed: dict[str, Placed] = field(default_factory=dict, init=False)

    def write(
        self, action: ReleaseAction, about: ReleaseEvent, reason: str = "", *, previous: str = ""
    ) -> ReleaseEvent:
        """Add an event that carries the facts of `about`; ConflictError when overtaken."""
        return self.log.append(
            msgspec.structs.replace(
                about, action=action, by=self.by, run=self.run, reason=reason, previous=previous
            )
        )

    def place(self, event: ReleaseEvent) -> Placed:
        """Start the release of `event`, once in a command; it takes no traffic yet."""
        placed = self._placed.get(event.release)
        if placed is None:
            self.tell(f"placing {event.release} (version {event.version})")
            placed = self.target.place(self.ensure_release(event))
            self._placed[event.release] = placed
        return placed

    def route(self, event: ReleaseEvent) -> str:
        """All traffic to the release of `event`, placed again if it is gone; the endpoint."""
        if not self.is_placed(event.release):
            self._placed.pop(event.release, None)
            self.place(event)
        self.tell(f"routing all traffic to {event.release} (version {event.version})")
        return self.target.route({event.release: 1.0})

    def is_placed(self, release: str) -> bool:
        """Whether the release runs and is healthy."""
        return any(
            each.release == release and each.healthy for each in self.target.observe().placed
        )

    def is_live(self, state: EnvironmentState, release: str) -> bool:
        """Whether the release is live: by the log and in truth."""
        if state.live is None or state.live.release != release:
            return False
        seen = self.target.observe()
        return seen.running and seen.weights.get(release, 0.0) >= 1.0 and self.is_placed(release)

    def retire(self, release: str) -> None:
        """Remove a release that takes no traffic; a failure is told, and tidied up later."""
        self._placed.pop(release, None)
        try:
            if not self.target.observe().weights.get(release):
                self.target.retire(release)
        except OutsideError as error:
            self.tell(f"{release} could not be removed: {error.what}")

    def stop(self) -> None:
        """Take the endpoint and all its releases down."""
        self.target.stop()
        self._placed.clear()

    def tidy(self) -> None:
        """Retire what is placed but neither live nor the release to go back to."""
        state = self.log.state()
        keep = {each.release for each in (state.live, *state.previous[:1]) if each is not None}
        try:
            seen = self.target.observe()
        except OutsideError as error:
            self.tell(f"could not look for old releases: {error.what}")
            return
        for placed in seen.placed:
            # What the log does not know was not placed by Shipway.
            known = state.releases.get(placed.release)
            if known is None or placed.release in keep:
                continue
            try:
                self.write("retired", known, "replaced")
            except ConflictError:
                return
            self.retire(placed.release)
