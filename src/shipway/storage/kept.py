# SPDX-License-Identifier: Apache-2.0
"""A store made of a bucket: logs, cache entries and run records; objects in whatever way fits."""

from shipway.storage import layout
from shipway.storage.bucket import Bucket
from shipway.storage.interface import Objects
from shipway.storage.log import BucketLog


class BucketStore:
    """`interface.Store` over a bucket and a kind of Objects."""

    def __init__(self, location: str, bucket: Bucket, objects: Objects) -> None:
        self._location = location
        self._bucket = bucket
        self._objects = objects

    @property
    def location(self) -> str:
        """Where it is, as a person would write it."""
        return self._location

    @property
    def bucket(self) -> Bucket:
        """The bytes below (for maintenance and tests; everything else uses the store)."""
        return self._bucket

    @property
    def objects(self) -> Objects:
        """Content by digest."""
        return self._objects

    def log(self, name: str) -> BucketLog:
        """The log of that name; it comes into being with its first entry."""
        return BucketLog(self._bucket, name)

    def logs(self, prefix: str) -> list[str]:
        """Names of the logs below `prefix`, sorted."""
        keys = self._bucket.list("logs/" + layout.check_prefix(prefix))
        return sorted({key.removeprefix("logs/").rpartition("/")[0] for key in keys})

    def get(self, key: str) -> bytes | None:
        """The bytes at `cache/…`, `runs/…` or `captures/…`; None when there are none."""
        return self._bucket.read(layout.check_key(key))

    def put(self, key: str, data: bytes) -> None:
        """Write a key of those whole; the last writer wins."""
        self._bucket.replace(layout.check_key(key), data)

    def keys(self, prefix: str) -> list[str]:
        """Keys below a prefix such as `runs/fraud/`, sorted."""
        return self._bucket.list(layout.check_prefix(prefix))
