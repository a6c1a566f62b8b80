# SPDX-License-Identifier: Apache-2.0
"""Environments by uv: one lock for a project's requirements, one virtual environment for a lock.

    <cache>/environments/<digest>/   bin/python, lib/…, complete
    <cache>/overlays/<digest>/       see `overlay`

All projects of a user share them; what is installed is linked from uv's own cache.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from shipway.adapters.environments import uvtool
from shipway.adapters.environments.once import make_once
from shipway.adapters.environments.overlay import overlay
from shipway.adapters.environments.pythons import (
    VERSION_FILE,
    Python,
    find_python,
    project_python,
)
from shipway.adapters.environments.requirements import Inputs, closure, read_inputs
from shipway.adapters.environments.versions import check_minimums
from shipway.base.digests import digest_of, hex_of
from shipway.base.errors import InputError
from shipway.records.source import PythonEnvironment
from shipway.spec.types import EnvironmentSpec

Tell = Callable[[str], None]
PYPROJECT, PROJECT_LOCK = "pyproject.toml", "uv.lock"
EXPORT = ("export", "--frozen", "--no-dev", "--no-emit-project", "--format", "requirements-txt")


class UvEnvironments:
    """`interface.Environments`; safe for several processes at once."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache

    def version(self) -> str:
        """How locks are made; a new Shipway keeps the locks of an old one."""
        return "uv-1"

    def fingerprint_files(self, spec: EnvironmentSpec, folder: Path | None = None) -> Sequence[str]:
        """The requirements files; with `folder` all that the lock and the Python follow from."""
        names = list(spec.requirements)
        if folder is None:
            return names
        found = closure(folder, names)
        if PYPROJECT in found and (folder / PROJECT_LOCK).is_file():
            found.append(PROJECT_LOCK)
        if spec.python is None and (folder / VERSION_FILE).is_file():
            found.append(VERSION_FILE)
        return found

    def resolve(self, folder: Path, spec: EnvironmentSpec, tell: Tell) -> PythonEnvironment:
        """Lock the requirements and make the environment; errors say which lines are to blame."""
        from shipway.adapters.environments.locks import locked_packages

        python = project_python(folder, spec, tell)
        where = ", ".join(spec.requirements)
        inputs = read_inputs(folder, spec.requirements)
        lock = _lock(inputs, spec, python, where, tell)
        packages = locked_packages(lock)
        check_minimums(packages, where, inputs.statements)
        environment = PythonEnvironment(
            digest=digest_of([lock, python.minor, python.platform]),
            python=python.version,
            platform=python.platform,
            lock=lock,
            packages=packages,
            interpreter="",
            overlay="",
        )
        return self._make(environment, python, folder, tell, inputs)

    def ensure(self, environment: PythonEnvironment, tell: Tell) -> PythonEnvironment:
        """The environment with this machine's paths and this Shipway's overlay.

        InputError when it was made for another platform.
        """
        import tempfile

        folder = Path(tempfile.gettempdir())
        minor = ".".join(environment.python.split(".")[:2])
        python = find_python(folder, minor, tell)
        if python.platform != environment.platform:
            raise InputError(
                f"the environment was made for {environment.platform}, this is {python.platform}",
                cure="Resolve it here: shipway run --force environment",
            )
        return self._make(environment, python, folder, tell, Inputs(folder))

    def _make(
        self,
        environment: PythonEnvironment,
        python: Python,
        folder: Path,
        tell: Tell,
        inputs: Inputs,
    ) -> PythonEnvironment:
        def make(target: Path) -> None:
            from shipway.adapters.environments.installing import install

            tell(f"installing {len(environment.packages)} packages")
            install(environment, python, target, folder, inputs, tell)

        place = self.cache / "environments" / hex_of(environment.digest)[:32]
        waiting = "waiting for another run that installs the same packages"
        make_once(place, make, usable=_works, waiting=lambda: tell(waiting))
        return PythonEnvironment(
            digest=environment.digest,
            python=environment.python,
            platform=environment.platform,
            lock=environment.lock,
            packages=environment.packages,
            interpreter=str(place / "bin" / "python"),
            overlay=str(overlay(self.cache, python, tell)),
        )


def _works(place: Path) -> bool:
    """False when the Python that the environment was made from has gone."""
    return (place / "bin" / "python").exists()


def _lock(inputs: Inputs, spec: EnvironmentSpec, python: Python, where: str, tell: Tell) -> str:
    from shipway.adapters.environments import compiling, locks
    from shipway.adapters.environments.explaining import explain_unmet, problems_error
    from shipway.adapters.environments.offers import Offers

    if inputs.problems:
        raise problems_error(inputs.problems)
    if inputs.only_names():
        return ""
    tell(f"resolving {where}")
    exported = _export(inputs, spec, python)
    if exported is not None:
        return locks.clean_lock(exported, inputs.indexes, where)
    try:
        text = compiling.compile_lock(inputs, inputs.statements, python.path)
    except uvtool.UvError as error:
        offers = Offers(inputs, python.path)
        raise explain_unmet(error, inputs, python.minor, offers) from error
    text = locks.keep_hashes(text, locks.known_hashes(inputs.statements), where)
    return locks.clean_lock(text, inputs.indexes, where)


def _export(inputs: Inputs, spec: EnvironmentSpec, python: Python) -> str | None:
    """What uv.lock says, when it lies beside the one file that is named; None when it does not."""
    import tempfile

    from shipway.adapters.environments import compiling

    asked = inputs.single_project(spec.requirements)
    if asked is None or not (inputs.folder / PROJECT_LOCK).is_file():
        return None
    with tempfile.TemporaryDirectory(prefix="shipway-lock-") as scratch:
        output = Path(scratch) / "lock.txt"
        place = ["--python", python.path, "--output-file", str(output)]
        try:
            uvtool.call([*EXPORT, *asked, *compiling.QUIET, *place], inputs.folder)
        except uvtool.UvError as error:
            raise uvtool.explain(
                error,
                "uv.lock can't be used",
                PROJECT_LOCK,
                cure="Lock again: uv lock. Or remove uv.lock to have the requirements resolved.",
            ) from error
        return output.read_text()
