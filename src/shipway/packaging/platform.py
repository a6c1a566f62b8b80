# SPDX-License-Identifier: Apache-2.0
"""Names of operating systems and processors, as an image's configuration writes them.

oci_platform("linux-x86_64")  ->  Platform(os="linux", architecture="amd64")
"""

import re

import msgspec

from shipway.base.errors import InputError

_MACHINES = {
    "x86_64": ("amd64", ""), "amd64": ("amd64", ""),
    "aarch64": ("arm64", ""), "arm64": ("arm64", ""),
    "i686": ("386", ""), "i386": ("386", ""),
    "armv7l": ("arm", "v7"), "armv6l": ("arm", "v6"),
    "ppc64le": ("ppc64le", ""), "s390x": ("s390x", ""), "riscv64": ("riscv64", ""),
}  # fmt: skip
_SYSTEMS = {"linux": "linux", "manylinux": "linux", "musllinux": "linux", "macos": "darwin",
            "darwin": "darwin"}  # fmt: skip


class Platform(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an image runs, in the words of the OCI image specification."""

    os: str
    architecture: str
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


def oci_platform(text: str) -> Platform:
    """The platform that Python calls `text` (`linux-x86_64`, `macosx-14.0-arm64`, a wheel's tag).

    InputError when the system or the processor is not known.
    """
    lowered = text.lower()
    words = lowered.replace("x86_64", "amd64")
    machine = next((word for word in re.split(r"[-_. /]", words)[::-1] if word in _MACHINES), None)
    system = next((name for prefix, name in _SYSTEMS.items() if lowered.find(prefix) >= 0), None)
    if machine is None or system is None:
        cure = "Images are made for Linux and macOS on x86-64, ARM, POWER, s390x and RISC-V."
        raise InputError(f"the platform {text!r} has no name in an image", cure=cure)
    architecture, variant = _MACHINES[machine]
    return Platform(system, architecture, variant)


def python_minor(version: str) -> str:
    """`3.11` from `3.11.7`; InputError when it is no Python version."""
    found = re.match(r"(\d+\.\d+)(?!\d)", version.strip())
    if found is None:
        raise InputError(f"{version!r} is no Python version", cure="Write it as 3.11 or 3.11.7.")
    return found.group(1)
