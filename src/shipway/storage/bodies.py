# SPDX-License-Identifier: Apache-2.0
"""Records as bodies of log entries, and back: each carries its `format`, even where it is 1."""

from typing import Any, TypeVar

import msgspec

from shipway.base.errors import OutsideError
from shipway.storage.interface import CorruptedError, Entry, LogEntry

FORMAT = 1
Kind = TypeVar("Kind", bound=msgspec.Struct)


def to_body(record: msgspec.Struct) -> Entry:
    """The body that keeps `record`."""
    body: dict[str, Any] = msgspec.to_builtins(record)
    return {"format": FORMAT} | body


def from_body(log: str, entry: LogEntry, kind: type[Kind]) -> Kind:
    """The record in an entry of `log`; OutsideError when this version can't read it."""
    if entry.body.get("format", FORMAT) > FORMAT:
        raise OutsideError(
            f"entry {entry.number} of {log} was written by a later Shipway", cure="Upgrade Shipway."
        )
    try:
        return msgspec.convert(entry.body, kind)
    except msgspec.ValidationError as error:
        raise CorruptedError(
            f"entry {entry.number} of {log} can't be read: {error}",
            cure="Restore the store's logs/ from a backup; Shipway never changes an entry.",
        ) from None
