# SPDX-License-Identifier: Apache-2.0
"""What a Git checkout may lack without saying so: submodules that nobody fetched leave an empty
folder, large files that nobody fetched (LFS) leave a short text that stands for them.

Both look like the real thing to whoever only asks whether a path exists.
"""

import contextlib
import re
from pathlib import Path

from shipway.base.errors import InputError

POINTER = b"version https://git-lfs.github.com/spec/"
LONGEST_POINTER = 1024
SUBMODULE_PATH = re.compile(r"^\s*path\s*=\s*(.+?)\s*$", re.MULTILINE)


def check_fetched(path: Path | str, data: bytes) -> None:
    """InputError when `data`, all of the file at `path`, only stands for a large file of Git's."""
    if len(data) <= LONGEST_POINTER and data.startswith(POINTER):
        raise InputError(
            "this is a Git LFS pointer, a text that stands for a file that was not fetched",
            where=str(path),
            cure="Fetch it: git lfs pull (in GitHub Actions: actions/checkout with `lfs: true`)",
        )


def check_file_fetched(path: Path) -> None:
    """The same for a file that nobody has read yet; trouble with reading is left to its reader."""
    with contextlib.suppress(OSError):
        if path.stat().st_size <= LONGEST_POINTER:
            check_fetched(path, path.read_bytes())


def submodule_missing(name: str, where: str = "") -> InputError:
    """The error for a submodule whose folder is empty; `name` is its path."""
    return InputError(
        f"the Git submodule {name} is not here: its folder is empty",
        where=where,
        cure=f"Fetch it: git submodule update --init --recursive {name} (in GitHub Actions:"
        " actions/checkout with `submodules: recursive`). What is named by --commit is run"
        " without its submodules. Code that does not need it leaves it out with 'code:'.",
    )


def empty_submodule_of(path: Path) -> str:
    """The submodule that `path` should lie in and that was not fetched, from the top; or `""`."""
    for top in path.parents:
        listed = top / ".gitmodules"
        if listed.is_file():
            below = path.relative_to(top).as_posix()
            for name in SUBMODULE_PATH.findall(listed.read_text(errors="replace")):
                if f"{below}/".startswith(f"{name}/") and not _has_content(top / name):
                    return str(name)
        if (top / ".git").exists():
            break
    return ""


def _has_content(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
