# SPDX-License-Identifier: Apache-2.0
"""A source without a repository, for tests of what stands above it: it gives what it is told to."""

import os
from collections.abc import Sequence
from pathlib import Path

from shipway.base.errors import InputError
from shipway.records.source import Source


class FakeSources:
    """Gives `source` for every look, `commits` for named ones, and `error` instead when it is set.

    Files are those in the source's folder unless `listed` names them.
    """

    def __init__(
        self,
        source: Source,
        *,
        commits: dict[str, Source] | None = None,
        listed: Sequence[str] | None = None,
        error: Exception | None = None,
    ) -> None:
        self.source = source
        self.commits = commits or {}
        self.listed = listed
        self.error = error

    def look(self, folder: Path, commit: str | None = None, *, also: Sequence[str] = ()) -> Source:
        """The source; InputError for a commit that it was not told of."""
        if self.error is not None:
            raise self.error
        if commit is None:
            return self.source
        if commit not in self.commits:
            raise InputError(f"there is no commit {commit!r} in {folder}")
        return self.commits[commit]

    def files(self, source: Source, *, whole: bool = False) -> list[str]:
        """The listed files, else all in the source's folder (or root) but `.shipway/`; sorted."""
        if self.listed is not None:
            return sorted(self.listed)
        folder = Path(source.folder)
        top = Path(source.root) if whole else folder
        paths = (path for path in top.rglob("*") if not path.is_dir())
        relative = (os.path.relpath(path, folder) for path in paths)
        return sorted(path for path in relative if ".shipway" not in path.split("/"))

    def projects(self, folder: Path, name: str) -> list[Path]:
        """The folders at or below `folder` with such a file, sorted."""
        return sorted(path.parent for path in folder.rglob(name))
