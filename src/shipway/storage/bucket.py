# SPDX-License-Identifier: Apache-2.0
"""What lies below a store: bytes at keys, and "create if it does not exist".

A folder and memory are the kinds here; a cloud bucket is another. Everything above (logs, cache
entries, run records, small objects) is written once, against this protocol.
"""

from typing import Protocol


class Bucket(Protocol):
    """Bytes at keys such as `logs/models/fraud/0000000001.json`.

    Keys are checked by the caller (`storage.layout`). Safe for many threads and, where the place
    is shared, for many processes and machines at once.
    """

    def where(self, key: str) -> str:
        """The place of `key` as an error should name it."""
        ...

    def read(self, key: str) -> bytes | None:
        """The bytes at `key`; None when there are none."""
        ...

    def exists(self, key: str) -> bool:
        """True when something is at `key`."""
        ...

    def create(self, key: str, data: bytes) -> bool:
        """Write `key` if nothing is there yet; False when somebody was first.

        When it returns, `data` survives a power cut; nobody ever sees a part of it.
        """
        ...

    def replace(self, key: str, data: bytes) -> None:
        """Write `key`, whatever was there before: whole or not at all; it survives a power cut."""
        ...

    def list(self, prefix: str) -> list[str]:
        """All keys below `prefix` (which ends with `/`, or is empty), sorted."""
        ...
