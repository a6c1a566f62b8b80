# SPDX-License-Identifier: Apache-2.0
"""The body of a response that is passed on while it arrives.

A web application may answer with more than fits into memory, or bit by bit over minutes. Such a
body is read by the connection of one client, at the client's pace, and closed exactly once,
whether it came to its end or the client went away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PART = 64 * 1024


class BrokenError(Exception):
    """The worker took the request and went away, or answered nonsense, before it was answered."""


class BodyStream:
    """A body under way. `stop` ends the connection from which it comes."""

    def __init__(self, transport: asyncio.Transport, stop: Callable[[], None]) -> None:
        self._reader = asyncio.StreamReader(limit=PART)
        # The reader holds the worker back while the client is slower.
        self._reader.set_transport(transport)
        self._stop = stop
        self._ended = False
        self._closed = False
        self._after: list[Callable[[], None]] = []

    def feed(self, data: bytes) -> None:
        """The next part has come."""
        if not self._ended:
            self._reader.feed_data(data)

    def end(self, error: Exception | None = None) -> None:
        """Nothing more comes: the body is whole, or broken off with `error`."""
        if self._ended:
            return
        self._ended = True
        if error is None:
            self._reader.feed_eof()
        else:
            self._reader.set_exception(error)

    async def read(self) -> bytes:
        """The next part; empty at the end. Raises the error with which it was broken off."""
        return await self._reader.read(PART)

    def after(self, action: Callable[[], None]) -> None:
        """Call `action` when the body is closed."""
        self._after.append(action)

    def close(self) -> None:
        """Want no more of it."""
        if self._closed:
            return
        self._closed = True
        self._stop()
        self.end()
        for action in self._after:
            action()
