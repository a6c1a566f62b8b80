# SPDX-License-Identifier: Apache-2.0
"""How a transition of an environment can end."""

import msgspec

from shipway.base.errors import InputError, StoppedError
from shipway.delivery.state import EnvironmentState
from shipway.records.delivery import ReleaseEvent, Verification


class Outcome(msgspec.Struct, frozen=True):
    """A transition that ended well: its last event, where the endpoint answers, what was verified.

    `unchanged` says that all was so already. After a rollback `event` is the `rolled-back` one:
    its `release` is the rejected one and its `previous` is live again.
    """

    event: ReleaseEvent
    endpoint: str
    verification: Verification | None = None
    unchanged: bool = False


class RejectedError(StoppedError):
    """A release did not pass its verification; it is marked rejected and takes no traffic."""

    def __init__(self, what: str, verification: Verification, *, cure: str = "") -> None:
        super().__init__(what, cure=cure)
        self.verification = verification


def failure_of(verification: Verification) -> str:
    """The first probe that did not pass, in one line."""
    for probe in verification.probes:
        if probe.verdict != "passed":
            return f"{probe.name}: {probe.observed}, expected {probe.expected}"
    return f"the verification is {verification.verdict}"


def not_verified(
    environment: str, release: str, verification: Verification, state: EnvironmentState
) -> RejectedError:
    """The error for a release that was just rejected; `state` is what the environment is in now."""
    live = state.live
    serving = f"{live.release} (version {live.version}) still serves." if live else ""
    return RejectedError(
        f"{release} did not pass its verification in {environment}: {failure_of(verification)}",
        verification,
        cure=serving or f"Nothing is live in {environment}.",
    )


def rejected_before(environment: str, event: ReleaseEvent) -> StoppedError:
    """The error for a run that would bring a rejected release back."""
    why = f": {event.reason}" if event.reason else ""
    return StoppedError(
        f"{event.release} (version {event.version}) was rejected in {environment} "
        f"on {event.at[:16].replace('T', ' ')} UTC by {event.by}{why}",
        cure="Change the model or its code. If it is right after all: "
        f"`shipway promote {event.model}@{event.version}`.",
    )


def overtaken(environment: str, release: str, last: ReleaseEvent | None) -> StoppedError:
    """The error of a command whose transition somebody else ended."""
    what = f"{last.by} wrote {last.action} {last.release}" if last else "somebody else"
    return StoppedError(
        f"{environment} was changed meanwhile: {what}",
        cure=f"{release} was left as it is. Run the command again: it decides on what is now.",
    )


def nothing_before(environment: str) -> InputError:
    """The error of a rollback where no other release was ever live, or all were rejected."""
    return InputError(
        f"{environment} has no earlier release to go back to",
        cure=f"`shipway history {environment}` shows what was live.",
    )
