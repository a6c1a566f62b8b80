# SPDX-License-Identifier: Apache-2.0
"""The two primitives that every store is made of.

Everything that Shipway keeps is an object (named by its digest) or an entry of a log (named by
its number); current state is the fold of a log. Both need only "create if it does not exist" from
what lies below, so a folder and a bucket hold the same bytes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import msgspec

from shipway.base.errors import OutsideError

Entry = dict[str, Any]


class CorruptedError(OutsideError):
    """What is stored is not what its name says."""


class MissingObjectError(OutsideError):
    """The store has no object of that digest."""


class ConflictError(Exception):
    """Somebody else wrote that number first: look again and decide again."""

    def __init__(self, log: str, number: int) -> None:
        super().__init__(f"{log} already has entry {number}")
        self.log = log
        self.number = number


class LogEntry(msgspec.Struct, frozen=True):
    """Entry `number` (from 1) of a log: its body and the digest of the entry before it."""

    number: int
    body: Entry
    previous: str = ""
    format: int = 1


class Objects(Protocol):
    """Content by digest (`sha256:<hex>`). Safe for many threads and processes at once."""

    def put(self, source: bytes | Path | BinaryIO) -> str:
        """Keep the content of `source`; its digest. Putting the same again costs one look."""
        ...

    def has(self, digest: str) -> bool:
        """True when the object is there (its content is verified when it is read)."""
        ...

    def read(self, digest: str) -> bytes:
        """The whole object, verified; MissingObjectError or CorruptedError otherwise."""
        ...

    def fetch(self, digest: str, target: Path) -> None:
        """Write the object to the new file `target`, verified while it streams.

        `target` exists only when all of it was right.
        """
        ...

    def size(self, digest: str) -> int:
        """The object's size in bytes; MissingObjectError when it is not there."""
        ...


class Log(Protocol):
    """An append-only log. Entries are numbered 1, 2, 3… without a gap; none is ever changed."""

    @property
    def name(self) -> str:
        """The log's path below `logs/`, such as `releases/fraud/production`."""
        ...

    def append(self, body: Entry) -> LogEntry:
        """Add an entry at the end; whoever loses a race takes the next number."""
        ...

    def append_at(self, number: int, body: Entry) -> LogEntry:
        """Add entry `number`, which must be the next one; ConflictError when it is not."""
        ...

    def entries(self, start: int = 1) -> Iterator[LogEntry]:
        """All entries from `start` on, in order; CorruptedError when the chain is broken."""
        ...

    def last(self) -> LogEntry | None:
        """The newest entry, found in a few looks (not by reading the whole log)."""
        ...


class Store(Protocol):
    """A place that holds objects, logs, cache entries and run records in the one layout."""

    @property
    def location(self) -> str:
        """Where it is, as a person would write it."""
        ...

    @property
    def objects(self) -> Objects:
        """Content by digest."""
        ...

    def log(self, name: str) -> Log:
        """The log of that name; it comes into being with its first entry."""
        ...

    def logs(self, prefix: str) -> list[str]:
        """Names of the logs below `prefix`, sorted: `logs("models")` -> `["models/fraud"]`."""
        ...

    def get(self, key: str) -> bytes | None:
        """The bytes at `cache/…` or `runs/…`; None when there are none."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Write `cache/…` or `runs/…` whole; the last writer wins."""
        ...

    def keys(self, prefix: str) -> list[str]:
        """Keys below a prefix such as `runs/fraud/`, sorted."""
        ...
