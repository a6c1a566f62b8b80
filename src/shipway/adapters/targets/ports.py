# SPDX-License-Identifier: Apache-2.0
"""Who listens on a port of this machine, as far as the kernel tells this user (Linux)."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

LISTENING = "0A"


def describe_holder(what: str) -> str:
    """A phrase like ` by python server.py (process 4711)` for the port in `what`, or nothing."""
    match = re.search(r"port (\d+) is taken", what)
    found = find_listener(int(match[1])) if match else None
    return f" by {found[1]} (process {found[0]})" if found else ""


def find_listener(port: int, proc: Path = Path("/proc")) -> tuple[int, str] | None:
    """Process id and command of a program that listens on `port`; None when it can't be told."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port, proc)}
    if not sockets:
        return None
    for process in proc.glob("[0-9]*"):
        if sockets & set(_open_files(process)):
            with contextlib.suppress(OSError):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ")
                return int(process.name), command.decode(errors="replace").strip()[:120]
    return None


def _listening_inodes(port: int, proc: Path) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (proc / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]


def _open_files(process: Path) -> Iterator[str]:
    with contextlib.suppress(OSError):
        for entry in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                yield str(entry.readlink())
