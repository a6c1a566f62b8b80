# SPDX-License-Identifier: Apache-2.0
"""`shipway status`: what should be live, what really runs, and how the last run ended."""

from pathlib import Path

import msgspec

from shipway.engine import lock
from shipway.engine.records import close_unfinished, read_run, run_ids
from shipway.engine.wiring import Project, open_project
from shipway.operations.delivery import Place
from shipway.records.delivery import ReleaseEvent


class EndpointStatus(msgspec.Struct, frozen=True):
    """One environment: what the release log says, and what was seen."""

    environment: str
    live: ReleaseEvent | None
    running: bool
    endpoint: str
    weights: dict[str, float]
    unfinished: str = ""
    stopped: bool = False
    metrics: dict[str, dict[str, float]] = {}

    def healthy(self) -> bool:
        """True when the release that should answer does, or nothing should."""
        if self.live is None:
            return not self.unfinished
        if self.unfinished:
            # In the middle of a swap either release may have the traffic; somebody must.
            return self.running and any(self.weights.values())
        return self.running and self.weights.get(self.live.release, 0.0) > 0.0


class Status(msgspec.Struct, frozen=True):
    """The whole project at a glance."""

    project: str
    store: str
    only_copy: bool
    endpoints: tuple[EndpointStatus, ...]
    last_run: str = ""
    last_verdict: str = ""
    last_error: str = ""
    running: str = ""


def status(folder: Path) -> Status:
    """Look at the release logs, the targets and the last run of the project in `folder`."""
    project = open_project(folder)
    close_unfinished(project)
    known = run_ids(project)
    last = read_run(project, known[-1]) if known else None
    busy = lock.holder(project.paths.local / "run.lock")
    return Status(
        project=project.spec.project,
        store=project.store.location,
        only_copy="://" not in project.store.location,
        endpoints=tuple(_endpoint(project, name) for name in project.spec.deploy),
        last_run=last.run if last else "",
        last_verdict=last.verdict if last else "",
        last_error=(last.error or last.note) if last else "",
        running=str(busy) if busy else "",
    )


def _endpoint(project: Project, environment: str) -> EndpointStatus:
    state = Place(project, environment, lambda text: None).log.state()
    seen = project.target(environment).observe()
    unfinished = state.unfinished
    return EndpointStatus(
        environment=environment,
        live=state.live,
        running=seen.running,
        endpoint=seen.endpoint,
        weights=seen.weights,
        unfinished=f"{unfinished.action} {unfinished.release}" if unfinished else "",
        stopped=state.stopped,
        metrics=seen.metrics,
    )
