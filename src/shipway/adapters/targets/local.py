# SPDX-License-Identifier: Apache-2.0
"""Releases as processes of this machine, behind a small router that outlives the command.

The router (`shipway_runtime.router`) is started by the first `place`, in a session of its own; all
verbs are one line each on its control socket. Where it lives is told by `router.json` in the state
folder; when nobody answers there, nothing runs.
"""

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from shipway.adapters.targets.interface import Observation, Placed, Release
from shipway.adapters.targets.local_control import ask, forget, last_port, start_router
from shipway.base.errors import InputError, OutsideError, ShipwayError
from shipway.packaging.application import Application, read_application

SLACK_SECONDS = 15.0
LONGEST_START = 3600.0


class LocalOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`port` (none: a free one, chosen once), worker processes, time until healthy.

    `start_timeout` is a duration as in `shipway.yaml` (`90s`, `2m`), or a number of seconds.
    """

    port: int | None = None
    workers: int = 1
    start_timeout: float | str = "60s"

    def __post_init__(self) -> None:
        if self.port is not None and not 1 <= self.port <= 65535:
            raise ValueError("port: a number from 1 to 65535")
        if not 1 <= self.workers <= 256:
            raise ValueError("workers: a number from 1 to 256")
        if not 0 < self.start_seconds <= LONGEST_START:
            raise ValueError("start_timeout: a duration of up to an hour, such as 90s or 2m")

    @property
    def start_seconds(self) -> float:
        """`start_timeout` in seconds; 0 when it is no duration."""
        if not isinstance(self.start_timeout, str):
            return self.start_timeout
        span = re.fullmatch(r"(\d+(?:\.\d+)?)([sm])", self.start_timeout)
        return float(span[1]) * (60 if span[2] == "m" else 1) if span else 0.0


class LocalTarget:
    """A local endpoint whose state lies in `state_dir` (one folder for each environment)."""

    Options = LocalOptions

    def __init__(self, state_dir: Path, options: LocalOptions | None = None) -> None:
        self._state_dir = state_dir
        self._options = options or LocalOptions()

    def place(self, release: Release) -> Placed:
        """Start the workers of `release` at a weight of 0 and wait until they are healthy."""
        self._settle_port()
        spec: dict[str, Any] = {
            "id": release.id,
            "bundle": str(release.bundle.absolute()),
            "interpreter": release.interpreter,
            "overlay": release.overlay,
            "workers": self._options.workers,
            "start_timeout": self._options.start_seconds,
        }
        application = read_application(release.bundle)
        if application is not None:
            _check_port(application)
            spec |= {
                "application": True,
                "health": application.health,
                "declared": application.port,
            }
        patience = self._options.start_seconds * 2 + SLACK_SECONDS
        placed = self._order({"op": "place", "release": spec}, patience)
        return _placed(placed, placed["port"])

    def route(self, weights: Mapping[str, float]) -> str:
        """Divide the traffic between placed releases; the endpoint's address.

        A router that is not there (after a reboot) is started with what it had placed. ValueError
        when the weights do not sum to 1, OutsideError when a release is not placed.
        """
        if abs(sum(weights.values()) - 1) > 1e-6 or any(one < 0 for one in weights.values()):
            raise ValueError(f"weights are at least 0 and sum to 1, not {dict(weights)}")
        self._settle_port()
        patience = self._options.start_seconds * 2 + SLACK_SECONDS
        result = self._order({"op": "route", "weights": dict(weights)}, patience)
        return _address(result["port"])

    def retire(self, release: str) -> None:
        """Drain and end a release that has no weight; it does not come back after a reboot."""
        self._end({"op": "retire", "release": release}, release)

    def observe(self) -> Observation:
        """What runs now: a few milliseconds; `running` is False when no router answers."""
        reply = ask(self._state_dir, {"op": "observe"}, 10.0)
        if reply is None:
            return Observation(_address(last_port(self._state_dir)), False, (), {})
        seen = self._unwrap(reply)
        return Observation(
            endpoint=_address(seen["port"]),
            running=True,
            placed=tuple(_placed(one, seen["port"]) for one in seen["placed"]),
            weights=seen["weights"],
            metrics=seen["metrics"],
        )

    def stop(self) -> None:
        """Take the endpoint down, after the requests under way; its port stays reserved for it."""
        self._end({"op": "stop"}, None)

    def _end(self, request: dict[str, Any], release: str | None) -> None:
        """Ask the router, or without one see to it that the next does not bring `release` back."""
        for _ in range(50):
            reply = ask(self._state_dir, request, 180.0)
            if reply is not None:
                self._unwrap(reply)
                return
            if forget(self._state_dir, release):
                return
            time.sleep(0.1)
        raise OutsideError(
            "the local router is just starting or ending, and does not come to rest",
            where=str(self._state_dir / "logs" / "router.log"),
            cure="Run the command again in a moment.",
        )

    def _settle_port(self) -> None:
        """Move a router that listens elsewhere than the options say."""
        if self._options.port is not None and last_port(self._state_dir) != self._options.port:
            reply = ask(self._state_dir, {"op": "listen", "port": self._options.port}, 10.0)
            if reply is not None:
                self._unwrap(reply)

    def _order(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """The result of a verb that needs a router; one that just ended is started once more."""
        for _ in range(2):
            reply = ask(self._state_dir, request, timeout)
            if reply is not None:
                return self._unwrap(reply)
            started = start_router(self._state_dir, self._options.port)
            self._unwrap(started)
        reply = ask(self._state_dir, request, timeout)
        if reply is None:
            raise OutsideError(
                "the local router ended while it was asked",
                where=str(self._state_dir / "logs" / "router.log"),
                cure="Run the command again; the log says what happened.",
            )
        return self._unwrap(reply)

    def _unwrap(self, reply: dict[str, Any]) -> dict[str, Any]:
        if reply["ok"]:
            result: dict[str, Any] = reply.get("result") or {}
            return result
        raise self._error(**reply["error"])

    def _error(self, kind: str, what: str, where: str = "", cure: str = "") -> ShipwayError:
        if kind == "port":
            from shipway.adapters.targets.ports import describe_holder

            holder = describe_holder(what)
            cure = "Stop that program, or give another `port:` under this environment in `deploy:`."
            return OutsideError(f"{what}{holder}", where=where, cure=cure)
        if kind == "input":
            return InputError(what, where=where, cure=cure)
        return OutsideError(what, where=where, cure=cure or "The log named above says more.")


def _check_port(application: Application) -> None:
    """InputError for a command that names its port: two releases could not run side by side."""
    if application.fixed_port:
        raise InputError(
            f"the application's command names its port, {application.port}: on one machine the old "
            "and the new release stand side by side while the traffic moves",
            where="package.server.command",
            cure=f"Write {{port}} where {application.port} stands, and package it again.",
        )


def _address(port: int) -> str:
    return f"http://127.0.0.1:{port}" if port else ""


def _placed(seen: dict[str, Any], port: int) -> Placed:
    return Placed(seen["id"], f"{_address(port)}/releases/{seen['id']}", seen["healthy"])
