# SPDX-License-Identifier: Apache-2.0
"""`shipway run --all`: every project of a repository, each along its own road.

A project is a folder with a `shipway.yaml` that Git sees. Each run asks its own fingerprints, so a
project of which nothing changed, the shared code that it names included, is over at once. One that
fails does not keep the others from running.
"""

import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shipway.base import catalogue, clock
from shipway.base.errors import (
    BUG,
    DONE,
    INPUT,
    INTERRUPTED,
    OUTSIDE,
    STOPPED,
    WAITING,
    InputError,
    ShipwayError,
)
from shipway.base.events import Listener
from shipway.engine.wiring import SPEC_NAME, Project, cache_folder
from shipway.operations.run import RunOptions, RunResult, open_for_run, run_opened, terminated
from shipway.operations.run_document import run_document
from shipway.records.source import Source

# The worst first: what a person has to look at before anything else.
WORST = (BUG, INTERRUPTED, OUTSIDE, INPUT, STOPPED, WAITING, DONE)
NOT_RUN = -1
SIGNING = {"checkout", "store"}

Opened = tuple[Project, Source | None]


@dataclass(frozen=True)
class ProjectRun:
    """How one project fared: its folder as `name`, and its result, or the error that came first.

    Without both it was not begun any more: the whole was interrupted.
    """

    name: str
    folder: Path
    seconds: float = 0.0
    result: RunResult | None = None
    error: ShipwayError | None = None

    @property
    def exit_code(self) -> int:
        """The exit code that `shipway run` would have had for it alone."""
        if self.error is not None:
            return self.error.exit_code
        return NOT_RUN if self.result is None else self.result.record.exit_code

    @property
    def verdict(self) -> str:
        """The run's verdict, `error` or `not run`."""
        if self.result is not None:
            return self.result.record.verdict
        return "error" if self.error is not None else "not run"

    @property
    def ran(self) -> list[str]:
        """The stages that did something; empty when nothing had changed."""
        if self.result is None:
            return []
        did = ("passed", "failed", "cancelled")
        stages = self.result.record.stages
        ran = [s.stage for s in stages if s.status in did and not s.cached]
        # Every commit is signed for, also one that has nothing to do with this model.
        return [name for name in ran if name != "checkout"] if set(ran) - SIGNING else []


class Watcher:
    """Whoever shows how the projects fare; all methods may be called by several threads."""

    def begin(self, name: str, number: int, count: int) -> Listener:
        """Project `number` of `count` begins; who listens to the events of its run."""
        raise NotImplementedError

    def end(self, run: ProjectRun) -> None:
        """A project has ended."""
        raise NotImplementedError


def run_all(folder: Path, options: RunOptions, watcher: Watcher, jobs: int = 1) -> list[ProjectRun]:
    """Run all projects at or below `folder`, at most `jobs` at a time, in the order of their paths.

    InputError when there is none.
    """
    folder = folder.resolve()
    found = find_projects(folder)
    opened: dict[Path, Opened | ShipwayError] = {}
    for place in found:
        opened[place] = _open(place, options)
    _refuse_twins(folder, opened)
    interrupted = threading.Event()
    several = _Several(folder, opened, replace(options, interrupted=interrupted), watcher)
    with terminated():
        return several.run_in_turn() if jobs <= 1 else several.run_beside(jobs, interrupted)


def find_projects(folder: Path) -> list[Path]:
    """The folders of all projects at or below `folder`; InputError when there is none."""
    from shipway.adapters import sources

    kind = catalogue.load("sources", sources.CATALOGUE, "git")
    found: list[Path] = kind(cache_folder() / "checkouts").projects(folder, SPEC_NAME)
    if not found:
        raise InputError(
            f"there is no {SPEC_NAME} here or below that Git sees",
            where=str(folder),
            cure=f"Make one in the folder of a model: shipway init. A file that .gitignore names"
            f" does not count: git check-ignore -v FOLDER/{SPEC_NAME}",
        )
    return found


def worst(codes: Sequence[int]) -> int:
    """One exit code for all."""
    return min((code for code in codes if code != NOT_RUN), key=WORST.index, default=DONE)


def all_document(runs: Sequence[ProjectRun]) -> dict[str, Any]:
    """The one JSON document of `shipway run --all --json`."""
    return {
        "projects": [_document(run) for run in runs],
        "exit_code": worst([run.exit_code for run in runs]),
    }


def _document(run: ProjectRun) -> dict[str, Any]:
    error = run.error
    return {
        "folder": run.name,
        "project": run.result.project.spec.project if run.result else None,
        "verdict": run.verdict,
        "exit_code": None if run.exit_code == NOT_RUN else run.exit_code,
        "seconds": round(run.seconds, 3),
        "ran": run.ran,
        "unchanged": run.exit_code == DONE and not run.ran,
        "error": {"what": error.what, "where": error.where, "cure": error.cure} if error else None,
        "run": run_document(run.result) if run.result else None,
    }


def _open(folder: Path, options: RunOptions) -> Opened | ShipwayError:
    try:
        return open_for_run(folder, options)
    except ShipwayError as error:
        return error


def _refuse_twins(top: Path, opened: dict[Path, Opened | ShipwayError]) -> None:
    """Put an error where two projects of one name share a store: they would take each other's
    releases for their own.
    """
    first: dict[tuple[str, str], Path] = {}
    for folder, found in opened.items():
        if isinstance(found, ShipwayError):
            continue
        project = found[0]
        key = (project.store.location, project.spec.project)
        other = first.setdefault(key, folder)
        if other != folder:
            opened[folder] = InputError(
                f"the project in {relative(other, top)} is called {project.spec.project!r} as"
                " well, and keeps its history in the same store",
                where=f"{relative(folder, top)}/{project.document.where('project')}",
                cure="Give each project a name of its own.",
            )


def relative(folder: Path, top: Path) -> str:
    """A project's folder as it is shown: relative to where the command looks."""
    return os.path.relpath(folder, top)


class _Several:
    """Runs the opened projects; each at most once."""

    def __init__(
        self,
        top: Path,
        opened: Mapping[Path, Opened | ShipwayError],
        options: RunOptions,
        watcher: Watcher,
    ) -> None:
        self.top = top
        self.opened = opened
        self.options = options
        self.watcher = watcher
        self.numbers = {folder: number for number, folder in enumerate(opened, 1)}

    def run_in_turn(self) -> list[ProjectRun]:
        """One after the other; after an interruption nothing more begins."""
        done: dict[Path, ProjectRun] = {}
        for folder in self.opened:
            done[folder] = self._run(folder)
            if done[folder].exit_code == INTERRUPTED:
                break
        return [done.get(folder) or self._not_run(folder) for folder in self.opened]

    def run_beside(self, jobs: int, interrupted: threading.Event) -> list[ProjectRun]:
        """Several at a time, in threads: what takes time are processes of their own."""
        with ThreadPoolExecutor(jobs) as pool:
            pending = {folder: pool.submit(self._run, folder) for folder in self.opened}
            try:
                return [future.result() for future in pending.values()]
            except KeyboardInterrupt:
                interrupted.set()
                return [future.result() for future in pending.values()]

    def _run(self, folder: Path) -> ProjectRun:
        interrupted = self.options.interrupted
        if interrupted is not None and interrupted.is_set():
            return self._not_run(folder)
        name = relative(folder, self.top)
        listener = self.watcher.begin(name, self.numbers[folder], len(self.numbers))
        began = clock.seconds()
        result: RunResult | None = None
        error: ShipwayError | None = None
        try:
            result = self._go(folder, listener)
        except ShipwayError as raised:
            error = raised
        run = ProjectRun(name, folder, clock.seconds() - began, result, error)
        self.watcher.end(run)
        return run

    def _go(self, folder: Path, listener: Listener) -> RunResult:
        found = self.opened[folder]
        if isinstance(found, ShipwayError):
            raise found
        return run_opened(*found, self.options, listener)

    def _not_run(self, folder: Path) -> ProjectRun:
        return ProjectRun(relative(folder, self.top), folder)
