# SPDX-License-Identifier: Apache-2.0
"""Asking a model server over HTTP, on one connection that is kept open."""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import msgspec

from shipway.base.errors import InputError
from shipway.delivery.http import JSON, ProtocolError, connect

RELEASE_HEADER = "x-shipway-release"
LONGEST = 200


class NoAnswerError(Exception):
    """The server did not answer as it should; the text says how."""


class Answer(msgspec.Struct, frozen=True):
    """A JSON answer, the release that gave it (empty when it did not say), and how long it took."""

    content: Any
    release: str
    milliseconds: float


class Said(msgspec.Struct, frozen=True):
    """Any answer as it came, the release that gave it, and how long it took."""

    status: int
    body: bytes
    release: str
    milliseconds: float


class ModelServer:
    """A server of one model at `address` (`http://127.0.0.1:8123`); for one thread."""

    def __init__(self, address: str, timeout: float) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(f"{address!r} is not the address of a server")
        self._connection = connect(parts.scheme, parts.hostname, parts.port, timeout)
        self._prefix = parts.path.rstrip("/")

    def __enter__(self) -> "ModelServer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def health(self) -> Answer:
        """The answer of `/health`; NoAnswerError unless it says 200."""
        return self._ask("GET", "/health", None)

    def predict(self, rows: list[dict[str, Any]]) -> Answer:
        """The answer of `/predict` to `rows`; NoAnswerError unless it is a JSON mapping."""
        answer = self._ask("POST", "/predict", msgspec.json.encode({"instances": rows}))
        if not isinstance(answer.content, dict):
            raise NoAnswerError("/predict did not answer with a JSON mapping")
        return answer

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Said:
        """Whatever is answered to a request; NoAnswerError when nothing is."""
        began = time.perf_counter()
        given = JSON if headers is None else headers
        try:
            reply = self._connection.ask(method, self._prefix + path, body, given)
        except (OSError, ProtocolError) as error:
            self._connection.close()
            raise NoAnswerError(f"{path}: {_say(error)}") from error
        took = (time.perf_counter() - began) * 1000
        return Said(reply.status, reply.body, reply.headers.get(RELEASE_HEADER, ""), took)

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        reply = self.call(method, path, body)
        if reply.status != 200:
            raise NoAnswerError(f"{path} answered {reply.status}: {_start(reply.body)}")
        content = None
        if method == "POST":
            try:
                content = msgspec.json.decode(reply.body)
            except msgspec.DecodeError:
                raise NoAnswerError(
                    f"{path} did not answer with JSON: {_start(reply.body)}"
                ) from None
        return Answer(content, reply.release, reply.milliseconds)


def _say(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return str(error) or type(error).__name__


def _start(data: bytes) -> str:
    return data[:LONGEST].decode(errors="replace").strip() or "(nothing)"


def shorten(text: str) -> str:
    """One line of at most 200 characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"
