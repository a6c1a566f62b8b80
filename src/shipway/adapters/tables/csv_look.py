# SPDX-License-Identifier: Apache-2.0
"""A first look at a CSV file's bytes: is it one, is it whole, has it blank lines?"""

import csv
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from shipway.base.errors import InputError

CHUNK = 1 << 20
LONGEST_HEADER = 1 << 20
FOREIGN = {
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "a ZIP archive or an Excel file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
}


class Look(NamedTuple):
    """What the bytes say: the header's names, and whether any line is blank."""

    header: list[str]
    blank_lines: bool


def separator_of(file: Path) -> str:
    """A tab for `.tsv` and `.tsv.gz`, else a comma."""
    return "\t" if ".tsv" in [suffix.lower() for suffix in file.suffixes[-2:]] else ","


def open_bytes(file: Path) -> BinaryIO:
    """The file's content, decompressed where its name ends in `.gz`."""
    if file.suffix.lower() == ".gz":
        return cast(BinaryIO, gzip.open(file, "rb"))
    return file.open("rb")


def look(file: Path) -> Look:
    """Read all bytes of `file` once, without parsing them.

    InputError when it is empty, truncated, of another kind, or its header repeats a name.
    """
    try:
        return _look(file)
    except EOFError:
        raise InputError(
            "the gzip file is truncated", where=str(file), cure="Copy or write it again."
        ) from None
    except (gzip.BadGzipFile, zlib.error):
        raise InputError("this is not a gzip file, or it is damaged", where=str(file)) from None
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror}", where=str(file)) from None


def _look(file: Path) -> Look:
    head, last, blank, nul = b"", b"", False, False
    for chunk in _chunks(file):
        head = head or chunk[:LONGEST_HEADER]
        seam = last[-3:] + chunk
        blank = blank or b"\n\n" in seam or b"\n\r\n" in seam
        nul = nul or b"\0" in chunk
        last = (last + chunk)[-CHUNK:] if len(chunk) < CHUNK else chunk
    _check_kind(file, head, nul)
    header = _header(file, head)
    _check_end(file, header, last)
    return Look(header, blank)


def _chunks(file: Path) -> Iterator[bytes]:
    with open_bytes(file) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _check_kind(file: Path, head: bytes, nul: bool) -> None:
    if not head.strip():
        raise InputError("the file is empty", where=str(file))
    for magic, name in FOREIGN.items():
        if head.startswith(magic):
            raise InputError(
                f"this is {name}, not CSV", where=str(file), cure="Save it as CSV in UTF-8."
            )
    if nul:
        raise InputError("this is not CSV: it holds zero bytes", where=str(file))


def _header(file: Path, head: bytes) -> list[str]:
    text = head.decode("utf-8-sig", errors="replace")
    names = next(csv.reader(text.lstrip("\r\n").splitlines(), delimiter=separator_of(file)), [])
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"the header names {', '.join(map(repr, twice))} more than once",
            where=f"{file}:1",
            cure="Give each column its own name.",
        )
    return names


def _check_end(file: Path, header: list[str], last: bytes) -> None:
    """A file that was cut off ends without a line break, in a row that has too few fields.

    A last line with quotes is left to the parser: it may be the rest of a field of several lines.
    """
    line = last.rsplit(b"\n", 1)[-1]
    if not line.strip() or b'"' in line or len(line) == len(last):
        return
    fields = line.count(separator_of(file).encode()) + 1
    if fields < len(header):
        raise InputError(
            f"the file is truncated: its last row has {fields} of {len(header)} fields "
            "and no line break",
            where=str(file),
            cure="Copy or write it again.",
        )
