# SPDX-License-Identifier: Apache-2.0
"""The runtime beside a project's environment, shared by all projects of one Python version.

    runtime/shipway_runtime/   this version's data plane, copied as source
    site/                      what it needs besides the standard library (skops, uvicorn…)
    tools/                     pytest, for projects that do not list it

`site/` and `tools/` stand behind the project's own packages, which therefore win.
"""

import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from shipway.adapters.environments import uvtool
from shipway.adapters.environments.once import make_once
from shipway.adapters.environments.pythons import Python
from shipway.base.digests import digest_of, hex_of, of_bytes
from shipway.base.errors import InputError

LOCKS = {"site": "overlay.txt", "tools": "tools.txt"}


def runtime_source() -> Path:
    """The folder of the `shipway_runtime` package, found without importing it."""
    spec = find_spec("shipway_runtime")
    if spec is None or not spec.submodule_search_locations:
        raise InputError("shipway_runtime is not installed", cure="Install Shipway again.")
    return Path(next(iter(spec.submodule_search_locations)))


def overlay(cache: Path, python: Python, tell: Callable[[str], None]) -> Path:
    """The overlay for `python`, made when it is not in the cache yet."""
    folder = cache / "overlays" / _name(python)

    def make(target: Path) -> None:
        tell("installing Shipway's runtime beside the project's packages")
        _copy_runtime(target / "runtime" / "shipway_runtime")
        for place, lock in LOCKS.items():
            _install(Path(__file__).with_name(lock), target / place, python)

    return make_once(folder, make, waiting=lambda: tell("waiting for another run's overlay"))


def _name(python: Python) -> str:
    source = runtime_source()
    parts = {path.relative_to(source).as_posix(): of_bytes(path.read_bytes()) for path in _files()}
    locks = [Path(__file__).with_name(lock).read_text() for lock in LOCKS.values()]
    return hex_of(digest_of([parts, locks, python.minor, python.platform]))[:32]


def _files() -> list[Path]:
    return sorted(path for path in runtime_source().rglob("*.py") if path.is_file())


def _copy_runtime(target: Path) -> None:
    source = runtime_source()
    for path in _files():
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def _install(lock: Path, target: Path, python: Python) -> None:
    arguments = ["pip", "install", "--quiet", "--no-deps", "--require-hashes", "--no-config"]
    place = ["--python", python.path, "--target", str(target), "--requirements", str(lock)]
    try:
        uvtool.call([*arguments, *place], target.parent)
    except uvtool.UvError as error:
        raise uvtool.explain(
            error,
            "Shipway's runtime can't be installed",
            "",
            cure=f"Use a Python that its parts are made for; this is {python.version}.",
        ) from error
