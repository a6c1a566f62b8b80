# SPDX-License-Identifier: Apache-2.0
"""Where code comes from."""

from pathlib import Path
from typing import Protocol

from shipway.records.source import Source


class Sources(Protocol):
    """Reads a repository; never writes to it or to its work tree."""

    def look(self, folder: Path, commit: str | None = None) -> Source:
        """The source in `folder`: its work tree, or `commit` exported to a folder of Shipway's.

        InputError without a repository, without a commit, or with an unknown commit.
        """
        ...

    def files(self, source: Source) -> list[str]:
        """Tracked files, and untracked ones that are not ignored, relative to `source.folder`.

        Sorted; with `/`; without `.shipway/`; without submodule folders and deleted files.
        """
        ...
