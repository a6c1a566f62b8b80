# SPDX-License-Identifier: Apache-2.0
"""Which files a repository holds, and what Git thinks of each.

Folders that only hold what was installed, built or cached are not looked into. Git is asked twice,
whatever the number of files; without Git everything is `no git`.
"""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec

from shipway.base.errors import ShipwayError
from shipway.base.processes import CaptureError, capture
from shipway.discovery.running import GitState

MOST_FILES = 20_000
NOT_OURS = frozenset(
    {
        *(".git", ".hg", ".svn", ".shipway", ".venv", "venv", ".env", "env", "virtualenv", ".tox"),
        *(".nox", "node_modules", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
        *(".eggs", "site-packages", ".ipynb_checkpoints", ".idea", ".cache", "htmlcov"),
        *("mlruns", "lightning_logs", "wandb", ".zenml", ".terraform", "bower_components"),
    }
)
BUILT = frozenset({"build", "dist"})
POINTER = b"version https://git-lfs.github.com/spec/"
POINTER_SIZE = 1024


class Listing(msgspec.Struct, frozen=True):
    """The files below `root`, relative to it, sorted; `left_out` counts those beyond the bound."""

    root: Path
    files: tuple[str, ...]
    left_out: int
    git: bool
    tracked: frozenset[str]
    ignored: frozenset[str]
    folders_seen: frozenset[str]

    def has(self, path: str) -> bool:
        """Whether there is a file or folder of this path on the disk."""
        return bool(path) and os.path.lexists(self.root / path)

    def state(self, path: str) -> GitState:
        """What Git thinks of a file, given relative to the root or absolute."""
        if path.startswith(("/", "..", "~")):
            return "outside"
        if path in self.tracked:
            return "tracked"
        if not (self.root / path).exists():
            return "absent"
        if not self.git:
            return "no git"
        if any(one.startswith(f"{path}/") for one in self.tracked):
            return "tracked"
        above = [f"{parent}/" for parent in PurePosixPath(path).parents]
        is_ignored = path in self.ignored or f"{path}/" in self.ignored
        return "ignored" if is_ignored or not self.ignored.isdisjoint(above) else "untracked"

    def named(self, *names: str) -> list[str]:
        """Files of these names, the shallowest first."""
        found = [path for path in self.files if path.rpartition("/")[2].lower() in names]
        return sorted(found, key=lambda path: (path.count("/"), path))

    def ending(self, *endings: str) -> list[str]:
        """Files with these endings, in the order of their paths."""
        return [path for path in self.files if path.lower().endswith(endings)]

    def is_pointer(self, path: str) -> bool:
        """Whether the file is a Git LFS pointer instead of its content."""
        full = self.root / path
        try:
            if full.stat().st_size > POINTER_SIZE:
                return False
            with full.open("rb") as file:
                return file.read(len(POINTER)) == POINTER
        except OSError:
            return False

    def text(self, path: str, most: int = 1 << 20) -> str:
        """The text of a small file; empty when it is missing, large or can't be read."""
        full = self.root / path
        try:
            if full.stat().st_size > most:
                return ""
            content = full.read_bytes()
        except OSError:
            return ""
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16", "replace")
        return content.decode("utf-8-sig", "replace")


def list_files(root: Path) -> Listing:
    """All files below `root` that may tell something."""
    tracked = _git(root, "ls-files", "-z")
    hidden = ("--others", "--ignored", "--exclude-standard", "--directory")
    ignored = _git(root, "ls-files", "-z", *hidden) if tracked is not None else None
    ours = {path.partition("/")[0] for path in tracked or ()}
    files: list[str] = []
    seen: set[str] = set()
    left_out = 0
    for path in _walk(root, ours, seen):
        if len(files) < MOST_FILES:
            files.append(path)
        else:
            left_out += 1
    return Listing(
        root=root,
        files=tuple(sorted(files)),
        left_out=left_out,
        git=tracked is not None,
        tracked=frozenset(tracked or ()),
        ignored=frozenset(ignored or ()),
        folders_seen=frozenset(seen),
    )


def _git(root: Path, *arguments: str) -> list[str] | None:
    """The paths that git lists; None without Git or a repository."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        said = capture(["git", "-c", "core.fsmonitor=false", *arguments], root, environ, 60)
    except (ShipwayError, CaptureError):
        return None
    return [path for path in os.fsdecode(said).split("\0") if path]


def _walk(root: Path, ours: set[str], seen: set[str]) -> Iterator[str]:
    """Files below `root`; the names of folders that are not looked into go to `seen`."""
    for parent, folders, names in os.walk(root):
        below = os.path.relpath(parent, root).replace(os.sep, "/")
        lead = "" if below == "." else f"{below}/"
        kept = []
        for name in folders:
            if _is_ours(parent, name, lead, ours):
                kept.append(name)
            else:
                seen.add(lead + name)
        folders[:] = sorted(kept)
        yield from (lead + name for name in names)


def _is_ours(parent: str, name: str, lead: str, ours: set[str]) -> bool:
    if name in NOT_OURS or name.endswith(".egg-info"):
        return False
    if name in BUILT and not lead and name not in ours:
        return False
    return not os.path.exists(f"{parent}/{name}/pyvenv.cfg")  # noqa: PTH110 - once for each folder
