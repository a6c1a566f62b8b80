# SPDX-License-Identifier: Apache-2.0
"""Finds the row that a CSV parser choked on. Slow and simple: it only runs after a failure."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from shipway.adapters.tables.text_files import open_bytes, reading_bytes
from shipway.base.errors import InputError

LONGEST_FIELD = 1 << 28
MARK = b"\xef\xbb\xbf"


def first_fault(named: Path, path: Path, delimiter: str, quoted: bool) -> InputError | None:
    """The first line that is not UTF-8, has too many or too few fields, or quotes that don't close.

    `path` is the file `named`, or a copy of it in UTF-8; `quoted` says that quotes mean something.
    """
    with reading_bytes(named):
        return _not_utf8(named, path) or _uneven(named, path, delimiter, quoted)


def _not_utf8(named: Path, path: Path) -> InputError | None:
    with open_bytes(path) as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return InputError(
                    f"this line is not UTF-8 (byte {error.start + 1} is 0x{line[error.start]:02x})",
                    where=f"{named}:{number}",
                    cure=f"Declare its encoding, {{path: {named.name}, encoding: cp1252}} if it is"
                    " Western, or save the file in UTF-8.",
                )
    return None


class _Lines:
    """The lines of a file, and those that were taken since the last row."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        with open_bytes(self.path) as stream:
            for line in stream:
                text = line.removeprefix(MARK if not self.number else b"").decode("utf-8")
                self.number += 1
                self.taken.append(text)
                yield text

    @property
    def start(self) -> int:
        """The line where the row began that is being read."""
        return self.number - len(self.taken) + 1


def _uneven(named: Path, path: Path, delimiter: str, quoted: bool) -> InputError | None:
    csv.field_size_limit(LONGEST_FIELD)
    lines = _Lines(path)
    reader = csv.reader(
        iter(lines),
        delimiter=delimiter,
        strict=True,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
    )
    plain = _plain(delimiter)
    header: list[str] = []
    try:
        for row in reader:
            header = header or row
            if row and len(row) != len(header):
                return _wrong_count(named, lines.start, len(row), len(header))
            odd = quoted and any(line.count('"') % 2 for line in lines.taken)
            if odd and not plain.fullmatch("".join(lines.taken)):
                return _stray(named, lines.start)
            lines.taken.clear()
    except csv.Error as error:
        return _unreadable(named, lines, str(error))
    return None


def _plain(delimiter: str) -> re.Pattern[str]:
    """A row whose quotes stand around whole fields, doubled inside; or are none."""
    field = rf'(?:"(?:[^"]|"")*+"|[^"{re.escape(delimiter)}\r\n]*+)'
    return re.compile(rf"{field}(?:{re.escape(delimiter)}{field})*+\r?\n?")


def _wrong_count(named: Path, line: int, found: int, wanted: int) -> InputError:
    cure = "Put fields that hold a separator in quotes."
    if found < wanted:
        cure = "Write a separator for each field, also for an empty one at the end."
    return InputError(
        f"this row has {found} fields, the header has {wanted}", where=f"{named}:{line}", cure=cure
    )


def _stray(named: Path, line: int) -> InputError:
    return InputError(
        "this row has a quote inside of a field that does not stand in quotes",
        where=f"{named}:{line}",
        cure='Put the field in quotes and double the quote inside: "5"" pipe".',
    )


def _unreadable(named: Path, lines: _Lines, reason: str) -> InputError:
    what, cure = f"this row can't be read: {reason}", "Double the quotes inside of quotes."
    if "end of data" in reason or "field larger" in reason:
        what = "a quote is opened in this row and never closed"
        cure = "Close it, or double it inside of a field in quotes."
    return InputError(what, where=f"{named}:{lines.start}", cure=cure)
