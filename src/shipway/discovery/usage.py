# SPDX-License-Identifier: Apache-2.0
"""What becomes clear only when entry points and files are seen together.

What a flag is used for decides more than its name: one that goes to `read_csv` is data. And a path
that a script in a sub-folder uses lies in that folder.
"""

import posixpath
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from shipway.discovery.findings import DataFile, MetricReport, ModelFile
from shipway.discovery.folders import CALLED_LIKE_ONE
from shipway.discovery.running import Argument, EntryPoint, EnvironmentVariable, Flag

Settled = TypeVar("Settled", DataFile, ModelFile, MetricReport)


class _Used:
    """Which flags, variables and positions the files of an entry point read and write."""

    def __init__(
        self,
        entry: EntryPoint,
        data: Iterable[DataFile],
        models: Iterable[ModelFile],
        suggestions: Mapping[str, tuple[str, ...]],
        folders: Mapping[str, set[str]],
    ) -> None:
        self.suggestions = suggestions
        self.folders = {name.lower() for path in entry.files for name in folders.get(path, ())}
        self.reads = {one.via: one for one in data if one.via and one.at.path in entry.files}
        self.writes = {one.via: one for one in models if one.via and one.at.path in entry.files}

    def suggestion(self, via: str) -> str:
        """The configuration file that fits best where `via` names one."""
        return next(iter(self.suggestions.get(via, ())), "")

    def is_folder(self, *names: str) -> bool:
        """Whether one of `names` sounds like a folder, or is used as one."""
        known = [name.lstrip("-").replace("-", "_").lower() for name in names if name]
        return any(name in self.folders or CALLED_LIKE_ONE.search(name) for name in known)

    def why(self, via: str) -> tuple[bool, bool, str]:
        """Whether it is read as data, whether it is written, and where."""
        if via in self.writes:
            found = self.writes[via]
            return False, True, f"{found.writer} writes to it ({found.at})"
        if via in self.reads:
            read = self.reads[via]
            data = not read.configuration and not read.model
            return data, False, f"{read.reader} reads it ({read.at})"
        return False, False, ""


def mark_used_flags(
    entry: EntryPoint,
    data: Iterable[DataFile],
    models: Iterable[ModelFile],
    suggestions: Mapping[str, tuple[str, ...]],
    folders: Mapping[str, set[str]],
) -> EntryPoint:
    """`entry` with its flags, variables and arguments marked by what the code does with them.

    `folders` are the names that each file uses as folders.
    """
    used = _Used(entry, data, models, suggestions, folders)
    return msgspec.structs.replace(
        entry,
        flags=tuple(_flag(one, used) for one in entry.flags),
        environment=tuple(_variable(one, used) for one in entry.environment),
        arguments=tuple(_argument(one, used) for one in entry.arguments),
    )


def _flag(flag: Flag, used: _Used) -> Flag:
    via = f"flag {flag.name}"
    data, output, why = used.why(via)
    suggestion = "" if flag.default is not None else used.suggestion(via)
    if suggestion:
        return msgspec.structs.replace(flag, data=False, suggestion=suggestion)
    if why:
        flag = msgspec.structs.replace(flag, data=data, output=output, why=why)
    return msgspec.structs.replace(flag, folder=flag.data and used.is_folder(flag.name))


def _variable(one: EnvironmentVariable, used: _Used) -> EnvironmentVariable:
    data, _, why = used.why(f"env {one.name}")
    if why:
        one = msgspec.structs.replace(one, data=data, why=why)
    return msgspec.structs.replace(one, folder=one.data and used.is_folder(one.name))


def _argument(one: Argument, used: _Used) -> Argument:
    via = f"argument {one.position}"
    data, _, why = used.why(via)
    suggestion = used.suggestion(via)
    if suggestion:
        return msgspec.structs.replace(one, data=False, suggestion=suggestion)
    if why:
        one = msgspec.structs.replace(one, data=data, why=why)
    position = f"argv[{one.position}]"
    return msgspec.structs.replace(one, folder=one.data and used.is_folder(one.name, position))


def settle(entries: Iterable[EntryPoint], found: Iterable[Settled]) -> tuple[Settled, ...]:
    """`found` with the paths that only a script in its own folder uses placed in that folder.

    A model that does not exist yet is written beside the data that told where the script runs.
    """
    folders: dict[str, str] = {}
    for entry in sorted(entries, key=lambda one: one.score, reverse=True):
        if entry.command and entry.kind != "make":
            for path in entry.files:
                folders.setdefault(path, entry.folder)
    return tuple(_settled(one, folders.get(one.at.path, ".")) for one in found)


def _settled(one: Settled, folder: str) -> Settled:
    anchored = isinstance(one, DataFile | ModelFile) and (
        one.anchored or one.exists or one.kind != "file"
    )
    if folder == "." or one.folder or anchored or not one.written or one.path != one.written:
        return one
    path = posixpath.normpath(posixpath.join(folder, one.written))
    return msgspec.structs.replace(one, path=path, folder=folder)
