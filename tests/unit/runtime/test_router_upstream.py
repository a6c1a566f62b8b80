# SPDX-License-Identifier: Apache-2.0
"""Connections from the router to a worker, against a worker that misbehaves on purpose."""

import asyncio
from unittest.mock import Mock

import pytest

from shipway_runtime.router.messages import Request
from shipway_runtime.router.streaming import BodyStream
from shipway_runtime.router.upstream import BrokenError, Pool, RefusedError, Upstream

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-a: b\r\n\r\nok"
POST = Request(b"POST", b"/p", [(b"host", b"x"), (b"connection", b"close")], b"body")


class Peer:
    """Answers each request with the next of `script`; None closes the connection instead."""

    def __init__(self, path, script):
        self.path = str(path / "s")
        self.script = list(script)
        self.connections = 0
        self.requests = []

    async def __aenter__(self):
        self.server = await asyncio.start_unix_server(self.serve, self.path)
        return Pool(self.path)

    async def __aexit__(self, *_):
        self.server.close()

    async def serve(self, reader, writer):
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                body = await reader.readexactly(4) if b"POST" in head else b""
                self.requests.append(head + body)
                answer = self.script.pop(0)
                writer.write(answer or b"")
                if answer is None or b"close" in answer:
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


def exchange(tmp_path, script, *requests, timeout=5):
    """The peer, and for each request its response or error."""
    peer = Peer(tmp_path, script)

    async def everything():
        async with peer as pool:
            results = []
            for request in requests:
                try:
                    results.append(await pool.exchange(request, timeout))
                except (TimeoutError, BrokenError, RefusedError) as error:
                    results.append(error)
                await asyncio.sleep(0.01)
            pool.close()
            return results

    return peer, asyncio.run(everything())


def test_a_connection_is_kept_and_hop_by_hop_headers_are_not_passed_on(tmp_path):
    peer, (first, second) = exchange(tmp_path, [OK, OK], POST, POST)
    assert (first.status, first.body) == (200, b"ok")
    assert (b"x-a", b"b") in second.headers
    assert peer.connections == 1
    assert peer.requests[0] == b"POST /p HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nbody"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nok",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nconnection: close\r\n"
        b"content-length: 2\r\n\r\nok",
    ],
)
def test_all_ways_to_end_a_body(tmp_path, answer):
    peer, (first, second) = exchange(tmp_path, [answer, OK], POST, POST)
    assert (first.status, first.body) == (200, b"ok")
    assert second.status == 200
    assert peer.connections == (2 if b"close" in answer else 1)


def test_a_response_to_head_has_a_length_and_no_body(tmp_path):
    head = Request(b"HEAD", b"/")
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n"
    _, (first, second) = exchange(tmp_path, [answer, OK], head, POST)
    assert (first.status, first.length, first.body) == (200, b"17", b"")
    assert b"content-length: 17" in first.encode(head, close=False)
    assert second.status == 200


def test_no_content_has_no_length(tmp_path):
    _, (first,) = exchange(tmp_path, [b"HTTP/1.1 204 No Content\r\n\r\n"], POST)
    assert first.encode(POST, close=False) == b"HTTP/1.1 204 No Content\r\n\r\n"


def test_a_kept_connection_that_was_closed_is_replaced(tmp_path):
    peer, (first, second) = exchange(tmp_path, [OK, None, OK], POST, POST)
    assert (first.status, second.status) == (200, 200)
    assert peer.connections == 2


@pytest.mark.parametrize(
    "answer",
    [None, b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\nx: close\r\n\r\nha", b"SSH-2.0-close\r\n"],
)
def test_a_worker_that_goes_away_or_talks_nonsense_is_broken(tmp_path, answer):
    _, (first, second) = exchange(tmp_path, [answer, OK], POST, POST)
    assert isinstance(first, BrokenError)
    assert second.status == 200


def test_a_worker_that_is_silent_is_given_up(tmp_path):
    _, (first,) = exchange(tmp_path, [b""], POST, timeout=0.05)
    assert isinstance(first, asyncio.TimeoutError)


def test_a_cancellation_that_meets_the_response_is_not_swallowed(tmp_path):
    async def meet():
        connection = Upstream()
        connection.connection_made(Mock(is_closing=lambda: False))
        task = asyncio.create_task(connection.exchange(POST, 5))
        await asyncio.sleep(0)
        connection.data_received(OK)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(meet())


def test_nobody_there(tmp_path):
    with pytest.raises(RefusedError):
        asyncio.run(Pool(str(tmp_path / "nothing")).exchange(POST, 1))


CHUNKS = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


async def ask_application(path, script, request=POST):
    peer = Peer(path, script)
    async with peer:
        response = await Pool(peer.path, application=True).exchange(request, 5)
        parts = []
        if response.stream is not None:
            while part := await response.stream.read():
                parts.append(part)
            response.stream.close()
        return peer, response, b"".join(parts)


def test_an_application_gets_a_new_connection_for_each_request(tmp_path):
    peer, response, _ = asyncio.run(ask_application(tmp_path, [OK]))
    assert response.body == b"ok" and response.stream is None
    assert b"connection: close" in peer.requests[0]


@pytest.mark.parametrize(
    ("answer", "length"),
    [
        (CHUNKS + b"1\r\no\r\n1\r\nk\r\n0\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nok", None),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n" + b"x" * 2000000, b"2000000"),
    ],
)
def test_an_answer_of_an_application_is_passed_on_while_it_comes(tmp_path, answer, length):
    _, response, body = asyncio.run(ask_application(tmp_path, [answer]))
    assert response.status == 200 and response.length == length
    assert body == (b"x" * 2000000 if length else b"ok")


def test_an_answer_that_breaks_off_while_it_is_passed_on_is_an_error(tmp_path):
    with pytest.raises(BrokenError):
        asyncio.run(
            ask_application(
                tmp_path,
                [CHUNKS.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n") + b"5\r\nab"],
            )
        )


def test_an_answer_that_nobody_wants_any_more_is_closed_once():
    stop, after = Mock(), Mock()

    async def everything():
        stream = BodyStream(Mock(), stop)
        stream.after(after)
        stream.feed(b"x")
        stream.close()
        stream.close()
        stream.feed(b"y")
        return await stream.read(), await stream.read()

    assert asyncio.run(everything()) == (b"x", b"")
    stop.assert_called_once()
    after.assert_called_once()
