# SPDX-License-Identifier: Apache-2.0
"""`shipway deploy` and `shipway promote`: a registered version to an environment, without a run.

The version's own code and locked environment are used, whatever is checked out now. `promote`
also brings back a release that was rejected.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shipway.base import clock
from shipway.base.errors import InputError, StoppedError
from shipway.base.events import Event
from shipway.base.identity import who
from shipway.engine import lock
from shipway.engine.contexts import Contexts
from shipway.engine.plan import Node
from shipway.engine.wiring import Project, open_project
from shipway.operations.versions import environment_of, find_version
from shipway.records.delivery import Deployment, ModelVersion, Package, Verification
from shipway.records.results import reason_of
from shipway.stages import ROAD
from shipway.stages.champions import final_environment
from shipway.stages.deploy import make_live
from shipway.stages.package import package
from shipway.stages.verify import verify


@dataclass(frozen=True)
class Deployed:
    """What is live now, and what verification saw."""

    version: ModelVersion
    package: Package
    deployment: Deployment
    verification: Verification


def deploy(folder: Path, environment: str, name: str, tell: Callable[[str], None]) -> Deployed:
    """Deploy `name` (MODEL@N), or the newest version whose gates passed, to `environment`."""
    project = open_project(folder)
    project.target(environment)
    version = find_version(project, name) if name else _newest(project)
    return _bring(project, environment, version, tell, promote=False)


def promote(folder: Path, name: str, environment: str, tell: Callable[[str], None]) -> Deployed:
    """Make `name` live in `environment` (the final one by default), a rejected one included."""
    project = open_project(folder)
    environment = environment or final_environment(project.spec)
    project.target(environment)
    return _bring(project, environment, find_version(project, name), tell, promote=True)


def _newest(project: Project) -> ModelVersion:
    if project.spec.model is None:
        raise InputError("the spec names no model", where=project.document.where())
    versions = project.registry.versions(project.spec.model.name)
    passed = [version for version in versions if version.verdict == "passed"]
    if not passed:
        raise StoppedError("no version has passed its gates", cure="Make one: shipway run")
    return passed[-1]


def _bring(
    project: Project,
    environment: str,
    version: ModelVersion,
    tell: Callable[[str], None],
    *,
    promote: bool,
) -> Deployed:
    project.prepare()
    run_id = f"{clock.now():%Y%m%d-%H%M%S}-{os.urandom(3).hex()}"
    with lock.hold(project.paths.local / "run.lock", f"deploy {environment}", tell=tell):
        source = project.sources.look(project.paths.folder)
        contexts = Contexts(project, source, run_id, who(), lambda event: _relay(event, tell))
        stages = {stage.name: stage for stage in ROAD}
        with contexts.context(Node("package", stages["package"]), {}) as context:
            unit = package(context, version, environment_of(project, version))
        node = Node(f"deploy {environment}", stages["deploy"], environment)
        with contexts.context(node, {}) as context:
            deployment = make_live(context, unit, version, promote=promote)
            verification = verify(context, unit, deployment)
    if verification.verdict != "passed":
        raise StoppedError(
            f"{deployment.release} did not verify: {reason_of(verification)}",
            cure=f"shipway history {environment} shows what is live now.",
        )
    return Deployed(version, unit, deployment, verification)


def _relay(event: Event, tell: Callable[[str], None]) -> None:
    if event.message:
        tell(event.message)
