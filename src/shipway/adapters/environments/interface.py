# SPDX-License-Identifier: Apache-2.0
"""Where the project's Python comes from."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from shipway.records.source import PythonEnvironment
from shipway.spec.types import EnvironmentSpec
from shipway_runtime.formats import read_variables

# A variable of the caller's own environment that would turn another Python into this one.
FOREIGN = ("CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
HOOK = "shipway_runtime/hook"


class Environments(Protocol):
    """Makes Python environments from requirements; shared by all projects of a user."""

    def version(self) -> str:
        """Raised when the same requirements are to be resolved again: part of the fingerprint."""
        ...

    def fingerprint_files(self, spec: EnvironmentSpec, folder: Path | None = None) -> Sequence[str]:
        """Files (relative to the spec's folder) that the lock follows from.

        With `folder`, the spec's folder, also those that they name (`-r base.txt`) and `uv.lock`.
        """
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


def worker_environment(
    environment: PythonEnvironment, base_env: Mapping[str, str], *, tools: bool = False
) -> dict[str, str]:
    """The variables for a process in the project's Python, on top of `base_env`.

    `shipway_runtime` can be imported, the runtime's third-party parts stand behind the project's
    packages (the worker adds them from SHIPWAY_OVERLAY), and so does pytest with `tools`. Nothing
    of the environment that Shipway itself runs in is passed on.
    """
    variables = {name: value for name, value in base_env.items() if name not in FOREIGN}
    variables |= read_variables(environment.interpreter)
    programs = str(Path(environment.interpreter).parent)
    variables["PATH"] = os.pathsep.join(filter(None, [programs, base_env.get("PATH", "")]))
    variables["PYTHONHASHSEED"] = "0"
    # Bytecode lands in folders of Shipway's own only (the environment, a stage's scratch), and
    # saves each later process two of the three seconds that importing scikit-learn takes.
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    variables["PYTHONUNBUFFERED"] = "1"
    if environment.overlay:
        overlay = Path(environment.overlay)
        variables["PYTHONPATH"] = str(overlay / "runtime")
        variables["SHIPWAY_OVERLAY"] = str(overlay / "site")
        if tools:
            variables["PYTHONPATH"] += os.pathsep + str(overlay / "runtime" / HOOK)
            variables["SHIPWAY_TOOLS"] = str(overlay / "tools")
    return variables
