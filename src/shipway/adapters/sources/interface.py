# SPDX-License-Identifier: Apache-2.0
"""Where code comes from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from shipway.records.source import Source


class Sources(Protocol):
    """Reads a repository; never writes to it or to its work tree."""

    def look(self, folder: Path, commit: str | None = None, *, also: Sequence[str] = ()) -> Source:
        """The source in `folder`: its work tree, or `commit` exported to a folder of Shipway's.

        It is dirty when something below `folder`, or at one of the paths `also` (relative to it),
        is not committed; projects of their own below it do not count. InputError without a
        repository, without a commit, or with an unknown commit.
        """
        ...

    def files(self, source: Source, *, whole: bool = False) -> list[str]:
        """Tracked files, and untracked ones that are not ignored, relative to `source.folder`.

        Sorted; with `/`; without `.shipway/` and deleted files; with those of submodules. A
        submodule that was not fetched is its folder with a last `/`. `whole`: all files of the
        repository, those above the folder with `../`.
        """
        ...

    def projects(self, folder: Path, name: str) -> list[Path]:
        """The folders at or below `folder` that hold a file called `name` which Git sees, sorted.

        InputError without a repository.
        """
        ...
