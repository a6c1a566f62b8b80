# SPDX-License-Identifier: Apache-2.0
"""What a flag is used for decides more than its name: one that goes to `read_csv` is data."""

from collections.abc import Iterable

import msgspec

from shipway.discovery.findings import DataFile, ModelFile
from shipway.discovery.running import Argument, EntryPoint, EnvironmentVariable, Flag


class _Used:
    """Which flags, variables and positions the files of an entry point read and write."""

    def __init__(
        self, entry: EntryPoint, data: Iterable[DataFile], models: Iterable[ModelFile]
    ) -> None:
        self.reads = {one.via: one for one in data if one.via and one.at.path in entry.files}
        self.writes = {one.via: one for one in models if one.via and one.at.path in entry.files}

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
    entry: EntryPoint, data: Iterable[DataFile], models: Iterable[ModelFile]
) -> EntryPoint:
    """`entry` with its flags, variables and arguments marked by what the code does with them."""
    used = _Used(entry, data, models)
    return msgspec.structs.replace(
        entry,
        flags=tuple(_flag(one, used) for one in entry.flags),
        environment=tuple(_variable(one, used) for one in entry.environment),
        arguments=tuple(_argument(one, used) for one in entry.arguments),
    )


def _flag(flag: Flag, used: _Used) -> Flag:
    data, output, why = used.why(f"flag {flag.name}")
    return msgspec.structs.replace(flag, data=data, output=output, why=why) if why else flag


def _variable(one: EnvironmentVariable, used: _Used) -> EnvironmentVariable:
    data, _, why = used.why(f"env {one.name}")
    return msgspec.structs.replace(one, data=data, why=why) if why else one


def _argument(one: Argument, used: _Used) -> Argument:
    data, _, why = used.why(f"argument {one.position}")
    return msgspec.structs.replace(one, data=data, why=why) if why else one
