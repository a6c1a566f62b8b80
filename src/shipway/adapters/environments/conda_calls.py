# SPDX-License-Identifier: Apache-2.0
"""Starts the process that asks py-rattler, and says in our errors what it answered.

A failure names the lines of `environment.yml` that it follows from, and the versions there are.
"""

import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from shipway.adapters.environments.conda_file import CondaFile, Line
from shipway.adapters.environments.conda_lock import CondaLock, CondaPackage, this_platform
from shipway.adapters.environments.conda_worker import Request, Result
from shipway.base.errors import InputError, OutsideError, ShipwayError
from shipway.base.processes import run, secrets_in
from shipway.spec.variables import resolve

WORKER = "shipway.adapters.environments.conda_worker"
DISK = ("No space left on device", "os error 28", "Disk quota exceeded")
MOST_OFFERS = 8
EXACT_BUILD = re.compile(r"[^=<>!~]=+[^=]+=[^=]+$")


def check_installed() -> None:
    """InputError that names the extra when py-rattler is not there."""
    from importlib.util import find_spec

    if find_spec("rattler") is None:
        raise InputError(
            "conda environments need py-rattler, which is not installed",
            where="environment.conda",
            cure="pip install 'shipway[conda]'",
        )


def solve(file: CondaFile, specs: Sequence[Line], cache: Path) -> tuple[CondaPackage, ...]:
    """The packages that meet `specs`; InputError or OutsideError with rattler's words."""
    for channel in file.channels:
        resolve(channel.text, os.environ, channel.where)
    request = Request(
        verb="solve",
        platform=this_platform(),
        cache=str(cache),
        channels=tuple(channel.text for channel in file.channels),
        specs=tuple(spec.text for spec in specs),
    )
    result = _ask(request)
    if result.failed:
        raise _explain_solve(result, file, specs)
    return result.packages


def install(lock: CondaLock, prefix: Path, cache: Path) -> None:
    """Put the packages of `lock` into the folder `prefix`."""
    for package in lock.packages:
        resolve(package.url, os.environ, package.name)
    request = Request(
        verb="install",
        platform=lock.platform,
        cache=str(cache),
        packages=lock.packages,
        needs=lock.needs,
        prefix=str(prefix),
    )
    result = _ask(request)
    if result.failed:
        raise _explain_install(result)


def _ask(request: Request) -> Result:
    with tempfile.TemporaryDirectory(prefix="shipway-conda-") as scratch:
        asked, answer = Path(scratch) / "request.json", Path(scratch) / "result.json"
        asked.write_bytes(msgspec.json.encode(request))
        ended = run(
            [sys.executable, "-P", "-m", WORKER, str(asked), str(answer)],
            cwd=Path(scratch),
            secrets=secrets_in(os.environ),
        )
        if not answer.is_file():
            raise OutsideError(f"py-rattler ended with {ended.returncode}\n{ended.tail}".rstrip())
        return msgspec.json.decode(answer.read_bytes(), type=Result)


def _explain_solve(result: Result, file: CondaFile, specs: Sequence[Line]) -> ShipwayError:
    if result.failed == "spec":
        line = specs[result.number]
        cure = "Write it as name, name=1.2 or name >=1.2,<2."
        what = f"{line.text!r} names no package: {result.said}"
        return InputError(what, where=line.where, cure=cure)
    if result.failed == "channel":
        return _outside("the channels can't be asked", result.said, file.path, file.channels)
    said = result.said.removeprefix("Cannot solve the request because of:").strip()
    concerned = [line for line in specs if _name_of(line.text) in re.findall(r"[\w.-]+", said)]
    notes = [f"Asked for in {line.where}: {line.text}" for line in concerned]
    notes += [_offer(name, versions, file) for name, versions in result.offers.items()]
    return InputError(
        "\n".join(["the conda packages can't be resolved", said, *notes]),
        where=concerned[0].where if concerned else file.path,
        cure=_solve_cure(result, concerned, said),
    )


def _offer(name: str, versions: Sequence[str], file: CondaFile) -> str:
    if not versions:
        channels = ", ".join(dict.fromkeys(channel.text for channel in file.channels))
        return f"There is no {name} in {channels}."
    if versions[0].startswith("only"):
        return f"There is {name} {versions[0]}, this is {this_platform()}."
    shown = ", ".join(versions[-MOST_OFFERS:])
    return f"There is {name} {'… ' if len(versions) > MOST_OFFERS else ''}{shown}."


def _solve_cure(result: Result, concerned: Sequence[Line], said: str) -> str:
    if "__" in said:
        return (
            "A package that begins with __ is the machine itself: ask for another build, or run "
            "it on a machine that has what is demanded."
        )
    missing = [name for name, versions in result.offers.items() if not versions]
    if missing:
        return (
            f"Correct the name, name the channel that has it, or move {missing[0]} below `- pip:`."
        )
    if any(EXACT_BUILD.search(line.text) for line in concerned):
        return (
            "A line with two = names one build for one platform: leave the last part away, or "
            "write the file by: conda env export --from-history"
        )
    return "Loosen one of these versions."


def _name_of(spec: str) -> str:
    """The package that a match spec is about."""
    return re.split(r"[\s=<>!~\[(]", spec.rpartition("::")[2].strip(), maxsplit=1)[0].lower()


def _explain_install(result: Result) -> ShipwayError:
    if result.failed == "needs":
        return InputError(
            f"the environment needs {result.said}, which this machine does not have",
            cure="Resolve it here: shipway run --upgrade",
        )
    if result.failed == "changed":
        return OutsideError(
            f"{result.said} is not what was locked: its sha256 differs",
            cure="Find out who replaced it. To take the new one: shipway run --upgrade",
        )
    return _outside("the conda packages can't be installed", result.said, "", ())


def _outside(what: str, said: str, where: str, channels: Sequence[Line]) -> ShipwayError:
    if any(sign in said for sign in DISK):
        text = f"{what}: the disk is full\n{said}"
        return OutsideError(text, cure="Free some space and run it again.")
    if "hash mismatch" in said:
        cure = "Find out who replaced it. To take the new one: shipway run --upgrade"
        return OutsideError(f"{what}: a package is not what was locked\n{said}", cure=cure)
    if "401" in said or "403" in said:
        cure = "Check the password of the channel: https://${NAME}@host/channel, and the variable."
        return OutsideError(f"{what}: the channel refused\n{said}", where=where, cure=cure)
    names = ", ".join(channel.text for channel in channels)
    cure = f"Check the network, and the channels {names}." if names else "Check the network."
    return OutsideError(f"{what}\n{said}", where=where, cure=cure)
