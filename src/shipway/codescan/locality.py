# SPDX-License-Identifier: Apache-2.0
"""Which modules are the project's own, and which files one file brings along.

A script finds what lies beside it, and what lies in the folders above it up to the root or in
`src/`. Paths are put on `sys.path` by hand often enough that a module of that name anywhere among
the project's files counts too, unless the name is one of a well-known library.
"""


import functools
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import msgspec

from shipway.codescan.distributions import WELL_KNOWN

SOURCE_FOLDERS = ("src", "lib", "python", "code", "source")


class LocalModules(msgspec.Struct, frozen=True):
    """The modules of a project: for each folder (relative to `root`), the names it can import."""

    root: Path
    folders: dict[str, dict[str, str]]
    anywhere: dict[str, str]

    @classmethod
    def of(cls, root: Path, files: Iterable[Path]) -> "LocalModules":
        """The modules that `files` below `root` make."""
        folders: dict[str, dict[str, str]] = {}
        for path in files:
            if path.suffix == ".py" and path.is_relative_to(root):
                _enter(folders, PurePosixPath(path.relative_to(root).as_posix()))
        anywhere: dict[str, str] = {}
        for folder in sorted(folders, key=lambda name: (name.count("/"), name)):
            for name, place in folders[folder].items():
                anywhere.setdefault(name, place)
        return cls(root, folders, anywhere)

    def has(self, module: str, importer: Path) -> bool:
        """Whether the top-level `module`, imported in the file `importer`, is the project's own."""
        return self.folder_of(module, importer) is not None or (
            module not in WELL_KNOWN and module in self.anywhere
        )

    def folder_of(self, module: str, importer: Path) -> str | None:
        """The folder in which `importer` surely finds the top-level `module`; None for nowhere."""
        if module not in self.anywhere:
            return None
        lead, inside = f"{self.root}/", str(importer)
        if not inside.startswith(lead):
            return None
        for folder in search_path(inside[len(lead) :].rpartition("/")[0]):
            if module in self.folders.get(folder, {}):
                return folder
        return None

    def find(self, name: str, importer: Path) -> str | None:
        """The file of the dotted module `name`, relative to the root; None when it is not ours."""
        top = name.partition(".")[0]
        folder = self.folder_of(top, importer)
        if folder is None:
            if top in WELL_KNOWN or top not in self.anywhere:
                return None
            folder = str(PurePosixPath(self.anywhere[top]).parent)
            folder = "" if folder == "." else folder
        return self._file(folder, name)

    def beside(self, name: str, level: int, importer: Path) -> str | None:
        """The file that a relative import (`from ..name import`) means."""
        folder = PurePosixPath(importer.relative_to(self.root).as_posix()).parent
        for _ in range(level - 1):
            folder = folder.parent
        base = "" if str(folder) == "." else str(folder)
        return self._file(base, name) if name else self._package(base)

    def _file(self, folder: str, name: str) -> str | None:
        """The file of module `name` seen from `folder`: `a/b.py` or `a/b/__init__.py`."""
        parts = [part for part in (folder, *name.split(".")) if part]
        parent, last = "/".join(parts[:-1]), parts[-1]
        path = self.folders.get(parent, {}).get(last)
        if path is None or path.endswith(".py"):
            return path
        return self._package(path)

    def _package(self, folder: str) -> str | None:
        return self.folders.get(folder, {}).get("__init__")


@functools.cache
def search_path(inside: str) -> list[str]:
    """Where a file in a folder looks for modules: there, above it, and in the usual `src/`."""
    folder = PurePosixPath(inside)
    above = [folder, *folder.parents]
    names = ["" if str(one) == "." else str(one) for one in above]
    usual = [f"{base}/{name}" if base else name for base in names for name in SOURCE_FOLDERS]
    return [*names, *usual]


def _enter(folders: dict[str, dict[str, str]], path: PurePosixPath) -> None:
    """Note a file in its folder, and each folder above it as a package of that name."""
    parent = "" if str(path.parent) == "." else str(path.parent)
    known = folders.setdefault(parent, {})
    known[path.stem] = str(path)
    for folder in path.parents:
        if str(folder) == ".":
            break
        above = "" if str(folder.parent) == "." else str(folder.parent)
        folders.setdefault(above, {}).setdefault(folder.name, str(folder))
