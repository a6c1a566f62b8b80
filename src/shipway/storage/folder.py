# SPDX-License-Identifier: Apache-2.0
"""A store in a folder, on a local disk or on one that machines share.

The order of writing is: content to a temporary file, fsync, then its name, fsync of the folder;
so after a power cut an object or an entry is whole or not there. Log entries get their name by
`link`, which fails when the name exists; objects by `rename`, since equal names are equal content.
Nothing is created before the first write, so a read-only folder can be read.
"""

import os
import time
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from shipway.base import digests
from shipway.base.files import create_only, disk_errors, sync_folder, write_atomic
from shipway.storage.damage import corrupted, missing
from shipway.storage.disk import DurableFolders, reading
from shipway.storage.kept import BucketStore
from shipway.storage.layout import object_key

READ_ONLY = 0o444
ABANDONED_SECONDS = 24 * 3600.0


class FolderBucket:
    """`bucket.Bucket` in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders = DurableFolders(root)

    def where(self, key: str) -> str:
        """The path of the file."""
        return str(self._root / key)

    def read(self, key: str) -> bytes | None:
        """The bytes at `key`; None when there are none."""
        path = self._root / key
        with reading(path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def exists(self, key: str) -> bool:
        """True when something is at `key`."""
        path = self._root / key
        with reading(path):
            return path.exists()

    def create(self, key: str, data: bytes) -> bool:
        """Write `key` if nothing is there yet; False when somebody was first."""
        path = self._root / key
        self._folders.ensure(path.parent)
        return create_only(path, data)

    def replace(self, key: str, data: bytes) -> None:
        """Write `key`, whatever was there before."""
        path = self._root / key
        self._folders.ensure(path.parent)
        write_atomic(path, data)

    def list(self, prefix: str) -> list[str]:
        """All keys below `prefix`, sorted; what is hidden is temporary and no key."""
        found: list[str] = []
        for folder, inner, names in os.walk(self._root / prefix):
            inner[:] = [name for name in inner if not name.startswith(".")]
            relative = Path(folder).relative_to(self._root).as_posix()
            start = "" if relative == "." else f"{relative}/"
            found.extend(start + name for name in names if not name.startswith("."))
        return sorted(found)


class FolderObjects:
    """`interface.Objects` in a folder: streaming, in constant memory, read-only once written."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "objects" / ".incoming"
        self._folders = DurableFolders(root)

    def put(self, source: bytes | Path | BinaryIO) -> str:
        """Keep the content of `source`, hashed while it is copied; its digest."""
        if isinstance(source, bytes):
            return self._put_small(source)
        if isinstance(source, Path):
            with source.open("rb") as stream:
                return self.put(stream)
        chunks = _chunks(source)
        first, second = next(chunks, b""), next(chunks, b"")
        if not second:
            return self._put_small(first)
        return self._write(chain((first, second), chunks))

    def has(self, digest: str) -> bool:
        """True when the object is there."""
        path = self._path(digest)
        with reading(path):
            return path.exists()

    def read(self, digest: str) -> bytes:
        """The whole object, verified; MissingObjectError or CorruptedError otherwise."""
        path = self._path(digest)
        with reading(path):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                raise missing(digest, str(path)) from None
        if digests.of_bytes(data) != digest:
            raise corrupted(digest, str(path))
        return data

    def fetch(self, digest: str, target: Path) -> None:
        """Write the object to the new file `target`, verified while it streams."""
        path = self._path(digest)
        temporary = target.with_name(f".{target.name[:40]}.{os.urandom(6).hex()}.tmp")
        with self._open(digest) as stream, disk_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with temporary.open("xb") as output:
                    found, _ = _copy(_chunks(stream), output)
                if found != digest:
                    raise corrupted(digest, str(path))
                temporary.replace(target)
            finally:
                temporary.unlink(missing_ok=True)

    def size(self, digest: str) -> int:
        """The object's size in bytes; MissingObjectError when it is not there."""
        path = self._path(digest)
        with reading(path):
            try:
                return path.stat().st_size
            except FileNotFoundError:
                raise missing(digest, str(path)) from None

    def _path(self, digest: str) -> Path:
        return self._root / object_key(digest)

    def _open(self, digest: str) -> BinaryIO:
        path = self._path(digest)
        with reading(path):
            try:
                return path.open("rb")
            except FileNotFoundError:
                raise missing(digest, str(path)) from None

    def _put_small(self, data: bytes) -> str:
        digest = digests.of_bytes(data)
        return digest if self._is_kept(digest, len(data)) else self._write((data,))

    def _is_kept(self, digest: str, size: int) -> bool:
        """Whether the object is there in its right size: a truncated one is written again."""
        path = self._path(digest)
        with reading(path):
            try:
                return path.stat().st_size == size
            except FileNotFoundError:
                return False

    def _write(self, chunks: Iterable[bytes]) -> str:
        """Write a new object from `chunks`: content first, then its name."""
        with disk_errors(self._root):
            self._folders.ensure(self._incoming)
            self._sweep()
            temporary = self._incoming / os.urandom(16).hex()
            try:
                with open(temporary, "xb", opener=_open_read_only) as output:
                    digest, size = _copy(chunks, output)
                    output.flush()
                    os.fsync(output.fileno())
                if not self._is_kept(digest, size):
                    path = self._path(digest)
                    self._folders.ensure(path.parent)
                    temporary.replace(path)
                    sync_folder(path.parent)
            finally:
                temporary.unlink(missing_ok=True)
        return digest

    def _sweep(self) -> None:
        """Remove what killed processes left behind."""
        oldest = time.time() - ABANDONED_SECONDS
        for path in self._incoming.iterdir():
            try:
                if path.stat().st_mtime < oldest:
                    path.unlink()
            except FileNotFoundError:
                continue


class FolderStore(BucketStore):
    """A whole store in the folder `path`, which is made by the first write."""

    def __init__(self, path: Path) -> None:
        root = path.absolute()
        super().__init__(str(path), FolderBucket(root), FolderObjects(root))


def _open_read_only(path: str, flags: int) -> int:
    """Create `path` so that only this descriptor may write to it; the umask narrows its mode."""
    return os.open(path, flags, READ_ONLY)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: stream.read(digests.CHUNK), b"")


def _copy(chunks: Iterable[bytes], output: BinaryIO) -> tuple[str, int]:
    """Write `chunks` to `output`; digest and size of what was written."""
    digest, size = sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        output.write(chunk)
        size += len(chunk)
    return digests.PREFIX + digest.hexdigest(), size
