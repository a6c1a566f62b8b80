# SPDX-License-Identifier: Apache-2.0
"""Calls uv, and says in our errors what uv said, with the cure.

uv sees the caller's own settings for indexes and proxies, but not the environment that Shipway
itself runs in.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from shipway.adapters.environments.interface import FOREIGN
from shipway.base.errors import InputError, OutsideError, ShipwayError
from shipway.base.processes import run, secrets_in

UNREACHABLE = (
    "Failed to fetch",
    "Request failed after",
    "error sending request",
    "dns error",
    "Failed to download",
    "client error",
    "Connection refused",
    "operation timed out",
    "network was disabled",
    "Could not resolve host",
    "Failed to connect to",
    "Could not read from remote repository",
    "Connection timed out",
)
GONE = ("(404 Not Found)", "(410 Gone)", "couldn't find remote ref", "failed to find branch")
DISK = ("No space left on device", "Disk quota exceeded")


class UvError(Exception):
    """uv failed; its own words."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def call(
    arguments: Sequence[str],
    cwd: Path,
    tell: Callable[[str], None] | None = None,
    env: Mapping[str, str] = os.environ,
    timeout: float | None = None,
) -> str:
    """What `uv ARGUMENTS` writes; UvError with its words when it fails or takes too long."""
    variables = {name: value for name, value in env.items() if name not in FOREIGN}
    variables |= {"NO_COLOR": "1", "UV_NO_PROGRESS": "1"}
    written: list[str] = []

    def keep(line: str) -> None:
        written.append(line)
        if tell is not None and line.strip():
            tell(line.strip())

    done = run(
        [_program(), *arguments],
        cwd=cwd,
        env=variables,
        on_line=keep,
        secrets=secrets_in(variables),
        timeout=timeout,
    )
    if done.returncode or done.timed_out:
        raise UvError("\n".join(written).strip())
    return "\n".join(written)


def _program() -> str:
    """The uv that was installed with Shipway.

    uv's own search asks `sysconfig`, whose table other threads can see half-filled; so it is only
    asked when uv does not stand where it nearly always does.
    """
    beside = Path(sys.executable).with_name("uv")
    if beside.is_file():
        return str(beside)
    from uv import find_uv_bin

    return find_uv_bin()


def check_reached(error: UvError) -> None:
    """OutsideError when the network or the disk is to blame, and not what uv was asked."""
    plain = explain(error, "the requirements can't be looked at", "", cure="")
    if isinstance(plain, OutsideError):
        raise plain from error


def explain(error: UvError, what: str, where: str, *, cure: str) -> ShipwayError:
    """The error for the user: the network's or the disk's fault, or else the requirements'."""
    said = error.said.removeprefix("error: ")
    if any(sign in said for sign in DISK):
        return OutsideError(
            f"{what}: the disk is full\n{said}", cure="Free some space and run it again."
        )
    gone = any(sign in said for sign in GONE)
    if not gone and any(sign in said for sign in UNREACHABLE):
        return OutsideError(
            f"{what}: the package index or an address can't be reached\n{said}",
            where=where,
            cure="Check the network, or name an index that can be reached: UV_DEFAULT_INDEX=… "
            "Packages that were installed before are taken from uv's cache.",
        )
    return InputError(f"{what}\n{said}", where=where, cure=cure)
