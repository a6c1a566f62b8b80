# SPDX-License-Identifier: Apache-2.0
"""Reads what matters to a lock from requirements files: other files, indexes, local folders.

Resolving itself is uv's; a lock only loses what stands around the requirements, and it must not
gain what belongs to one machine or one person.
"""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from shipway.base.errors import InputError
from shipway.records.source import LockedPackage

INCLUDES = ("-r", "--requirement", "-c", "--constraint")
INDEXES = ("-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links")
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
PASSWORD = re.compile(r"://[^/\s@]*:(?!\$\{)[^/\s@]+@")
LOCAL = re.compile(r"^(-e\b|--editable\b|\.|/|file:|[A-Za-z0-9._-]+ @ file:)")
OWN_PROJECT = re.compile(r"^(?:(?:-e|--editable)[ =])?\s*\./?(?:\[[^\]]*\])?(?:\s*;.*)?$")


def lines(text: str) -> Iterator[str]:
    """Logical lines without comments; a backslash continues a line."""
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        line = re.sub(r"(^|\s)#.*$", "", line).strip()
        if line:
            yield line


def read(folder: Path, name: str) -> str:
    """A requirements file; InputError when it is missing or not text."""
    path = folder / name
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(
            "the requirements file does not exist",
            where=name,
            cure="Correct `environment.requirements`, or write the file.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the requirements file can't be read: {error}", where=name) from None


def closure(folder: Path, names: Sequence[str]) -> list[str]:
    """`names` and the files that they include, relative to `folder`; each once, in order."""
    found: list[str] = []
    pending = list(reversed(names))
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found.append(name)
        if not name.endswith(".toml"):
            base = Path(name).parent
            given = [other for other in _options(folder, name, INCLUDES) if "://" not in other]
            included = [os.path.normpath((base / other).as_posix()) for other in given]
            pending.extend(reversed(included))
    return found


def _options(folder: Path, name: str, options: Sequence[str]) -> Iterator[str]:
    for line in lines(read(folder, name)):
        if not line.startswith("-"):
            continue
        first, _, rest = line.replace("=", " ", 1).partition(" ")
        if first in options:
            yield rest.strip()


def index_lines(folder: Path, names: Sequence[str]) -> list[str]:
    """The lines that name package indexes, as a lock has to repeat them.

    InputError for one with a password in it: a lock is kept in the store and shown.
    """
    found = []
    for name in names:
        if name.endswith(".toml"):
            continue
        for line in lines(read(folder, name)):
            if re.split(r"[ =]", line)[0] not in INDEXES:
                continue
            if PASSWORD.search(line):
                raise InputError(
                    "a package index is written with its password",
                    where=name,
                    cure="Write https://user:${NAME}@… and set the variable NAME.",
                )
            found.append(line)
    return found


def clean_lock(text: str, indexes: Sequence[str], where: str) -> str:
    """A lock without the project itself; InputError for other local folders.

    The project's own code is taken from its folder, never from an installed copy.
    """
    kept = list(dict.fromkeys(indexes))
    for line in text.splitlines():
        if not line.strip() or OWN_PROJECT.match(line.strip()):
            continue
        if LOCAL.match(line.strip()):
            raise InputError(
                f"{line.strip().rstrip(chr(92)).strip()} is a folder or file of this machine",
                where=where,
                cure="Publish the package to an index, or put its code into the project.",
            )
        kept.append(line.rstrip())
    return "".join(line + "\n" for line in kept)


def locked_packages(lock: str) -> tuple[LockedPackage, ...]:
    """The packages that a lock pins, by canonical name, sorted."""
    found = {}
    for line in lock.splitlines():
        pin = PINNED.match(line)
        if pin:
            found[canonical(pin[1])] = pin[2]
    return tuple(LockedPackage(name, version) for name, version in sorted(found.items()))


def canonical(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
