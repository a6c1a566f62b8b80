# SPDX-License-Identifier: Apache-2.0
"""What is placed, its weights and its counters; the verbs that change them.

Each verb may be repeated, and is on disk before it is acknowledged. Placing may take long; it
holds up neither `route` (a rollback in the meantime is immediate) nor the traffic.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from shipway_runtime import metrics
from shipway_runtime.router.dispatch import Counters, Dispatcher
from shipway_runtime.router.messages import Request, Response, answer
from shipway_runtime.router.release import PlacedRelease, Surroundings
from shipway_runtime.router.state import ReleaseSpec, RouterError, State, save_state

LOG = logging.getLogger("shipway.router")
QUANTILES = {"p50_ms": 0.5, "p90_ms": 0.9, "p95_ms": 0.95, "p99_ms": 0.99}


class Router:
    """The releases of one endpoint. Everything happens on one event loop."""

    def __init__(self, folder: Path, state: State, sockets: Path, lifeline: int) -> None:
        self.folder = folder
        self.state = state
        self._placed: dict[str, PlacedRelease] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._changing = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()
        self.dispatcher = Dispatcher(self._placed)
        self.dispatcher.weights = dict(state.weights)
        self._around = Surroundings(sockets, folder / "logs", lifeline, self.dispatcher.bell.ring)

    @property
    def empty(self) -> bool:
        """Whether nothing is placed and nothing is being placed."""
        return not self._placed and not any(lock.locked() for lock in self._locks.values())

    def restore(self) -> None:
        """Start the releases that were placed when the state was saved last."""
        for spec in self.state.releases.values():
            self._placed[spec.id] = PlacedRelease(spec, self._around)

    async def place(self, spec: ReleaseSpec) -> dict[str, Any]:
        """Start `spec` and wait until it is healthy; what is placed already is left alone."""
        async with self._locks.setdefault(spec.id, asyncio.Lock()):
            current = self._placed.get(spec.id)
            if current and current.spec == spec:
                await self._until_ready(current)
                return self._describe(current)
            fresh = PlacedRelease(spec, self._around)
            try:
                await self._until_ready(fresh)
                await self._change(lambda state: state.releases.update({spec.id: spec}))
            except BaseException:
                await fresh.stop(drain=0)
                raise
            self._placed[spec.id] = fresh
            self.dispatcher.bell.ring()
            if current:
                self._let_go(current)
            return self._describe(fresh)

    async def route(self, weights: Mapping[str, float]) -> None:
        """Divide the traffic; every release with a weight must be placed, and is waited for."""
        _check(weights, self.state)
        for name, weight in weights.items():
            if weight > 0 and not self._placed[name].healthy:
                await self._until_ready(self._placed[name])

        def edit(state: State) -> None:
            _check(weights, state)
            state.weights = {name: weight for name, weight in weights.items() if weight > 0}

        await self._change(edit)
        self.dispatcher.weights = self.state.weights
        self.dispatcher.bell.ring()

    async def retire(self, name: str) -> None:
        """Drain and end a release that has no weight; one that is not placed is retired already."""
        async with self._locks.setdefault(name, asyncio.Lock()):

            def edit(state: State) -> None:
                if state.weights.get(name, 0) > 0:
                    what = f"release {name} still gets {state.weights[name]:.0%} of the traffic"
                    raise RouterError("outside", what, cure="Route the traffic elsewhere first.")
                state.releases.pop(name, None)

            await self._change(edit)
            leaving = self._placed.pop(name, None)
            self.dispatcher.counters.pop(name, None)
            if leaving:
                await leaving.stop()

    async def close(self, *, forget: bool) -> None:
        """Drain and end everything; `forget`: nothing comes back with the next start."""
        if forget:
            await self._change(_forget)
        leaving = list(self._placed.values())
        await asyncio.gather(*(release.stop() for release in leaving), *self._leaving)
        self._placed.clear()

    async def remember_port(self, port: int) -> None:
        """Keep `port` for the next start."""
        if port != self.state.port:
            await self._change(lambda state: setattr(state, "port", port))

    def observe(self) -> dict[str, Any]:
        """What is there now, as JSON."""
        return {
            "port": self.state.port,
            "placed": [self._describe(release) for release in self._placed.values()],
            "weights": self.state.weights,
            "metrics": {name: _numbers(one) for name, one in self.dispatcher.counters.items()},
        }

    async def answer(self, request: Request) -> Response:
        """Answer a client: the router's own health and metrics, else a release.

        Where a web application of the project's own is live, those paths are its own too.
        """
        path = request.target.partition(b"?")[0]
        ours = path in (b"/health", b"/metrics") and not request.release
        if ours and not self.dispatcher.serves_applications:
            if request.method not in (b"GET", b"HEAD"):
                return answer(405, {"error": f"{path.decode()} takes GET"})
            return self._health() if path == b"/health" else self._metrics()
        return await self.dispatcher.answer(request)

    def _health(self) -> Response:
        releases = {name: one.healthy for name, one in self._placed.items()}
        live = any(releases.get(name, False) for name in self.state.weights)
        document = {
            "status": "ok" if live else "down",
            "releases": releases,
            "weights": self.state.weights,
        }
        return answer(200 if live else 503, document)

    def _metrics(self) -> Response:
        requests, errors, latency, weights = [], [], [], []
        for name, one in self.dispatcher.counters.items():
            labels = {"release": name}
            requests.append(metrics.sample("shipway_requests_total", labels, one.requests))
            errors.append(metrics.sample("shipway_errors_total", labels, one.errors))
            latency += one.latency.lines("shipway_request_seconds", labels)
        for name in self._placed:
            weight = self.state.weights.get(name, 0.0)
            weights.append(metrics.sample("shipway_release_weight", {"release": name}, weight))
        families = [
            ("shipway_requests_total", "counter", "Requests, by release.", requests),
            ("shipway_errors_total", "counter", "Answers of 500 and more, by release.", errors),
            ("shipway_request_seconds", "histogram", "Time to answer, by release.", latency),
            ("shipway_release_weight", "gauge", "Share of the traffic.", weights),
        ]
        kind = [(b"content-type", metrics.CONTENT_TYPE)]
        return Response(200, kind, metrics.exposition(families))

    def _describe(self, release: PlacedRelease) -> dict[str, Any]:
        return {
            "id": release.spec.id,
            "healthy": release.healthy,
            "pids": release.pids,
            "in_flight": release.in_flight,
        }

    async def _until_ready(self, release: PlacedRelease) -> None:
        if not await release.wait_all_ready():
            raise RouterError(
                "outside",
                f"release {release.spec.id} did not become healthy: {release.failure}",
                where=str(release.log),
            )

    def _let_go(self, release: PlacedRelease) -> None:
        task = asyncio.create_task(release.stop())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _change(self, edit: Callable[[State], object]) -> None:
        """Edit a copy of the state, save it, and only then let it count. One change at a time.

        Saving waits for the disk, so it happens in a thread: the traffic does not wait.
        """
        async with self._changing:
            state = State(self.state.port, dict(self.state.releases), dict(self.state.weights))
            edit(state)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, save_state, self.folder, state)
            self.state = state


def _check(weights: Mapping[str, float], state: State) -> None:
    if any(not 0 <= weight <= 1 for weight in weights.values()):
        raise RouterError("input", f"weights lie between 0 and 1, found {dict(weights)}")
    if abs(sum(weights.values()) - 1) > 1e-6:
        raise RouterError("input", f"weights must sum to 1, found {dict(weights)}")
    for name, weight in weights.items():
        if weight > 0 and name not in state.releases:
            raise RouterError("outside", f"release {name} is not placed", cure="Place it first.")


def _forget(state: State) -> None:
    state.releases.clear()
    state.weights.clear()


def _numbers(counters: Counters) -> dict[str, float]:
    numbers = {"requests": float(counters.requests), "errors": float(counters.errors)}
    for name, share in QUANTILES.items():
        numbers[name] = round(counters.latency.quantile(share) * 1000, 3)
    return numbers
