# SPDX-License-Identifier: Apache-2.0
"""Files of Git LFS that are only pointers: a table of three lines that is none."""

from collections.abc import Iterator

from shipway.base.errors import ShipwayError
from shipway.data.locate import data_files
from shipway.operations.examinations.finding import Finding, Subject

POINTER = b"version https://git-lfs.github.com/spec/"


def examine(subject: Subject) -> Iterator[Finding]:
    """Each pointer among the declared data and what the code reads."""
    for path in sorted(_files(subject)):
        try:
            with (subject.folder / path).open("rb") as stream:
                is_pointer = stream.read(len(POINTER)) == POINTER
        except OSError:
            continue
        if is_pointer:
            found = f"{path} is a pointer of Git LFS: its content was not fetched"
            yield Finding("Git LFS", "trouble", found, "git lfs pull", path)


def _files(subject: Subject) -> set[str]:
    found = {one.path for one in subject.repository.data if one.exists}
    found |= set(subject.repository.tables)
    spec = subject.spec
    if spec is not None and spec.data is not None:
        try:
            found |= set(data_files(subject.folder, spec.data).values())
        except ShipwayError:
            pass  # a run says it better
    return found
