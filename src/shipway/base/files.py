# SPDX-License-Identifier: Apache-2.0
"""Files that are either whole or not there.

`write_atomic` replaces a file in one step; `create_only` writes it only if nobody did before.
Both survive a power cut: content is on disk before the name is, the name before they return.
"""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from shipway.base.errors import InputError, OutsideError


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full disk or a read-only folder into an error that names `path` and the cure."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            cure = "Free some space and run the same command again; nothing was lost."
            raise OutsideError("the disk is full", where=str(path), cure=cure) from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            cure = "Make the folder writable for this user, or name another one."
            raise OutsideError("can't be written", where=str(path), cure=cure) from error
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beside(path: Path) -> Path:
    """A name that nobody has, in the folder of `path`."""
    return path.with_name(f".{path.name[:40]}.{os.urandom(6).hex()}.tmp")


def _write_temporary(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(path)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def write_atomic(path: Path, data: bytes) -> None:
    """Replace `path` by `data`: readers see the old content or the new one, never a part."""
    with disk_errors(path):
        temporary = _write_temporary(path, data)
        temporary.replace(path)
        sync_folder(path.parent)


def create_only(path: Path, data: bytes) -> bool:
    """Write `path` if it does not exist; False when somebody was first (nothing is changed)."""
    with disk_errors(path):
        temporary = _write_temporary(path, data)
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
    return True


def link(target: Path, name: Path) -> None:
    """Let the symbolic link `name` point at `target`, in one step."""
    with disk_errors(name):
        name.parent.mkdir(parents=True, exist_ok=True)
        temporary = _beside(name)
        temporary.symlink_to(target)
        temporary.replace(name)


def inside(folder: Path, relative: str, *, where: str = "") -> Path:
    """`folder / relative`, refused when it would leave `folder` (absolute, `..`, symbolic link)."""
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise InputError(
            f"{relative!r} leaves {folder}", where=where, cure="Use a path inside that folder."
        )
    return path
