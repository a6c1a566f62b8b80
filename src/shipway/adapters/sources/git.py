# SPDX-License-Identifier: Apache-2.0
"""A Git repository, through the git command line; nothing in it is ever written.

The work tree is looked at in place with four short calls. A commit that is named is written out
into a folder of ours, by a temporary index, once.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from shipway.adapters.sources import listing, providers
from shipway.adapters.sources.repository import (
    Place,
    branches,
    describe,
    find_commit,
    git,
    locate,
    status,
)
from shipway.base.errors import InputError, OutsideError
from shipway.base.files import disk_errors
from shipway.base.processes import CaptureError
from shipway.records.source import Source

HEADS = "refs/heads/"
ORIGIN = "refs/remotes/origin/"


class GitSources:
    """Sources from Git; commits are exported below `cache_folder`."""

    def __init__(self, cache_folder: Path) -> None:
        self._cache = cache_folder

    def look(self, folder: Path, commit: str | None = None, *, also: Sequence[str] = ()) -> Source:
        """The source in `folder`: its work tree, or `commit` exported to a folder of Shipway's.

        It is dirty when something below `folder`, or at one of the paths `also` (relative to it),
        is not committed; projects of their own below it do not count. InputError without a
        repository, without a commit, or with an unknown commit.
        """
        place = locate(folder)
        now = status(place, also)
        if now.commit is None:
            raise InputError(
                "the repository has no commit yet",
                where=str(place.root),
                cure="Make the first: git add . && git commit -m 'First commit'",
            )
        known = branches(place.root)
        current = now.branch or providers.branch_of(os.environ, now.commit)
        default = default_branch(known)
        if commit is None:
            return _source(place, now.commit, current, default, place.root, now.dirty)
        wanted = find_commit(place.root, commit)
        branch = _branch_of(place, wanted, commit, current, default)
        return _source(place, wanted, branch, default, self._export(place, wanted), False)

    def files(self, source: Source, *, whole: bool = False) -> list[str]:
        """Tracked files, and untracked ones that are not ignored, relative to `source.folder`.

        Sorted; with `/`; without `.shipway/` and deleted files; with those of submodules. A
        submodule that was not fetched is its folder with a last `/`. `whole`: all files of the
        repository, those above the folder with `../`.
        """
        exported = Path(source.root).is_relative_to(self._cache.absolute())
        kind = listing.in_export if exported else listing.in_work_tree
        return kind(source.folder, source.root, whole=whole)

    def projects(self, folder: Path, name: str) -> list[Path]:
        """The folders at or below `folder` that hold a file called `name` which Git sees, sorted.

        InputError without a repository.
        """
        locate(folder)
        return [folder / path for path in listing.projects(folder, name)]

    def _export(self, place: Place, commit: str) -> Path:
        folder = self._cache.absolute() / commit
        if folder.is_dir():
            return folder
        # Both are slow to import and only needed here, not by a run that finds nothing changed.
        import shutil
        import tempfile

        with disk_errors(self._cache):
            self._cache.mkdir(parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=f".{commit}.", dir=self._cache.absolute()))
        try:
            _check_out(place, commit, temporary)
            with disk_errors(folder):
                _take_place(temporary / "tree", folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return folder


def default_branch(known: dict[str, str]) -> str:
    """origin/HEAD's, else main, else master, else the only branch; `""` when nothing tells.

    A CI provider's clone may hold just the branch that it builds, so there the only branch of a
    repository with an origin does not count as the default.
    """
    head = known.get(ORIGIN + "HEAD", "")
    if head.startswith(ORIGIN):
        return head.removeprefix(ORIGIN)
    named = providers.default_branch_of(os.environ)
    if named:
        return named
    names = {_short(name) for name in known} - {"HEAD"}
    for usual in ("main", "master"):
        if usual in names:
            return usual
    partial = providers.in_ci(os.environ) and any(name.startswith(ORIGIN) for name in known)
    return "" if partial or len(names) != 1 else names.pop()


def _short(name: str) -> str:
    return name.removeprefix(HEADS).removeprefix(ORIGIN)


def _branch_of(place: Place, commit: str, name: str, current: str, default: str) -> str:
    """The branch that a named commit belongs to."""
    holding = branches(place.root, "--contains", commit)
    names = {_short(full) for full in holding} - {"HEAD"}
    if name in names:
        return name
    if current and (current in names or _is_ancestor(place.root, commit)):
        return current
    return default if default in names else min(names, default="")


def _is_ancestor(root: Path, commit: str) -> bool:
    try:
        git(root, "merge-base", "--is-ancestor", commit, "HEAD")
    except CaptureError:
        return False
    return True


def _source(
    place: Place, commit: str, branch: str, default: str, root: Path, dirty: bool
) -> Source:
    made = describe(place.root, commit)
    folder = root / place.prefix
    if not folder.is_dir():
        raise InputError(f"commit {commit[:12]} has no folder {place.prefix!r}")
    return Source(
        commit=commit,
        branch=branch,
        default_branch=default,
        author=made.author,
        committed_at=made.at,
        subject=made.subject,
        dirty=dirty,
        folder=str(folder),
        root=str(root),
        prefix=place.prefix,
    )


def _check_out(place: Place, commit: str, temporary: Path) -> None:
    tree = temporary / "tree"
    tree.mkdir()
    env = {
        "GIT_DIR": str(place.git_folder),
        "GIT_WORK_TREE": str(tree),
        "GIT_INDEX_FILE": str(temporary / "index"),
    }
    try:
        git(tree, "read-tree", commit, env=env)
        git(tree, "checkout-index", "--all", "--force", env=env)
    except CaptureError as error:
        raise OutsideError(
            f"commit {commit[:12]} can't be written out: {error.said}", where=str(tree)
        ) from error


def _take_place(tree: Path, folder: Path) -> None:
    try:
        tree.rename(folder)
    except OSError:
        # Another process exported the same commit meanwhile; both trees are the same.
        if not folder.is_dir():
            raise
