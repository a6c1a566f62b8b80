# SPDX-License-Identifier: Apache-2.0
"""A stage's code set: the files of the source that it may see, and that its fingerprint covers."""

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from shipway.base.checkouts import submodule_missing
from shipway.base.digests import digest_of
from shipway.base.errors import InputError
from shipway.base.globs import matcher, normal, parents

SPEC = "shipway.yaml"
LINK = "link:"
EXECUTABLE = "+x"
TESTS = "tests/"
MARKDOWN = ".md"


File = TypeVar("File", Path, str)


class Files(Protocol):
    """Gives digests of many files at once."""

    def digests(self, paths: Sequence[File]) -> dict[File, str]:
        """Each file's sha256."""
        ...


def select(
    files: Sequence[str],
    patterns: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    *,
    tests: bool = False,
    where: str = "",
) -> list[str]:
    """The code set among `files` (relative to the spec's folder), sorted.

    `patterns` is the stage's `code:`; without it the set is all files but `shipway.yaml`,
    Markdown, projects of their own and, unless `tests`, the folder `tests`. `exclude` are declared
    data, outputs and model files (paths, folders or patterns; addresses such as s3://… mean no
    file): they are never code. InputError when a pattern leaves the folder or means no file at
    all, and for a submodule that was not fetched.
    """
    excluded = _excluding(exclude)
    if patterns is None:
        others = _other_projects(files)
        chosen = [path for path in files if _is_code(path, tests) and not path.startswith(others)]
    else:
        chosen = _named(files, patterns, where)
    found = sorted({path for path in chosen if not excluded(path)})
    check_submodules(found, where)
    return found


def check_submodules(paths: Sequence[str], where: str = "") -> None:
    """InputError when one of `paths` is the folder of a submodule that was not fetched."""
    for path in paths:
        if path.endswith("/"):
            raise submodule_missing(path.rstrip("/"), where)


def placed(path: str) -> str:
    """Where a file of the code set lies in the export: one from above the folder without its ../"""
    while path.startswith("../"):
        path = path[3:]
    return path


def digests(files: Files, folder: Path, paths: Sequence[str]) -> dict[str, str]:
    """What the fingerprint covers of each file: content and executable bit, or a link's target.

    InputError for a link that leaves `folder`, and for a file that can't be read.
    """
    found: dict[str, str] = {}
    regular: dict[str, tuple[str, str]] = {}
    for path in paths:
        place = f"{folder}/{path}"
        try:
            mode = os.lstat(place).st_mode
        except OSError as error:
            what = f"the file can't be read: {error.strerror}"
            raise InputError(what, where=place) from error
        if stat.S_ISLNK(mode):
            found[path] = LINK + link_target(folder, path)
        else:
            regular[path] = (place, EXECUTABLE if mode & stat.S_IXUSR else "")
    contents = files.digests([place for place, _ in regular.values()])
    for path, (place, executable) in regular.items():
        found[path] = contents[place] + executable
    return {path: found[path] for path in sorted(found)}


def digest(files: Files, folder: Path, paths: Sequence[str]) -> str:
    """One digest for the whole code set."""
    return digest_of_all(digests(files, folder, paths))


def digest_of_all(found: Mapping[str, str]) -> str:
    """One digest for what `digests` gave; file names need not be UTF-8."""
    return digest_of([[os.fsencode(path).hex(), found[path]] for path in sorted(found)])


def check_unchanged(
    files: Files, folder: Path, paths: Sequence[str], expected: Mapping[str, str]
) -> None:
    """After an export: InputError when a file was edited since its digest went into a fingerprint.

    Without this look, a result could be kept under the fingerprint of other code.
    """
    now = digests(files, folder, paths)
    for path in paths:
        if now[path] != expected[path]:
            raise InputError(
                "the file changed while the run began",
                where=f"{folder}/{path}",
                cure="Run the same command again.",
            )


def link_target(folder: Path, path: str) -> str:
    """The text of a symbolic link; InputError when it points out of `folder`, or, for a link that
    lies above it, to where it would not point in the export.
    """
    target = os.readlink(f"{folder}/{path}")  # noqa: PTH115
    goal = os.path.normpath(f"{os.path.dirname(path)}/{target}" if "/" in path else target)  # noqa: PTH120
    if target.startswith("/") or goal == ".." or _height(goal) != _height(path):
        raise InputError(
            f"this link points out of the project's folder, to {target}",
            where=f"{folder}/{path}",
            cure="Remove it, add it to .gitignore, or name the files that count with 'code:'"
            ' (code above the folder as well: code: ["../shared/**"]);'
            " files that a stage reads belong in 'data:' or 'inputs:'.",
        )
    return os.fsencode(target).decode("utf-8", "backslashreplace")


def _height(path: str) -> int:
    """How many folders up a path begins."""
    return (len(path) - len(placed(path))) // 3


def _is_code(path: str, tests: bool) -> bool:
    return (
        path != SPEC
        and not path.lower().endswith(MARKDOWN)
        and (tests or not path.startswith(TESTS))
    )


def _other_projects(files: Sequence[str]) -> tuple[str, ...]:
    """The folders below that have a spec of their own."""
    end = f"/{SPEC}"
    return tuple(path.removesuffix(SPEC) for path in files if path.endswith(end))


def _named(files: Sequence[str], patterns: Sequence[str], where: str) -> list[str]:
    chosen: list[str] = []
    for pattern in patterns:
        meant = matcher([normal(pattern, where=where)])
        found = [path for path in files if meant(path) and (path != SPEC or pattern == SPEC)]
        if not found:
            check_submodules([path for path in files if _leads_into(pattern, path)], where)
            raise InputError(
                f"'code' names {pattern!r}, which means no file here",
                where=where,
                cure="Correct it; files that Git ignores belong in 'inputs:', not in 'code:'.",
            )
        chosen += found
    return chosen


def _leads_into(pattern: str, path: str) -> bool:
    return path.endswith("/") and pattern.startswith(path)


def _excluding(exclude: Sequence[str]) -> "_Excluded":
    return _Excluded([normal(pattern) for pattern in exclude if _is_inside(pattern)])


def _is_inside(pattern: str) -> bool:
    return bool(pattern) and not pattern.startswith(("/", "..")) and "://" not in pattern


class _Excluded:
    """Whether a path is declared as something else than code.

    A folder above a declared file can only be listed when it is a link: its files are reached
    through the declaration, so it is left out too.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._meant = matcher(patterns)
        self._above = {above for pattern in patterns for above in parents(pattern)}

    def __call__(self, path: str) -> bool:
        return path in self._above or self._meant(path)
