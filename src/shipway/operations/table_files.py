# SPDX-License-Identifier: Apache-2.0
"""The files of a table that is named on a command line: by paths, or by globs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shipway.base.errors import InputError
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

    def layout(self, document: Document, declared: str | None) -> "Layout":
        """How the files are written.

        That says the table `declared` in the spec, or else the one that has these files in the
        project. Several files are what a glob found, whoever looked for them.
        """
        from shipway.data.layout import layout_of, path_of
        from shipway.data.locate import written_tables

        written = written_tables(document.spec.data) if document.spec.data is not None else {}
        here, folder = Path(self.name).absolute(), document.path.parent.absolute()
        owns = (table for table in written.values() if folder / path_of(table) == here)
        table = written.get(declared) if declared is not None else next(owns, None)
        path = self.name if len(self.files) == 1 else "*"
        spec = msgspec.structs.replace(table, path=path) if isinstance(table, TableSpec) else path
        return layout_of(spec, [file.as_posix() for file in self.files])


def locate(names: Sequence[Path]) -> TableFiles:
    """The files of those paths and globs, each once; InputError for what is not there."""
    from shipway.data.locate import find_files

    found = dict.fromkeys(
        file
        for name in names
        for file in ([name] if name.is_file() else find_files(Path(), str(name)))
    )
    return TableFiles(_label(names, list(found)), tuple(found))


def _label(names: Sequence[Path], files: Sequence[Path]) -> str:
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
