# SPDX-License-Identifier: Apache-2.0
"""HTTP against a server that answers with the very bytes of a test."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.delivery.http import ProtocolError, Reply, connect

Scripted = Callable[..., tuple[int, list[bytes]]]
OK = b"HTTP/1.1 200 OK\r\n"


def serve(listener: socket.socket, answers: tuple[bytes, ...], asked: list[bytes]) -> None:
    """One connection for each answer that leaves the connection; `asked` takes the requests."""
    waiting = list(answers)
    while waiting:
        connection, _ = listener.accept()
        with connection:
            while waiting:
                request = connection.recv(65536)
                if not request:
                    break
                asked.append(request)
                answer = waiting.pop(0)
                connection.sendall(answer)
                if b"Content-Length" not in answer and b"chunked" not in answer:
                    break


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """Starts a server with its answers; gives the port and the requests that it saw."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads = []

        def start(*answers: bytes) -> tuple[int, list[bytes]]:
            asked: list[bytes] = []
            thread = threading.Thread(target=serve, args=(listener, answers, asked), daemon=True)
            thread.start()
            threads.append(thread)
            return listener.getsockname()[1], asked

        yield start
        for thread in threads:
            thread.join(5)


def ask_all(port: int, count: int) -> list[Reply]:
    connection = connect("http", "127.0.0.1", port, 5.0)
    try:
        return [connection.ask("POST", f"/{number}", b"[1]") for number in range(count)]
    finally:
        connection.close()


def test_a_request_says_what_it_must(scripted: Scripted) -> None:
    port, asked = scripted(OK + b"Content-Length: 2\r\nX-Shipway-Release: r1\r\n\r\nhi")
    (reply,) = ask_all(port, 1)
    assert reply.status == 200
    assert (reply.headers["x-shipway-release"], reply.body) == ("r1", b"hi")
    head, body = asked[0].split(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"POST /0 HTTP/1.1",
        b"Host: 127.0.0.1:%d" % port,
        b"Content-Type: application/json",
        b"Content-Length: 3",
    ]
    assert body == b"[1]"


def test_bodies_in_chunks_and_of_a_known_length_leave_the_connection_open(
    scripted: Scripted,
) -> None:
    chunked = (
        b"Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n"
    )
    port, _ = scripted(
        OK + chunked,
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
        OK + b"Content-Length: 1\r\n\r\nz",
    )
    assert [reply.body for reply in ask_all(port, 3)] == [b"ab0123456789", b"", b"z"]


def test_a_body_may_end_with_the_connection_which_opens_again(scripted: Scripted) -> None:
    port, _ = scripted(OK + b"\r\nall of it", b"HTTP/1.0 503 No\r\n\r\nlater")
    assert [(r.status, r.body) for r in ask_all(port, 2)] == [(200, b"all of it"), (503, b"later")]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"SSH-2.0-OpenSSH\r\n", "not HTTP"),
        (b"HTTP/1.1 2x0 OK\r\n\r\n", "not HTTP"),
        (b"", "closed"),
        (OK + b"A: b\r\n", "closed"),
        (OK + b"Content-Length: -1\r\n\r\n", "how long"),
        (OK + b"Content-Length: 99999999999\r\n\r\n", "larger than 64 MiB"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", "how long"),
        (OK + b"A: b\r\n" * 300 + b"\r\n", "too many headers"),
        (OK + b"A: " + b"b" * 70000, "too long"),
    ],
)
def test_nonsense_is_a_protocol_error(scripted: Scripted, answer: bytes, words: str) -> None:
    port, _ = scripted(answer)
    with pytest.raises(ProtocolError, match=words):
        ask_all(port, 1)


def test_an_answer_that_breaks_off_is_a_protocol_error(scripted: Scripted) -> None:
    port, _ = scripted(OK + b"content-length: 10\r\n\r\nhalf")
    with pytest.raises(ProtocolError, match="in the middle"):
        ask_all(port, 1)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_wild_bytes_never_do_anything_else(data: bytes) -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(data)
        there.shutdown(socket.SHUT_WR)
        connection = connect("http", "localhost", 1, 5.0)
        connection._opened = here, here.makefile("rb")  # type: ignore[attr-defined]
        try:
            reply = connection.ask("GET", "/", None)
        except (ProtocolError, OSError):
            return
        finally:
            connection.close()
        assert 100 <= reply.status <= 999
