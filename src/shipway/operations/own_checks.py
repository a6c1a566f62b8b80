# SPDX-License-Identifier: Apache-2.0
"""`data.pandera` and `data.checks` outside of a run: which Python is asked.

With the spec of a project, that of its environment. With a file of checks, the Python of the active
virtual environment (`VIRTUAL_ENV`), else the one that Shipway runs in; modules are found beside the
file of checks.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.adapters.environments.overlay import runtime_source
from shipway.base.processes import run
from shipway.records.source import PythonEnvironment
from shipway.spec.document import Document
from shipway.spec.types import DataSpec
from shipway.stages.own_checks import ask, has_own_checks, values_of

if TYPE_CHECKING:
    from shipway.data.opening import Table
    from shipway.data.own_checks import OwnAnswers


def ask_project(
    document: Document, data: DataSpec, tables: Mapping[str, "Table"], *, of_project: bool
) -> "OwnAnswers | None":
    """What the Python that belongs to `document` says; None where nothing of the sort is demanded.

    `of_project` says that the document is the spec of a project, not a file of checks.
    """
    if not has_own_checks(data):
        return None
    folder = document.path.parent.resolve()
    with tempfile.TemporaryDirectory(prefix="shipway-") as made:
        scratch = Path(made)
        environment = _of_project(folder) if of_project else _active(scratch)
        return ask(environment, data, values_of(tables, data), folder, scratch, run)


def _of_project(folder: Path) -> PythonEnvironment:
    from shipway.engine.wiring import open_project
    from shipway.stages.environment import environment_spec

    project = open_project(folder)
    project.prepare()
    spec = environment_spec(project.spec, folder)
    return project.environments.resolve(folder, spec, lambda text: None)


def _active(scratch: Path) -> PythonEnvironment:
    """The Python at hand, with nothing of Shipway's but the runtime."""
    active = os.environ.get("VIRTUAL_ENV")
    own = Path(active) / "bin" / "python" if active else None
    runtime = scratch / "overlay" / "runtime"
    runtime.mkdir(parents=True)
    (runtime / "shipway_runtime").symlink_to(runtime_source(), target_is_directory=True)
    return PythonEnvironment(
        digest="",
        python="",
        platform="",
        lock="",
        packages=(),
        interpreter=str(own) if own is not None and own.exists() else sys.executable,
        overlay=str(scratch / "overlay"),
    )
