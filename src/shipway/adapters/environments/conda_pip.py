# SPDX-License-Identifier: Apache-2.0
"""The sub-list `pip:` of an environment: locked by uv against the conda packages, installed after.

As with pip itself, what conda has installed is kept where it fits, and replaced where a
requirement demands another version; the lock holds only what is added or replaced.
"""

import os
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from shipway.adapters.environments import uvtool
from shipway.adapters.environments.conda_file import PASSWORD, Line
from shipway.base.errors import InputError
from shipway.records.source import LockedPackage

Tell = Callable[[str], None]
CURE = "Correct the requirements below `- pip:`, or the versions of the conda packages."
INCLUDES = ("-r", "--requirement", "-c", "--constraint")
INDEXES = ("-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links")
PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
ADDED = re.compile(r"^ ?\+ (?P<pin>[A-Za-z0-9][A-Za-z0-9._-]*==\S+)(?: \(from (?P<origin>.+)\))?$")
REPLACED = re.compile(r"^ ?- ([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)")


def included_files(lines: Sequence[Line], folder: Path) -> list[str]:
    """The requirements files that `-r` and `-c` name, and those that they name in turn."""
    parts = [_option(line.text) for line in lines]
    named = [name for option, name in parts if option in INCLUDES and "://" not in name]
    if not named:
        return []
    from shipway.adapters.environments.requirements import closure

    return closure(folder, [os.path.normpath(name) for name in named])


def lock_pip(lines: Sequence[Line], folder: Path, interpreter: Path, tell: Tell) -> str:
    """The locked requirements with hashes; InputError, OutsideError in uv's words."""
    for line in lines:
        if PASSWORD.search(line.text):
            cure = "Write https://user:${NAME}@… and set the variable NAME."
            what = "a package index is written with its password"
            raise InputError(what, where=line.where, cure=cure)
    tell("resolving the requirements of pip")
    try:
        pins = _pins(lines, folder, interpreter, tell)
        if not pins:
            return ""
        indexes = _indexes(lines, folder)
        return "".join(f"{one}\n" for one in indexes) + _hashed(
            [*indexes, *pins], folder, interpreter
        )
    except uvtool.UvError as error:
        what = "the requirements below `- pip:` can't be resolved"
        raise uvtool.explain(_plain(error), what, lines[0].where, cure=CURE) from error


def _plain(error: uvtool.UvError) -> uvtool.UvError:
    """Without the folder of the cache that uv begins with."""
    kept = [line for line in error.said.splitlines() if not line.startswith("Using Python ")]
    return uvtool.UvError("\n".join(kept))


def _option(line: str) -> tuple[str, str]:
    """`-r base.txt` and `--requirement=base.txt` as option and value."""
    option, _, value = line.replace("=", " ", 1).partition(" ")
    return option, value.strip()


def _indexes(lines: Sequence[Line], folder: Path) -> list[str]:
    """The lines that name package indexes, as the lock has to repeat them."""
    found = [line.text for line in lines if _option(line.text)[0] in INDEXES]
    files = included_files(lines, folder)
    if files:
        from shipway.adapters.environments.requirements import read_inputs

        found += read_inputs(folder, files).indexes
    return list(dict.fromkeys(found))


def _pins(lines: Sequence[Line], folder: Path, interpreter: Path, tell: Tell) -> list[str]:
    """What uv would add to the environment, each by its exact version."""
    with tempfile.TemporaryDirectory(prefix="shipway-lock-") as scratch:
        wanted = Path(scratch) / "pip.txt"
        wanted.write_text("".join(_absolute(line.text, folder) + "\n" for line in lines))
        arguments = ["pip", "install", "--dry-run", "--no-config", "--break-system-packages"]
        said = uvtool.call(
            [*arguments, "--python", str(interpreter), "--requirements", str(wanted)], folder
        )
    pins = []
    for line in said.splitlines():
        if replaced := REPLACED.match(line):
            tell(f"pip's requirements replace conda's {replaced[1]} {replaced[2]}")
        elif added := ADDED.match(line):
            pins += _pin(added["pin"], added["origin"], folder, lines[0].where)
    return pins


def _pin(pin: str, origin: str | None, folder: Path, where: str) -> list[str]:
    if origin is None:
        return [pin]
    if origin.startswith("file:"):
        if Path(origin.removeprefix("file://")).resolve() == folder.resolve():
            # The project's own code is taken from its folder, never from an installed copy.
            return []
        raise InputError(
            f"{pin} would come from {origin}, a folder or file of this machine",
            where=where,
            cure="Publish the package to an index, or put its code into the project.",
        )
    return [f"{pin.partition('==')[0]} @ {origin}"]


def _absolute(line: str, folder: Path) -> str:
    """A line as uv reads it from a file in another folder."""
    option, value = _option(line)
    if option in INCLUDES and "://" not in value:
        return f"{option} {folder / value}"
    return line


def _hashed(given: Sequence[str], folder: Path, interpreter: Path) -> str:
    """The same pins with hashes; what conda brings is asked of no index."""
    pinned = {package.name for package in pip_packages("\n".join(given))}
    with tempfile.TemporaryDirectory(prefix="shipway-lock-") as scratch:
        wanted, output = Path(scratch) / "pins.in", Path(scratch) / "lock.txt"
        present = Path(scratch) / "present.txt"
        wanted.write_text("".join(f"{one}\n" for one in given))
        names = _installed(folder, interpreter) - pinned
        present.write_text("".join(f"{name}\n" for name in sorted(names)))
        arguments = ["pip", "compile", "--generate-hashes", "--no-config", "--quiet"]
        form = ["--no-annotate", "--no-header", "--python", str(interpreter)]
        places = ["--excludes", str(present), "--output-file", str(output), str(wanted)]
        uvtool.call([*arguments, *form, *places], folder)
        return output.read_text()


def _installed(folder: Path, interpreter: Path) -> set[str]:
    """Names of the Python packages that conda has installed."""
    arguments = ["pip", "list", "--quiet", "--no-config", "--format", "freeze"]
    said = uvtool.call([*arguments, "--python", str(interpreter)], folder)
    return {package.name for package in pip_packages(said)}


def install_pip(lock: str, prefix: Path) -> None:
    """Install locked requirements into a conda prefix."""
    path = prefix / "pip.txt"
    path.write_text(lock)
    arguments = ["pip", "install", "--quiet", "--no-deps", "--no-config", "--break-system-packages"]
    place = ["--python", str(prefix / "bin" / "python"), "--requirements", str(path)]
    try:
        uvtool.call([*arguments, *place], prefix)
    except uvtool.UvError as error:
        what = "the requirements below `- pip:` can't be installed"
        raise uvtool.explain(error, what, "", cure=CURE) from error


def pip_packages(lock: str) -> tuple[LockedPackage, ...]:
    """Name and version of each locked requirement."""
    found = [PINNED.match(line) for line in lock.splitlines()]
    return tuple(
        LockedPackage(re.sub(r"[-_.]+", "-", pin[1]).lower(), pin[2]) for pin in found if pin
    )
