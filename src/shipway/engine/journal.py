# SPDX-License-Identifier: Apache-2.0
"""Which runs began here, and how they ended.

It lives in `.shipway/local/` and may be lost: the store holds the truth. A run that is noted as
running while its process is gone was killed; whoever looks next closes it as interrupted.
"""

import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shipway.base import clock
from shipway.engine.database import open_database, unusable
from shipway.engine.liveness import identity, is_running

VERSION = 2
RUNNING = "running"
SCHEMA = """
CREATE TABLE runs (
    run TEXT PRIMARY KEY, pid INTEGER, identity TEXT, started TEXT, finished TEXT, verdict TEXT
) WITHOUT ROWID;
"""


class Journal:
    """The journal of one project; one connection, for all threads of a process."""

    def __init__(self, database: Path) -> None:
        self._path = database
        self._lock = threading.Lock()
        self._connection = open_database(database, SCHEMA, VERSION)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def start_run(self, run_id: str, pid: int | None = None, started: str | None = None) -> None:
        """A run begins in process `pid` (this one)."""
        pid = os.getpid() if pid is None else pid
        self._write(
            "REPLACE INTO runs VALUES (?, ?, ?, ?, '', ?)",
            (run_id, pid, identity(pid), started or clock.stamp(), RUNNING),
        )

    def finish_run(self, run_id: str, verdict: str, finished: str | None = None) -> None:
        """The run has ended."""
        self._write(
            "UPDATE runs SET verdict = ?, finished = ? WHERE run = ?",
            (verdict, finished or clock.stamp(), run_id),
        )

    def unfinished(self) -> list[str]:
        """The runs that are noted as running while their process is gone; oldest first."""
        rows = self._read(
            "SELECT run, pid, identity FROM runs WHERE verdict = ? ORDER BY started, run",
            (RUNNING,),
        )
        return [run for run, pid, known in rows if not is_running(pid, known)]

    def running(self) -> list[str]:
        """The runs that go on at this moment; oldest first."""
        gone = set(self.unfinished())
        rows = self._read(
            "SELECT run FROM runs WHERE verdict = ? ORDER BY started, run", (RUNNING,)
        )
        return [run for (run,) in rows if run not in gone]

    def _write(self, statement: str, values: Sequence[object]) -> None:
        with self._lock:
            try:
                self._connection.execute(statement, values)
            except sqlite3.Error as error:
                raise unusable(self._path, error) from error

    def _read(self, statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise unusable(self._path, error) from error
