# SPDX-License-Identifier: Apache-2.0
"""One kept connection to a server that speaks HTTP/1.1, with or without TLS.

The standard library's client takes longer to import than an unchanged run may spend on asking an
endpoint, so plain HTTP is spoken here; `https` goes to the standard library.
"""

import socket
from collections.abc import Mapping
from typing import BinaryIO, NamedTuple, Protocol

LONGEST_LINE = 1 << 16
MOST_HEADERS = 200
LARGEST_BODY = 64 << 20
JSON = {"Content-Type": "application/json"}


class ProtocolError(Exception):
    """The other side does not speak HTTP, or says more than may be read; the text says which."""


class Reply(NamedTuple):
    """A status, headers by their lower-case names, and the whole body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection(Protocol):
    """Asks one server, one request after the other; opens again what the server has closed."""

    def ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] = JSON
    ) -> Reply:
        """The reply to one request; OSError or ProtocolError without one.

        Without `headers` of its own a body is JSON.
        """
        ...

    def close(self) -> None:
        """Close the connection; the next request opens it again."""
        ...


def connect(scheme: str, host: str, port: int | None, timeout: float) -> Connection:
    """A connection that is opened by its first request; `timeout` in seconds for each wait."""
    if scheme == "https":
        return _Tls(host, port, timeout)
    return _Plain(host, port or 80, timeout)


class _Plain:
    """HTTP over a bare socket."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self._address = (host, port)
        self._timeout = timeout
        self._opened: tuple[socket.socket, BinaryIO] | None = None

    def ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] = JSON
    ) -> Reply:
        opened, stream = self._open()
        opened.sendall(self._request(method, path, body, headers))
        reply, ends = _read_reply(stream)
        if ends:
            self.close()
        return reply

    def close(self) -> None:
        if self._opened is not None:
            for one in reversed(self._opened):
                one.close()
        self._opened = None

    def _open(self) -> tuple[socket.socket, BinaryIO]:
        if self._opened is None:
            opened = socket.create_connection(self._address, self._timeout)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._opened = opened, opened.makefile("rb")
        return self._opened

    def _request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> bytes:
        host, port = self._address
        named = f"[{host}]" if ":" in host else host
        lines = [f"{method} {path} HTTP/1.1", f"Host: {named}:{port}"]
        lines += [f"{name}: {value}" for name, value in headers.items() if _sent(headers, body)]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


class _Tls:
    """HTTP over TLS, by the standard library."""

    def __init__(self, host: str, port: int | None, timeout: float) -> None:
        import http.client

        self._errors = http.client.HTTPException
        self._connection = http.client.HTTPSConnection(host, port, timeout=timeout)

    def ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] = JSON
    ) -> Reply:
        try:
            sent = dict(headers) if _sent(headers, body) else {}
            self._connection.request(method, path, body, sent)
            response = self._connection.getresponse()
            data = response.read(LARGEST_BODY + 1)
        except self._errors as error:
            raise ProtocolError(str(error) or type(error).__name__) from error
        _check_size(len(data))
        return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, data)

    def close(self) -> None:
        self._connection.close()


def _sent(headers: Mapping[str, str], body: bytes | None) -> bool:
    """Whether the headers go along: those of a body only with one."""
    return headers is not JSON or body is not None


def _read_reply(stream: BinaryIO) -> tuple[Reply, bool]:
    """The next final reply, and whether the server closes the connection after it."""
    status = 100
    while 100 <= status < 200:
        version, status = _status(_line(stream))
        headers = _headers(stream)
    body, whole = _body(stream, status, headers)
    said = headers.get("connection", "").lower()
    ends = not whole or "close" in said or (version == "HTTP/1.0" and "keep-alive" not in said)
    return Reply(status, headers, body), ends


def _status(line: bytes) -> tuple[str, int]:
    version, _, rest = line.decode("latin-1").partition(" ")
    code = rest[:3]
    if not version.startswith("HTTP/1.") or not (code.isascii() and code.isdigit()):
        raise ProtocolError("the answer is not HTTP")
    return version, int(code)


def _headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(MOST_HEADERS):
        line = _line(stream)
        if not line:
            return headers
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    raise ProtocolError("the answer has too many headers")


def _body(stream: BinaryIO, status: int, headers: Mapping[str, str]) -> tuple[bytes, bool]:
    """The body, and whether its end was told (else it ended with the connection)."""
    if status in (204, 304):
        return b"", True
    if headers.get("transfer-encoding", "").lower().endswith("chunked"):
        return _chunks(stream), True
    length = headers.get("content-length")
    if length is not None:
        return _exactly(stream, _size(length, 10)), True
    data = stream.read(LARGEST_BODY + 1)
    _check_size(len(data))
    return data, False


def _chunks(stream: BinaryIO) -> bytes:
    parts: list[bytes] = []
    total = 0
    while size := _size(_line(stream).partition(b";")[0].decode("latin-1"), 16):
        total += size
        _check_size(total)
        parts.append(_exactly(stream, size))
        _line(stream)
    _headers(stream)
    return b"".join(parts)


def _size(text: str, base: int) -> int:
    try:
        size = int(text, base)
    except ValueError:
        size = -1
    if size < 0:
        raise ProtocolError("the answer does not say how long it is")
    _check_size(size)
    return size


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise ProtocolError("the connection was closed in the middle of the answer")
    return data


def _line(stream: BinaryIO) -> bytes:
    line = stream.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        long = len(line) == LONGEST_LINE
        raise ProtocolError("a line is too long" if long else "the connection was closed")
    return line.rstrip(b"\r\n")


def _check_size(size: int) -> None:
    if size > LARGEST_BODY:
        raise ProtocolError(f"the answer is larger than {LARGEST_BODY >> 20} MiB")
