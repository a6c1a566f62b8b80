# SPDX-License-Identifier: Apache-2.0
"""Environments by uv: one lock for a project's requirements, one virtual environment for a lock.

    <cache>/environments/<digest>/   bin/python, lib/…, complete
    <cache>/overlays/<digest>/       see `overlay`

All projects of a user share them; what is installed is linked from uv's own cache.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from shipway.adapters.environments import requirements, uvtool
from shipway.adapters.environments.once import make_once
from shipway.adapters.environments.overlay import overlay
from shipway.adapters.environments.pythons import Python, find_python, wanted_python
from shipway.adapters.environments.versions import check_minimums
from shipway.base.digests import digest_of, hex_of
from shipway.base.errors import InputError, NotAvailableYetError
from shipway.records.source import PythonEnvironment
from shipway.spec.types import EnvironmentSpec

Tell = Callable[[str], None]
PROJECT, PROJECT_LOCK = "pyproject.toml", "uv.lock"
COMPILE = ("pip", "compile", "--generate-hashes")
EXPORT = ("export", "--frozen", "--no-dev", "--no-emit-project", "--format", "requirements-txt")
REQUIREMENTS_CURE = "Correct the requirements, or `environment.python`."


class UvEnvironments:
    """`interface.Environments`; safe for several processes at once."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache

    def version(self) -> str:
        """How locks are made; a new Shipway keeps the locks of an old one."""
        return "uv-1"

    def fingerprint_files(self, spec: EnvironmentSpec, folder: Path | None = None) -> Sequence[str]:
        """The requirements files; with `folder` also what they include, and `uv.lock`."""
        names = list(spec.requirements)
        if folder is None:
            return names
        if PROJECT in names and (folder / PROJECT_LOCK).is_file():
            names.append(PROJECT_LOCK)
        readable = [name for name in names if name != PROJECT_LOCK]
        return [*requirements.closure(folder, readable), *names[len(readable) :]]

    def resolve(self, folder: Path, spec: EnvironmentSpec, tell: Tell) -> PythonEnvironment:
        """Lock the requirements and make the environment. InputError, OutsideError: uv's words."""
        if spec.conda is not None:
            raise NotAvailableYetError(
                "`environment.conda` is not available yet", cure="Use `requirements` instead."
            )
        python = find_python(folder, wanted_python(folder, spec), tell)
        where = ", ".join(spec.requirements)
        lock = self._lock(folder, spec, python, where, tell)
        packages = requirements.locked_packages(lock)
        check_minimums(packages, where)
        environment = PythonEnvironment(
            digest=digest_of([lock, python.minor, python.platform]),
            python=python.version,
            platform=python.platform,
            lock=lock,
            packages=packages,
            interpreter="",
            overlay="",
        )
        return self._make(environment, python, folder, tell)

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
        return self._make(environment, python, folder, tell)

    def _lock(
        self, folder: Path, spec: EnvironmentSpec, python: Python, where: str, tell: Tell
    ) -> str:
        names = requirements.closure(folder, spec.requirements)
        for name in names:
            requirements.read(folder, name)
        if not names:
            return ""
        indexes = requirements.index_lines(folder, names)
        tell(f"resolving {where}")
        try:
            text = self._written(folder, spec, python)
        except uvtool.UvError as error:
            what = "the requirements can't be resolved"
            raise uvtool.explain(error, what, where, cure=REQUIREMENTS_CURE) from error
        return requirements.clean_lock(text, indexes, where)

    def _written(self, folder: Path, spec: EnvironmentSpec, python: Python) -> str:
        import tempfile

        with tempfile.TemporaryDirectory(prefix="shipway-lock-") as scratch:
            output = Path(scratch) / "lock.txt"
            settings = ["--quiet", "--no-annotate", "--no-header", "--no-python-downloads"]
            place = ["--python", python.path, "--output-file", str(output)]
            if _is_locked(folder, spec):
                arguments = [*EXPORT, *settings, *place]
            else:
                arguments = [*COMPILE, *settings, *place, "--", *spec.requirements]
            uvtool.call(arguments, folder)
            return output.read_text()

    def _make(
        self, environment: PythonEnvironment, python: Python, folder: Path, tell: Tell
    ) -> PythonEnvironment:
        def make(target: Path) -> None:
            tell(f"installing {len(environment.packages)} packages")
            _install(environment, python, target, folder)

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


def _is_locked(folder: Path, spec: EnvironmentSpec) -> bool:
    return spec.requirements == (PROJECT,) and (folder / PROJECT_LOCK).is_file()


def _works(place: Path) -> bool:
    """False when the Python that the environment was made from has gone."""
    return (place / "bin" / "python").exists()


def _install(environment: PythonEnvironment, python: Python, target: Path, folder: Path) -> None:
    lock = target / "lock.txt"
    settings = ["--quiet", "--no-python-downloads"]
    try:
        uvtool.call(
            ["venv", *settings, "--allow-existing", "--python", python.path, str(target)], folder
        )
        lock.write_text(environment.lock)
        interpreter = str(target / "bin" / "python")
        uvtool.call(["pip", "sync", *settings, "--python", interpreter, str(lock)], folder)
    except uvtool.UvError as error:
        what = "the packages can't be installed"
        raise uvtool.explain(error, what, "", cure=REQUIREMENTS_CURE) from error
