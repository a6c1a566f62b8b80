# SPDX-License-Identifier: Apache-2.0
"""On which ports the processes of one group listen, as far as the kernel tells (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

LISTENING = "0A"
PROC = Path("/proc")


def ports_of_group(group: int) -> set[int]:
    """Ports of the group's listening TCP sockets; empty where the system does not tell."""
    listening = _listening()
    if not listening:
        return set()
    sockets = {name for process in _members(group) for name in _open_files(process)}
    return {port for inode, port in listening.items() if f"socket:[{inode}]" in sockets}


def _listening() -> dict[str, int]:
    found: dict[str, int] = {}
    for table in ("tcp", "tcp6"):
        try:
            lines = (PROC / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in (line.split() for line in lines):
            if fields[3] == LISTENING:
                found[fields[9]] = int(fields[1].rpartition(":")[2], 16)
    return found


def _members(group: int) -> list[Path]:
    found = []
    for process in PROC.glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) == group:
                found.append(process)
        except OSError:
            continue
    return found


def _open_files(process: Path) -> list[str]:
    try:
        return [os.readlink(entry) for entry in (process / "fd").iterdir()]  # noqa: PTH115
    except OSError:
        return []
