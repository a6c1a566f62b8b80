# SPDX-License-Identifier: Apache-2.0
"""Asking the user's own web application, which answers over HTTP."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shipway.delivery.application import difference, verify_application
from shipway.delivery.asking import Said
from shipway.packaging.application import Application, GoldenCall


class Handler(BaseHTTPRequestHandler):
    """Doubles at POST /double; /teapot is one; says who it is."""

    def do_GET(self):
        self.say({"/up": 200, "/teapot": 418}.get(self.path, 404), b"here: " + self.path.encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, body, dict(self.headers)))
        self.say(200, b'{"y": 6.0000000001, "id": 17, "all": [{"k": 1}]}')

    def say(self, status, data):
        self.send_response(status)
        self.send_header("X-Shipway-Release", self.server.release)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.seen, made.release = [], "r1"
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def verify(server, *golden, health="/up"):
    application = Application(("x",), 8000, health, "code", golden=golden)
    address = f"http://127.0.0.1:{server.server_port}"
    return verify_application(address, application, environment="production", release="r1")


def failed(verification):
    assert verification.verdict == "failed"
    [probe] = [probe for probe in verification.probes if probe.verdict == "failed"]
    return f"{probe.name}: {probe.observed}, expected {probe.expected}"


def test_golden_requests_are_asked_once_each(server):
    headers = {"Content-Type": "application/x-own", "X-Key": "k"}
    call = GoldenCall("POST", "/double", "x=3", headers, contains={"y": 6.0})
    verification = verify(server, call, GoldenCall("GET", "/teapot", status=418))
    assert verification.verdict == "passed"
    assert verification.note == ""
    [(path, body, sent)] = server.seen
    assert (path, body) == ("/double", b"x=3")
    assert (sent["Content-Type"], sent["X-Key"]) == ("application/x-own", "k")
    names = [probe.name for probe in verification.probes]
    assert names == ["GET /up", "POST /double x=3", "GET /teapot", "release"]


def test_health_alone_passes_and_says_that_nothing_else_was_looked_at(server):
    verification = verify(server)
    assert verification.verdict == "passed"
    assert "health alone" in verification.note and "package.server.golden" in verification.note


def test_without_health_nothing_else_is_asked(server):
    verification = verify(server, GoldenCall("POST", "/double", "{}"), health="/down")
    assert failed(verification) == "GET /down: 404 here: /down, expected 200"
    assert server.seen == []


def test_a_wrong_answer_is_shown_with_its_request_and_what_was_expected(server):
    call = GoldenCall("POST", "/double", '{"x":3}', json={"y": 7, "id": 17, "all": [{"k": 1}]})
    text = failed(verify(server, call))
    assert text.startswith('POST /double {"x":3}: 200 {"y": 6.0000000001,')
    assert "(y is 6.0000000001 instead of 7)" in text
    assert text.endswith('expected 200 {"y":7,"id":17,"all":[{"k":1}]}')


def test_another_release_that_answers_is_a_failure(server):
    server.release = "r9"
    assert failed(verify(server)) == "release: r9, expected r1"


def test_nobody_there_is_a_failure_and_no_error():
    application = Application(("x",), 8000, "/up", "code")
    verification = verify_application(
        "http://127.0.0.1:9", application, environment="production", release="r1"
    )
    assert "connection refused" in failed(verification)


def said(body, status=200):
    return Said(status, body, "", 1.0)


@pytest.mark.parametrize(
    ("call", "body", "wrong"),
    [
        ({"json": {"a": [1.0, 2.0]}}, b'{"a": [1.0, 2.0000001]}', ""),
        ({"json": {"a": 1.0}, "tolerance": 0.1}, b'{"a": 1.05}', ""),
        ({"json": {"a": 1.0}}, b'{"a": 1.1}', "a is 1.1 instead of 1.0"),
        ({"json": {"a": 1}}, b'{"a": 1, "b": 2}', "b is not expected"),
        ({"json": {"a": 1}}, b'{"b": 2}', "a is missing"),
        ({"json": {"a": {"b": [1, 2]}}}, b'{"a": {"b": [1, 3]}}', "a.b[1] is 3 instead of 2"),
        ({"json": {"a": "yes"}}, b'{"a": true}', 'a is true instead of "yes"'),
        ({"json": [1]}, b"[1, 2]", "it is [1,2] instead of [1]"),
        ({"json": {"a": 1}}, b"<html>", "not JSON"),
        ({"contains": {"a": {"b": 1}}}, b'{"a": {"b": 1, "c": 2}, "d": 3}', ""),
        ({"contains": {"a": {"b": 1}}}, b'{"a": {"c": 2}}', "a.b is missing"),
        ({"contains": "ok"}, b"all ok here", ""),
        ({"contains": "ok"}, b"failed", "no 'ok' in it"),
    ],
)
def test_what_differs_is_named(call, body, wrong):
    assert difference(GoldenCall("GET", "/", **call), said(body)) == wrong


def test_another_status_is_said_before_anything_else():
    call = GoldenCall("GET", "/", json={"a": 1})
    assert difference(call, said(b"", 500)) == "status 500 instead of 200"
