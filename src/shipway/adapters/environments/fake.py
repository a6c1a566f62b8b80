# SPDX-License-Identifier: Apache-2.0
"""An environment that is already there: the Python that runs this process, with its packages.

For tests, and for a rehearsal without network. `fail` makes the next `resolve` raise.
"""

import platform
import sys
import sysconfig
from collections.abc import Callable, Sequence
from importlib.metadata import distributions
from pathlib import Path

from shipway.adapters.environments.overlay import runtime_source
from shipway.adapters.environments.statements import canonical
from shipway.base.digests import digest_of
from shipway.base.errors import ShipwayError
from shipway.records.source import LockedPackage, PythonEnvironment
from shipway.spec.types import EnvironmentSpec


class FakeEnvironments:
    """`interface.Environments` without uv: the requirements are not looked at.

    `overlay` is a folder of the tests' own, in which `runtime` points at this runtime's source.
    """

    def __init__(self, overlay: Path | None = None) -> None:
        self.overlay = overlay
        self.resolved = 0
        self._failure: ShipwayError | None = None

    def fail(self, error: ShipwayError) -> None:
        """Raise `error` at the next `resolve`, once."""
        self._failure = error

    def version(self) -> str:
        """Never changes."""
        return "fake"

    def fingerprint_files(self, spec: EnvironmentSpec, folder: Path | None = None) -> Sequence[str]:
        """The requirements files that the spec names."""
        return list(spec.requirements)

    def resolve(
        self, folder: Path, spec: EnvironmentSpec, tell: Callable[[str], None]
    ) -> PythonEnvironment:
        """This process's own Python."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        self.resolved += 1
        packages = _installed()
        lock = "".join(f"{package.name}=={package.version}\n" for package in packages)
        return PythonEnvironment(
            digest=digest_of(lock),
            python=platform.python_version(),
            platform=sysconfig.get_platform(),
            lock=lock,
            packages=packages,
            interpreter=sys.executable,
            overlay=self._overlay(),
        )

    def ensure(
        self, environment: PythonEnvironment, tell: Callable[[str], None]
    ) -> PythonEnvironment:
        """It is always there."""
        return environment

    def _overlay(self) -> str:
        if self.overlay is None:
            return ""
        self.overlay.mkdir(parents=True, exist_ok=True)
        link = self.overlay / "runtime"
        if not link.exists():
            link.mkdir()
            (link / "shipway_runtime").symlink_to(runtime_source(), target_is_directory=True)
            (self.overlay / "site").mkdir()
            (self.overlay / "tools").mkdir()
        return str(self.overlay)


def _installed() -> tuple[LockedPackage, ...]:
    found = {canonical(item.metadata["Name"]): item.version for item in distributions()}
    return tuple(LockedPackage(name, version) for name, version in sorted(found.items()))
