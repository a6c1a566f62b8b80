# SPDX-License-Identifier: Apache-2.0
"""The small SQLite databases in `.shipway/local/`: disposable, so a broken one is made anew."""

import sqlite3
from pathlib import Path

from shipway.base.errors import OutsideError
from shipway.base.files import disk_errors

BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA)
PATIENCE = 20.0


def open_database(path: Path, schema: str, version: int) -> sqlite3.Connection:
    """The database at `path` with `schema`, made anew when it is broken or of another version.

    Write-ahead log, autocommit, usable from any thread (callers hold a lock). Raises OutsideError
    when it can't be opened at all.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        try:
            return _open(path, schema, version)
        except sqlite3.DatabaseError as error:
            if not is_broken(error):
                raise
        remove(path)
        return _open(path, schema, version)
    except sqlite3.Error as error:
        raise unusable(path, error) from error


def is_broken(error: sqlite3.Error) -> bool:
    """True when the file's content is at fault, not a lock or a full disk."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in BROKEN


def unusable(path: Path, error: sqlite3.Error) -> OutsideError:
    """The error for a database that can't be read or written."""
    return OutsideError(
        f"the database can't be used: {error}",
        where=str(path),
        cure=f"Look whether the disk is full or {path.parent} is read-only; that folder can be"
        " deleted at any time.",
    )


def remove(path: Path) -> None:
    """Delete a database with its log."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _open(path: Path, schema: str, version: int) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found != version:
            _make(connection, schema, version)
    except BaseException:
        connection.close()
        raise
    return connection


def _make(connection: sqlite3.Connection, schema: str, version: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] != version:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in tables.fetchall():
                connection.execute(f'DROP TABLE "{name}"')
            for statement in schema.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
