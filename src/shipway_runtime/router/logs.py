# SPDX-License-Identifier: Apache-2.0
"""Logs of bounded size, and their last lines.

Processes write to their log by themselves (opened for appending), so that nothing is lost when the
router is busy. A log that has grown too large is copied to `NAME.1` and emptied in place.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

LIMIT = 5 * 2**20
KEPT = 30
TAIL_BYTES = 16 * 1024


def open_log(path: Path) -> int:
    """A descriptor for appending to `path`, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def size(path: Path) -> int:
    """Bytes in `path`; 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def tail(path: Path, lines: int = 20, since: int = 0) -> str:
    """The last `lines` of what was written after byte `since`; empty when there is nothing."""
    end = size(path)
    start = max(since if since <= end else 0, end - TAIL_BYTES)
    if start == end:
        return ""
    with path.open("rb") as stream:
        stream.seek(start)
        text = stream.read().decode("utf-8", "replace")
    return "\n".join(text.rstrip().splitlines()[-lines:])


def tidy(folder: Path, in_use: Collection[str], limit: int = LIMIT, kept: int = KEPT) -> None:
    """Cut the logs in `folder` that are longer than `limit`.

    Of those whose name (without `.log`) is not `in_use`, all but the `kept` newest are removed.
    """
    found = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
    idle = [path for path in found if path.stem not in in_use]
    for path in idle[kept:]:
        path.unlink(missing_ok=True)
        path.with_name(path.name + ".1").unlink(missing_ok=True)
    for path in found:
        if size(path) > limit:
            shutil.copyfile(path, path.with_name(path.name + ".1"))
            os.truncate(path, 0)
