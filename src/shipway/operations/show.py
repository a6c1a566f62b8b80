# SPDX-License-Identifier: Apache-2.0
"""`shipway show`: one run, one model version or one release, whichever the name means."""

from pathlib import Path

from shipway.base.errors import InputError
from shipway.delivery.releases import ReleaseLog
from shipway.engine.records import close_unfinished, read_run
from shipway.engine.wiring import Project, open_project
from shipway.operations.logs import find_run
from shipway.operations.versions import find_version
from shipway.records.delivery import ModelVersion, ReleaseEvent
from shipway.records.run import RunRecord


def show(folder: Path, name: str) -> RunRecord | ModelVersion | ReleaseEvent:
    """The record that `name` means; InputError when it means none."""
    project = open_project(folder)
    if "@" in name or name == "champion" or name in project.registry.models():
        return find_version(project, name)
    release = _release(project, name)
    if release is not None:
        return release
    close_unfinished(project)
    record = read_run(project, find_run(project, name))
    if record is None:
        raise InputError(f"the run {name!r} has no record")
    return record


def _release(project: Project, name: str) -> ReleaseEvent | None:
    """The newest event of a release in any environment."""
    for environment in project.spec.deploy:
        log = ReleaseLog(project.store, project.spec.project, environment)
        found = [event for event in log.history() if event.release == name]
        if found:
            return found[-1]
    return None
