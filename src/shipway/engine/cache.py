# SPDX-License-Identifier: Apache-2.0
"""Results by fingerprint: asked for before a stage runs, written after it ended well.

An entry is of use only while the objects that it speaks of are in the store and while its time has
not run out (`valid_until`).
"""

import msgspec

from shipway.base import clock
from shipway.base.digests import hex_of
from shipway.records.base import FORMAT, Record
from shipway.records.data import ValidatedData
from shipway.records.results import Result, decode
from shipway.records.training import Evaluation
from shipway.storage.interface import Store


class CacheEntry(msgspec.Struct, frozen=True):
    """What `cache/<fingerprint>.json` holds."""

    stage: str
    fingerprint: str
    result: Result
    created: str
    format: int = FORMAT


class ResultCache:
    """The results that a store keeps."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def find(self, fingerprint: str) -> Record | None:
        """The result of `fingerprint`, if all that belongs to it is still there and true."""
        data = self.store.get(_key(fingerprint))
        if data is None:
            return None
        try:
            entry = msgspec.json.decode(data, type=CacheEntry)
        except msgspec.DecodeError:
            return None
        result = entry.result
        if entry.fingerprint != fingerprint or _out_of_date(result):
            return None
        return result if self._is_complete(result) else None

    def _is_complete(self, result: Record) -> bool:
        try:
            return all(self.store.objects.has(digest) for digest in result.objects())
        except ValueError:
            return False

    def keep(self, stage: str, fingerprint: str, result: Record) -> None:
        """Remember the result of a stage that ended well."""
        kept = decode(msgspec.to_builtins(result))
        entry = CacheEntry(stage, fingerprint, kept, clock.stamp())  # type: ignore[arg-type]
        self.store.put(_key(fingerprint), msgspec.json.encode(entry))


def _key(fingerprint: str) -> str:
    return f"cache/{hex_of(fingerprint)}.json"


def _out_of_date(result: Record) -> bool:
    until = result.valid_until if isinstance(result, ValidatedData | Evaluation) else None
    return until is not None and until <= clock.stamp()
