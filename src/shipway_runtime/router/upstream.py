# SPDX-License-Identifier: Apache-2.0
"""Connections to one worker, one request at a time on each.

Those to Shipway's own server are kept open. A web application of the project's own gets a new one
for each request: nobody knows what it does with a silent one, and a request that met a connection
which was just being closed could not be sent again without doing its work twice. Its answers are
passed on as they come when they are long.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Deque, Tuple, Union

import httptools

from shipway_runtime.router.messages import Request, Response
from shipway_runtime.router.streaming import BodyStream, BrokenError

Place = Union[str, Tuple[str, int]]
WHOLE = 1 << 20
"""Answers up to this size are read to their end before they are passed on."""
MOST_CONNECTIONS = 256
"""To one worker; more requests wait here rather than in the kernel's queue, which refuses them."""


class RefusedError(Exception):
    """Nobody took the request: the worker could not be reached, or had closed the connection."""


class Upstream(asyncio.Protocol):
    """One connection. `exchange` sends a request and waits for the response.

    With `streams` a long one, or one of unknown length, is handed over when its head is there.
    """

    def __init__(self, streams: bool = False) -> None:
        self._streams = streams
        self._stream: BodyStream | None = None
        self._transport: asyncio.Transport | None = None
        self._parser: Any = None
        self._waiter: asyncio.Future[Response] | None = None
        self._response = Response(0)
        self._parts: list[bytes] = []
        self._head_only = False
        self._until_close = False
        self.reusable = True

    async def exchange(self, request: Request, timeout: float) -> Response:
        """The response to `request`; BrokenError, or TimeoutError after `timeout` seconds."""
        if self._transport is None or self._transport.is_closing():
            raise BrokenError("the connection is closed")
        self._parser = httptools.HttpResponseParser(self)
        self._head_only = request.method == b"HEAD"
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        self._transport.write(request.encode(close=self._streams))
        # Not `wait_for`: before Python 3.12 it swallows a cancellation that meets the response.
        timer = loop.call_later(timeout, self._give_up)
        try:
            return await self._waiter
        except BaseException:
            self.close()
            raise
        finally:
            timer.cancel()
            self._waiter = None

    def _give_up(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(asyncio.TimeoutError())

    def close(self) -> None:
        """Give the connection up."""
        self.reusable = False
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: Any) -> None:
        """Called by asyncio."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        waiting = self._waiter is not None and not self._waiter.done()
        if not waiting and self._stream is None:
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._break(f"malformed response: {error}")
            self.close()

    def _break(self, text: str) -> None:
        if self._stream is not None:
            self._stream.end(BrokenError(text))
        elif self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(BrokenError(text))

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self.reusable = False
        if self._until_close and exc is None:
            self._finish()
        else:
            self._break("the connection was closed")

    def on_message_begin(self) -> None:
        """Called by the parser."""
        self._response, self._parts = Response(0), []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self._response.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._response.status = self._parser.get_status_code()
        names = {name.lower(): value for name, value in self._response.headers}
        framed = b"content-length" in names or b"transfer-encoding" in names
        self._until_close = not framed and self._response.status >= 200
        if self._head_only and self._response.status >= 200:
            self._response.length = names.get(b"content-length", b"0")
            self.reusable = False
            self._finish()
        elif self._streams and self._response.status >= 200:
            self._hand_over(names.get(b"content-length"))

    def _hand_over(self, length: bytes | None) -> None:
        """Answer with the head alone when the body is long or has no known length."""
        short = length is not None and length.isdigit() and int(length) <= WHOLE
        if short or self._response.status in (204, 304) or self._transport is None:
            return
        self._stream = BodyStream(self._transport, self.close)
        self._response.stream, self._response.length = self._stream, length
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(self._response)

    def on_body(self, data: bytes) -> None:
        """Called by the parser."""
        if self._stream is not None:
            self._stream.feed(data)
        else:
            self._parts.append(data)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if self._response.status < 200:
            return
        self.reusable = self.reusable and self._parser.should_keep_alive()
        self._finish()

    def _finish(self) -> None:
        if self._stream is not None:
            self._stream.end()
            self.close()
            return
        self._response.body = b"".join(self._parts)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(self._response)
        if not self.reusable:
            self.close()


class Pool:
    """The connections to the worker that listens at `place`: a unix socket, or host and port.

    An `application` is a program of which nothing is known.
    """

    def __init__(self, place: Place, application: bool = False) -> None:
        self._place = place
        self._application = application
        self._idle: Deque[Upstream] = deque()
        self._slots = asyncio.Semaphore(MOST_CONNECTIONS)

    async def exchange(self, request: Request, timeout: float) -> Response:
        """Send `request` on an idle or a new connection; RefusedError, BrokenError, TimeoutError.

        A kept connection that turns out closed says nothing about the worker: a new one is tried.
        """
        async with self._slots:
            return await self._exchange(request, timeout)

    async def _exchange(self, request: Request, timeout: float) -> Response:
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable:
                try:
                    return await self._on(connection, request, timeout)
                except BrokenError:
                    self.close()
        return await self._on(await self._connect(), request, timeout)

    async def _on(self, connection: Upstream, request: Request, timeout: float) -> Response:
        response = await connection.exchange(request, timeout)
        if self._application:
            if response.stream is None:
                connection.close()
        elif connection.reusable:
            self._idle.append(connection)
        return response

    async def _connect(self) -> Upstream:
        loop = asyncio.get_running_loop()
        made = Upstream(self._application)
        try:
            if isinstance(self._place, str):
                _, connection = await loop.create_unix_connection(lambda: made, self._place)
            else:
                host, port = self._place
                _, connection = await loop.create_connection(lambda: made, host, port)
        except OSError as error:
            raise RefusedError(str(error)) from error
        return connection

    def close(self) -> None:
        """Close all idle connections."""
        while self._idle:
            self._idle.pop().close()
