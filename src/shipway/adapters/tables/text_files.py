# SPDX-License-Identifier: Apache-2.0
"""The bytes of text files: decompressed, and in UTF-8 for readers that know nothing else.

A file in another encoding is rewritten in UTF-8 once, piece by piece, into a folder that goes with
the process; compressed files are decompressed on the way and never lie anywhere as a whole.
"""

import atexit
import codecs
import functools
import gzip
import io
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from shipway.base.errors import InputError

CHUNK = 1 << 18
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
UTF8 = ("utf-8", "ascii")


def open_bytes(file: Path) -> BinaryIO:
    """The file's content, decompressed where its name ends in `.gz` or `.zst`."""
    match file.suffix.lower():
        case ".gz":
            return cast(BinaryIO, gzip.open(file, "rb"))
        case ".zst":
            return cast(BinaryIO, io.BufferedReader(_ZstdLines(file), CHUNK))
        case _:
            return file.open("rb")


class _ZstdLines(io.RawIOBase):
    """The lines of a file that zstd compressed; each ends in a line feed alone."""

    def __init__(self, file: Path) -> None:
        import polars as pl

        frame = pl.scan_lines(file, glob=False)
        self.batches = frame.collect_batches(chunk_size=10_000, maintain_order=True)
        self.left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self.left:
            lines = next(self.batches, None)
            while lines is not None and not lines.height:
                lines = next(self.batches, None)
            if lines is None:
                return 0
            self.left = memoryview(("\n".join(lines.to_series().to_list()) + "\n").encode())
        size = min(len(buffer), len(self.left))
        buffer[:size] = self.left[:size]
        self.left = self.left[size:]
        return size


@contextmanager
def reading_bytes(file: Path) -> Iterator[None]:
    """Turn what goes wrong while a file's bytes are read into an InputError that names it."""
    import polars as pl

    again = "Copy or write it again."
    try:
        yield
    except EOFError:
        raise InputError("the gzip file is truncated", where=str(file), cure=again) from None
    except (gzip.BadGzipFile, zlib.error):
        raise InputError("this is not a gzip file, or it is damaged", where=str(file)) from None
    except (pl.exceptions.PolarsError, OSError) as error:
        if file.suffix.lower() == ".zst":
            first = str(error).strip().splitlines()[0]
            what = f"this is not a zstd file with UTF-8 text, or it is damaged: {first}"
            raise InputError(what, where=str(file), cure=again) from None
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"can't be read: {reason}", where=str(file)) from None


def head_of(file: Path, size: int) -> bytes:
    """The first `size` bytes; InputError when they can't be read or there are none."""
    with reading_bytes(file), open_bytes(file) as stream:
        head = stream.read(size)
    if not head.strip(b"\r\n\t \xef\xbb\xbf"):
        raise InputError("the file is empty", where=str(file))
    return head


def encoding_of(head: bytes, declared: str | None) -> str:
    """The encoding of a text that begins with `head`: a byte order mark's, the declared, UTF-8."""
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    return codecs.lookup(declared).name if declared else "utf-8"


def in_utf8(file: Path, encoding: str, *, mark: bool = False) -> Path:
    """`file` itself, or a copy of it in UTF-8; InputError, with the line, where it can't be read.

    A byte order mark is left out of the copy; with `mark` it does not ask for one.
    """
    if encoding in UTF8 or (mark and encoding == "utf-8-sig"):
        return file
    status = file.stat()
    return _rewritten(file, encoding, status.st_size, status.st_mtime_ns)


@functools.cache
def _rewritten(file: Path, encoding: str, size: int, modified: int) -> Path:
    if file.suffix.lower() == ".zst" and encoding != "utf-8-sig":
        raise InputError(
            f"a zstd file is read as UTF-8, this one is {encoding}",
            where=str(file),
            cure="Compress it with gzip, or rewrite it in UTF-8.",
        )
    target = _folder() / f"{abs(hash((file, encoding, size, modified))):x}{file.stem[:40]}"
    decode = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with reading_bytes(file), open_bytes(file) as source, target.open("wb") as made:
        while True:
            chunk = source.read(CHUNK)
            try:
                text = decode.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                lines += _breaks(chunk[: error.start], encoding)
                raise InputError(
                    f"this line is not {encoding}: {error.reason}",
                    where=f"{file}:{lines}",
                    cure="Declare the encoding that the file has: encoding: NAME",
                ) from None
            lines += text.count("\n")
            made.write(text.encode())
            if not chunk:
                return target


def _breaks(chunk: bytes, encoding: str) -> int:
    return chunk.decode(encoding, "ignore").count("\n")


@functools.cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="shipway-text-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
