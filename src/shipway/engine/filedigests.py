# SPDX-License-Identifier: Apache-2.0
"""Digests of files, remembered as long as inode, size and times stay the same.

A file that was changed only just before it was hashed could change once more within the same tick
of the file system's clock, which its times would not show: its digest is given but not remembered.
Only equality of times counts, never their order, so a system clock that goes back does no harm.
"""

import contextlib
import hashlib
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from shipway.base.checkouts import check_fetched
from shipway.base.digests import PREFIX
from shipway.base.errors import InputError, OutsideError
from shipway.engine import database

VERSION = 1
SCHEMA = """
CREATE TABLE files (
    path BLOB PRIMARY KEY, inode INTEGER, size INTEGER, mtime INTEGER, ctime INTEGER, digest TEXT
) WITHOUT ROWID
"""
TICK = 100_000_000
COARSE_TICK = 2_000_000_000
WHOLE_SECOND = 1_000_000_000
SMALL = 1 << 20
WORTH_THREADS = 1 << 25
MOST_ROWS = 500_000

State = tuple[int, int, int, int]
File = TypeVar("File", Path, str)


class FileDigests:
    """Remembers digests in the database at `path`; may be used by several threads.

    Without a usable database it works all the same, and remembers nothing for the next time.
    """

    def __init__(self, database: Path) -> None:
        self._path = database
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._known: dict[str, tuple[State, str]] | None = None

    def digest(self, path: Path) -> str:
        """The sha256 of a file; InputError when it can't be read or changes meanwhile."""
        return self.digests([path])[path]

    def digests(self, paths: Sequence[File]) -> dict[File, str]:
        """The same for many files with one look at what is remembered.

        For thousands of files texts are faster than Paths.
        """
        known = self._remembered()
        found: dict[File, str] = {}
        unknown: list[tuple[File, int]] = []
        for path in paths:
            size, state = _look(path)
            entry = known.get(os.path.abspath(path))  # noqa: PTH100 - a tenth of Path's time
            if entry is not None and entry[0] == state:
                found[path] = entry[1]
            else:
                unknown.append((path, size))
        if unknown:
            hashed = _hash_all(unknown)
            self._remember(hashed.items())
            found.update((path, digest) for path, (_, digest) in hashed.items())
        return found

    def close(self) -> None:
        """Close the database; the next question opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._known = None

    def _remembered(self) -> dict[str, tuple[State, str]]:
        with self._lock:
            if self._known is None:
                self._known = self._load()
            return self._known

    def _load(self) -> dict[str, tuple[State, str]]:
        for _ in range(2):
            try:
                self._connection = database.open_database(self._path, SCHEMA, VERSION)
                rows = self._connection.execute("SELECT * FROM files").fetchall()
            except (OutsideError, sqlite3.Error) as error:
                self._forget(error)
                continue
            if len(rows) > MOST_ROWS:
                self._connection.execute("DELETE FROM files")
                return {}
            return {os.fsdecode(row[0]): (row[1:5], row[5]) for row in rows}
        return {}

    def _forget(self, error: Exception) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if isinstance(error, sqlite3.Error) and database.is_broken(error):
            with contextlib.suppress(OSError):
                database.remove(self._path)

    def _remember(self, hashed: Iterable[tuple[Path | str, tuple[State, str]]]) -> None:
        now = time.time_ns()
        settled = {
            os.path.abspath(path): entry  # noqa: PTH100
            for path, entry in hashed
            if not _is_racy(entry[0], now)
        }
        rows = [(os.fsencode(path), *state, digest) for path, (state, digest) in settled.items()]
        with self._lock:
            if self._known is not None:
                self._known.update(settled)
            if self._connection is None or not rows:
                return
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany("REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", rows)
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                self._forget(error)


def _look(path: Path | str) -> tuple[int, State]:
    try:
        seen = os.stat(path)  # noqa: PTH116
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(seen.st_mode):
        raise InputError("this is not a file", where=str(path), cure="Name a file.")
    return seen.st_size, _state(seen)


def _state(seen: os.stat_result) -> State:
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def _is_racy(state: State, now: int) -> bool:
    """Whether a change after `now` could leave the times as they are.

    File systems that keep whole seconds only are recognised by their times.
    """
    _, _, mtime, ctime = state
    tick = TICK if ctime % WHOLE_SECOND else COARSE_TICK
    return ctime > now - tick or abs(now - mtime) < tick


def _hash_all(paths: Sequence[tuple[File, int]]) -> dict[File, tuple[State, str]]:
    """Large files in threads (hashing lets other threads run), small ones faster without."""
    if len(paths) > 1 and sum(size for _, size in paths) > WORTH_THREADS:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
            hashed = pool.map(_hash, (path for path, _ in paths))
            return {path: entry for (path, _), entry in zip(paths, hashed, strict=True)}
    return {path: _hash(path) for path, _ in paths}


def _hash(path: Path | str) -> tuple[State, str]:
    """The digest of a file and the state that it holds for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            before = os.fstat(descriptor)
            digest = _read(descriptor, before.st_size, path)
            after = _state(os.fstat(descriptor))
        finally:
            os.close(descriptor)
        settled = _state(before) == after == _state(os.stat(path))  # noqa: PTH116
    except OSError as error:
        raise _unreadable(path, error) from error
    if not settled:
        raise InputError(
            "the file changed while it was read",
            where=str(path),
            cure="Run again when nothing writes to it any more.",
        )
    return after, PREFIX + digest


def _read(descriptor: int, size: int, path: Path | str) -> str:
    if size < SMALL:
        data = os.read(descriptor, SMALL)
        if len(data) == size:
            check_fetched(path, data)
            return hashlib.sha256(data).hexdigest()
        os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unreadable(path: Path | str, error: OSError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError("the file does not exist", where=str(path))
    return InputError(
        f"the file can't be read: {error.strerror}",
        where=str(path),
        cure="Make it readable for this user.",
    )
