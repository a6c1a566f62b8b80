# SPDX-License-Identifier: Apache-2.0
"""Room on the disks of the project and of the caches."""

import shutil
from collections.abc import Iterator

from shipway.engine.wiring import cache_folder
from shipway.operations.examinations.finding import Finding, Subject

LITTLE_SPACE = 2 << 30


def examine(subject: Subject) -> Iterator[Finding]:
    """Free space in both places."""
    for place in (subject.folder, cache_folder()):
        there = next(path for path in (place, *place.parents) if path.exists())
        free = shutil.disk_usage(there).free
        found = f"{free / 1e9:.1f} GB free at {there}"
        if free > LITTLE_SPACE:
            yield Finding("disk", "good", found)
        else:
            cure = "Free some space: an environment may take a gigabyte."
            yield Finding("disk", "warning", found, cure)
