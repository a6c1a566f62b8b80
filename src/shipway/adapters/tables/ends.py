# SPDX-License-Identifier: Apache-2.0
"""Files that begin and end with the same few bytes: whether one is whole is seen from outside."""

from pathlib import Path

from shipway.base.errors import InputError

SMALLEST = 12


def check_ends(file: Path, magic: bytes, kind: str) -> None:
    """Raise InputError unless `file` begins and ends with `magic`, as a file of that kind does."""
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            head = stream.read(len(magic))
            stream.seek(max(0, size - len(magic)))
            tail = stream.read(len(magic))
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror}", where=str(file)) from None
    if size == 0:
        raise InputError("the file is empty", where=str(file))
    if head != magic:
        raise InputError(
            f"this is not {'an' if kind == 'Arrow' else 'a'} {kind} file",
            where=str(file),
            cure="The ending of a file's name says what it is: .parquet, .csv, .jsonl, .arrow…",
        )
    if size < SMALLEST or tail != magic:
        raise InputError(
            f"the {kind} file is truncated: its end is missing",
            where=str(file),
            cure="Copy or write it again.",
        )
