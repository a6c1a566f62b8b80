# SPDX-License-Identifier: Apache-2.0
"""What the router remembers across restarts: its port, what is placed, and the weights.

`STATE_DIR/state.json` is replaced in one step, and is on disk before a verb is acknowledged.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 1
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class RouterError(Exception):
    """A verb that can't be carried out. `kind` is input, outside, port or busy."""

    def __init__(self, kind: str, what: str, *, where: str = "", cure: str = "") -> None:
        super().__init__(what)
        self.kind = kind
        self.what = what
        self.where = where
        self.cure = cure


@dataclass(frozen=True)
class ReleaseSpec:
    """A release to be placed: what its workers are started from.

    `application` tells that the workers run the project's own web application: it answers its
    `health` path, and `declared` is the port that it is said to listen on if nobody tells it.
    """

    id: str
    bundle: str
    interpreter: str
    overlay: str = ""
    workers: int = 1
    start_timeout: float = 60.0
    application: bool = False
    health: str = "/health"
    declared: int = 0

    @classmethod
    def build(cls, values: dict[str, Any]) -> ReleaseSpec:
        """From JSON values; RouterError when they make no sense."""
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        try:
            spec = cls(**known)
        except TypeError as error:
            raise RouterError("input", f"not a release: {error}") from None
        if not NAME.fullmatch(spec.id):
            raise RouterError("input", f"{spec.id!r} is no name for a release")
        if not 1 <= spec.workers <= 256:
            raise RouterError("input", f"a release has 1 to 256 workers, not {spec.workers}")
        return spec


@dataclass
class State:
    """The port (0: not chosen yet), the releases by id, and their weights (absent: 0)."""

    port: int = 0
    releases: dict[str, ReleaseSpec] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)


def load_state(folder: Path) -> State:
    """The state that was saved last; an empty one when there is none."""
    path = folder / "state.json"
    try:
        values = json.loads(path.read_bytes())
        releases = [ReleaseSpec.build(entry) for entry in values["releases"]]
        weights = {str(name): float(weight) for name, weight in values["weights"].items()}
        return State(int(values["port"]), {spec.id: spec for spec in releases}, weights)
    except FileNotFoundError:
        return State()
    except (RouterError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RouterError(
            "outside",
            f"the endpoint's state is malformed: {error!r}",
            where=str(path),
            cure="Remove the file and deploy again.",
        ) from error


def save_state(folder: Path, state: State) -> None:
    """Replace the saved state: on disk when this returns, the old or the new one at any moment."""
    document = {
        "format": FORMAT,
        "port": state.port,
        "releases": [asdict(spec) for spec in state.releases.values()],
        "weights": state.weights,
    }
    write_whole(folder / "state.json", json.dumps(document, indent=1).encode() + b"\n")


def write_whole(path: Path, data: bytes) -> None:
    """Replace `path` by `data` in one step and make it last."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        cure = "Free some space, or make the folder writable, and run the command again."
        raise RouterError(
            "outside", f"can't be written: {error.strerror}", where=str(path), cure=cure
        ) from error
