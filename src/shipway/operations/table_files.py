# SPDX-License-Identifier: Apache-2.0
"""The files of a table that is named on a command line: by paths, by globs, or by URLs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shipway.base.errors import InputError
from shipway.operations.fetched import Place, fetch_table, is_url
from shipway.spec.document import Document
from shipway.spec.types import TableSpec

if TYPE_CHECKING:
    from shipway.data.layout import Layout

PROFILE = ".json"
FEW = 3


@dataclass(frozen=True)
class TableFiles:
    """The files of one table, in their order, and how it is called by whoever named them."""

    name: str
    files: tuple[Path, ...] = ()

    @property
    def is_profile(self) -> bool:
        """True for a stored profile, which is no table."""
        return len(self.files) == 1 and self.files[0].suffix == PROFILE

    def state(self) -> list[tuple[int, ...]]:
        """What changes when somebody writes to one of the files."""
        return [_state(file) for file in self.files]

    def layout(
        self,
        document: Document | None,
        declared: str | None = None,
        dialect: "Layout | None" = None,
    ) -> "Layout":
        """How the files are written.

        That says `dialect`, else the table `declared` in the spec, else the one that has these
        files in the project. Several files are what a glob found, whoever looked for them.
        """
        from shipway.data.layout import layout_of

        table = self._declared(document, declared) if document is not None else None
        path = self.name if len(self.files) == 1 else "*"
        spec = msgspec.structs.replace(table, path=path) if isinstance(table, TableSpec) else path
        found = layout_of(spec, [file.as_posix() for file in self.files])
        if dialect is None or not dialect.told():
            return found
        return replace(dialect, partitions=found.partitions)

    def _declared(self, document: Document, declared: str | None) -> str | TableSpec | None:
        from shipway.data.layout import path_of
        from shipway.data.locate import written_tables

        written = written_tables(document.spec.data) if document.spec.data is not None else {}
        if declared is not None:
            return written.get(declared)
        here, folder = Path(self.name).absolute(), document.path.parent.absolute()
        return next((each for each in written.values() if folder / path_of(each) == here), None)


def locate(names: Sequence[Place]) -> TableFiles:
    """The files of those paths and globs, each once; what is at a URL is fetched.

    InputError for what is not there, OutsideError for what can't be fetched.
    """
    found = dict.fromkeys(file for name in names for file in _files(name))
    return TableFiles(_label(names, list(found)), tuple(found))


def _files(name: Place) -> list[Path]:
    from shipway.data.locate import find_files

    if is_url(name):
        return fetch_table(str(name))
    return [Path(name)] if Path(name).is_file() else find_files(Path(), str(name))


def _label(names: Sequence[Place], files: Sequence[Path]) -> str:
    """The only name, or the first files."""
    if len(names) < 2:
        return "".join(map(str, names))
    shown = ", ".join(str(file) for file in files[:FEW])
    return f"{shown} and {len(files) - FEW} more" if len(files) > FEW else shown


def _state(file: Path) -> tuple[int, ...]:
    try:
        seen = file.stat()
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror}", where=str(file)) from None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns
