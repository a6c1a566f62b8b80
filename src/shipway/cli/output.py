# SPDX-License-Identifier: Apache-2.0
"""Writing to the terminal: one JSON document, lines of text, commands that work when pasted."""

import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from shipway.base.errors import InputError
from shipway.base.files import disk_errors


def print_json(document: object) -> None:
    """Exactly one JSON document on standard output."""
    text = msgspec.json.format(msgspec.json.encode(document), indent=2)
    sys.stdout.write(text.decode() + "\n")


def print_lines(lines: Iterable[str]) -> None:
    """Lines of text on standard output."""
    for line in lines:
        sys.stdout.write(line + "\n")


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns side by side, as wide as their widest cell."""
    table = [list(header), *[list(row) for row in rows]]
    widths = [max(len(row[index]) for row in table) for index in range(len(header))]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def command_line(project: Path, *words: str) -> str:
    """A shipway command that works from any folder: full path, and `--project`."""
    program = os.path.abspath(sys.argv[0])  # noqa: PTH100 - a link to the program stays a link
    if not os.access(program, os.X_OK):
        program = "shipway"
    return shlex.join([program, *words, "--project", str(project)])


def tell(text: str) -> None:
    """A line of progress, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def write_text(path: Path, text: str) -> None:
    """Write a page to `path`, whose folder is made; InputError when it can't be."""
    try:
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"can't be written: {error.strerror}", where=str(path)) from None
