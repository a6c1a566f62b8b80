# SPDX-License-Identifier: Apache-2.0
"""Keeps the record of a run: `run.json`, `events.jsonl` and the report, in the store.

A run record says `running` until the run has ended; one whose process is gone is closed as
`interrupted` by whoever looks next.
"""

from pathlib import Path

import msgspec

from shipway import __version__
from shipway.base import clock
from shipway.base.digests import digest_of, hex_of
from shipway.base.errors import (
    BUG,
    DONE,
    INPUT,
    INTERRUPTED,
    OUTSIDE,
    STOPPED,
    WAITING,
    ShipwayError,
)
from shipway.base.events import Event, Listener
from shipway.base.files import link, write_atomic
from shipway.engine.plan import Plan
from shipway.engine.runner import Outcome
from shipway.engine.wiring import Project
from shipway.records.results import reason_of
from shipway.records.run import RunRecord, RunVerdict, StageRun
from shipway.records.source import Source

VERDICTS: dict[int, RunVerdict] = {
    DONE: "passed",
    STOPPED: "failed",
    WAITING: "waiting",
    INTERRUPTED: "interrupted",
    INPUT: "error",
    OUTSIDE: "error",
    BUG: "error",
}


def run_key(project: str, run_id: str, name: str) -> str:
    """The store's key of a run's file."""
    return f"runs/{project}/{run_id}/{name}"


def read_run(project: Project, run_id: str) -> RunRecord | None:
    """A run's record; None for an unknown run."""
    data = project.store.get(run_key(project.spec.project, run_id, "run.json"))
    return None if data is None else msgspec.json.decode(data, type=RunRecord)


def run_ids(project: Project) -> list[str]:
    """The ids of the runs that the store knows, oldest first."""
    prefix = f"runs/{project.spec.project}/"
    return [key.split("/")[2] for key in project.store.keys(prefix) if key.endswith("/run.json")]


def close_unfinished(project: Project) -> list[str]:
    """Close the records of runs whose process is gone; their ids."""
    closed = project.journal.unfinished()
    for run_id in closed:
        record = read_run(project, run_id)
        if record is not None and record.verdict == "running":
            ended = msgspec.structs.replace(
                record,
                verdict="interrupted",
                exit_code=INTERRUPTED,
                finished=clock.stamp(),
                stages=tuple(_closed(stage) for stage in record.stages),
                error="the process was killed; the next run goes on where it stopped",
            )
            key = run_key(project.spec.project, run_id, "run.json")
            project.store.put(key, msgspec.json.encode(ended))
        project.journal.finish_run(run_id, "interrupted")
    return closed


def _closed(stage: StageRun) -> StageRun:
    status = "cancelled" if stage.status == "running" else stage.status
    return msgspec.structs.replace(stage, status=status)


class RunBook:
    """Writes the record of one run while it goes."""

    def __init__(self, project: Project, listener: Listener) -> None:
        self.project = project
        self.listener = listener
        self.events: list[Event] = []
        self.record: RunRecord | None = None

    def emit(self, event: Event) -> None:
        """Keep an event, and hand it on to whoever watches."""
        self.events.append(event)
        self.listener(event)

    def close_unfinished(self) -> None:
        """Close what a killed run left behind, and say so."""
        for run_id in close_unfinished(self.project):
            text = f"run {run_id} was killed; what it had finished is not done again"
            self.emit(Event("note", clock.stamp(), message=text))

    def start(self, run_id: str, source: Source, plan: Plan, note: str) -> None:
        """The run begins."""
        started = clock.stamp()
        self.record = RunRecord(
            run=run_id,
            project=self.project.spec.project,
            verdict="running",
            exit_code=DONE,
            started=started,
            finished="",
            source=source,
            stages=tuple(StageRun(node.name, "running") for node in plan),
            note=note,
            shipway=__version__,
        )
        self.project.journal.start_run(run_id)
        self._put("run.json", msgspec.json.encode(self.record))
        details = {"run": run_id, "stages": [node.name for node in plan], "note": note}
        self.emit(Event("run-started", started, details=details))

    def finish(self, outcome: Outcome) -> tuple[RunRecord, Path]:
        """The run has ended; its record, and the path of its report."""
        assert self.record is not None  # noqa: S101 - start() came first
        self.record = msgspec.structs.replace(
            self.record,
            verdict=VERDICTS.get(outcome.exit_code, "error"),
            exit_code=outcome.exit_code,
            finished=clock.stamp(),
            stages=tuple(outcome.stages.values()),
            error=_error_text(outcome),
        )
        record = self.record
        self.emit(Event("run-ended", record.finished, message=record.verdict))
        report = self._report(outcome)
        lines = b"".join(msgspec.json.encode(event) + b"\n" for event in self.events)
        self._put("events.jsonl", lines)
        self._put("run.json", msgspec.json.encode(record))
        self.project.journal.finish_run(record.run, record.verdict)
        return record, report

    def _put(self, name: str, data: bytes) -> None:
        assert self.record is not None  # noqa: S101 - start() came first
        key = run_key(self.project.spec.project, self.record.run, name)
        self.project.store.put(key, data)

    def _report(self, outcome: Outcome) -> Path:
        """Render the page; when all was so already, the page that says it is there already."""
        assert self.record is not None  # noqa: S101 - start() came first
        folder = self.project.paths.local / "reports"
        same = folder / "by-content" / hex_of(_content(self.record))[:24]
        if outcome.exit_code == DONE and _nothing_new(self.record) and same.exists():
            return same.resolve()
        from shipway.reports.html import render_run

        shown = {s.stage: s.result for s in outcome.stages.values() if s.result is not None}
        page = render_run(self.record, shown).encode()
        self._put("report.html", page)
        path = folder / f"{self.record.run}.html"
        write_atomic(path, page)
        if outcome.exit_code == DONE:
            link(path, same)
        return path


def _nothing_new(record: RunRecord) -> bool:
    return all(
        stage.cached or stage.status == "skipped" or stage.stage == "checkout"
        for stage in record.stages
    )


def _content(record: RunRecord) -> str:
    """Names what a run found, whenever it found it."""
    stages = [[stage.stage, stage.status, stage.fingerprint] for stage in record.stages]
    return digest_of([stages, record.note, record.source])


def _error_text(outcome: Outcome) -> str:
    if isinstance(outcome.error, ShipwayError):
        return str(outcome.error)
    failed = (s for s in outcome.stages.values() if s.status == "failed")
    stage = next(failed, None)
    if stage is None:
        return ""
    result = outcome.results.get(stage.stage)
    return (reason_of(result) if result is not None else "") or stage.reason
