# SPDX-License-Identifier: Apache-2.0
"""`shipway serve`: one model version on this machine, in the foreground."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from shipway.adapters.environments.interface import worker_environment
from shipway.base.errors import INTERRUPTED, InputError
from shipway.base.processes import Completed, run
from shipway.engine.wiring import Project, open_project
from shipway.operations.run import terminated
from shipway.operations.versions import environment_of, find_version, unpack
from shipway.packaging.application import Application
from shipway.records.delivery import ModelVersion
from shipway.stages.package import application_in

PORT = 8080


def serve(folder: Path, name: str, host: str, port: int | None, tell: Callable[[str], None]) -> int:
    """Serve until interrupted (130); the server's exit code. `tell` takes each line that it writes.

    The user's own web application is run where `package.server` names one; without a `port` it
    listens on the one that it declares.
    """
    project = open_project(folder)
    version = find_version(project, name)
    application = application_in(project.spec.package)
    port = _port(project, application, port)
    # SIGTERM, like Ctrl-C, has to pass by the temporary folder on its way out.
    with terminated(), tempfile.TemporaryDirectory(prefix="shipway-serve-") as scratch:
        bundle = unpack(project, version, Path(scratch), application)
        tell(f"serving {version.model}@{version.number} at http://{host}:{port}; Ctrl-C ends it")
        try:
            return _run(project, version, application, bundle, host, port, tell).returncode
        except KeyboardInterrupt:
            tell("ended")
            return INTERRUPTED


def _run(
    project: Project,
    version: ModelVersion,
    application: Application | None,
    bundle: Path,
    host: str,
    port: int,
    tell: Callable[[str], None],
) -> Completed:
    environment = environment_of(project, version)
    module = "shipway_runtime.server" if application is None else "shipway_runtime.launch"
    argv = [environment.interpreter, "-m", module, "--bundle", str(bundle)]
    argv += ["--host", host, "--port", str(port)]
    if application is None:
        argv += ["--release", f"{version.model}@{version.number}"]
    env = worker_environment(environment, os.environ)
    return run(argv, cwd=bundle, env=env, on_line=tell)


def _port(project: Project, application: Application | None, asked: int | None) -> int:
    if application is None:
        return PORT if asked is None else asked
    if application.fixed_port and asked not in (None, application.port):
        raise InputError(
            f"the application's command names its port, {application.port}",
            where=project.document.where("package", "server", "command"),
            cure=f"Write {{port}} where {application.port} stands, or leave --port out.",
        )
    return application.port if asked is None else asked
