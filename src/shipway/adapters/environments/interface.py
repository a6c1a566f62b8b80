# SPDX-License-Identifier: Apache-2.0
"""Where the project's Python comes from."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from shipway.records.source import PythonEnvironment
from shipway.spec.types import EnvironmentSpec


class Environments(Protocol):
    """Makes Python environments from requirements; shared by all projects of a user."""

    def fingerprint_files(self, spec: EnvironmentSpec) -> Sequence[str]:
        """Files (relative to the spec's folder) that the lock follows from."""
        ...

    def resolve(
        self, folder: Path, spec: EnvironmentSpec, tell: Callable[[str], None]
    ) -> PythonEnvironment:
        """Lock the requirements in `folder` and make the environment.

        InputError with the resolver's own words when they can't be met; OutsideError when the
        package index can't be reached.
        """
        ...

    def ensure(
        self, environment: PythonEnvironment, tell: Callable[[str], None]
    ) -> PythonEnvironment:
        """The same environment on this machine, made again from its lock when it is not there."""
        ...
