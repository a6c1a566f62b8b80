# SPDX-License-Identifier: Apache-2.0
"""Submodules that were never fetched are empty folders."""

from collections.abc import Iterator

from shipway.operations.examinations.finding import Finding, Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """Each submodule that is not there."""
    if (
        subject.git("ls-files", "--stage", "--", ".gitmodules") in (None, "")
        and not (subject.folder / ".gitmodules").is_file()
    ):
        return
    for line in (subject.git("submodule", "status") or "").splitlines():
        if line.startswith("-"):
            name = line.split()[1] if len(line.split()) > 1 else line
            yield Finding(
                "submodule",
                "trouble",
                f"{name} is not fetched: its folder is empty",
                "git submodule update --init --recursive",
                name,
            )
