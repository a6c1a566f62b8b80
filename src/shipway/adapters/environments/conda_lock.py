# SPDX-License-Identifier: Apache-2.0
"""The lock of a conda environment: each package by address and sha256, as JSON to be read.

It holds what an installation needs and nothing else: no times, nothing of the machine that made
it. `needs` are the demands on the machine (`__glibc >=2.17`), as the packages state them. Where a
channel's address takes a variable, `${NAME}` stays in the lock.
"""

import platform
import sys

import msgspec

from shipway.base.errors import InputError
from shipway.records.source import LockedPackage

FORMAT = "conda-1"
SYSTEMS = {"linux": "linux", "darwin": "osx"}
MACHINES = {"x86_64": "64", "amd64": "64", "arm64": "arm64", "aarch64": "aarch64"}
OTHER_MACHINES = ("ppc64le", "s390x", "riscv64")


class CondaPackage(msgspec.Struct, frozen=True, omit_defaults=True):
    """One package of a channel; the names are those of the channel's index."""

    name: str
    version: str
    build: str
    build_number: int
    subdir: str
    url: str
    sha256: str
    size: int | None = None
    noarch: str | None = None
    depends: tuple[str, ...] = ()
    constrains: tuple[str, ...] = ()
    python_site_packages_path: str | None = None


class CondaLock(msgspec.Struct, frozen=True, omit_defaults=True):
    """All packages for one platform, pip's locked requirements, and the file's variables."""

    lock: str
    platform: str
    needs: tuple[str, ...]
    packages: tuple[CondaPackage, ...]
    pip: str = ""
    variables: dict[str, str] = {}

    def python(self) -> str:
        """The version of Python in it; InputError when there is none."""
        for package in self.packages:
            if package.name == "python":
                return package.version
        raise InputError(
            "no package of this environment brings Python", cure="Add python to its dependencies."
        )


def make_lock(packages: tuple[CondaPackage, ...], variables: dict[str, str]) -> CondaLock:
    """The lock of `packages` for this machine's platform."""
    needs = {need for package in packages for need in package.depends if need.startswith("__")}
    ordered = tuple(sorted(packages, key=lambda package: package.name))
    return CondaLock(FORMAT, this_platform(), tuple(sorted(needs)), ordered, "", variables)


def write_lock(lock: CondaLock) -> str:
    """The text of a lock; equal locks have equal texts."""
    return msgspec.json.format(msgspec.json.encode(lock, order="sorted"), indent=1).decode() + "\n"


def read_lock(text: str) -> CondaLock:
    """The lock in `text`; InputError when it is none, or of a later Shipway."""
    try:
        lock = msgspec.json.decode(text, type=CondaLock)
    except msgspec.DecodeError as error:
        raise InputError(f"this is no lock of a conda environment: {error}") from None
    if lock.lock != FORMAT:
        raise InputError(f"the lock has the format {lock.lock!r}", cure="Use a newer Shipway.")
    return lock


def conda_packages(lock: CondaLock) -> tuple[LockedPackage, ...]:
    """Name and version of each conda package."""
    return tuple(LockedPackage(package.name, package.version) for package in lock.packages)


def this_platform() -> str:
    """What conda calls this machine: `linux-64`, `osx-arm64`; InputError for one it has no name of.

    A Mac's processor is `arm64`, the same under Linux is `aarch64`.
    """
    system, machine = SYSTEMS.get(sys.platform), platform.machine().lower()
    if system == "linux" and machine == "arm64":
        machine = "aarch64"
    word = machine if machine in OTHER_MACHINES else MACHINES.get(machine)
    if system is None or word is None:
        raise InputError(f"conda has no packages for {sys.platform} on {machine}")
    return f"{system}-{word}"
