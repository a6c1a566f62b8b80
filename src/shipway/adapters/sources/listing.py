# SPDX-License-Identifier: Apache-2.0
"""Which files a source consists of: what Git lists in a work tree, what lies in an export.

A submodule is listed with its own files; one that was not fetched is listed as its folder, with a
last `/`, so that whoever needs it can say so.
"""

import os
import stat
from pathlib import Path

from shipway.adapters.sources.repository import git, is_ours

LIST = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
WHOLE = (":/",)
GITLINK = "160000"


def in_work_tree(folder: str, root: str, *, whole: bool = False) -> list[str]:
    """Tracked files and untracked ones that are not ignored, relative to `folder`, sorted.

    `whole` is about all of the work tree at `root`: files above `folder` begin with `../`.
    """
    scope = ("--", *WHOLE) if whole else ()
    listed = os.fsdecode(git(Path(folder), *LIST, *scope)).split("\0")
    found = [path for path in listed if not is_ours(path) and _is_file(folder, path)]
    if os.path.exists(f"{root}/.gitmodules"):  # noqa: PTH110
        for name in _submodules(folder, scope):
            found += _of_submodule(folder, name)
    return sorted(found)


def in_export(folder: str, root: str, *, whole: bool = False) -> list[str]:
    """The same for a commit that was written out: all that lies there."""
    found = []
    for parent, folders, names in os.walk(root if whole else folder):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        found += [os.path.relpath(f"{parent}/{name}", folder) for name in (*names, *links)]
        # Git keeps no empty folders, so this one stands for a submodule.
        if not folders and not names and parent != folder:
            found.append(os.path.relpath(parent, folder) + "/")
    return sorted(path for path in found if not is_ours(path))


def projects(folder: Path, name: str) -> list[str]:
    """The folders below `folder` with a file called `name`, relative to it; `.` is itself."""
    said = git(folder, *LIST, "--", f":(glob)**/{name}")
    listed = os.fsdecode(said).split("\0")
    there = [path for path in listed if not is_ours(path) and _is_file(str(folder), path)]
    return sorted(os.path.dirname(path) or "." for path in there)  # noqa: PTH120


def _submodules(folder: str, scope: tuple[str, ...]) -> list[str]:
    entries = os.fsdecode(git(Path(folder), "ls-files", "-z", "--stage", *scope)).split("\0")
    return [entry.partition("\t")[2] for entry in entries if entry.startswith(GITLINK)]


def _of_submodule(folder: str, name: str) -> list[str]:
    place = os.path.normpath(f"{folder}/{name}")
    if not os.path.exists(f"{place}/.git"):  # noqa: PTH110
        return [f"{name}/"]
    return [f"{name}/{path}" for path in in_work_tree(place, place)]


def _is_file(folder: str, path: str) -> bool:
    if not path or path.endswith("/"):
        return False
    try:
        return not stat.S_ISDIR(os.lstat(f"{folder}/{path}").st_mode)
    except OSError:
        return False
