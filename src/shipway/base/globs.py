# SPDX-License-Identifier: Apache-2.0
"""Paths by pattern: `*`, `?` and `[…]` within one part of a path, `**` for any number of parts.

A pattern whose last part has none of these also means everything below a folder of that name:
`fraud` is `fraud/**`. Patterns are relative, with `/`, and never leave their folder.
"""

import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from shipway.base.errors import InputError

MAGIC = re.compile(r"[*?\[]")
UNSEEN = (".git", ".shipway")


def has_magic(pattern: str) -> bool:
    """True when `pattern` may mean several files."""
    return MAGIC.search(pattern) is not None


def normal(pattern: str, *, where: str = "") -> str:
    """`pattern` without `./` and a last `/`; InputError when it leaves its folder."""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    if pattern.startswith("/") or ".." in parts or "\\" in pattern or not parts:
        raise InputError(
            f"{pattern!r} is not a path inside this folder",
            where=where,
            cure="Write it relative to the folder of shipway.yaml, with / and without ..",
        )
    return "/".join(parts)


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a relative path is meant by one of `patterns` (normal ones)."""
    expressions = [_expression(pattern) for pattern in patterns]
    if not expressions:
        return lambda path: False
    match = re.compile("|".join(expressions), re.DOTALL).fullmatch
    return lambda path: match(path) is not None


def find(folder: Path, pattern: str) -> list[str]:
    """The files below `folder` that a normal `pattern` means, relative to it, sorted.

    Links to files count, links to folders only when the pattern names them; `.git` and `.shipway`
    are not looked into.
    """
    literal = _literal_part(pattern)
    start = folder / literal
    if not has_magic(pattern):
        if not start.is_dir():
            return [pattern] if start.exists() else []
        return sorted(_walk(start, literal, None))
    parts = pattern.split("/")
    depth = None if "**" in parts else len(parts) - literal.count("/") - (1 if literal else 0)
    meant = matcher([pattern])
    return sorted(path for path in _walk(start, literal, depth) if meant(path))


def parents(pattern: str) -> list[str]:
    """The folders that surely lie above what `pattern` means, outermost first."""
    parts = _literal_part(pattern).split("/")
    if not has_magic(pattern):
        parts = parts[:-1]
    return ["/".join(parts[: end + 1]) for end in range(len(parts)) if parts[end]]


def _literal_part(pattern: str) -> str:
    parts = []
    for part in pattern.split("/"):
        if has_magic(part):
            break
        parts.append(part)
    return "/".join(parts)


def _walk(start: Path, prefix: str, depth: int | None) -> Iterator[str]:
    """Files below `start`, at most `depth` parts down, as paths that begin with `prefix`."""
    for parent, folders, names in os.walk(start):
        below = os.path.relpath(parent, start)
        level = 0 if below == "." else below.count("/") + 1
        folders[:] = [name for name in folders if name not in UNSEEN]
        if depth is not None and level + 1 >= depth:
            folders.clear()
        lead = "/".join(part for part in (prefix, "" if level == 0 else below) if part)
        yield from (f"{lead}/{name}" if lead else name for name in names)


@functools.cache
def _expression(pattern: str) -> str:
    *first, last = pattern.split("/")
    text = "".join("(?:[^/]+/)*" if part == "**" else f"{_part(part)}/" for part in first)
    if last == "**":
        return text + ".*"
    return text + _part(last) + ("" if has_magic(last) else "(?:/.*)?")


def _part(part: str) -> str:
    """One part of a pattern; a `[` that is never closed stands for itself."""
    text, position = "", 0
    while position < len(part):
        letter = part[position]
        position += 1
        if letter == "*":
            text += "[^/]*"
        elif letter == "?":
            text += "[^/]"
        elif letter == "[" and (end := _closing(part, position)) > 0:
            text += _choice(part[position:end])
            position = end + 1
        else:
            text += re.escape(letter)
    return text


def _closing(part: str, position: int) -> int:
    """Where the choice that begins at `position` ends; its first letter may be a `]`."""
    first = position + (1 if part[position : position + 1] in ("!", "^") else 0)
    return part.find("]", first + 1)


def _choice(inner: str) -> str:
    negated = inner[0] in "!^"
    letters = inner[1:] if negated else inner
    escaped = re.sub(r"([\\\[\]^&~|])", r"\\\1", letters)
    try:
        re.compile(f"[{escaped}]")
    except re.error:
        return re.escape(f"[{inner}]")
    return f"(?!/)[{'^' if negated else ''}{escaped}]"
