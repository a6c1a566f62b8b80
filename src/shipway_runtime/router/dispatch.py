# SPDX-License-Identifier: Apache-2.0
"""Which release and which worker answers a request, and what is tried again.

A prediction may be asked for twice without harm. So a request whose worker died before it had
answered goes to another worker, or waits for the replacement; only when nothing comes back to life
for `PATIENCE_SECONDS` does the client get a 503. Of an application of the project's own that is not
known: what it had begun is only asked again where HTTP says that twice is as good as once.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from shipway_runtime.metrics import Histogram
from shipway_runtime.router.messages import RELEASE_HEADER, Request, Response, answer
from shipway_runtime.router.release import PlacedRelease
from shipway_runtime.router.streaming import BrokenError
from shipway_runtime.router.upstream import RefusedError
from shipway_runtime.router.worker import Worker

LOG = logging.getLogger("shipway.router")
PATIENCE_SECONDS = 30.0
ANSWER_SECONDS = 60.0
TRIES = 4
PREFIX = b"/releases/"
REPEATABLE = (b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE")


@dataclass
class Counters:
    """What one release answered: requests, those with a status of 500 or more, seconds."""

    requests: int = 0
    errors: int = 0
    latency: Histogram = field(default_factory=Histogram)

    def count(self, status: int, seconds: float) -> None:
        """Count one answer."""
        self.requests += 1
        self.errors += status >= 500
        self.latency.observe(seconds)


class Bell:
    """Wakes everybody who waits for a change."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake those who wait now."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Return at the next ring, after `seconds` at the latest."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except asyncio.TimeoutError:
            pass


class Dispatcher:
    """Sends requests to `releases` by `weights`; both are the router's own, and change."""

    def __init__(self, releases: Mapping[str, PlacedRelease], seed: int | None = None) -> None:
        self.weights: Mapping[str, float] = {}
        self.counters: dict[str, Counters] = {}
        self.bell = Bell()
        self._releases = releases
        self._random = random.Random(seed)  # noqa: S311

    @property
    def serves_applications(self) -> bool:
        """Whether a release with traffic is an application: then all paths are its own."""
        live = (self._releases.get(name) for name, weight in self.weights.items() if weight > 0)
        return any(release.spec.application for release in live if release is not None)

    async def answer(self, request: Request) -> Response:
        """The response to a request for a release; never raises."""
        started = time.perf_counter()
        pinned = take_pin(request, self._releases if self.serves_applications else None)
        if pinned and pinned not in self._releases:
            return answer(404, {"error": f"release {pinned!r} is not placed here"})
        try:
            release, response = await self._send(request, pinned)
        except Exception:
            LOG.exception("a request could not be answered")
            release, response = (
                pinned,
                answer(500, {"error": "the router failed; its log says why"}),
            )
        if release:
            counters = self.counters.setdefault(release, Counters())
            counters.count(response.status, time.perf_counter() - started)
        return response

    async def _send(self, request: Request, pinned: str) -> tuple[str, Response]:
        """The release that answered (empty when none did), and the response."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        broken = 0
        while True:
            release = self.choose(pinned)
            worker = release.pick() if release else None
            if release is None or worker is None:
                left = deadline - time.monotonic()
                if left <= 0 or not self._hopeful(pinned):
                    return pinned, answer(503, {"error": "no release is live here"})
                await self.bell.wait(min(left, 1.0))
                continue
            worker.in_flight += 1
            try:
                response = await worker.pool.exchange(request, ANSWER_SECONDS)
                return release.spec.id, _hand_on(release, worker, response)
            except RefusedError:
                # It has died and the router does not know yet; a moment later it does.
                await asyncio.sleep(0.01)
            except BrokenError as error:
                broken += 1
                if release.spec.application and request.method not in REPEATABLE:
                    LOG.warning("%s: a request was lost: %s", release.spec.id, error)
                    text = "the application did not come to the end of its answer; its log says why"
                    return release.spec.id, answer(502, {"error": text}, release.spec.id)
                LOG.warning("%s: a request is tried again: %s", release.spec.id, error)
                if broken == TRIES:
                    text = f"{TRIES} workers ended while they answered this request"
                    return release.spec.id, answer(502, {"error": text}, release.spec.id)
                await asyncio.sleep(0.01)
            except asyncio.TimeoutError:
                text = f"no answer within {ANSWER_SECONDS:g} s"
                return release.spec.id, answer(504, {"error": text}, release.spec.id)
            finally:
                worker.in_flight -= 1
            if time.monotonic() > deadline:
                text = "the workers of this release can't be reached"
                return release.spec.id, answer(503, {"error": text}, release.spec.id)

    def choose(self, pinned: str = "") -> PlacedRelease | None:
        """The release for one request: the pinned one, or by weight among the healthy."""
        if pinned:
            return self._releases.get(pinned)
        live = [
            (self._releases[name], weight)
            for name, weight in self.weights.items()
            if weight > 0 and name in self._releases and self._releases[name].healthy
        ]
        if len(live) <= 1:
            return live[0][0] if live else None
        return self._random.choices([one for one, _ in live], [weight for _, weight in live])[0]

    def _hopeful(self, pinned: str) -> bool:
        """Whether waiting makes sense: something that could answer is placed."""
        if pinned:
            return pinned in self._releases
        return any(weight > 0 and name in self._releases for name, weight in self.weights.items())


def _hand_on(release: PlacedRelease, worker: Worker, response: Response) -> Response:
    """An answer as it goes on: who gave it, and busy with it until it has gone."""
    if release.spec.application:
        name = release.spec.id.encode()
        kept = [pair for pair in response.headers if pair[0].lower() != RELEASE_HEADER]
        response.headers = [*kept, (RELEASE_HEADER, name)]
    if response.stream is not None:
        worker.in_flight += 1
        response.stream.after(worker.let_go)
    return response


def take_pin(request: Request, known: Collection[str] | None = None) -> str:
    """The release that a request names by header or by path (which loses its prefix), or empty.

    With `known`, a path counts only when it names one of these.
    """
    if request.target.startswith(PREFIX):
        name, slash, rest = request.target[len(PREFIX) :].partition(b"/")
        name, query, asked = name.partition(b"?")
        if known is not None and name.decode("latin-1") not in known:
            return request.release
        request.target = slash + rest if slash else b"/" + query + asked
        return name.decode("latin-1")
    return request.release
