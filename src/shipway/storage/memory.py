# SPDX-License-Identifier: Apache-2.0
"""A store in memory: for tests, and for judging things that need not outlive the process."""

import threading
from pathlib import Path
from typing import BinaryIO

from shipway.base import digests
from shipway.base.files import write_atomic
from shipway.storage.bucket import Bucket
from shipway.storage.damage import corrupted, missing
from shipway.storage.kept import BucketStore
from shipway.storage.layout import object_key


class MemoryBucket:
    """`bucket.Bucket` in a dictionary; safe for many threads."""

    def __init__(self) -> None:
        self._content: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def where(self, key: str) -> str:
        """`memory:<key>`."""
        return f"memory:{key}"

    def read(self, key: str) -> bytes | None:
        """The bytes at `key`; None when there are none."""
        return self._content.get(key)

    def exists(self, key: str) -> bool:
        """True when something is at `key`."""
        return key in self._content

    def create(self, key: str, data: bytes) -> bool:
        """Write `key` if nothing is there yet; False when somebody was first."""
        with self._lock:
            if key in self._content:
                return False
            self._content[key] = bytes(data)
            return True

    def replace(self, key: str, data: bytes) -> None:
        """Write `key`, whatever was there before."""
        with self._lock:
            self._content[key] = bytes(data)

    def list(self, prefix: str) -> list[str]:
        """All keys below `prefix`, sorted."""
        with self._lock:
            return sorted(key for key in self._content if key.startswith(prefix))


class BucketObjects:
    """`interface.Objects` that are put into a bucket whole."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def put(self, source: bytes | Path | BinaryIO) -> str:
        """Keep the content of `source`; its digest."""
        if isinstance(source, Path):
            data = source.read_bytes()
        else:
            data = source if isinstance(source, bytes) else source.read()
        digest = digests.of_bytes(data)
        self._bucket.create(object_key(digest), data)
        return digest

    def has(self, digest: str) -> bool:
        """True when the object is there."""
        return self._bucket.exists(object_key(digest))

    def read(self, digest: str) -> bytes:
        """The whole object, verified; MissingObjectError or CorruptedError otherwise."""
        data = self._content(digest)
        if digests.of_bytes(data) != digest:
            raise corrupted(digest, self._bucket.where(object_key(digest)))
        return data

    def fetch(self, digest: str, target: Path) -> None:
        """Write the object to the new file `target`; it exists only when all of it was right."""
        write_atomic(target, self.read(digest))

    def size(self, digest: str) -> int:
        """The object's size in bytes; MissingObjectError when it is not there."""
        return len(self._content(digest))

    def _content(self, digest: str) -> bytes:
        data = self._bucket.read(object_key(digest))
        if data is None:
            raise missing(digest, self._bucket.where(object_key(digest)))
        return data


class MemoryStore(BucketStore):
    """A whole store in memory."""

    def __init__(self) -> None:
        bucket = MemoryBucket()
        super().__init__("memory", bucket, BucketObjects(bucket))
