# SPDX-License-Identifier: Apache-2.0
"""A placed release: N workers, each watched and replaced when it dies or stops answering."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shipway_runtime.router.sockets import renew
from shipway_runtime.router.state import ReleaseSpec
from shipway_runtime.router.worker import Worker

LOG = logging.getLogger("shipway.router")
DRAIN_SECONDS = 60.0
PROBE_EVERY = 5.0
PROBES_MISSED = 3
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 10.0
_serial = itertools.count(1)


@dataclass(frozen=True)
class Surroundings:
    """What a release needs from the router: folders, the lifeline, and whom to tell of changes."""

    sockets: Path
    logs: Path
    lifeline: int
    changed: Callable[[], None]


class PlacedRelease:
    """The workers of `spec`. They start at once; `wait_ready` tells when one answers."""

    def __init__(self, spec: ReleaseSpec, around: Surroundings) -> None:
        self.spec = spec
        self.draining = False
        self.failure = ""
        self._around = around
        self._workers: list[Worker] = []
        self._failed = asyncio.Event()
        self._ready = asyncio.Event()
        self._hurry = asyncio.Event()
        self._keepers = [asyncio.create_task(self._keep()) for _ in range(spec.workers)]

    @property
    def log(self) -> Path:
        """Where the workers write."""
        return self._around.logs / f"{self.spec.id}.log"

    @property
    def in_flight(self) -> int:
        """Requests that are being answered."""
        return sum(worker.in_flight for worker in self._workers)

    @property
    def healthy(self) -> bool:
        """Whether a worker can take a request."""
        return not self.draining and any(worker.ready for worker in self._workers)

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers that are there now."""
        return [worker.pid for worker in self._workers]

    def pick(self) -> Worker | None:
        """The ready worker with the fewest requests; None when there is none."""
        ready = [worker for worker in self._workers if worker.ready]
        return min(ready, key=lambda worker: worker.in_flight, default=None)

    async def wait_all_ready(self) -> bool:
        """Wait until all workers are ready at the same time; False when one fails to start.

        A worker that pauses because it failed before is started at once.
        """
        self._failed.clear()
        self._hurry.set()
        while sum(worker.ready for worker in self._workers) < self.spec.workers:
            self._ready.clear()
            ready = asyncio.create_task(self._ready.wait())
            failed = asyncio.create_task(self._failed.wait())
            await asyncio.wait([ready, failed], return_when=asyncio.FIRST_COMPLETED)
            ready.cancel()
            failed.cancel()
            if self._failed.is_set():
                return False
        return True

    async def stop(self, drain: float = DRAIN_SECONDS) -> None:
        """Let the requests under way end (at most `drain` seconds), then end all workers."""
        self.draining = True
        deadline = asyncio.get_running_loop().time() + drain
        while self.in_flight and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)
        # More than once if need be: `wait_for` may swallow a cancellation (before Python 3.12).
        while keeping := [keeper for keeper in self._keepers if not keeper.done()]:
            for keeper in keeping:
                keeper.cancel()
            await asyncio.wait(keeping, timeout=0.5)
        await asyncio.gather(*(worker.stop() for worker in self._workers))
        self._workers.clear()

    async def _keep(self) -> None:
        """Keep one worker running, with growing pauses while it does not start."""
        pause = 0.0
        while True:
            await self._pause(pause)
            started = asyncio.get_running_loop().time()
            await self._run_once()
            steady = asyncio.get_running_loop().time() - started > STEADY_SECONDS
            pause = 0.0 if steady else min(max(pause * 2, 0.05), LONGEST_PAUSE)

    async def _pause(self, seconds: float) -> None:
        self._hurry.clear()
        try:
            await asyncio.wait_for(self._hurry.wait(), seconds)
        except asyncio.TimeoutError:
            pass

    async def _run_once(self) -> None:
        """Start a worker and stay until it has ended."""
        socket = self._around.sockets / f"w{next(_serial)}"
        renew(self._around.sockets)
        try:
            worker = Worker(self.spec, socket, self.log, self._around.lifeline)
        except OSError as error:
            self._fail(f"there is no port for it: {error.strerror}")
            return
        self._workers.append(worker)
        try:
            await worker.start()
        except OSError as error:
            self._workers.remove(worker)
            worker.release_port()
            self._fail(f"{self.spec.interpreter} can't be started: {error.strerror}")
            return
        was_ready = await worker.become_ready()
        if was_ready:
            LOG.info("%s: worker %d is ready", self.spec.id, worker.pid)
            self.failure = ""
            self._ready.set()
            self._around.changed()
            await self._watch(worker)
        code = await worker.wait()
        worker.sweep()
        self._workers.remove(worker)
        worker.pool.close()
        socket.unlink(missing_ok=True)
        worker.release_port()
        LOG.warning("%s: worker %d ended with %d", self.spec.id, worker.pid, code)
        if not was_ready:
            who = "the application" if self.spec.application else "the worker"
            what = worker.why_late() if worker.late else f"ended with {_ending(code)}"
            self._fail(f"{who} {what}\n{worker.last_words()}".rstrip())

    async def _watch(self, worker: Worker) -> None:
        """Return when the worker has ended; end it when it can't be reached for a while.

        Its socket may be gone as well: cleaners of temporary folders know no mercy.
        """
        ended = asyncio.ensure_future(worker.wait())
        missed = 0
        try:
            while missed < PROBES_MISSED and worker.reachable:
                done, _ = await asyncio.wait([ended], timeout=PROBE_EVERY)
                if done:
                    return
                # An application may have but one thread, which is answering a request.
                busy = self.spec.application and worker.in_flight
                missed = 0 if await worker.probe() or busy else missed + 1
        finally:
            ended.cancel()
        LOG.warning("%s: worker %d can't be reached", self.spec.id, worker.pid)
        await worker.stop()

    def _fail(self, text: str) -> None:
        self.failure = text
        self._failed.set()


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
