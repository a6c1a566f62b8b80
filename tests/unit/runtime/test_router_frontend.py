# SPDX-License-Identifier: Apache-2.0
"""What clients may send to the router, byte for byte, and what they get back."""

import asyncio
import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway_runtime.protocol import MAX_BODY
from shipway_runtime.router.frontend import MAX_HEAD, Frontend
from shipway_runtime.router.messages import Response

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
CLOSE = b"GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def echo(request):
    """Tell what arrived; `/slow` takes longer than what comes after it."""
    if request.target == b"/slow":
        await asyncio.sleep(0.05)
    seen = {
        "method": request.method.decode(),
        "target": request.target.decode(),
        "body": request.body[:100].decode("latin-1"),
        "size": len(request.body),
        "release": request.release,
    }
    headers = [(b"content-type", b"application/json"), (b"connection", b"x-secret")]
    return Response(200, headers, json.dumps(seen).encode())


async def converse(chunks, seen=None, end=True, handler=echo):
    """All bytes that come back for `chunks`, which are sent one after the other."""
    connections = set() if seen is None else seen
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Frontend(handler, connections), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    for chunk in chunks:
        writer.write(chunk)
        await asyncio.sleep(0)
    if end:
        writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    server.close()
    return answer


def talk(*chunks, **options):
    return asyncio.run(converse(chunks, **options))


def parse(answer):
    """(status, headers, document) of every response in `answer`."""
    found = []
    while answer:
        head, _, answer = answer.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        size = int(headers["content-length"])
        found.append((int(first.split()[1]), headers, json.loads(answer[:size])))
        answer = answer[size:]
    return found


def test_a_request_is_answered_and_the_connection_is_kept():
    first, second = parse(talk(GET, CLOSE, end=False))
    assert (first[0], first[2]["target"]) == (200, "/a")
    assert "connection" not in first[1]
    assert second[1]["connection"] == "close"


def test_pipelined_requests_are_answered_in_order():
    slow = GET.replace(b"/a", b"/slow")
    answers = parse(talk(slow + GET * 40 + CLOSE, end=False))
    assert [one[2]["target"] for one in answers] == ["/slow", *["/a"] * 40, "/end"]


def test_chunked_bodies_arrive_whole():
    head = b"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    [(_, _, seen)] = parse(talk(head, b"3\r\nabc\r\n", b"2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n"))
    assert seen["body"] == "abcde"


def test_a_large_body_arrives_whole():
    size = 3 * 2**20
    head = b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size
    [(_, _, seen)] = parse(talk(head, b"x" * size))
    assert seen["size"] == size


def test_a_client_that_waits_for_100_continue_is_told_to_go_on():
    head = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    answer = talk(head, b"ab")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("body", [b"", b"ab"])
def test_an_upgrade_is_answered_as_an_ordinary_request(body):
    head = b"POST /up HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
    head += b"Upgrade: h2c\r\nHTTP2-Settings: AAA\r\nContent-Length: %d\r\n\r\n" % len(body)
    first, second = parse(talk(head + body + GET))
    assert (first[2]["target"], first[2]["body"]) == ("/up", body.decode())
    assert second[2]["target"] == "/a"


@pytest.mark.parametrize(("header", "kept"), [(b"", False), (b"Connection: keep-alive\r\n", True)])
def test_http_10(header, kept):
    [(_, headers, _)] = parse(talk(b"GET / HTTP/1.0\r\n" + header + b"\r\n", end=kept))
    assert headers["connection"] == ("keep-alive" if kept else "close")


def test_head_gets_no_body():
    answer = talk(GET.replace(b"GET", b"HEAD"))
    assert answer.endswith(b"\r\n\r\n")
    assert b"content-length: 7" in answer


def test_a_release_may_be_named_by_a_header():
    [(_, _, seen)] = parse(talk(GET[:-2] + b"X-Shipway-Release: r7-a\r\n\r\n"))
    assert seen["release"] == "r7-a"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA : b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", 400),
        (b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1), 413),
        (b"GET / HTTP/1.1\r\nHost: " + b"x" * (MAX_HEAD + 1) + b"\r\n\r\n", 431),
        (b"GET /" + b"x" * (MAX_HEAD + 1) + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431),
    ],
)
def test_what_is_refused_gets_its_status_after_what_came_before(sent, status):
    first, second = parse(talk(GET + sent))
    assert first[0] == 200
    assert second[0] == status
    assert second[1]["connection"] == "close"
    assert second[2]["error"]


def test_a_head_that_never_ends_is_refused():
    chunks = [b"GET / HTTP/1.1\r\nA: ", *[b"x" * 8192] * 300]
    assert parse(talk(*chunks, end=False))[0][0] == 431


def test_a_finished_connection_ends_after_the_response_under_way():
    async def both():
        begun, release = asyncio.Event(), asyncio.Event()

        async def hold(request):
            begun.set()
            await release.wait()
            return await echo(request)

        connections = set()
        task = asyncio.create_task(converse([GET], connections, end=False, handler=hold))
        await begun.wait()
        assert [one.idle_since for one in connections] == [None]
        for connection in connections:
            connection.finish()
        release.set()
        return await task

    [(status, headers, _)] = parse(asyncio.run(both()))
    assert (status, headers["connection"]) == (200, "close")


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(1, 150), max_size=8))
def test_how_the_bytes_are_cut_does_not_matter(cuts):
    whole = b"POST /p?q=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello" + GET + CLOSE
    edges = [0, *sorted({cut for cut in cuts if cut < len(whole)}), len(whole)]
    chunks = [whole[a:b] for a, b in itertools.pairwise(edges)]
    answers = parse(talk(*chunks, end=False))
    assert [one[2]["target"] for one in answers] == ["/p?q=1", "/a", "/end"]
    assert answers[0][2]["body"] == "hello"


@settings(max_examples=60, deadline=None)
@given(noise=st.binary(min_size=1, max_size=60))
def test_any_bytes_are_answered_or_the_connection_ends(noise):
    for status, _, _ in parse(talk(noise)):
        assert status in (200, 400, 405, 413, 431)
