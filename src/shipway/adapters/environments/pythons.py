# SPDX-License-Identifier: Apache-2.0
"""Which Python a project gets: the spec's, else what the project's files ask for, else Shipway's.

Those files are `.python-version`, `requires-python` (or what setup.py, Poetry and Pipenv call it).
"""

import json
import os
import platform
import re
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from shipway.adapters.environments import uvtool
from shipway.adapters.environments.old_pythons import OLDEST, refuse_old
from shipway.adapters.environments.statements import FOREIGN_FILES, PROJECT_FILES
from shipway.adapters.environments.textfiles import read_text
from shipway.adapters.environments.versions import numbers, satisfies
from shipway.base.errors import InputError, OutsideError, ShipwayError
from shipway.base.processes import capture
from shipway.spec.types import EnvironmentSpec

VERSION_FILE = ".python-version"
FACTS = (
    "import json, platform, sysconfig; "
    "print(json.dumps([platform.python_version(), sysconfig.get_platform()]))"
)
# Where version managers keep interpreters that PATH may not show.
KEPT = (
    "{home}/.pyenv/versions/*/bin/python3",
    "{home}/.local/share/mise/installs/python/*/bin/python3",
    "{home}/.asdf/installs/python/*/bin/python3",
    "/opt/python*/bin/python3",
    "/opt/hostedtoolcache/Python/*/*/bin/python3",
)


class Python(msgspec.Struct, frozen=True):
    """An interpreter on this machine: its path, `3.11.7`, and `linux-x86_64`."""

    path: str
    version: str
    platform: str

    @property
    def minor(self) -> str:
        """`3.11`."""
        return ".".join(self.version.split(".")[:2])


def wanted_python(folder: Path, spec: EnvironmentSpec) -> str:
    """`3.11` or `>=3.10,<3.13`; empty when nothing is said."""
    if spec.python:
        return spec.python
    asked = [_of_file(folder, name) for name in spec.requirements]
    bounds = ",".join(filter(None, asked))
    pinned = _pinned(folder)
    return pinned if pinned and (not bounds or satisfies(f"{pinned}.99", bounds)) else bounds


def _pinned(folder: Path) -> str:
    """`.python-version` as far as it names a version: a person's patch level is not demanded."""
    if not (folder / VERSION_FILE).is_file():
        return ""
    text = read_text(folder, VERSION_FILE, "file").text
    found = re.match(r"\s*(?:cpython@|cpython-|python-)?(3\.\d+)(?:\.\d+)?\s*(?:$|\n)", text)
    return found[1] if found else ""


def _of_file(folder: Path, name: str) -> str:
    file = name.partition("[")[0].partition(":")[0]
    base = Path(file).name
    if not (folder / file).is_file():
        return ""
    if base not in (*FOREIGN_FILES, *PROJECT_FILES):
        return ""
    from shipway.adapters.environments import foreign, projects
    from shipway.adapters.environments.ranges import UnreadableRangeError, specifier_of

    try:
        if base in (foreign.PIPFILE, foreign.PIPFILE_LOCK):
            return foreign.pipfile_python(folder, file)
        if base == foreign.POETRY_LOCK or (
            base == projects.PYPROJECT and foreign.is_poetry(folder, file)
        ):
            return specifier_of(foreign.poetry_python(folder, file))
        return projects.python_of(folder, file)
    except UnreadableRangeError as error:
        raise InputError(
            f"can't read the versions of Python {error}",
            where=file,
            cure="Set `environment.python`, for instance to 3.11.",
        ) from None


def project_python(folder: Path, spec: EnvironmentSpec, tell: Callable[[str], None]) -> Python:
    """An interpreter for a project. InputError naming the line that asks for one that is too old;
    for the rest see `find_python`.
    """
    wanted = wanted_python(folder, spec)
    refuse_old(folder, spec, wanted)
    return find_python(folder, wanted, tell)


def find_python(folder: Path, wanted: str, tell: Callable[[str], None]) -> Python:
    """An interpreter that fits `wanted`: Shipway's own if it does, else one that is found or got.

    InputError when there can be none, or when it is older than the runtime can be; OutsideError
    when it would have to be downloaded and that fails.
    """
    own = platform.python_version()
    if not wanted or satisfies(own, wanted):
        return Python(sys.executable, own, sysconfig.get_platform())
    if re.fullmatch(r"[\d.]+", wanted):
        _check_age(wanted)
    python = facts(_search(folder, wanted, tell))
    _check_age(python.version)
    return python


def _check_age(version: str) -> None:
    if numbers(version)[:2] < numbers(OLDEST):
        raise InputError(
            f"Python {version} is too old for Shipway's runtime",
            cure=f"Set `environment.python` to {OLDEST} or newer; `shipway run --relax` shows "
            "which pins have to be loosened for it.",
        )


def _search(folder: Path, wanted: str, tell: Callable[[str], None]) -> str:
    find = ["python", "find", "--no-project", "--no-config", "--no-python-downloads", wanted]
    try:
        return _path_in(uvtool.call(find, folder))
    except uvtool.UvError:
        kept = _kept_by_managers(wanted)
    if kept:
        return kept
    tell(f"getting Python {wanted}: uv python install {wanted}")
    try:
        uvtool.call(["python", "install", "--no-config", wanted], folder)
        managed = [*find[:-1], "--managed-python", wanted]
        return _path_in(uvtool.call(managed, folder))
    except uvtool.UvError as error:
        raise _no_python(error, wanted, folder) from error


def _no_python(error: uvtool.UvError, wanted: str, folder: Path) -> ShipwayError:
    what = f"there is no Python {wanted} on this machine, and it could not be got"
    here = on_this_machine(folder)
    cure = f"On this machine there is: {', '.join(here)}. " if here else ""
    cure += f"Install {wanted}, or change `environment.python` (or what the project asks for)."
    plain = uvtool.explain(error, what, "", cure=cure)
    if isinstance(plain, OutsideError) and "disk is full" not in plain.what:
        last = error.said.strip().splitlines()[-1].strip() if error.said.strip() else ""
        return OutsideError(
            f"{what}: the download failed ({last.removeprefix('cause: ')})", cure=cure
        )
    return plain


def on_this_machine(folder: Path) -> list[str]:
    """The versions of Python that could be asked for, oldest first."""
    found = {version for version, _ in _managed()}
    try:
        listing = ["python", "list", "--no-config", "--only-installed", "--output-format", "json"]
        said = uvtool.call(listing, folder)
        start = next((line for line in said.splitlines() if line.startswith("[")), "[]")
        found |= {str(each["version"]) for each in json.loads(start)}
    except (uvtool.UvError, ValueError, KeyError):
        pass
    found.add(platform.python_version())
    usable = [version for version in found if numbers(version) >= numbers(OLDEST)]
    return sorted(usable, key=numbers)


def _kept_by_managers(wanted: str) -> str:
    fitting = [(numbers(v), path) for v, path in _managed() if satisfies(v, wanted)]
    return max(fitting)[1] if fitting else ""


def _managed() -> Iterator[tuple[str, str]]:
    """Version and path of interpreters in the folders of version managers."""
    for pattern in KEPT:
        place = Path(pattern.format(home=os.environ.get("HOME", "/root")))
        for path in Path(place.anchor).glob(str(place.relative_to(place.anchor))):
            found = re.search(r"/(?:python)?(3\.\d+(?:\.\d+)?)/", path.as_posix())
            if found:
                yield found[1], str(path)


def _path_in(said: str) -> str:
    """The interpreter among what uv says: it warns of others that do not work."""
    return next((line for line in said.splitlines() if Path(line).is_absolute()), said)


def facts(interpreter: str) -> Python:
    """What an interpreter says about itself."""
    said = capture([interpreter, "-I", "-c", FACTS], Path.cwd())
    version, machine = json.loads(said)
    return Python(interpreter, version, machine)
