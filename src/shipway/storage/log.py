# SPDX-License-Identifier: Apache-2.0
"""An append-only log over any bucket that can "create if it does not exist".

Entry n is written only when entry n-1 is there and nothing is at n, so the numbers have no gap
and no writer can change what another wrote. Each entry holds the digest of its predecessor's
bytes: a changed or lost entry breaks the chain, and reading says where.
"""

from collections.abc import Iterator

import msgspec

from shipway.base import digests
from shipway.base.errors import OutsideError
from shipway.storage.bucket import Bucket
from shipway.storage.interface import ConflictError, CorruptedError, Entry, LogEntry
from shipway.storage.layout import check_log_name, entry_key

FORMAT = 1


class BucketLog:
    """`interface.Log` over a bucket."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._bucket = bucket
        self._name = check_log_name(name)
        self._known = 0

    @property
    def name(self) -> str:
        """The log's path below `logs/`."""
        return self._name

    def append(self, body: Entry) -> LogEntry:
        """Add an entry at the end; whoever loses a race takes the next number."""
        number = self._count() + 1
        while True:
            try:
                return self.append_at(number, body)
            except ConflictError:
                number += 1

    def append_at(self, number: int, body: Entry) -> LogEntry:
        """Add entry `number`, which must be the next one; ConflictError when it is not."""
        before = self._read(number - 1) if number > 1 else b""
        if number < 1 or before is None or self._exists(number):
            raise ConflictError(self._name, number)
        previous = digests.of_bytes(before) if before else ""
        data = msgspec.json.encode(LogEntry(number, body, previous))
        if not self._bucket.create(entry_key(self._name, number), data):
            raise ConflictError(self._name, number)
        self._known = max(self._known, number)
        return self._decode(number, data)

    def entries(self, start: int = 1) -> Iterator[LogEntry]:
        """All entries from `start` on, in order; CorruptedError when the chain is broken."""
        number = max(start, 1)
        before = self._read(number - 1) if number > 1 else b""
        if before is None:
            return
        previous = digests.of_bytes(before) if before else ""
        while (data := self._read(number) or self._read_behind_gap(number)) is not None:
            entry = self._decode(number, data)
            if entry.previous != previous:
                raise self._corrupted(number, "does not follow from the entry before it")
            yield entry
            previous = digests.of_bytes(data)
            number += 1

    def last(self) -> LogEntry | None:
        """The newest entry, found in a few looks."""
        number = self._count()
        data = self._read(number) if number else None
        return None if data is None else self._decode(number, data)

    def _count(self) -> int:
        """How many entries there are: gallop up from what is known, then bisect."""
        low, step = self._known, 1
        while self._exists(low + step):
            low, step = low + step, step * 2
        high = low + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._exists(middle) else (low, middle)
        self._known = low
        return low

    def _exists(self, number: int) -> bool:
        return self._bucket.exists(entry_key(self._name, number))

    def _read(self, number: int) -> bytes | None:
        return self._bucket.read(entry_key(self._name, number))

    def _read_behind_gap(self, number: int) -> bytes | None:
        """None at the end of the log; CorruptedError when entry `number` alone is missing."""
        if not self._exists(number + 1):
            return None
        # Both entries may have been written between the two looks: only a second look is proof.
        if (data := self._read(number)) is None:
            raise self._corrupted(number, "is missing")
        return data

    def _decode(self, number: int, data: bytes) -> LogEntry:
        try:
            entry = msgspec.json.decode(data, type=LogEntry)
        except msgspec.DecodeError:
            raise self._corrupted(number, "can't be read") from None
        if entry.format > FORMAT:
            raise OutsideError(
                f"entry {number} of {self._name} has format {entry.format}; "
                f"this Shipway reads up to {FORMAT}",
                where=self._bucket.where(entry_key(self._name, number)),
                cure="Upgrade Shipway.",
            )
        if entry.number != number:
            raise self._corrupted(number, f"says that it is entry {entry.number}")
        return entry

    def _corrupted(self, number: int, what: str) -> CorruptedError:
        return CorruptedError(
            f"entry {number} of the log {self._name} {what}",
            where=self._bucket.where(entry_key(self._name, number)),
            cure="Restore the store's logs/ from a backup; Shipway never changes an entry.",
        )
