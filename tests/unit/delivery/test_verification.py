# SPDX-License-Identifier: Apache-2.0
"""Verification over HTTP, against a small server that can be told to do everything wrong."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from shipway.base.errors import InputError
from shipway.delivery.golden import Golden
from shipway.delivery.verification import verify_release
from shipway.records.delivery import Probe, Verification

GOLDEN = Golden(
    rows=[{"amount": float(number)} for number in range(5)],
    predictions=["fraud" if number > 2 else "ok" for number in range(5)],
    scores=[number / 5 for number in range(5)],
)


class Behaviour:
    """What the server answers; tests change single fields."""

    def __init__(self) -> None:
        self.health = 200
        self.status = 200
        self.release = "r1-abc"
        self.change: Callable[[dict[str, Any]], Any] = lambda answer: answer
        self.delay = 0.0
        self.raw: bytes | None = None
        self.asked: list[int] = []
        self.connections = 0

    def answer(self, instances: list[dict[str, Any]]) -> Any:
        self.asked.append(len(instances))
        time.sleep(self.delay)
        numbers = [int(row["amount"]) for row in instances]
        predictions = ["fraud" if number > 2 else "ok" for number in numbers]
        answer = {"predictions": predictions, "scores": [n / 5 * (1 + 1e-9) for n in numbers]}
        return self.change(answer)


@pytest.fixture
def behaviour() -> Behaviour:
    return Behaviour()


@pytest.fixture
def address(behaviour: Behaviour) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            behaviour.connections += 1
            super().setup()

        def do_GET(self) -> None:
            self.reply(behaviour.health if self.path == "/m/health" else 404, b"{}")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = json.dumps(behaviour.answer(body["instances"])).encode()
            status = behaviour.status if self.path == "/m/predict" else 404
            self.reply(status, behaviour.raw if behaviour.raw is not None else answer)

        def reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if behaviour.release:
                self.send_header("x-shipway-release", behaviour.release)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/m"
    server.shutdown()
    server.server_close()
    thread.join()


def verify(address: str, golden: Golden = GOLDEN, **more: Any) -> Verification:
    return verify_release(address, golden, environment="production", release="r1-abc", **more)


def failed(verification: Verification) -> Probe:
    assert verification.verdict == "failed"
    return next(probe for probe in verification.probes if probe.verdict == "failed")


def test_a_right_release_passes(address: str, behaviour: Behaviour) -> None:
    verification = verify(address, requests=12)
    assert verification.verdict == "passed"
    assert (verification.environment, verification.release) == ("production", "r1-abc")
    names = [probe.name for probe in verification.probes]
    assert names == ["health", "golden predictions", "golden scores", "single rows", "release"]
    assert behaviour.asked == [5] + [1] * 12
    assert behaviour.connections == 1
    assert 0 < verification.latency_ms["p50"] <= verification.latency_ms["p99"]


def test_a_wrong_prediction_is_shown_with_its_row(address: str, behaviour: Behaviour) -> None:
    behaviour.change = lambda answer: answer | {"predictions": ["ok"] * len(answer["predictions"])}
    probe = failed(verify(address))
    assert probe.name == "golden predictions"
    assert probe.observed == "2 of 5 differ; row 3 gave 'ok' instead of 'fraud'"
    assert behaviour.asked == [5]


def test_wrong_scores_are_noticed(address: str, behaviour: Behaviour) -> None:
    behaviour.change = lambda answer: answer | {"scores": [s + 1e-4 for s in answer["scores"]]}
    assert failed(verify(address)).name == "golden scores"
    without = Golden(GOLDEN.rows, GOLDEN.predictions)
    assert verify(address, without, requests=1).verdict == "passed"


def test_a_row_alone_must_be_answered_as_in_the_batch(address: str, behaviour: Behaviour) -> None:
    behaviour.change = lambda answer: (
        answer | {"predictions": ["ok"]} if len(answer["predictions"]) == 1 else answer
    )
    probe = failed(verify(address, requests=10))
    assert (probe.name, probe.observed[:15]) == ("single rows", "4 of 10 differ;")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda answer: {"scores": []}, "no list of answers"),
        (lambda answer: {"predictions": ["ok"]}, "1 answers"),
        (lambda answer: ["ok"], "did not answer with a JSON mapping"),
    ],
)
def test_answers_of_another_shape_are_failures(
    address: str, behaviour: Behaviour, change: Callable[[Any], Any], words: str
) -> None:
    behaviour.change = change
    assert words in failed(verify(address)).observed


def test_errors_of_the_server_are_shown(address: str, behaviour: Behaviour) -> None:
    behaviour.status, behaviour.raw = 500, b"KeyError: 'amount'"
    assert failed(verify(address)).observed == "/predict answered 500: KeyError: 'amount'"
    behaviour.status, behaviour.raw = 200, b"<html>"
    assert "did not answer with JSON: <html>" in failed(verify(address)).observed


def test_a_sick_server_is_not_asked_further(address: str, behaviour: Behaviour) -> None:
    behaviour.health = 503
    verification = verify(address)
    assert [probe.name for probe in verification.probes] == ["health"]
    assert "503" in failed(verification).observed
    assert behaviour.asked == []
    assert verification.latency_ms == {}


def test_nobody_there_is_a_failure_not_a_crash(address: str) -> None:
    assert "connection refused" in failed(verify("http://127.0.0.1:1")).observed
    with pytest.raises(InputError, match="not the address"):
        verify("ftp://127.0.0.1")


def test_no_answer_in_time_is_a_failure(address: str, behaviour: Behaviour) -> None:
    behaviour.delay = 0.5
    assert "no answer in time" in failed(verify(address, timeout=0.1)).observed


def test_another_release_that_answers_is_noticed(address: str, behaviour: Behaviour) -> None:
    behaviour.release = "r0-old"
    probe = failed(verify(address))
    assert (probe.name, probe.observed, probe.expected) == ("release", "r0-old", "r1-abc")
    behaviour.release = ""
    assert verify(address).verdict == "passed"


def test_latency_is_judged_only_when_asked_for(address: str, behaviour: Behaviour) -> None:
    behaviour.delay = 0.02
    probe = failed(verify(address, requests=3, max_p99_ms=5.0))
    assert probe.name == "latency p99"
    assert probe.expected == "at most 5 ms"
    assert verify(address, requests=3, max_p99_ms=5000.0).verdict == "passed"


def test_without_golden_rows_nothing_is_proved(address: str) -> None:
    assert verify(address, Golden([], [])).verdict == "inconclusive"
