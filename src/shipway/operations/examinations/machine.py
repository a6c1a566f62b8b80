# SPDX-License-Identifier: Apache-2.0
"""Python and Git: are they there?"""

import sys
from collections.abc import Iterator
from pathlib import Path

from shipway.base.processes import CaptureError, capture, which
from shipway.operations.examinations.finding import Finding, Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """The programs that Shipway starts."""
    yield Finding("Python", "good", f"{sys.version.split()[0]} at {sys.executable}")
    yield _git()


def _git() -> Finding:
    program = which("git")
    if program is None:
        return Finding("Git", "trouble", "not found", "Install Git.")
    try:
        version = capture([program, "--version"], Path.cwd()).decode().strip()
    except CaptureError as error:
        return Finding("Git", "trouble", str(error), "Install Git again.")
    return Finding("Git", "good", version)
