# SPDX-License-Identifier: Apache-2.0
"""What an environment is in, as the fold of its release log. Pure: events in, state out.

    placing → placed → routing → live          a release goes live
    placing → placed → rejected                its verification did not pass
    placing → retired                          it could not be started, or was given up
    rolling-back → rolled-back                 the release before it is live again
    stopped                                    nothing answers; the champion stays what it was

The same fold over the entries up to a time tells what was live then.
"""

from typing import Any

import msgspec

from shipway.records.delivery import ReleaseEvent

BEGUN = ("placing", "placed", "routing", "rolling-back")


class Facts(msgspec.Struct, frozen=True):
    """What a deployment is about: the package, its settings, and where they come from.

    `package` is the digest of the image's manifest, `bundle` of the tree that a local worker
    needs, `environment_digest` of the PythonEnvironment record.
    """

    package: str
    bundle: str
    model: str
    version: int
    model_digest: str
    environment_digest: str = ""
    commit: str = ""
    settings: dict[str, Any] = {}


class EnvironmentState(msgspec.Struct, frozen=True):
    """One environment after `number` entries.

    `lives` holds every event that made a release live, oldest first; `rejected` the event by
    which a release was rejected; `releases` the last event of each release; `unfinished` the
    event of a transition that has no ending yet. `live` is None before the first release and
    while the endpoint is stopped.
    """

    number: int = 0
    at: str = ""
    lives: tuple[ReleaseEvent, ...] = ()
    live: ReleaseEvent | None = None
    rejected: dict[str, ReleaseEvent] = {}
    releases: dict[str, ReleaseEvent] = {}
    unfinished: ReleaseEvent | None = None
    stopped: bool = False

    @property
    def ever_live(self) -> bool:
        """Whether anything was ever live here."""
        return bool(self.lives)

    @property
    def champion(self) -> ReleaseEvent | None:
        """The last release made live and not rejected since; a stopped endpoint keeps it."""
        return next((each for each in reversed(self.lives) if self._stands(each)), None)

    @property
    def previous(self) -> tuple[ReleaseEvent, ...]:
        """Releases that were live before the champion and still could be, newest first."""
        champion = self.champion
        found: dict[str, ReleaseEvent] = {}
        for event in reversed(self.lives):
            if self._stands(event) and champion and event.release != champion.release:
                found.setdefault(event.release, event)
        return tuple(found.values())

    def release_of(self, facts: Facts) -> str | None:
        """The id under which exactly this package with these settings was placed before."""
        for release, event in self.releases.items():
            if event.package == facts.package and event.settings == facts.settings:
                return release
        return None

    def new_release(self, facts: Facts) -> str:
        """The id of the next new release: its ordinal here and the start of its package."""
        digits = facts.package.rpartition(":")[2][:12]
        return f"r{len(self.releases) + 1}-{digits}"

    def rejection(self, facts: Facts) -> ReleaseEvent | None:
        """The event by which this was rejected before, if it was.

        Other settings do not make a rejected package good, unless that package is the champion's:
        then the settings were to blame.
        """
        champion = self.champion
        for event in self.rejected.values():
            same = event.settings == facts.settings
            proved = champion is not None and champion.package == facts.package
            if event.package == facts.package and (same or not proved):
                return event
        return None

    def _stands(self, event: ReleaseEvent) -> bool:
        return event.release not in self.rejected


def fold(state: EnvironmentState, event: ReleaseEvent) -> EnvironmentState:
    """The state after `event`."""
    changed: dict[str, Any] = {"number": state.number + 1, "at": event.at}
    if event.package:
        changed["releases"] = state.releases | {event.release: event}
    changed["unfinished"] = event if event.action in BEGUN else None
    match event.action:
        case "live":
            changed |= _live(state, event)
        case "rejected":
            changed["rejected"] = state.rejected | {event.release: event}
            changed["live"] = None if _is(state.live, event.release) else state.live
        case "rolling-back":
            changed["rejected"] = state.rejected | {event.release: event}
        case "rolled-back":
            changed["rejected"] = state.rejected | {event.release: event}
            before = (each for each in reversed(state.lives) if each.release == event.previous)
            changed |= {"live": next(before, None), "stopped": False}
        case "stopped":
            changed |= {"live": None, "stopped": True}
        case "retired" if not _is(state.unfinished, event.release):
            changed["unfinished"] = state.unfinished
    return msgspec.structs.replace(state, **changed)


def _live(state: EnvironmentState, event: ReleaseEvent) -> dict[str, Any]:
    rejected = {name: each for name, each in state.rejected.items() if name != event.release}
    return {
        "live": event,
        "lives": (*state.lives, event),
        "rejected": rejected,
        "stopped": False,
    }


def _is(event: ReleaseEvent | None, release: str) -> bool:
    return event is not None and event.release == release


def first_event(facts: Facts, release: str) -> ReleaseEvent:
    """The event that begins a deployment, to be completed by whoever writes it."""
    return ReleaseEvent(
        action="placing",
        release=release,
        at="",
        by="",
        package=facts.package,
        bundle=facts.bundle,
        environment_digest=facts.environment_digest,
        model=facts.model,
        version=facts.version,
        model_digest=facts.model_digest,
        commit=facts.commit,
        settings=facts.settings,
    )


def as_kept(facts: Facts) -> Facts:
    """`facts` as they come back from a log: tuples are lists, so that equal settings are equal."""
    return msgspec.json.decode(msgspec.json.encode(facts), type=Facts)
