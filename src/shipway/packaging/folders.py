# SPDX-License-Identifier: Apache-2.0
"""Entries written as plain files: modes are 644 or 755, whatever the umask."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from shipway.base.files import disk_errors
from shipway.packaging.layers import Entry


def write_folder(entries: Iterable[Entry], target: Path) -> None:
    """Write every entry below `target`; OutsideError when the disk is full."""
    for entry in entries:
        place = target / entry.path
        with disk_errors(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(entry, place)


def _write(entry: Entry, place: Path) -> None:
    if entry.link:
        place.symlink_to(entry.link)
        return
    if isinstance(entry.source, bytes):
        place.write_bytes(entry.source)
    else:
        shutil.copyfile(entry.source, place)
    place.chmod(0o755 if entry.executable else 0o644)
