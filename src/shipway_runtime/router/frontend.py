# SPDX-License-Identifier: Apache-2.0
"""Connections of clients: bytes in, whole requests out, responses back in the same order.

A response is whole, or its body is passed on while it arrives.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Deque

import httptools

from shipway_runtime.protocol import MAX_BODY
from shipway_runtime.router.messages import RELEASE_HEADER, Request, Response, answer
from shipway_runtime.router.streaming import BodyStream, BrokenError

MAX_HEAD = 64 * 1024
MAX_QUEUE = 16
LINGER_SECONDS = 2.0
Handler = Callable[[Request], Awaitable[Response]]


class RejectedError(Exception):
    """The bytes are no request that the router takes: the response that says so ends it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.response = answer(status, {"error": text})


class Frontend(asyncio.Protocol):
    """One connection. It lives in `connections` while it is open; `handler` answers requests.

    Pipelined requests are answered one after the other. After a rejected request the connection
    reads on for a moment without looking, so that the client sees the answer before the end.
    """

    def __init__(self, handler: Handler, connections: set[Frontend]) -> None:
        self._handler = handler
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._parser: Any = httptools.HttpRequestParser(self)
        self._queue: Deque[Request | RejectedError] = deque()
        self._task: asyncio.Task[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._deaf = False
        self._closing = False
        self._paused = False
        self._stream: BodyStream | None = None
        self._reset()
        self.touched = self._loop.time()

    @property
    def idle_since(self) -> float | None:
        """When something last happened, on the loop's clock; None while a request is answered."""
        return None if self._task is not None else self.touched

    def finish(self) -> None:
        """End the connection, after the response that is under way."""
        self._closing = True
        if self._task is None:
            self._transport.close()

    def connection_made(self, transport: Any) -> None:
        """Called by asyncio."""
        self._transport = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self._connections.discard(self)
        self._deaf = True
        self._queue.clear()
        self._writable.set()
        if self._stream is not None:
            self._stream.close()

    def eof_received(self) -> bool:
        """Called by asyncio when the client sends no more; it may still read its answers."""
        self._closing = True
        return self._task is not None

    def pause_writing(self) -> None:
        """Called by asyncio when the client reads more slowly than it is answered."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Called by asyncio."""
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self.touched = self._loop.time()
        if self._deaf:
            return
        if self._in_head:
            self._unparsed += len(data)
        try:
            self._feed(data)
            if self._in_head and self._unparsed > MAX_HEAD:
                self._head_too_large()
        except RejectedError as error:
            self._reject(error)
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            rejected = cause if isinstance(cause, RejectedError) else None
            self._reject(rejected or RejectedError(400, "malformed request"))
        except httptools.HttpParserError as error:
            self._reject(RejectedError(400, f"malformed request: {error}"))

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            # Nothing is upgraded here: the same request is read again as an ordinary one.
            rest = data[upgrade.args[0] :]
            request = self._request
            if request.method == b"CONNECT":
                raise RejectedError(405, "this is no proxy: CONNECT is not taken") from None
            dropped = (b"upgrade", b"connection", b"http2-settings")
            lines = [b"%b %b HTTP/1.1" % (request.method, request.target)]
            kept = (pair for pair in request.headers if pair[0].lower() not in dropped)
            lines += [b"%b: %b" % pair for pair in kept]
            self._parser = httptools.HttpRequestParser(self)
            self._feed(b"\r\n".join(lines) + b"\r\n\r\n" + rest)

    def on_message_begin(self) -> None:
        """Called by the parser."""
        self._reset()
        self._in_head = True

    def on_url(self, url: bytes) -> None:
        """Called by the parser, perhaps with a part."""
        self._request.target += url
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self._request.headers.append((name, value))
        self._count_head(len(name) + len(value) + 4)

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._in_head = False
        request, parser = self._request, self._parser
        request.method = parser.get_method()
        request.keep_alive = parser.should_keep_alive()
        request.http10 = parser.get_http_version() == "1.0"
        expects = False
        for name, value in request.headers:
            lowered = name.lower()
            if lowered == RELEASE_HEADER:
                request.release = value.decode("latin-1").strip()
            elif lowered == b"content-length" and int(value) > MAX_BODY:
                self._too_large()
            elif lowered == b"expect" and value.lower() == b"100-continue":
                expects = True
        if expects and self._task is None and not self._queue:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, data: bytes) -> None:
        """Called by the parser."""
        self._body_size += len(data)
        if self._body_size > MAX_BODY:
            self._too_large()
        self._parts.append(data)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if self._parser.should_upgrade():
            return
        self._request.body = b"".join(self._parts)
        self._enqueue(self._request)

    def _reset(self) -> None:
        self._request = Request(b"", b"")
        self._parts: list[bytes] = []
        self._head_size = self._unparsed = self._body_size = 0
        self._in_head = False

    def _count_head(self, size: int) -> None:
        self._head_size += size
        if self._head_size > MAX_HEAD:
            self._head_too_large()

    def _head_too_large(self) -> None:
        raise RejectedError(431, f"the request's head is larger than {MAX_HEAD} bytes")

    def _too_large(self) -> None:
        raise RejectedError(413, f"the request's body is larger than {MAX_BODY} bytes")

    def _reject(self, error: RejectedError) -> None:
        self._deaf = True
        self._enqueue(error)

    def _enqueue(self, item: Request | RejectedError) -> None:
        self._queue.append(item)
        if len(self._queue) >= MAX_QUEUE and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        if self._task is None:
            self._task = self._loop.create_task(self._answer_all())

    async def _answer_all(self) -> None:
        try:
            while self._queue and not self._transport.is_closing():
                item = self._queue.popleft()
                if self._paused and len(self._queue) < MAX_QUEUE:
                    self._paused = False
                    self._transport.resume_reading()
                if isinstance(item, RejectedError):
                    self._transport.write(item.response.encode(None, close=True))
                    self._linger()
                    return
                response = await self._handler(item)
                close = self._closing or not item.keep_alive
                if response.stream is not None:
                    close = await self._pass_on(item, response, response.stream, close)
                else:
                    self._transport.write(response.encode(item, close))
                if close:
                    self._transport.close()
                await self._writable.wait()
        finally:
            self._task = None
            self.touched = self._loop.time()

    async def _pass_on(
        self, request: Request, response: Response, stream: BodyStream, close: bool
    ) -> bool:
        """Send a body while it arrives; whether the connection has to end with it."""
        self._stream = stream
        unframed = response.length is None and request.http10
        close = close or unframed
        self._transport.write(response.encode(request, close))
        chunked = response.length is None and not unframed
        try:
            while (data := await stream.read()) and not self._transport.is_closing():
                self._transport.write(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
                await self._writable.wait()
            if chunked:
                self._transport.write(b"0\r\n\r\n")
        except BrokenError:
            # The client has to see that something is missing.
            self._transport.abort()
            return True
        finally:
            self._stream = None
            stream.close()
        return close

    def _linger(self) -> None:
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._loop.call_later(LINGER_SECONDS, self._transport.close)
