# SPDX-License-Identifier: Apache-2.0
"""Carries out a plan: fingerprint, cache, stage, next; independent stages side by side.

A node starts when all before it ended well. Its fingerprint is looked up first; only when the
cache has no answer a thread runs the stage. The first failure cancels what is running and starts
nothing more.
"""

import contextlib
import queue
import threading
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from shipway.base import clock
from shipway.base.errors import BUG, DONE, INTERRUPTED, STOPPED, ShipwayError
from shipway.base.events import Event, Listener
from shipway.engine.cache import ResultCache
from shipway.engine.fingerprint import LastParts, Parts, changes, fingerprint_of, parts_of
from shipway.engine.plan import Node, Plan
from shipway.records.base import Record, Skipped
from shipway.records.results import reason_of, verdict_of
from shipway.records.run import StageRun, StageStatus
from shipway.stages.context import StageContext
from shipway.stages.stage import Scope

GRACE = 5.0
LOOK_AGAIN = 0.1


@dataclass(frozen=True)
class Tools:
    """What the runner works with.

    `context` makes a node's context (a fresh scratch folder with it) as a context manager; `scope`
    what its fingerprint may look at; both see the results so far. `redact` takes out what may be
    shown on a terminal but not kept. `interrupted` ends the run from another thread, as Ctrl-C does
    in the main one.
    """

    context: Callable[[Node, Mapping[str, Record]], contextlib.AbstractContextManager[StageContext]]
    scope: Callable[[Node, Mapping[str, Record]], Scope]
    cache: ResultCache
    parts: LastParts
    emit: Listener
    summary: Callable[[Record], str]
    redact: Callable[[Record], Record]
    cancelled: threading.Event
    interrupted: threading.Event | None = None
    force: Collection[str] = ()
    explain: bool = False


@dataclass
class Outcome:
    """What became of each node, in the order of the plan, and how the whole ended."""

    stages: dict[str, StageRun] = field(default_factory=dict)
    results: dict[str, Record] = field(default_factory=dict)
    exit_code: int = DONE
    error: ShipwayError | None = None
    bug: str = ""


@dataclass(frozen=True)
class _Ended:
    """What a stage's thread reports back."""

    node: Node
    started: float
    fingerprint: str
    parts: Parts
    result: Record | None = None
    error: BaseException | None = None
    trace: str = ""


class Runner:
    """Carries out one plan, once."""

    def __init__(self, plan: Plan, tools: Tools, given: Mapping[str, Record]) -> None:
        self.plan = plan
        self.tools = tools
        self.outcome = Outcome(results=dict(given))
        self.ended: queue.SimpleQueue[_Ended] = queue.SimpleQueue()
        self.running: dict[str, float] = {}

    def run(self) -> Outcome:
        """Go along the plan until all is done or something stopped it."""
        try:
            self._go()
        except KeyboardInterrupt:
            self.outcome.exit_code = INTERRUPTED
        self._wind_up()
        ordered = {node.name: self.outcome.stages[node.name] for node in self.plan}
        self.outcome.stages = ordered
        return self.outcome

    def _go(self) -> None:
        given = dict(self.outcome.results)
        waiting = [node for node in self.plan if node.name not in given]
        for node in self.plan:
            if node.name in given:
                self._done(node, given[node.name], "passed", 0.0)
        while self.outcome.exit_code == DONE and (waiting or self.running):
            ready = [node for node in waiting if node.before_it() <= self.outcome.results.keys()]
            for node in ready:
                waiting.remove(node)
                if self.outcome.exit_code == DONE:
                    self._begin(node)
            if not ready:
                self._take(self._next_ended())

    def _next_ended(self) -> _Ended:
        """The next stage that ends; KeyboardInterrupt when somebody sets `interrupted` first."""
        interrupted = self.tools.interrupted
        if interrupted is None:
            return self.ended.get()
        while not interrupted.is_set():
            with contextlib.suppress(queue.Empty):
                return self.ended.get(timeout=LOOK_AGAIN)
        raise KeyboardInterrupt

    def _begin(self, node: Node) -> None:
        started = clock.seconds()
        if node.skipped:
            self._done(node, Skipped(node.skipped), "skipped", 0.0, found=node.skipped)
            return
        inputs = {name: self.outcome.results[giver] for name, giver in node.needs.items()}
        try:
            scope = self.tools.scope(node, self.outcome.results)
            parts = parts_of(node.stage, scope, inputs)
            fingerprint = fingerprint_of(parts)
            if self._answered_from_cache(node, fingerprint, started):
                if self.tools.explain:
                    self._explain(node, parts, ["nothing changed"])
                return
        except ShipwayError as error:
            self._failed(node, error, clock.seconds() - started)
            return
        self._explain(node, parts)
        self.running[node.name] = started
        self._emit("stage-started", node)
        arguments = (node, inputs, fingerprint, parts, started)
        threading.Thread(target=self._work, args=arguments, daemon=True).start()

    def _answered_from_cache(self, node: Node, fingerprint: str, started: float) -> bool:
        forced = node.name in self.tools.force or node.stage.name in self.tools.force
        if not node.stage.cached or forced:
            return False
        result = self.tools.cache.find(fingerprint)
        if result is None:
            return False
        if node.stage.revive is not None:
            with self.tools.context(node, self.outcome.results) as context:
                result = node.stage.revive(context, result)
        seconds = clock.seconds() - started
        self._done(node, result, "passed", seconds, cached=True, fingerprint=fingerprint)
        return True

    def _explain(self, node: Node, parts: Parts, why: list[str] | None = None) -> None:
        if node.stage.cached:
            why = changes(self.tools.parts.read(node.name), parts) if why is None else why
            code = sorted(parts.get("code", ())) if self.tools.explain else []
            self._emit("stage-changed", node, details={"changes": why, "code": code})

    def _work(
        self,
        node: Node,
        inputs: Mapping[str, Record],
        fingerprint: str,
        parts: Parts,
        started: float,
    ) -> None:
        try:
            with self.tools.context(node, self.outcome.results) as context:
                result = node.stage.run(context, **inputs)
        except BaseException as error:
            trace = "" if isinstance(error, ShipwayError) else traceback.format_exc()
            self.ended.put(_Ended(node, started, fingerprint, parts, error=error, trace=trace))
        else:
            self.ended.put(_Ended(node, started, fingerprint, parts, result=result))

    def _take(self, ended: _Ended) -> None:
        node = ended.node
        self.running.pop(node.name, None)
        seconds = clock.seconds() - ended.started
        if ended.result is None:
            self._raised(ended, seconds)
            return
        if verdict_of(ended.result) != "passed":
            self.outcome.exit_code = STOPPED
            reason = reason_of(ended.result)
            self._done(
                node, ended.result, "failed", seconds, reason=reason, fingerprint=ended.fingerprint
            )
            return
        if node.stage.cached:
            kept = self.tools.redact(ended.result)
            self.tools.cache.keep(node.name, ended.fingerprint, kept)
            self.tools.parts.write(node.name, ended.parts)
        status: StageStatus = "skipped" if isinstance(ended.result, Skipped) else "passed"
        self._done(node, ended.result, status, seconds, fingerprint=ended.fingerprint)

    def _raised(self, ended: _Ended, seconds: float) -> None:
        if isinstance(ended.error, ShipwayError):
            self._failed(ended.node, ended.error, seconds)
            return
        self.outcome.exit_code = BUG
        self.outcome.bug = ended.trace
        self._finish(StageRun(ended.node.name, "failed", seconds, reason=f"bug: {ended.error!r}"))

    def _failed(self, node: Node, error: ShipwayError, seconds: float) -> None:
        self.outcome.exit_code = error.exit_code
        self.outcome.error = error
        self._finish(StageRun(node.name, "failed", seconds, reason=str(error).strip()))

    def _done(
        self,
        node: Node,
        result: Record,
        status: StageStatus,
        seconds: float,
        *,
        cached: bool = False,
        found: str = "",
        reason: str = "",
        fingerprint: str = "",
    ) -> None:
        self.outcome.results[node.name] = result
        cached = cached or bool(getattr(result, "unchanged", False))
        found = found or self.tools.summary(result)
        kept = self.tools.redact(result)
        self._finish(StageRun(node.name, status, seconds, cached, found, reason, fingerprint, kept))

    def _finish(self, stage_run: StageRun) -> None:
        self.outcome.stages[stage_run.stage] = stage_run
        details = {
            "status": stage_run.status,
            "seconds": round(stage_run.seconds, 3),
            "cached": stage_run.cached,
            "reason": stage_run.reason,
        }
        self.tools.emit(
            Event("stage-ended", clock.stamp(), stage_run.stage, stage_run.found, details)
        )

    def _emit(self, kind: str, node: Node, details: dict[str, object] | None = None) -> None:
        self.tools.emit(Event(kind, clock.stamp(), node.name, details=details or {}))

    def _wind_up(self) -> None:
        """Cancel what still runs, give it a moment to end, and name what never started."""
        if self.running:
            self.tools.cancelled.set()
        deadline = clock.seconds() + GRACE
        while self.running and clock.seconds() < deadline:
            with contextlib.suppress(queue.Empty):
                ended = self.ended.get(timeout=0.1)
                started = self.running.pop(ended.node.name)
                self._finish(StageRun(ended.node.name, "cancelled", clock.seconds() - started))
        for name, started in self.running.items():
            self._finish(StageRun(name, "cancelled", clock.seconds() - started))
        for node in self.plan:
            if node.name not in self.outcome.stages:
                self._finish(StageRun(node.name, "not-run"))
