# SPDX-License-Identifier: Apache-2.0
"""The ASGI application, called directly, and the bundle that it serves."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from shipway_runtime.app import ServingApp
from shipway_runtime.errors import RowError, UserError
from shipway_runtime.server import arrange_path, main
from shipway_runtime.service import BundleError, Service, read_service

ROWS = b'{"instances": [{"amount": 1}, {"amount": 2}]}'


class Doubler:
    """Stands in for a predictor; `gate` holds it up, a negative amount makes it fail."""

    def __init__(self):
        self.gate = threading.Event()
        self.gate.set()
        self.threads = set()

    def predict(self, rows):
        self.threads.add(threading.current_thread().name)
        self.gate.wait(10)
        for index, row in enumerate(rows):
            if "amount" not in row:
                raise RowError(index, "amount", "is missing")
            if row["amount"] < 0:
                raise ValueError("secret detail")
        amounts = [row["amount"] for row in rows]
        return SimpleNamespace(predictions=[2 * one for one in amounts], scores=[0.5] * len(rows))


async def call(app, method, path, body=b"", headers=()):
    """Status, headers and body of one request."""
    sent, parts = [], [body[i : i + 7] for i in range(0, len(body), 7)] or [b""]

    async def receive():
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": list(headers)}
    await app(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def make_app(tmp_path, predictor=None, **options):
    service = Service(tmp_path, "toy", 3)
    predictor = predictor or Doubler()
    return ServingApp(service, "r1", lambda: predictor, lambda: None, **options)


def run(app, *requests):
    async def everything():
        await app.load()
        return [await call(app, *request) for request in requests]

    return asyncio.run(everything())


def test_predictions_carry_model_version_and_release(tmp_path):
    predictor = Doubler()
    [(status, headers, body)] = run(make_app(tmp_path, predictor), ("POST", "/predict", ROWS))
    assert status == 200
    assert headers[b"x-shipway-release"] == b"r1"
    assert headers[b"content-length"] == str(len(body)).encode()
    assert json.loads(body) == {
        "predictions": [2, 4],
        "scores": [0.5, 0.5],
        "model": "toy",
        "version": 3,
        "release": "r1",
    }
    assert predictor.threads == {"model_0"}


def test_no_rows_give_no_predictions(tmp_path):
    [(status, _, body)] = run(make_app(tmp_path), ("POST", "/predict", b"[]"))
    assert (status, json.loads(body)["predictions"]) == (200, [])


@pytest.mark.parametrize(
    ("request_", "status", "words"),
    [
        (("POST", "/predict", b"{"), 400, "not valid JSON"),
        (("POST", "/predict", b"[{}]"), 422, "row 0: feature 'amount' is missing"),
        (("GET", "/predict"), 405, "/predict takes POST, not GET"),
        (("POST", "/health"), 405, "/health takes GET"),
        (("GET", "/nothing"), 404, "there is no /nothing"),
        (("POST", "/predict", b" " * 101), 413, "larger than 100 bytes"),
        (("POST", "/predict", b"", [(b"content-length", b"101")]), 413, "larger than"),
        (("POST", "/predict", b'[{"amount": -1}]'), 500, "the model failed with ValueError"),
    ],
)
def test_mistakes_have_their_status_and_a_sentence(tmp_path, request_, status, words):
    [(found, headers, body)] = run(make_app(tmp_path, max_body=100), request_)
    assert found == status
    assert words in json.loads(body)["error"]
    assert "secret detail" not in body.decode()
    assert (b"allow" in headers) == (status == 405)


def test_head_has_the_headers_of_get_and_no_body(tmp_path):
    get, head = run(make_app(tmp_path), ("GET", "/health"), ("HEAD", "/health"))
    assert head == (get[0], get[1], b"")


def test_health_is_503_until_the_model_is_loaded(tmp_path):
    app = make_app(tmp_path)
    before = asyncio.run(call(app, "GET", "/health"))
    refused = asyncio.run(call(app, "POST", "/predict", ROWS))
    assert (before[0], json.loads(before[2])["status"]) == (503, "loading")
    assert refused[0] == 503
    [after] = run(app, ("GET", "/health"))
    assert (after[0], json.loads(after[2])["status"]) == (200, "ok")


@pytest.mark.parametrize("error", [UserError("type", "not trusted", "Name it."), OSError("gone")])
def test_a_model_that_fails_to_load_is_told_and_ends_the_server(tmp_path, capsys, error):
    def fail():
        raise error

    ends = []
    app = ServingApp(Service(tmp_path, "toy", 3), "r1", fail, lambda: ends.append(True))
    asyncio.run(app.load())
    assert ends == [True]
    assert app.failed
    told = capsys.readouterr().err
    assert f"the model could not be loaded: {error}" in told
    assert ("Traceback" in told) == isinstance(error, OSError)


def test_health_answers_while_the_model_computes(tmp_path):
    predictor = Doubler()
    predictor.gate.clear()
    app = make_app(tmp_path, predictor)

    async def both():
        await app.load()
        asking = asyncio.create_task(call(app, "POST", "/predict", ROWS))
        while not predictor.threads:
            await asyncio.sleep(0.001)
        health = await call(app, "GET", "/health")
        still_computing = not asking.done()
        predictor.gate.set()
        return health, still_computing, await asking

    health, still_computing, answer = asyncio.run(both())
    assert health[0] == 200
    assert still_computing
    assert answer[0] == 200


def test_metrics_count_predictions_by_status(tmp_path):
    bad, good = ("POST", "/predict", b"{"), ("POST", "/predict", ROWS)
    *_, (status, headers, body) = run(make_app(tmp_path), good, good, bad, ("GET", "/metrics"))
    text = body.decode()
    labels = 'model="toy",version="3",release="r1"'
    assert status == 200
    assert headers[b"content-type"].startswith(b"text/plain; version=0.0.4")
    assert f'shipway_requests_total{{{labels},code="200"}} 2\n' in text
    assert f'shipway_requests_total{{{labels},code="400"}} 1\n' in text
    assert f"shipway_request_seconds_count{{{labels}}} 3\n" in text


def write_service(folder, **changes):
    values = {"model": "toy", "version": 3, "sys_path": ["code"], **changes}
    (folder / "service.json").write_text(json.dumps(values))


def test_a_bundle_is_read(tmp_path):
    write_service(tmp_path, trusted_types=["a.B"], allow_pickle=True, package="sha256:1")
    service = read_service(tmp_path)
    assert (service.model, service.version, service.package) == ("toy", 3, "sha256:1")
    assert (service.trusted_types, service.allow_pickle) == (("a.B",), True)
    assert service.sys_path == (str(tmp_path / "code"),)


def test_pickle_is_allowed_by_the_word_true_only(tmp_path):
    write_service(tmp_path, allow_pickle="yes")
    assert read_service(tmp_path).allow_pickle is False


@pytest.mark.parametrize(
    "changes", [{"version": "x"}, {"sys_path": ["../out"]}, {"sys_path": ["/etc"]}, {"sys_path": 3}]
)
def test_a_malformed_bundle_is_named(tmp_path, changes):
    write_service(tmp_path, **changes)
    with pytest.raises(BundleError, match=r"service\.json is malformed"):
        read_service(tmp_path)


def test_a_folder_that_is_no_bundle_ends_the_server(tmp_path, capsys):
    assert main(["--bundle", str(tmp_path)]) == 1
    assert "this folder is not a bundle" in capsys.readouterr().err


def test_the_overlay_stands_behind_everything(tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHIPWAY_OVERLAY", "/overlay/site")
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), "/project/site"])
    arrange_path(Service(tmp_path, "toy", 3))
    assert sys.path == ["/project/site", "/overlay/site"]
    assert os.path.samefile(os.curdir, tmp_path / "code")


def test_nothing_but_the_standard_library_is_imported_before_the_overlay():
    code = (
        "import sys; before = set(sys.modules); import shipway_runtime.server;"
        "top = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(*(top - sys.stdlib_module_names))"
    )
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert found.split() == ["shipway_runtime"]
