# SPDX-License-Identifier: Apache-2.0
"""One layer of an image: a gzipped tar that is the same wherever and whenever it is made.

Entries are sorted; every time is 0, every owner root; modes are 644, or 755 for folders and
programs, so that any user of the container can read them. Content streams through the tar, the
compressor and both digests in one pass.

    layer = write_layer([Entry("opt/app/a.txt", b"hello")], Path("layer.tar.gz"))

The compressed bytes (`digest`) also depend on the build of zlib; the uncompressed ones (`diff_id`)
on nothing but the entries.
"""

import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import msgspec

from shipway.base.digests import CHUNK, PREFIX
from shipway.base.errors import InputError
from shipway.base.files import disk_errors

GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
# A third of the time of level 6 for a tenth more bytes; layers are pushed once and read often.
LEVEL = 1


class Entry(msgspec.Struct, frozen=True):
    """A file or link of a layer: its path from the image's root, and where its content is.

    With `link` it is a symbolic link to that relative path and `source` does not count.
    """

    path: str
    source: Path | bytes = b""
    executable: bool = False
    link: str = ""


class Layer(msgspec.Struct, frozen=True):
    """A written layer: digests of the tar (`diff_id`) and of the blob, and the blob's size."""

    diff_id: str
    digest: str
    size: int
    media_type: str = GZIP


class _Sink:
    """Compresses what is written to it and digests it on both sides."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._plain = hashlib.sha256()
        self._packed = hashlib.sha256()
        # 31: a gzip header of zlib's own, which has neither time nor name.
        self._compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
        self._position = 0
        self._size = 0

    def write(self, data: bytes) -> int:
        self._plain.update(data)
        self._position += len(data)
        self._keep(self._compressor.compress(data))
        return len(data)

    def tell(self) -> int:
        return self._position

    def close(self) -> Layer:
        self._keep(self._compressor.flush())
        return Layer(
            PREFIX + self._plain.hexdigest(), PREFIX + self._packed.hexdigest(), self._size
        )

    def _keep(self, data: bytes) -> None:
        self._packed.update(data)
        self._size += len(data)
        self._stream.write(data)


def write_layer(entries: Iterable[Entry], target: Path) -> Layer:
    """Write `entries` and their parent folders as one gzipped tar to the new file `target`.

    Raises ValueError for a path that is absolute, not normal or given twice, InputError when a
    file changes while it is read, OutsideError when the disk is full.
    """
    by_path = _by_path(entries)
    with disk_errors(target), target.open("xb") as stream:
        sink = _Sink(stream)
        with tarfile.open(  # type: ignore[call-overload]
            fileobj=sink, mode="w", format=tarfile.PAX_FORMAT, copybufsize=CHUNK
        ) as archive:
            for path in sorted(by_path, key=lambda path: path.split("/")):
                _add(archive, path, by_path[path])
        return sink.close()


def _by_path(entries: Iterable[Entry]) -> dict[str, Entry | None]:
    """All entries by path, with None for each folder above them."""
    found: dict[str, Entry | None] = {}
    for entry in entries:
        path = PurePosixPath(entry.path)
        if path.is_absolute() or ".." in path.parts or str(path) != entry.path or not path.name:
            raise ValueError(f"not a path inside an image: {entry.path!r}")
        if entry.path in found:
            raise ValueError(f"twice in one layer: {entry.path!r}")
        found[entry.path] = entry
        for parent in list(path.parents)[:-1]:
            if found.setdefault(str(parent), None) is not None:
                raise ValueError(f"both a file and a folder: {str(parent)!r}")
    return found


def _add(archive: tarfile.TarFile, path: str, entry: Entry | None) -> None:
    header = tarfile.TarInfo(path)
    if entry is None:
        header.type, header.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(header)
    elif entry.link:
        header.type, header.mode, header.linkname = tarfile.SYMTYPE, 0o777, entry.link
        archive.addfile(header)
    else:
        header.mode = 0o755 if entry.executable else 0o644
        _add_file(archive, header, entry.source)


def _add_file(archive: tarfile.TarFile, header: tarfile.TarInfo, source: Path | bytes) -> None:
    if isinstance(source, bytes):
        header.size = len(source)
        archive.addfile(header, io.BytesIO(source))
        return
    with source.open("rb") as stream:
        header.size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        try:
            archive.addfile(header, stream)
        except OSError as error:
            if error.errno is not None:
                raise
            cure = "Nothing else may write to it while it is packaged; run the command again."
            raise InputError("changed while it was read", where=str(source), cure=cure) from error
        if stream.read(1):
            cure = "Nothing else may write to it while it is packaged; run the command again."
            raise InputError("changed while it was read", where=str(source), cure=cure)
