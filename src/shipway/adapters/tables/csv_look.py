# SPDX-License-Identifier: Apache-2.0
"""A first look at a CSV file's bytes: is it one, how is it written, is it whole, is it even?"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from shipway.adapters.tables.csv_delimiter import delimiter_of
from shipway.adapters.tables.csv_faults import first_fault
from shipway.adapters.tables.csv_tally import Tally, tally
from shipway.adapters.tables.text_files import (
    CHUNK,
    encoding_of,
    head_of,
    in_utf8,
    open_bytes,
    reading_bytes,
)
from shipway.base.errors import InputError
from shipway.data.layout import Layout

HEAD = 1 << 20
MARK = b"\xef\xbb\xbf"
FOREIGN = {
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"PK\x03\x04": "a ZIP archive or an Excel file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "a PDF",
}


class Dialect(NamedTuple):
    """A file that can be read as CSV in UTF-8: itself, or a copy in UTF-8 of `named`."""

    named: Path
    path: Path
    delimiter: str
    encoding: str


class Look(NamedTuple):
    """What the bytes say: the header's names, whether lines are blank, whether fields are quoted.

    Quotes that open no field anywhere are characters like others: inches, say.
    """

    header: list[str]
    blank_lines: bool
    quoted: bool


def dialect_of(file: Path, layout: Layout) -> Dialect:
    """How `file` is written, by its first bytes where `layout` does not say it.

    InputError when it is empty, of another kind, or not of the encoding that was declared.
    """
    head = head_of(file, HEAD)
    for magic, name in FOREIGN.items():
        if head.startswith(magic):
            raise InputError(
                f"this is {name}, not CSV", where=str(file), cure="Save it as CSV in UTF-8."
            )
    encoding = encoding_of(head, layout.encoding)
    text = head.decode(encoding, "replace")
    if "\0" in text:
        raise InputError("this is not CSV: it holds zero bytes", where=str(file))
    if "\r" in text and "\n" not in text:
        raise InputError(
            "its lines end in CR alone, as on old Macs",
            where=str(file),
            cure="Convert them: tr '\\r' '\\n' < FILE > NEW",
        )
    delimiter = layout.delimiter or delimiter_of(file, text, whole=len(head) < HEAD)
    return Dialect(file, in_utf8(file, encoding, mark=True), delimiter, encoding)


def look(dialect: Dialect) -> Look:
    """Read all bytes once, without parsing them.

    InputError when the file is truncated, a row has too few fields, or its header repeats a name.
    """
    with reading_bytes(dialect.named):
        counted = tally(_chunks(dialect.path), dialect.delimiter)
    if counted.zeros:
        raise InputError("this is not CSV: it holds zero bytes", where=str(dialect.named))
    names = header_of(dialect)
    short = counted.counts.separators != (len(names) - 1) * counted.rows
    if len(names) > 1 and (short or (counted.quoted and counted.quotes % 2)):
        _check_end(dialect, names, counted)
        fault = first_fault(dialect.named, dialect.path, dialect.delimiter, counted.quoted)
        if fault is not None:
            raise fault
    return Look(names, counted.counts.blank > 0, counted.quoted)


def _chunks(file: Path) -> Iterator[bytes]:
    with open_bytes(file) as stream:
        first = stream.read(CHUNK)
        yield first.removeprefix(MARK)
        while chunk := stream.read(CHUNK):
            yield chunk


def header_of(dialect: Dialect) -> list[str]:
    """The names of the columns; InputError when one is there twice."""
    text = head_of(dialect.path, HEAD).decode("utf-8-sig", errors="replace").lstrip("\r\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter)
    try:
        names = next(reader, [])
    except csv.Error as error:
        where = f"{dialect.named}:1"
        raise InputError(f"the header can't be read: {error}", where=where) from None
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"the header names {', '.join(map(repr, twice))} more than once",
            where=f"{dialect.named}:1",
            cure="Give each column its own name.",
        )
    return names


def _check_end(dialect: Dialect, header: list[str], counted: Tally) -> None:
    """A file that was cut off ends without a line break, in a row that has too few fields.

    A last line with quotes is left to the parser: it may be the rest of a field of several lines.
    """
    line = counted.end.rsplit(b"\n", 1)[-1]
    if not line.strip() or b'"' in line or len(line) == len(counted.end):
        return
    fields = line.count(dialect.delimiter.encode()) + 1
    if fields < len(header):
        raise InputError(
            f"the file is truncated: its last row has {fields} of {len(header)} fields "
            "and no line break",
            where=str(dialect.named),
            cure="Copy or write it again.",
        )
