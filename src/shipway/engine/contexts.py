# SPDX-License-Identifier: Apache-2.0
"""Makes what stages and fingerprints may look at, from the real parts of one project."""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from shipway.adapters.sources.interface import Sources
from shipway.base import clock
from shipway.base.events import Event, Listener
from shipway.base.files import disk_errors
from shipway.base.processes import Completed, run, secrets_in
from shipway.engine.cache import ResultCache
from shipway.engine.codesets import CodeSets
from shipway.engine.fingerprint import LastParts
from shipway.engine.plan import Node
from shipway.engine.runner import Tools
from shipway.engine.wiring import Project
from shipway.records.base import Record
from shipway.records.data import ValidatedData
from shipway.records.source import Source
from shipway.records.steps import Output, StepResult
from shipway.records.training import TrainedModel
from shipway.reports.summary import found
from shipway.stages.context import StageContext
from shipway.stages.stage import Scope


class Contexts:
    """The contexts of one run."""

    def __init__(
        self, project: Project, source: Source, run_id: str, by: str, emit: Listener
    ) -> None:
        self.project = project
        self.source = source
        self.run_id = run_id
        self.by = by
        self.emit = emit
        self.cancelled = threading.Event()
        self.secrets = secrets_in(os.environ)
        self.code = CodeSets(project.document, source, self.files_of, project.files)

    def files_of(self, whole: bool) -> Sequence[str]:
        """Tracked and unignored files of the source's folder, or of the `whole` repository."""
        sources: Sources = self.project.sources
        return sources.files(self.source, whole=whole)

    def tools(
        self,
        force: Sequence[str],
        *,
        explain: bool = False,
        interrupted: threading.Event | None = None,
    ) -> Tools:
        """What the runner works with."""
        return Tools(
            context=self.context,
            scope=self.scope,
            cache=ResultCache(self.project.store),
            parts=LastParts(self.project.paths.local / "parts"),
            emit=self.emit,
            summary=found,
            redact=self._redact,
            cancelled=self.cancelled,
            interrupted=interrupted,
            force=force,
            explain=explain,
        )

    def scope(self, node: Node, results: Mapping[str, Record]) -> Scope:
        """What the fingerprint of `node` may look at."""
        return Scope(
            document=self.project.document,
            source=self.source,
            files=self.project.files,
            code=self.code.digests,
            produced={path: output.digest for path, output in _produced(results).items()},
            champion=lambda: self.project.champions.reference_digest(_model_of(results)),
            champion_profile=self.project.champions.profile,
            environments=self.project.environments,
            environment=node.environment,
        )

    @contextlib.contextmanager
    def context(self, node: Node, results: Mapping[str, Record]) -> Iterator[StageContext]:
        """The context of `node`; its scratch folder is made when it is entered and goes with it."""
        paths = self.project.paths
        name = node.name.replace(" ", "-")
        scratch = paths.local / "scratch" / self.run_id / name
        with disk_errors(scratch):
            scratch.mkdir(parents=True, exist_ok=True)
        try:
            yield StageContext(
                document=self.project.document,
                paths=paths,
                store=self.project.store,
                files=self.project.files,
                scratch=scratch,
                process=self._process(node.name, paths.logs / self.run_id / f"{name}.log"),
                tell=self._tell(node.name),
                run_id=self.run_id,
                by=self.by,
                cancelled=self.cancelled,
                sources=self.project.sources,
                environments=self.project.environments,
                registry=self.project.registry,
                champions=self.project.champions,
                targets=self.project.target,
                code=self.code.digests,
                produced=_produced(results),
                environment=node.environment,
                note=self._note(node.name),
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _redact(self, record: Record) -> Record:
        if not isinstance(record, ValidatedData):
            return record
        if not any(check.examples or check.detail for check in record.checks):
            return record
        from shipway.data.examples import redact

        spec = self.project.spec
        columns = spec.data.columns if spec.data is not None else {}
        sensitive = {name for name, column in columns.items() if column.sensitive}
        checks = redact(record.checks, spec.report.rows, sensitive)
        return msgspec.structs.replace(record, checks=tuple(checks))

    def _tell(self, node: str) -> Callable[[str], None]:
        return lambda text: self.emit(Event("stage-progress", clock.stamp(), node, text))

    def _note(self, node: str) -> Callable[[str], None]:
        return lambda text: self.emit(Event("note", clock.stamp(), node, f"{node}: {text}"))

    def _process(self, node: str, log: Path) -> Callable[..., Completed]:
        log.parent.mkdir(parents=True, exist_ok=True)
        note = self._note(node)
        known: dict[str, Any] = {"log": log, "secrets": self.secrets, "cancelled": self.cancelled}

        def process(argv: Sequence[str], **options: Any) -> Completed:
            ended = run(argv, **{**known, **options})
            if ended.left_running:
                note(f"ended what its command left running: {ended.left_running}")
            return ended

        return process


def _produced(results: Mapping[str, Record]) -> dict[str, Output]:
    steps = (record for record in results.values() if isinstance(record, StepResult))
    return {output.path: output for step in steps for output in step.outputs}


def _model_of(results: Mapping[str, Record]) -> str:
    model = results.get("train")
    return model.digest if isinstance(model, TrainedModel) else ""
