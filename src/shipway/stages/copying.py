# SPDX-License-Identifier: Apache-2.0
"""Copies files without their history: as clones of their blocks where the file system can.

Modes are 755 or 644 whatever the umask; owners and times are not kept.
"""

import contextlib
import errno
import fcntl
import os
import stat
import sys
from collections.abc import Iterator

CLONE = 0x40049409
PIECE = 1 << 20
CANT = (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTTY, errno.EPERM)


def clone_file(source: str, target: str) -> bool:
    """Make `target` share the blocks of `source`; False, and no file, where that can't be done."""
    with _both(source, target) as (reading, writing):
        if _clone(reading, writing):
            return True
    os.unlink(target)  # noqa: PTH108
    return False


def copy_file(source: str, target: str) -> None:
    """Copy `source` to `target`, which must not exist; by sharing blocks where possible."""
    with _both(source, target) as (reading, writing):
        if not _clone(reading, writing) and not _copy_in_kernel(reading, writing):
            while data := os.read(reading, PIECE):
                _write(writing, data)


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


@contextlib.contextmanager
def _both(source: str, target: str) -> Iterator[tuple[int, int]]:
    reading = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        mode = 0o755 if os.fstat(reading).st_mode & stat.S_IXUSR else 0o644
        writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        try:
            os.fchmod(writing, mode)
            yield reading, writing
        finally:
            os.close(writing)
    finally:
        os.close(reading)


def _clone(reading: int, writing: int) -> bool:
    if sys.platform != "linux":
        return False
    try:
        fcntl.ioctl(writing, CLONE, reading)
    except OSError as error:
        if error.errno not in CANT:
            raise
        return False
    return True


def _copy_in_kernel(reading: int, writing: int) -> bool:
    """Copy without passing the bytes through this process; False when nothing could be copied."""
    if sys.platform != "linux":
        return False
    copied = 0
    try:
        while count := os.copy_file_range(reading, writing, 1 << 30):
            copied += count
    except OSError as error:
        if copied or error.errno not in CANT:
            raise
        return False
    return copied > 0
