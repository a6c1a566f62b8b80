# SPDX-License-Identifier: Apache-2.0
"""Whether a process is still the one that it was: ids are used again, starting times are not."""

import os
import sys
from pathlib import Path

GONE = ("Z", "X")


def identity(pid: int) -> str:
    """What only this process with this id has: the boot and its starting time; `""` when gone."""
    if sys.platform != "linux":
        return _by_ps(pid)
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
    # The program's name stands in brackets and may hold anything, brackets too.
    fields = text[text.rindex(")") + 2 :].split()
    return "" if fields[0] in GONE else f"{boot}:{fields[19]}"


def is_running(pid: int, known: str) -> bool:
    """True when the process `pid` runs and is the one whose identity was `known`."""
    return bool(known) and identity(pid) == known


def _by_ps(pid: int) -> str:
    from shipway.base.processes import CaptureError, capture

    try:
        said = capture(
            ["ps", "-o", "lstart=", "-p", str(pid)], Path("/"), {**os.environ, "LC_ALL": "C"}
        )
    except CaptureError:
        return ""
    return said.decode().strip()
