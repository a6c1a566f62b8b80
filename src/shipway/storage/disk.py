# SPDX-License-Identifier: Apache-2.0
"""The folders of a store on a disk: made to survive a power cut, read with clear errors."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from shipway.base.errors import OutsideError
from shipway.base.files import disk_errors, sync_folder


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn a file that can't be read into an error that names `path` and the cure."""
    try:
        yield
    except FileNotFoundError:
        raise
    except NotADirectoryError:
        raise _not_a_folder(path) from None
    except OSError as error:
        raise OutsideError(
            f"can't be read: {error.strerror}",
            where=str(path),
            cure="Make the store readable for this user, and its disk whole.",
        ) from error


class DurableFolders:
    """Makes folders below `root`, and makes their names durable.

    Once in each process and folder also those that were there already: the process that made
    them may not have come to its own fsync yet.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._durable: set[Path] = set()

    def ensure(self, folder: Path) -> None:
        """Make `folder` (which lies below the root) and everything above it."""
        if folder in self._durable:
            return
        if folder != self._root:
            self.ensure(folder.parent)
        with disk_errors(folder), _folder_errors(folder):
            folder.mkdir(parents=folder == self._root, exist_ok=True)
            # The folder above a store may belong to somebody else: then it can't be synced.
            with contextlib.suppress(PermissionError):
                sync_folder(folder.parent)
        self._durable.add(folder)


@contextlib.contextmanager
def _folder_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except (FileExistsError, NotADirectoryError):
        raise _not_a_folder(folder) from None


def _not_a_folder(path: Path) -> OutsideError:
    return OutsideError(
        "a file stands where the store needs a folder",
        where=str(path),
        cure="Move that file away, or name another folder under `store:`.",
    )
