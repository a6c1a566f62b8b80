# SPDX-License-Identifier: Apache-2.0
"""Writes changed requirement lines as a patch that `git apply` takes.

The patch is made of the files' bytes, so encoding and line endings stay as they are. Nothing but
the lines in question is touched, and no file is written here.
"""

import difflib
import os
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from shipway.adapters.environments.relaxing import Change
from shipway.adapters.environments.statements import parse
from shipway.adapters.environments.textfiles import read_text


def patch_of(changes: Sequence[Change], folder: Path, prefix: str) -> bytes:
    """A unified diff with paths from the root of the repository.

    The files lie in `folder`, whose path from the root is `prefix` (empty: it is the root).
    """
    files = dict.fromkeys(change.statement.file for change in changes)
    parts = []
    for file in files:
        mine = [change for change in changes if change.statement.file == file]
        path = os.path.normpath(f"{prefix}/{file}" if prefix else file)
        parts.append(_diff((folder / file).read_bytes(), edited(folder, file, mine), path))
    return b"".join(parts)


def edited(folder: Path, file: str, changes: Sequence[Change]) -> bytes:
    """The bytes of a file with its changes made."""
    read = read_text(folder, file)
    lines = re.split(r"(?<=\n)", read.text)
    for change in sorted(changes, key=lambda one: -one.statement.line):
        first = change.statement.line - 1
        last = max(change.statement.last, change.statement.line)
        lines[first:last] = _new_lines(lines[first:last], change)
    return read.encode("".join(lines))


def _new_lines(lines: Sequence[str], change: Change) -> list[str]:
    one = change.statement
    if not change.becomes:
        return []
    if one.last:
        return [_requirement(lines, change)]
    line = lines[0]
    if one.bare:
        specifier = parse(change.becomes).specifier or "*"
        return [_with(line, one.written, specifier)]
    becomes = change.becomes
    if f"'{one.text}'" in line:
        becomes = becomes.replace("'", '"')
    return [_with(line, one.text, becomes)]


def _with(line: str, old: str, new: str) -> str:
    """The last `old` of a line becomes `new`: in `numpy = "1.2"` the version comes last."""
    before, found, after = line.rpartition(old)
    return f"{before}{new}{after}" if found else line


def _requirement(lines: Sequence[str], change: Change) -> str:
    """A line of a requirements file; hashes go, the comment and the line ending stay."""
    whole = "".join(lines)
    ending = re.search(r"[ \t]*(\r?\n)?$", whole)
    indent = re.match(r"[ \t]*", whole)
    comment = re.search(r"[ \t]+#[^\r\n]*", lines[-1])
    return "".join(
        [
            indent[0] if indent else "",
            change.becomes,
            comment[0] if comment else "",
            (ending[1] or "") if ending else "",
        ]
    )


def _diff(old: bytes, new: bytes, path: str) -> bytes:
    # Latin-1 maps bytes to characters one to one; only "\n" ends a line for Git.
    before, after = _lines(old), _lines(new)
    made = difflib.unified_diff(before, after, f"a/{path}", f"b/{path}", lineterm="")
    out = []
    for number, line in enumerate(made):
        ended = line.endswith("\n")
        out.append(line if ended else f"{line}\n")
        if not ended and number > 1 and not line.startswith("@@"):
            out.append("\\ No newline at end of file\n")
    return "".join([f"diff --git a/{path} b/{path}\n", *out]).encode("latin-1", "surrogateescape")


def _lines(content: bytes) -> list[str]:
    return [line for line in re.split(r"(?<=\n)", content.decode("latin-1")) if line]


class Row(msgspec.Struct, frozen=True):
    """One change as it is shown."""

    where: str
    old: str
    new: str
    takes: str

    @classmethod
    def of(cls, change: Change) -> "Row":
        """`requirements.txt:1`, `numpy==1.21.0`, `numpy>=1.21.0,<2`, `1.26.4`."""
        one = change.statement
        return cls(one.where, one.text, change.becomes or "(removed)", change.takes)
