# SPDX-License-Identifier: Apache-2.0
"""The project's kind of environments, and those of others: a champion may have another one.

What is resolved anew is of the kind that the spec asks for; an environment that was recorded is
made again by the kind that made it. Neither stands in for the other.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from shipway.adapters.environments import CATALOGUE
from shipway.adapters.environments.interface import Environments
from shipway.base import catalogue
from shipway.records.source import PythonEnvironment
from shipway.spec.types import EnvironmentSpec


def kind_of(spec: EnvironmentSpec | None) -> str:
    """The name in the catalogue of what `environment:` asks for."""
    return "conda" if spec is not None and spec.conda is not None else "uv"


class ChosenEnvironments:
    """`interface.Environments` of one project; `kind` is the kind of what it resolves."""

    def __init__(self, cache: Path, kind: str) -> None:
        self.cache = cache
        self.kind = kind
        self._made: dict[str, Environments] = {}

    def version(self) -> str:
        """That of the project's kind."""
        return self._of(self.kind).version()

    def fingerprint_files(self, spec: EnvironmentSpec, folder: Path | None = None) -> Sequence[str]:
        """The files that the project's kind reads."""
        return self._of(self.kind).fingerprint_files(spec, folder)

    def resolve(
        self, folder: Path, spec: EnvironmentSpec, tell: Callable[[str], None]
    ) -> PythonEnvironment:
        """By the project's kind."""
        return self._of(self.kind).resolve(folder, spec, tell)

    def ensure(
        self, environment: PythonEnvironment, tell: Callable[[str], None]
    ) -> PythonEnvironment:
        """By the kind that made it."""
        return self._of(environment.kind).ensure(environment, tell)

    def _of(self, kind: str) -> Environments:
        if kind not in self._made:
            self._made[kind] = catalogue.load("environments", CATALOGUE, kind)(self.cache)
        return self._made[kind]
