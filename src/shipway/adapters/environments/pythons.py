# SPDX-License-Identifier: Apache-2.0
"""Which Python a project gets: the spec's, else its `requires-python`, else Shipway's own."""

import json
import platform
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import msgspec

from shipway.adapters.environments import uvtool
from shipway.adapters.environments.versions import numbers, satisfies
from shipway.base.errors import InputError
from shipway.base.processes import capture
from shipway.spec.types import EnvironmentSpec

OLDEST = "3.9"
FACTS = (
    "import json, platform, sysconfig; "
    "print(json.dumps([platform.python_version(), sysconfig.get_platform()]))"
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
    if "pyproject.toml" not in spec.requirements:
        return ""
    import tomllib

    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text()).get("project", {})
    except FileNotFoundError:
        return ""
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"not valid TOML: {error}", where="pyproject.toml") from None
    return str(project.get("requires-python", ""))


def find_python(folder: Path, wanted: str, tell: Callable[[str], None]) -> Python:
    """An interpreter that fits `wanted`: Shipway's own if it does, else one that uv finds or gets.

    InputError when there is none, or when it is older than the runtime can be.
    """
    own = platform.python_version()
    if not wanted or satisfies(own, wanted):
        return Python(sys.executable, own, sysconfig.get_platform())
    python = facts(_search(folder, wanted, tell))
    if numbers(python.version) < numbers(OLDEST):
        raise InputError(
            f"Python {python.version} is too old for Shipway's runtime",
            cure=f"Set `environment.python` to {OLDEST} or newer.",
        )
    return python


def _search(folder: Path, wanted: str, tell: Callable[[str], None]) -> str:
    find = ["python", "find", "--no-project", "--no-config", "--no-python-downloads", wanted]
    try:
        return _path_in(uvtool.call(find, folder))
    except uvtool.UvError:
        tell(f"getting Python {wanted}")
    try:
        uvtool.call(["python", "install", "--no-config", wanted], folder)
        managed = [*find[:-1], "--managed-python", wanted]
        return _path_in(uvtool.call(managed, folder))
    except uvtool.UvError as error:
        raise uvtool.explain(
            error,
            f"there is no Python {wanted} on this machine, and it could not be got",
            "",
            cure="Install it, or change `environment.python` (or `requires-python`).",
        ) from error


def _path_in(said: str) -> str:
    """The interpreter among what uv says: it warns of others that do not work."""
    return next((line for line in said.splitlines() if Path(line).is_absolute()), said)


def facts(interpreter: str) -> Python:
    """What an interpreter says about itself."""
    said = capture([interpreter, "-I", "-c", FACTS], Path.cwd())
    version, machine = json.loads(said)
    return Python(interpreter, version, machine)
