# SPDX-License-Identifier: Apache-2.0
"""Where unix sockets lie: short paths (107 bytes at the most) that only their owner reaches."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

LONGEST = 90


def make_socket_folder(state_dir: Path) -> Path:
    """An empty folder for the sockets of the router of `state_dir`, for its owner alone.

    Below the temporary folder, else $XDG_RUNTIME_DIR (which goes when its user logs out), else
    /tmp: the first that is short enough. Sockets that an earlier router left behind are removed.
    """
    name = hashlib.sha256(os.fsencode(state_dir.resolve())).hexdigest()[:16]
    bases = [tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR", ""), "/tmp"]  # noqa: S108
    for base in bases:
        folder = Path(base) / f"shipway-{os.getuid()}" / name
        if not base or len(os.fsencode(folder)) > LONGEST:
            continue
        if renew(folder):
            for left_over in folder.iterdir():
                left_over.unlink()
            return folder
    raise OSError(f"there is no folder for sockets; tried below {', '.join(filter(None, bases))}")


def renew(folder: Path) -> bool:
    """Make `folder` again when something has removed it; False when that can't be done safely."""
    return _make_private(folder.parent) and _make_private(folder)


def _make_private(folder: Path) -> bool:
    """Make `folder` with mode 0700; False when it is not ours alone and can't be made so."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        return False
    if stat.S_IMODE(status.st_mode) & 0o077:
        folder.chmod(0o700)
    return True
