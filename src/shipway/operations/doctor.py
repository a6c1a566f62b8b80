# SPDX-License-Identifier: Apache-2.0
"""`shipway doctor`: look at this machine and this project for trouble, each with its cure."""

from collections.abc import Iterator
from pathlib import Path

from shipway.base.errors import InputError
from shipway.operations.examinations import EXAMINATIONS
from shipway.operations.examinations.finding import Finding, Subject

__all__ = ["Finding", "examine"]


def examine(folder: Path) -> list[Finding]:
    """All findings, those about the machine first. InputError when there is no such folder."""
    if not folder.is_dir():
        raise InputError("there is no such folder", where=str(folder))
    return list(_all(Subject(folder)))


def _all(subject: Subject) -> Iterator[Finding]:
    """The findings of every examination, each once."""
    seen: set[Finding] = set()
    for examination in EXAMINATIONS:
        for finding in examination.examine(subject):
            if finding not in seen:
                seen.add(finding)
                yield finding
