# SPDX-License-Identifier: Apache-2.0
"""Which runs began here, how far they came and how they ended; and results by fingerprint.

It lives in `.shipway/local/` and may be lost: the store holds the truth. A run that is noted as
running while its process is gone was killed; whoever looks next closes it as interrupted.
"""

import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from shipway.base import clock
from shipway.engine.database import open_database, unusable
from shipway.engine.liveness import identity, is_running

VERSION = 1
RUNNING = "running"
SCHEMA = """
CREATE TABLE runs (
    run TEXT PRIMARY KEY, pid INTEGER, identity TEXT, started TEXT, finished TEXT, verdict TEXT
) WITHOUT ROWID;
CREATE TABLE stages (
    run TEXT, stage TEXT, fingerprint TEXT, status TEXT, started TEXT, seconds REAL,
    cached INTEGER, reason TEXT, PRIMARY KEY (run, stage)
) WITHOUT ROWID;
CREATE TABLE results (fingerprint TEXT PRIMARY KEY, stage TEXT, result BLOB, at TEXT)
"""


class StageEntry(msgspec.Struct, frozen=True):
    """How far a stage of a run came; status `running` when it never reported its end."""

    stage: str
    fingerprint: str
    status: str
    started: str
    seconds: float
    cached: bool
    reason: str


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

    def stage_started(self, run_id: str, stage: str, fingerprint: str = "") -> None:
        """A stage of the run begins."""
        self._write(
            "REPLACE INTO stages VALUES (?, ?, ?, ?, ?, 0, 0, '')",
            (run_id, stage, fingerprint, RUNNING, clock.stamp()),
        )

    def stage_finished(
        self,
        run_id: str,
        stage: str,
        status: str,
        *,
        seconds: float = 0.0,
        cached: bool = False,
        reason: str = "",
    ) -> None:
        """A stage that has begun has ended."""
        self._write(
            "UPDATE stages SET status = ?, seconds = ?, cached = ?, reason = ?"
            " WHERE run = ? AND stage = ?",
            (status, seconds, cached, reason, run_id, stage),
        )

    def finish_run(self, run_id: str, verdict: str, finished: str | None = None) -> None:
        """The run has ended; its stages that never reported their end were interrupted."""
        self._write(
            "UPDATE runs SET verdict = ?, finished = ? WHERE run = ?",
            (verdict, finished or clock.stamp(), run_id),
        )
        self._write(
            "UPDATE stages SET status = 'cancelled' WHERE run = ? AND status = ?",
            (run_id, RUNNING),
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

    def stages(self, run_id: str) -> list[StageEntry]:
        """The stages of a run that have begun, in that order."""
        rows = self._read(
            "SELECT stage, fingerprint, status, started, seconds, cached, reason FROM stages"
            " WHERE run = ? ORDER BY started, stage",
            (run_id,),
        )
        return [
            StageEntry(stage, fingerprint, status, started, seconds, bool(cached), reason)
            for stage, fingerprint, status, started, seconds, cached, reason in rows
        ]

    def remember(self, fingerprint: str, stage: str, result: bytes) -> None:
        """Keep the result (JSON) of a stage that ended well."""
        self._write(
            "REPLACE INTO results VALUES (?, ?, ?, ?)", (fingerprint, stage, result, clock.stamp())
        )

    def recall(self, fingerprint: str) -> bytes | None:
        """The result that was kept for `fingerprint`; None when there is none."""
        rows = self._read("SELECT result FROM results WHERE fingerprint = ?", (fingerprint,))
        return bytes(rows[0][0]) if rows else None

    def forget(self, fingerprint: str) -> None:
        """Drop a result whose objects are gone."""
        self._write("DELETE FROM results WHERE fingerprint = ?", (fingerprint,))

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
