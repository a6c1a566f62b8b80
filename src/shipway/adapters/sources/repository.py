# SPDX-License-Identifier: Apache-2.0
"""The git command line, reading only: a few calls, their answers as values, its errors as ours."""

import datetime
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from shipway.base.clock import stamp
from shipway.base.errors import InputError
from shipway.base.processes import CaptureError, capture, which

KEPT = ("GIT_CONFIG_", "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES", "GIT_SSH", "GIT_ASKPASS")
OWN = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
OPTIONS = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false")
FIRST_FIELDS = {"1": 8, "2": 9, "u": 10, "?": 1}
UNBORN = "(initial)"
SPEC = "shipway.yaml"
DETACHED = "(detached)"


class Place(msgspec.Struct, frozen=True):
    """Where a folder lies: the top of its work tree, the path from there, and the git folder."""

    root: Path
    prefix: str
    git_folder: Path


class Status(msgspec.Struct, frozen=True):
    """What is checked out: `commit` (None: none yet), `branch` (`""`: detached), uncommitted."""

    commit: str | None
    branch: str
    dirty: bool


class Commit(msgspec.Struct, frozen=True):
    """Who made a commit, when, and its first line."""

    author: str
    at: str
    subject: str


def git(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> bytes:
    """What `git ARGUMENTS` prints in `folder`; raises CaptureError when git fails.

    Variables that point git elsewhere (a hook sets GIT_DIR and GIT_INDEX_FILE) are not passed on.
    """
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(KEPT)
    }
    return capture(["git", *OPTIONS, *arguments], folder, {**environ, **OWN, **(env or {})}, 600)


def locate(folder: Path) -> Place:
    """The work tree that `folder` is in; InputError, with the cure, when there is none."""
    if which("git") is None:
        raise InputError(
            "git is not installed",
            cure="Install it (https://git-scm.com/downloads) and run the same command again.",
        )
    try:
        said = git(folder, "rev-parse", "--show-toplevel", "--show-prefix", "--absolute-git-dir")
    except CaptureError as error:
        raise _no_repository(folder, error.said) from error
    root, prefix, git_folder = os.fsdecode(said).split("\n")[:3]
    return Place(Path(root), prefix.rstrip("/"), Path(git_folder))


def status(place: Place, also: Sequence[str] = ()) -> Status:
    """What is checked out, and whether the folder of `place` or one of the paths `also` (relative
    to it) has uncommitted changes.

    `.shipway/` never does, nor do projects of their own below the folder.
    """
    said = git(
        place.root,
        *("status", "--porcelain=v2", "--branch", "-z", "--no-ahead-behind", "--no-renames"),
        *("--untracked-files=normal", "--", *_pathspecs(place, also)),
    )
    commit, branch, dirty = UNBORN, "", False
    for entry in os.fsdecode(said).split("\0"):
        kind, _, rest = entry.partition(" ")
        if kind == "#":
            name, _, value = rest.partition(" ")
            commit = value if name == "branch.oid" else commit
            branch = value if name == "branch.head" else branch
        elif kind in FIRST_FIELDS and not dirty:
            path = entry.split(" ", FIRST_FIELDS[kind])[-1]
            dirty = not is_ours(path) and not _is_others(place, path)
    return Status(
        commit=None if commit == UNBORN else commit,
        branch="" if branch == DETACHED else branch,
        dirty=dirty,
    )


def _pathspecs(place: Place, also: Sequence[str]) -> list[str]:
    """Nothing for a project that is the whole repository: what lies above it can't be its own."""
    if not place.prefix:
        return []
    paths = [place.prefix, *(os.path.normpath(f"{place.prefix}/{path}") for path in also)]
    return [f":(top,literal){path}" for path in paths if not path.startswith("..")]


def _is_others(place: Place, path: str) -> bool:
    """Whether a changed path belongs to a project of its own below this one's folder."""
    if place.prefix and not path.startswith(f"{place.prefix}/"):
        return False
    own = place.root / place.prefix
    changed = place.root / path
    folders = [changed, *changed.parents] if path.endswith("/") else changed.parents
    below = (folder for folder in folders if folder != own and folder.is_relative_to(own))
    return any((folder / SPEC).is_file() for folder in below)


def is_ours(path: str) -> bool:
    """True for what lies in a `.shipway` folder."""
    return ".shipway" in path.split("/")


def describe(root: Path, commit: str) -> Commit:
    """Author, time and subject of a commit that exists."""
    said = git(root, "log", "-1", "--encoding=UTF-8", "--format=%an <%ae>%x00%ct%x00%s", commit)
    author, seconds, subject = said.decode(errors="replace").rstrip("\n").split("\0")
    moment = datetime.datetime.fromtimestamp(int(seconds), datetime.UTC)
    return Commit(author, stamp(moment), subject)


def branches(root: Path, *options: str) -> dict[str, str]:
    """Local branches and those of origin, by full name, with what a symbolic one points to."""
    said = git(
        root,
        *("for-each-ref", "--format=%(refname) %(symref)", *options),
        *("refs/heads", "refs/remotes/origin"),
    )
    lines = said.decode(errors="replace").splitlines()
    return {name: target for name, _, target in (line.partition(" ") for line in lines)}


def find_commit(root: Path, name: str) -> str:
    """The full id of the commit that `name` means; InputError when there is none."""
    try:
        if name.startswith("-"):
            raise CaptureError(["git"], 128, "a revision can't begin with a dash")
        said = git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    except (CaptureError, InputError) as error:
        raise InputError(
            f"there is no commit {name!r} in {root}",
            cure="Name a commit, branch or tag that `git log --all` shows; `git fetch` gets new"
            " ones, `git fetch --unshallow` the history that a shallow clone left out.",
        ) from error
    return said.decode().strip()


def _no_repository(folder: Path, said: str) -> InputError:
    unsafe = re.search(r"dubious ownership in repository at '(.+?)'", said)
    if unsafe:
        return InputError(
            "git refuses a repository that belongs to another user",
            where=str(folder),
            cure=f"If you trust it: git config --global --add safe.directory '{unsafe[1]}'",
        )
    if "must be run in a work tree" in said:
        return InputError(
            "this is a bare Git repository: it holds history, and no files to work on",
            where=str(folder),
            cure="Make a work tree of it, and run there: git worktree add ../work main",
        )
    if "not a git repository" in said or "work tree" in said:
        return InputError(
            "this is not in the work tree of a Git repository",
            where=str(folder),
            cure="Make one: git init -b main && git add . && git commit -m 'First commit'",
        )
    return InputError(f"git can't read the repository: {said}", where=str(folder))
