# SPDX-License-Identifier: Apache-2.0
"""One run at a time in one project: a lock that the kernel lets go when its holder dies.

The file's content only serves to tell the second run for whom it waits; the lock itself is
flock's. Child processes don't inherit it: the descriptor is closed when they start.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from shipway.base import clock
from shipway.base.errors import OutsideError
from shipway.base.files import disk_errors

LOOK_AGAIN = 0.05
LONGEST = 4096


class Holder(msgspec.Struct, frozen=True):
    """Who holds the lock: what it does, its process, and since when."""

    what: str
    pid: int
    started: str

    def __str__(self) -> str:
        return f"{self.what} (process {self.pid}, since {self.started})" if self.pid else self.what


@contextlib.contextmanager
def hold(
    path: Path, describe: str, *, wait: bool = True, tell: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold the lock at `path` for the length of the block, `describe` saying what for.

    While somebody else holds it: `wait` for them and `tell` for whom, else raise OutsideError.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(descriptor, path, wait, tell)
        _sign(descriptor, describe)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder(path: Path) -> Holder | None:
    """Who holds the lock at `path` now; None when it is free."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return None if _try(descriptor, fcntl.LOCK_SH) else _read(descriptor)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path, wait: bool, tell: Callable[[str], None] | None) -> None:
    told = None
    while not _try(descriptor, fcntl.LOCK_EX):
        other = _read(descriptor)
        if not wait:
            raise OutsideError(
                f"another run is under way here: {other}",
                where=str(path),
                cure="Wait for its end, or run without --no-wait.",
            )
        if tell is not None and other != told and other.pid:
            tell(f"waiting for {other}")
            told = other
        time.sleep(LOOK_AGAIN)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(descriptor: int, describe: str) -> None:
    text = msgspec.json.encode(Holder(describe, os.getpid(), clock.stamp()))
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text, 0)


def _read(descriptor: int) -> Holder:
    """The holder, as it signed; it may not have come to that yet."""
    try:
        return msgspec.json.decode(os.pread(descriptor, LONGEST, 0), type=Holder)
    except msgspec.DecodeError:
        return Holder("a run that has just begun", 0, "")
