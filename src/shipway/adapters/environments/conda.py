# SPDX-License-Identifier: Apache-2.0
"""Environments by conda packages: solved and installed by py-rattler, `pip:` by uv.

    <cache>/environments/<digest>/   a conda prefix: bin/python, lib/…, variables.json, complete
    <cache>/conda/                   what was downloaded: packages, and the channels' indexes
    <cache>/overlays/<digest>/       see `overlay`

conda itself need not be there. As its default is with other tools than conda, a package comes from
the first channel that has it, and post-link scripts of packages are not run.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from shipway.adapters.environments import conda_calls, conda_pip
from shipway.adapters.environments.conda_activation import keep_variables
from shipway.adapters.environments.conda_file import CondaFile, Line, read_conda_file
from shipway.adapters.environments.conda_lock import (
    CondaLock,
    conda_packages,
    make_lock,
    read_lock,
    this_platform,
    write_lock,
)
from shipway.adapters.environments.old_pythons import OLDEST
from shipway.adapters.environments.once import make_once
from shipway.adapters.environments.overlay import overlay
from shipway.adapters.environments.pythons import Python, facts
from shipway.adapters.environments.versions import check_minimums, numbers
from shipway.base.digests import digest_of, hex_of
from shipway.base.errors import InputError
from shipway.records.source import LockedPackage, PythonEnvironment
from shipway.spec.types import EnvironmentSpec

Tell = Callable[[str], None]
KIND = "conda"


class CondaEnvironments:
    """`interface.Environments`; safe for several processes at once."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache

    def version(self) -> str:
        """How locks are made."""
        return "conda-1"

    def fingerprint_files(self, spec: EnvironmentSpec, folder: Path | None = None) -> Sequence[str]:
        """`environment.yml`; with `folder` also the requirements files that its `pip:` names."""
        name = _named(spec)
        if folder is None:
            return [name]
        file = read_conda_file(folder, name)
        return [name, *conda_pip.included_files(file.pip, folder)]

    def resolve(self, folder: Path, spec: EnvironmentSpec, tell: Tell) -> PythonEnvironment:
        """Lock what `environment.yml` asks for and make the environment."""
        conda_calls.check_installed()
        file = read_conda_file(folder, _named(spec))
        tell(f"resolving {file.path}")
        specs = [*file.packages, *_python_specs(spec, file)]
        lock = make_lock(conda_calls.solve(file, specs, self._downloads), dict(file.variables))
        _check_python(lock, file.path)
        if file.pip:
            base = self._prefix(lock, tell)
            text = conda_pip.lock_pip(file.pip, folder, base / "bin" / "python", tell)
            lock = msgspec.structs.replace(lock, pip=text)
        packages = _packages(lock)
        check_minimums(packages, file.path)
        python = facts(str(self._prefix(lock, tell) / "bin" / "python"))
        return self._described(lock, packages, python, tell)

    def ensure(self, environment: PythonEnvironment, tell: Tell) -> PythonEnvironment:
        """The environment with this machine's paths; InputError for one of another platform."""
        lock = read_lock(environment.lock)
        if lock.platform != this_platform():
            raise InputError(
                f"the environment was made for {lock.platform}, this is {this_platform()}",
                cure="Resolve it here: shipway run --force environment",
            )
        interpreter = str(self._prefix(lock, tell) / "bin" / "python")
        python = Python(interpreter, environment.python, environment.platform)
        return self._described(lock, environment.packages, python, tell)

    @property
    def _downloads(self) -> Path:
        return self.cache / "conda"

    def _described(
        self, lock: CondaLock, packages: tuple[LockedPackage, ...], python: Python, tell: Tell
    ) -> PythonEnvironment:
        text = write_lock(lock)
        return PythonEnvironment(
            digest=digest_of([text]),
            python=python.version,
            platform=python.platform,
            lock=text,
            packages=packages,
            interpreter=python.path,
            overlay=str(overlay(self.cache, python, tell)),
            kind=KIND,
        )

    def _prefix(self, lock: CondaLock, tell: Tell) -> Path:
        """The folder with the packages of `lock`, made when it is not there."""

        def make(target: Path) -> None:
            conda_calls.check_installed()
            tell(f"installing {len(_packages(lock))} packages")
            conda_calls.install(lock, target, self._downloads)
            if lock.pip:
                conda_pip.install_pip(lock.pip, target)
            keep_variables(target, lock.variables)

        name = hex_of(digest_of([write_lock(lock)]))[:32]
        waiting = "waiting for another run that installs the same packages"
        return make_once(
            self.cache / "environments" / name,
            make,
            usable=lambda place: (place / "bin" / "python").exists(),
            waiting=lambda: tell(waiting),
        )


def _named(spec: EnvironmentSpec) -> str:
    assert spec.conda is not None  # noqa: S101 - whoever chooses this adapter has seen to it
    return spec.conda


def _python_specs(spec: EnvironmentSpec, file: CondaFile) -> list[Line]:
    """Python itself: the runtime needs it, whether the file asks for it or not."""
    if not spec.python:
        return [Line("python", file.path)]
    wanted = spec.python if spec.python[0] in "<>=!~" else f"{spec.python.rstrip('.*')}.*"
    return [Line(f"python {wanted}", "environment.python")]


def _check_python(lock: CondaLock, where: str) -> None:
    version = lock.python()
    if numbers(version) < numbers(OLDEST):
        raise InputError(
            f"Python {version} is too old for Shipway's runtime",
            where=where,
            cure=f"Ask for python >={OLDEST}.",
        )


def _packages(lock: CondaLock) -> tuple[LockedPackage, ...]:
    """All packages by name; where pip replaces one of conda's, pip's."""
    found = {package.name: package for package in conda_packages(lock)}
    found |= {package.name: package for package in conda_pip.pip_packages(lock.pip)}
    return tuple(found[name] for name in sorted(found))
