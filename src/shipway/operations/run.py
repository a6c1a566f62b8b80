# SPDX-License-Identifier: Apache-2.0
"""`shipway run`: take a source along the road, and keep the record of it.

One run at a time goes along the road of one project. A run that was killed is closed by the next
command; what it had finished is answered from the cache.
"""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shipway.base import clock
from shipway.base.errors import InputError, ShipwayError
from shipway.base.events import Event, Listener
from shipway.base.identity import who
from shipway.engine import lock
from shipway.engine.codesets import declared_above
from shipway.engine.contexts import Contexts
from shipway.engine.overrides import with_overrides
from shipway.engine.plan import Plan, make_plan
from shipway.engine.records import RunBook
from shipway.engine.runner import Outcome, Runner
from shipway.engine.wiring import Project, open_project, project_paths
from shipway.operations.store_in_ci import check_store
from shipway.records.run import RunRecord
from shipway.records.source import Source
from shipway.stages import ROAD, user_steps


@dataclass(frozen=True)
class RunOptions:
    """What may be asked of a run on the command line.

    Whoever runs several at once sets `interrupted` to end them all the way Ctrl-C ends one.
    """

    until: str = ""
    commit: str = ""
    overrides: tuple[str, ...] = ()
    force: tuple[str, ...] = ()
    upgrade: bool = False
    wait: bool = True
    explain: bool = False
    relax: bool = False
    interrupted: threading.Event | None = None


@dataclass(frozen=True)
class RunResult:
    """A finished run: its record, the outcome with typed results, where its report is."""

    record: RunRecord
    outcome: Outcome
    report: Path | None
    project: Project
    error: ShipwayError | None


def run(folder: Path, options: RunOptions, emit: Listener) -> RunResult:
    """Take the source in `folder` along the road; InputError when it can't even start."""
    return run_opened(*open_for_run(folder, options), options, emit)


def run_opened(
    project: Project, source: Source | None, options: RunOptions, emit: Listener
) -> RunResult:
    """The same for a project that `open_for_run` gave."""
    _check(project)
    project.prepare()
    run_id = _new_id()
    tell = _teller(emit)
    with lock.hold(project.paths.local / "run.lock", f"run {run_id}", wait=options.wait, tell=tell):
        book = RunBook(project, emit)
        book.close_unfinished()
        _clear_scratch(project)
        source = source or look(project)
        if options.relax:
            from shipway.operations.relax import relax

            relax(project, source, tell)
        return _go(project, source, options, run_id, book)


def _go(
    project: Project, source: Source, options: RunOptions, run_id: str, book: RunBook
) -> RunResult:
    environments, note = _where_to(project, source, options)
    plan = _plan(project, environments, note, options)
    check_store(project, plan, options.until)
    book.start(run_id, source, plan, note)
    contexts = Contexts(project, source, run_id, who(), book.emit)
    tools = contexts.tools(
        _forced(options, plan), explain=options.explain, interrupted=options.interrupted
    )
    with terminated():
        outcome = Runner(plan, tools, {"checkout": source}).run()
    record, report = book.finish(outcome)
    return RunResult(record, outcome, report, project, outcome.error)


def look(project: Project) -> Source:
    """What lies in the project's folder now; shared code and data above it may make it dirty."""
    above = declared_above(project.spec)
    source: Source = project.sources.look(project.paths.folder, also=above)
    return source


def open_for_run(folder: Path, options: RunOptions) -> tuple[Project, Source | None]:
    """The project in `folder` as `options` want it, with its source when they name a commit."""
    if not options.commit:
        return with_overrides(open_project(folder), options.overrides), None
    from shipway.adapters import sources
    from shipway.base import catalogue
    from shipway.engine.wiring import SPEC_NAME, cache_folder
    from shipway.spec.reader import read

    kind = catalogue.load("sources", sources.CATALOGUE, "git")
    source: Source = kind(cache_folder() / "checkouts").look(folder.resolve(), options.commit)
    document = read(Path(source.folder) / SPEC_NAME)
    project = Project(document, project_paths(folder))
    return with_overrides(project, options.overrides), source


def _check(project: Project) -> None:
    """All that the spec asks for and this version can't do, before anything is done."""
    from shipway.operations.unavailable import unavailable_in

    mistakes = unavailable_in(project)
    if mistakes:
        raise InputError("\n".join(mistakes), cure="Correct these, or remove them, to run.")
    project.check_targets()


def _where_to(project: Project, source: Source, options: RunOptions) -> tuple[list[str], str]:
    """The environments that this source may go to, and why it may not go to the others."""
    from shipway.delivery.permission import source_refusal

    if options.overrides:
        return [], "--set changes what the commit says; commit the change"
    allowed: list[str] = []
    notes: list[str] = []
    for name, deploy in project.spec.deploy.items():
        reason = source_refusal(source, deploy, name)
        if reason is None and deploy.after is not None and deploy.after not in allowed:
            reason = f"{name} comes after {deploy.after}"
        if reason is None:
            allowed.append(name)
        else:
            notes.append(reason)
    return allowed, "; ".join(notes)


def _plan(project: Project, environments: list[str], note: str, options: RunOptions) -> Plan:
    may_register = bool(environments) or not note
    return make_plan(
        project.spec,
        ROAD,
        user_steps(project.spec),
        environments,
        may_register,
        options.until,
    )


def _forced(options: RunOptions, plan: Plan) -> tuple[str, ...]:
    known = {node.name for node in plan} | {node.stage.name for node in plan}
    for name in options.force:
        if name not in known:
            from shipway.base.names import did_you_mean

            raise InputError(f"this run has no stage {name!r}", cure=did_you_mean(name, known))
    return (*options.force, "environment") if options.upgrade else options.force


def _new_id() -> str:
    return f"{clock.now():%Y%m%d-%H%M%S}-{os.urandom(3).hex()}"


def _teller(emit: Listener) -> Callable[[str], None]:
    return lambda text: emit(Event("note", clock.stamp(), message=text))


def _clear_scratch(project: Project) -> None:
    shutil.rmtree(project.paths.local / "scratch", ignore_errors=True)


@contextlib.contextmanager
def terminated() -> Iterator[None]:
    """Let SIGTERM end a run the way Ctrl-C does, so that nothing is left running.

    Signals come to the main thread only: runs in other threads leave this to whoever started them.
    """
    import signal

    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(signum: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
