# SPDX-License-Identifier: Apache-2.0
"""`shipway ci init PROVIDER`: the file that makes a CI provider run Shipway.

Shipway runs the same everywhere; what the file adds is what a machine that is new each time lacks:
the store, the environments, and a place where people read the report.
"""

import shlex
import sys
from pathlib import Path

import msgspec

from shipway import __version__
from shipway.adapters import ci, sources
from shipway.adapters.ci.interface import Ci, CiWanted
from shipway.base import catalogue
from shipway.base.errors import InputError
from shipway.base.files import disk_errors, write_atomic
from shipway.engine.wiring import SPEC_NAME, Project, cache_folder, open_project
from shipway.operations.run_all import find_projects, relative
from shipway.operations.store_in_ci import TOGETHER, is_lost, outside
from shipway.records.source import Source

INSTALL = f"pip install shipway=={__version__}"


class CiFile(msgspec.Struct, frozen=True):
    """The file: its path, its text, whether it was written now, and what else is to be done."""

    path: str
    text: str
    written: bool
    to_do: tuple[str, ...] = ()
    to_know: tuple[str, ...] = ()


def ci_init(folder: Path, provider: str, *, install: str = "", write: bool = True) -> CiFile:
    """Make the provider's file for the repository that holds `folder`, and `write` it.

    InputError when there is another file of that name, or no project that Git sees.
    """
    kind: Ci = catalogue.load("ci", ci.CATALOGUE, provider)()
    if "\n" in install:
        raise InputError("--install takes one line", cure="Join several commands by &&.")
    git = catalogue.load("sources", sources.CATALOGUE, "git")
    source: Source = git(cache_folder() / "checkouts").look(folder.resolve())
    top = Path(source.root)
    found = find_projects(top)
    projects = [open_project(place) for place in found]
    wanted = CiWanted(
        command=_command([relative(place, top) for place in found]),
        install=install or INSTALL,
        branch=source.default_branch or source.branch or "main",
        stores=_stores(projects),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        lfs=_uses_lfs(top),
        submodules=(top / ".gitmodules").exists(),
    )
    text = kind.text(wanted)
    path = top / kind.path
    written = write and _write(path, text)
    to_do = [_line_to_add(project, top) for project in projects if is_lost(project)]
    return CiFile(str(path), text, written, tuple(to_do), tuple(_to_know(projects)))


def _command(projects: list[str]) -> str:
    if projects == ["."]:
        return "shipway run"
    if len(projects) == 1:
        return f"shipway run --project {shlex.quote(projects[0])}"
    return "shipway run --all"


def _store(project: Project) -> str:
    """The folder that jobs hand on: the spec's own, or the one that its owner will be told."""
    return outside(project.spec) if is_lost(project) else project.spec.store


def _stores(projects: list[Project]) -> tuple[str, ...]:
    """The folders that jobs hand on: one for all where they lie together."""
    found = list(dict.fromkeys(_store(project) for project in projects))
    together = {folder.rpartition("/")[0] for folder in found}
    if len(found) > 1 and together == {TOGETHER}:
        return (TOGETHER,)
    return tuple(found)


def _uses_lfs(top: Path) -> bool:
    attributes = top / ".gitattributes"
    return attributes.is_file() and "filter=lfs" in attributes.read_text(errors="replace")


def _write(path: Path, text: str) -> bool:
    """Write the file; False when it is there already, just so."""
    if path.exists():
        if path.read_text(errors="replace") == text:
            return False
        raise InputError(
            "there is such a file already, and it says something else",
            where=str(path),
            cure="Compare it with what `shipway ci init github --print` shows, or remove it first.",
        )
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, text.encode())
    return True


def _line_to_add(project: Project, top: Path) -> str:
    place = relative(project.paths.folder / SPEC_NAME, top)
    return f"{place}: store: {outside(project.spec)}"


def _to_know(projects: list[Project]) -> list[str]:
    local = [
        f"{project.spec.project}/{name}"
        for project in projects
        for name, deploy in project.spec.deploy.items()
        if deploy.target == "local"
    ]
    notes = [
        "The store travels in the provider's cache, which forgets what is not used for a week:"
        " keep a copy elsewhere until stores in buckets are available.",
        "Each job signs with a key of its own. To sign with yours, write it to a file from a"
        " secret and name the file in SHIPWAY_KEY.",
    ]
    if local:
        names = ", ".join(local)
        notes.insert(
            0, f"{names}: the target `local` lives on the job's machine and ends with the job."
        )
    return notes
