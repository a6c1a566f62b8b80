# SPDX-License-Identifier: Apache-2.0
"""The ASGI application behind an endpoint: `/predict`, `/health` and `/metrics`.

The model is loaded and called in one thread of its own, so that health and metrics answer while it
computes and a model that is bound to its thread works. `/health` is 503 until it is loaded.
"""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Tuple

from shipway_runtime import metrics
from shipway_runtime.errors import RowError, UserError
from shipway_runtime.protocol import MAX_BODY, RequestError, encode, parse_rows
from shipway_runtime.service import Service

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Answer = Tuple[int, bytes, bytes]
JSON = b"application/json"
ROUTES = {"/predict": "POST", "/health": "GET", "/metrics": "GET"}


class ServingApp:
    """Serves one model. `load()` gives a predictor; `on_failure` is called when it can't."""

    def __init__(
        self,
        service: Service,
        release: str,
        load: Callable[[], Any],
        on_failure: Callable[[], None],
        max_body: int = MAX_BODY,
    ) -> None:
        self.service = service
        self.release = release
        self.failed = False
        self._load = load
        self._on_failure = on_failure
        self._max_body = max_body
        self._predictor: Any = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        self._loading: Optional[asyncio.Task[None]] = None
        self._codes: Counter[int] = Counter()
        self._latency = metrics.Histogram(metrics.PROMETHEUS_BOUNDS)

    @property
    def loaded(self) -> bool:
        """Whether the model can be called."""
        return self._predictor is not None

    async def __call__(self, scope: Dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request, or the life-cycle events of the server."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)

    async def load(self) -> None:
        """Load the model in its thread; a failure is written to standard error."""
        try:
            loop = asyncio.get_running_loop()
            self._predictor = await loop.run_in_executor(self._thread, self._load)
        except Exception as error:
            self.failed = True
            if not isinstance(error, UserError):
                traceback.print_exc()
            print(f"the model could not be loaded: {error}", file=sys.stderr, flush=True)
            self._on_failure()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            event = (await receive())["type"]
            if event == "lifespan.startup":
                self._loading = asyncio.create_task(self.load())
            else:
                self._thread.shutdown(wait=False)
            await send({"type": f"{event}.complete"})
            if event == "lifespan.shutdown":
                return

    async def _request(self, scope: Dict[str, Any], receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        try:
            status, kind, body = await self._answer(scope, receive)
        except RequestError as error:
            status, kind, body = error.status, JSON, encode({"error": error.message})
        except RowError as error:
            status, kind, body = 422, JSON, encode({"error": str(error)})
        except Exception as error:
            traceback.print_exc()
            sys.stderr.flush()
            text = f"the model failed with {type(error).__name__}; its log says more"
            status, kind, body = 500, JSON, encode({"error": text})
        if scope["path"] == "/predict":
            self._codes[status] += 1
            self._latency.observe(time.perf_counter() - started)
        await self._send(send, scope, status, kind, body)

    async def _answer(self, scope: Dict[str, Any], receive: Receive) -> Answer:
        path, method = scope["path"], scope["method"]
        expected = ROUTES.get(path)
        if expected is None:
            raise RequestError(404, f"there is no {path}; try POST /predict")
        if method != expected and not (method == "HEAD" and expected == "GET"):
            raise RequestError(405, f"{path} takes {expected}, not {method}")
        if path == "/predict":
            return await self._predict(scope, receive)
        return self._health() if path == "/health" else self._metrics()

    def _health(self) -> Answer:
        status = "ok" if self.loaded else "failed" if self.failed else "loading"
        return 200 if self.loaded else 503, JSON, encode({"status": status, **self._identity()})

    def _identity(self) -> Dict[str, Any]:
        return {
            "model": self.service.model,
            "version": self.service.version,
            "release": self.release,
        }

    async def _predict(self, scope: Dict[str, Any], receive: Receive) -> Answer:
        rows = parse_rows(await self._body(scope, receive))
        if not self.loaded:
            return 503, JSON, encode({"error": "the model is still being loaded"})
        if not rows:
            return 200, JSON, encode({"predictions": [], **self._identity()})
        loop = asyncio.get_running_loop()
        return 200, JSON, await loop.run_in_executor(self._thread, self._call_model, rows)

    def _call_model(self, rows: List[Dict[str, Any]]) -> bytes:
        result = self._predictor.predict(rows)
        document: Dict[str, Any] = {"predictions": result.predictions}
        if result.scores is not None:
            document["scores"] = result.scores
        return encode({**document, **self._identity()})

    async def _body(self, scope: Dict[str, Any], receive: Receive) -> bytes:
        too_large = RequestError(413, f"the body is larger than {self._max_body} bytes")
        for name, value in scope["headers"]:
            if name == b"content-length" and int(value) > self._max_body:
                raise too_large
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestError(400, "the client went away before its request was complete")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._max_body:
                raise too_large
            if not message.get("more_body", False):
                return b"".join(parts)

    def _metrics(self) -> Answer:
        labels = {key: str(value) for key, value in self._identity().items()}
        codes = [
            metrics.sample("shipway_requests_total", {**labels, "code": str(code)}, count)
            for code, count in sorted(self._codes.items())
        ]
        name = "shipway_request_seconds"
        families = [
            ("shipway_requests_total", "counter", "Predictions asked for, by status.", codes),
            (name, "histogram", "Time to answer.", self._latency.lines(name, labels)),
        ]
        return 200, metrics.CONTENT_TYPE, metrics.exposition(families)

    async def _send(
        self, send: Send, scope: Dict[str, Any], status: int, kind: bytes, body: bytes
    ) -> None:
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"x-shipway-release", self.release.encode()),
        ]
        if status == 405:
            headers.append((b"allow", ROUTES[scope["path"]].encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body}
        )
