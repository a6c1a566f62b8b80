# SPDX-License-Identifier: Apache-2.0
"""Measures a command as a whole process: wall-clock time, CPU time, largest memory."""

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

# Without byte code every start would compile all modules anew, which no user's start does.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


class Measured(NamedTuple):
    """Seconds on the clock and of CPU, and the peak of resident memory in MB."""

    wall: float
    cpu: float
    memory: float


def measure(argv: Sequence[str | Path], cwd: Path, times: int) -> Measured | str:
    """The medians of `times` runs after one that is not counted; what went wrong, if it did."""
    runs = []
    for _ in range(times + 1):
        run = _once(argv, cwd)
        if isinstance(run, str):
            return run
        runs.append(run)
    return Measured(*(statistics.median(column) for column in zip(*runs[1:], strict=True)))


def _once(argv: Sequence[str | Path], cwd: Path) -> Measured | str:
    began = time.perf_counter()
    with (cwd / "output.txt").open("w+b") as output:
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace").strip().splitlines()
            return f"ended with {process.returncode}: {said[-1] if said else ''}"[:100]
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
