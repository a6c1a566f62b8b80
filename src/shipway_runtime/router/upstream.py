# SPDX-License-Identifier: Apache-2.0
"""Connections to one worker: kept open, one request at a time on each."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Deque

import httptools

from shipway_runtime.router.messages import Request, Response

MOST_CONNECTIONS = 256
"""To one worker; more requests wait here rather than in the kernel's queue, which refuses them."""


class RefusedError(Exception):
    """Nobody took the request: the worker could not be reached, or had closed the connection."""


class BrokenError(Exception):
    """The worker took the request and went away, or answered nonsense, before it was answered."""


class Upstream(asyncio.Protocol):
    """One connection. `exchange` sends a request and waits for the whole response."""

    def __init__(self) -> None:
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
        self._transport.write(request.encode())
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
        if self._waiter is None or self._waiter.done():
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self._waiter.done():
                self._waiter.set_exception(BrokenError(f"malformed response: {error}"))
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self.reusable = False
        if self._waiter is None or self._waiter.done():
            return
        if self._until_close and exc is None:
            self._finish()
        else:
            self._waiter.set_exception(BrokenError("the connection was closed"))

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

    def on_body(self, data: bytes) -> None:
        """Called by the parser."""
        self._parts.append(data)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if self._response.status < 200:
            return
        self.reusable = self.reusable and self._parser.should_keep_alive()
        self._finish()

    def _finish(self) -> None:
        self._response.body = b"".join(self._parts)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(self._response)
        if not self.reusable:
            self.close()


class Pool:
    """The connections to the worker that listens at `path`."""

    def __init__(self, path: str) -> None:
        self._path = path
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
        if connection.reusable:
            self._idle.append(connection)
        return response

    async def _connect(self) -> Upstream:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_unix_connection(Upstream, self._path)
        except OSError as error:
            raise RefusedError(str(error)) from error
        return connection

    def close(self) -> None:
        """Close all idle connections."""
        while self._idle:
            self._idle.pop().close()
