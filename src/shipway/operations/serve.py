# SPDX-License-Identifier: Apache-2.0
"""`shipway serve`: one model version on this machine, in the foreground."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from shipway.adapters.environments.interface import worker_environment
from shipway.base.processes import run
from shipway.engine.wiring import open_project
from shipway.operations.versions import environment_of, find_version, unpack


def serve(folder: Path, name: str, host: str, port: int, tell: Callable[[str], None]) -> int:
    """Serve until interrupted; the server's exit code. `tell` takes each line that it writes."""
    project = open_project(folder)
    version = find_version(project, name)
    environment = environment_of(project, version)
    with tempfile.TemporaryDirectory(prefix="shipway-serve-") as scratch:
        bundle = unpack(project, version, Path(scratch))
        argv = [
            *(environment.interpreter, "-m", "shipway_runtime.server", "--bundle", str(bundle)),
            *(
                "--host",
                host,
                "--port",
                str(port),
                "--release",
                f"{version.model}@{version.number}",
            ),
        ]
        env = worker_environment(environment, os.environ)
        return run(argv, cwd=bundle, env=env, on_line=tell).returncode
