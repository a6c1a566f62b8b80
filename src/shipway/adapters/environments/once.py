# SPDX-License-Identifier: Apache-2.0
"""Folders of the cache that are made once, by whoever comes first, and are whole or not used.

A virtual environment can't be moved, so it is made in its final place: a lock keeps others out
meanwhile, a marker written last tells that it is complete.
"""

import contextlib
import fcntl
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from shipway.base.files import disk_errors, sync_folder

MARKER = "complete"


def is_complete(folder: Path) -> bool:
    """Whether `folder` was made to its end."""
    return (folder / MARKER).is_file()


def make_once(
    folder: Path,
    make: Callable[[Path], None],
    *,
    usable: Callable[[Path], bool] = lambda folder: True,
    waiting: Callable[[], None] = lambda: None,
) -> Path:
    """`folder`, made by `make` (given the empty folder) unless it is complete and `usable`.

    What an interrupted maker left is removed first. `waiting` is called when somebody else is
    making it right now.
    """
    if is_complete(folder) and usable(folder):
        return folder
    with disk_errors(folder), _locked(folder.with_name(folder.name + ".lock"), waiting):
        if is_complete(folder) and usable(folder):
            return folder
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        make(folder)
        (folder / MARKER).touch()
        sync_folder(folder)
    return folder


@contextlib.contextmanager
def _locked(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
