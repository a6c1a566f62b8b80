# SPDX-License-Identifier: Apache-2.0
"""Measures a command as a user meets it: a whole process, from its start to its end."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

# Without byte code every start would compile all modules anew, which no user's start does.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


class Measured(NamedTuple):
    """Medians in milliseconds: wall-clock time, and CPU time of the process and its children."""

    wall: float
    cpu: float


def nothing() -> None:
    """What is to be done before a command that needs nothing."""


def measure(
    argv: Sequence[str | Path],
    cwd: Path,
    times: int,
    before: Callable[[], None] = nothing,
    warm: bool = True,
) -> Measured:
    """The medians of `times` runs of `argv` in `cwd`; `before` each of them, untimed.

    With `warm` one more run goes ahead, which is not counted. RuntimeError when a run fails.
    """
    if warm:
        before()
        _once(argv, cwd)
    runs = []
    for _ in range(times):
        before()
        runs.append(_once(argv, cwd))
    return Measured(*(statistics.median(column) for column in zip(*runs, strict=True)))


def _once(argv: Sequence[str | Path], cwd: Path) -> Measured:
    began = time.perf_counter()
    process = subprocess.Popen(
        argv,
        cwd=cwd,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{argv[0]} ended with {process.returncode} in {cwd}")
    return Measured(wall * 1000, (used.ru_utime + used.ru_stime) * 1000)
