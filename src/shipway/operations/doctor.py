# SPDX-License-Identifier: Apache-2.0
"""`shipway doctor`: look at this machine and this project for trouble, each with its cure."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from shipway.base.errors import ShipwayError
from shipway.base.processes import CaptureError, capture, which
from shipway.engine.wiring import SPEC_NAME, Project, cache_folder, open_project

LITTLE_SPACE = 2 << 30


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    state: Literal["good", "warning", "trouble"]
    found: str
    cure: str = ""


def examine(folder: Path) -> list[Finding]:
    """All findings, those about the machine first."""
    return [*_machine(folder), *_project(folder)]


def _machine(folder: Path) -> Iterator[Finding]:
    yield Finding("Python", "good", f"{sys.version.split()[0]} at {sys.executable}")
    yield _git()
    for place in (folder, cache_folder()):
        yield _space(place)
    yield _key()


def _git() -> Finding:
    program = which("git")
    if program is None:
        return Finding("Git", "trouble", "not found", "Install Git.")
    try:
        version = capture([program, "--version"], Path.cwd()).decode().strip()
    except CaptureError as error:
        return Finding("Git", "trouble", str(error), "Install Git again.")
    return Finding("Git", "good", version)


def _space(place: Path) -> Finding:
    there = next(path for path in (place, *place.parents) if path.exists())
    free = shutil.disk_usage(there).free
    state: Literal["good", "warning"] = "good" if free > LITTLE_SPACE else "warning"
    cure = "" if state == "good" else "Free some space: an environment may take a gigabyte."
    return Finding("disk", state, f"{free / 1e9:.1f} GB free at {there}", cure)


def _key() -> Finding:
    from shipway.storage.signing import key_path

    path = key_path()
    if not path.exists():
        return Finding("signing key", "good", f"none yet; made at {path} on first use")
    if path.stat().st_mode & 0o077:
        cure = f"chmod 600 {path}"
        return Finding("signing key", "trouble", f"{path} can be read by others", cure)
    return Finding("signing key", "good", str(path))


def _project(folder: Path) -> Iterator[Finding]:
    if not (folder / SPEC_NAME).exists():
        yield Finding("spec", "warning", f"no {SPEC_NAME} in {folder}", "Make one: shipway init")
        return
    try:
        project = open_project(folder)
    except ShipwayError as error:
        yield Finding("spec", "trouble", str(error), "Correct the file.")
        return
    yield Finding("spec", "good", f"{SPEC_NAME} of project {project.spec.project}")
    yield _source(project)
    yield Finding(
        "store",
        "warning",
        f"{project.store.location} is the only copy of models, runs and history",
        "Keep a copy of that folder somewhere else.",
    )
    for environment in project.spec.deploy:
        yield _endpoint(project, environment)


def _source(project: Project) -> Finding:
    try:
        source = project.sources.look(project.paths.folder)
    except ShipwayError as error:
        return Finding("repository", "trouble", error.what, error.cure)
    state = "uncommitted changes" if source.dirty else "clean"
    return Finding("repository", "good", f"{source.branch} at {source.commit[:10]}, {state}")


def _endpoint(project: Project, environment: str) -> Finding:
    from shipway.delivery.releases import ReleaseLog

    try:
        observed = project.target(environment).observe()
    except ShipwayError as error:
        return Finding(f"endpoint {environment}", "trouble", error.what, error.cure)
    live = ReleaseLog(project.store, project.spec.project, environment).state().live
    if observed.running:
        return Finding(f"endpoint {environment}", "good", f"answers at {observed.endpoint}")
    if live is None:
        return Finding(f"endpoint {environment}", "good", "nothing is live")
    cure = "Bring it back: shipway run"
    return Finding(f"endpoint {environment}", "trouble", f"{live.release} does not run", cure)
