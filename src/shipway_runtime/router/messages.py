# SPDX-License-Identifier: Apache-2.0
"""Requests and responses as values, and the bytes that they are on the wire.

Messages are whole: the router reads a request to its end before it passes it on, and a response
to its end before it answers. That is what lets it ask another worker when one dies half-way.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, List, Optional, Tuple

from shipway_runtime.router.streaming import BodyStream

Headers = List[Tuple[bytes, bytes]]

RELEASE_HEADER = b"x-shipway-release"
HOP_BY_HOP = frozenset(
    (
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization",
        b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"expect",
        b"content-length", b"http2-settings",
    )
)  # fmt: skip


@dataclass
class Request:
    """One request of a client. `release` is the release that it asks for, else empty."""

    method: bytes
    target: bytes
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    release: str = ""
    keep_alive: bool = True
    http10: bool = False

    def encode(self, close: bool = False) -> bytes:
        """The request as a worker gets it: HTTP/1.1, a length, no hop-by-hop headers.

        `close` tells that nothing else will be asked on this connection.
        """
        lines = [b"%b %b HTTP/1.1" % (self.method, self.target)]
        lines += [b"%b: %b" % pair for pair in self.headers if pair[0].lower() not in HOP_BY_HOP]
        if self.body or self.method not in (b"GET", b"HEAD"):
            lines.append(b"content-length: %d" % len(self.body))
        if close:
            lines.append(b"connection: close")
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body


@dataclass
class Response:
    """One response. `length` is the declared length where there is no body (HEAD).

    With `stream` the body is still under way: `length` is what was declared, None when the end
    will show.
    """

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    length: bytes | None = None
    stream: Optional[BodyStream] = None

    def encode(self, request: Request | None, close: bool) -> bytes:
        """The response as the client gets it; `close` tells that the connection ends with it."""
        lines = [b"HTTP/1.1 %d %b" % (self.status, _phrase(self.status))]
        lines += [b"%b: %b" % pair for pair in self.headers if pair[0].lower() not in HOP_BY_HOP]
        if self.stream is not None and self.length is None:
            lines += [] if request and request.http10 else [b"transfer-encoding: chunked"]
        elif self.status not in (204, 304):
            length = self.length if self.length is not None else b"%d" % len(self.body)
            lines.append(b"content-length: " + length)
        if close:
            lines.append(b"connection: close")
        elif request is not None and request.http10:
            lines.append(b"connection: keep-alive")
        head = request is not None and request.method == b"HEAD"
        return b"\r\n".join(lines) + b"\r\n\r\n" + (b"" if head else self.body)


def answer(status: int, document: Any, release: str = "") -> Response:
    """A response of the router itself, in JSON."""
    headers = [(b"content-type", b"application/json")]
    if release:
        headers.append((RELEASE_HEADER, release.encode()))
    return Response(status, headers, json.dumps(document).encode() + b"\n")


def _phrase(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""
