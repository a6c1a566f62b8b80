# SPDX-License-Identifier: Apache-2.0
"""A web application of the project's own behind the local router: real processes and sockets."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import tarfile
import threading
import time
from pathlib import Path

import pytest

from shipway.adapters.builders.interface import BuildRequest
from shipway.adapters.builders.native import NativeBuilder
from shipway.adapters.targets.interface import Release
from shipway.adapters.targets.local import LocalOptions, LocalTarget
from shipway.base.errors import InputError, OutsideError
from shipway.packaging.application import read_application
from shipway.records.source import PythonEnvironment

SOURCE = Path(__file__).resolve().parents[2] / "src"
APP = """
import json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = open("model.txt").read()

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/up":
            self.say(b"fine")
        elif self.path.startswith("/stream"):
            self.send_response(200)
            self.end_headers()
            for number in range(3):
                self.wfile.write(b"part%d\\n" % number)
                self.wfile.flush()
                time.sleep(0.3)
        elif self.path == "/large":
            self.say(b"x" * 30_000_000)
        elif self.path == "/die":
            os._exit(9)
        else:
            self.say(json.dumps({"path": self.path, "key": self.headers["X-Key"]}).encode(), 404)

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.say(self.command.encode() + b" " + body, 201)

    do_PATCH = do_PUT

    def do_POST(self):
        time.sleep(0.05)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.say(NAME.encode())

    def say(self, data, status=200):
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Own", "kept")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        pass

class Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

Server(("127.0.0.1", PORT), Handler).serve_forever()
"""
READS_PORT = APP.replace("PORT)", 'int(os.environ["PORT"]))')


@pytest.fixture(scope="session")
def overlay(tmp_path_factory):
    folder = tmp_path_factory.mktemp("overlay")
    (folder / "runtime").mkdir()
    (folder / "runtime" / "shipway_runtime").symlink_to(SOURCE / "shipway_runtime")
    (folder / "site").mkdir()
    return folder


@pytest.fixture
def make_release(tmp_path, overlay):
    def make(number, code=READS_PORT, command=("python", "app.py"), port=8000, **more):
        bundle = tmp_path / f"bundle{number}"
        (bundle / "model" / "files").mkdir(parents=True)
        (bundle / "code").mkdir()
        (bundle / "code" / "app.py").write_text(code)
        (bundle / "model" / "files" / "model.txt").write_text(f"model {number}")
        server = {"command": command, "port": port, "health": "/up", "folder": "code", "env": {}}
        service = {"model": "toy", "version": number, "server": {**server, **more}}
        (bundle / "service.json").write_text(json.dumps(service))
        return Release(
            id=f"r{number}-abc",
            package="sha256:" + "0" * 64,
            bundle=bundle,
            interpreter=sys.executable,
            overlay=str(overlay),
            model="toy",
            version=number,
        )

    return make


@pytest.fixture
def target(tmp_path):
    made = LocalTarget(tmp_path / "endpoint", LocalOptions(start_timeout=10))
    yield made
    made.stop()


def ask(address, path="/", method="GET", body=None, headers=None):
    """Status, headers and body of one request."""
    host, _, rest = address.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request(method, (f"/{rest}" if rest else "") + path, body, headers or {})
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response.status, response.headers, data


@pytest.fixture
def live(target, make_release):
    """An endpoint with a live application; its address."""
    release = make_release(1)
    target.place(release)
    return target.route({release.id: 1.0})


def test_all_paths_methods_headers_and_answers_are_the_applications_own(live):
    status, headers, body = ask(live, "/health?x=1", headers={"X-Key": "k"})
    assert (status, json.loads(body)) == (404, {"path": "/health?x=1", "key": "k"})
    assert headers["X-Own"] == "kept"
    assert headers["X-Shipway-Release"] == "r1-abc"
    assert json.loads(ask(live, "/metrics")[2])["path"] == "/metrics"
    assert json.loads(ask(live, "/releases/2024")[2])["path"] == "/releases/2024"
    assert ask(live, "/x", "PUT", b"data")[::2] == (201, b"PUT data")
    assert ask(live, "/x", "PATCH", b"data")[::2] == (201, b"PATCH data")


def test_an_answer_is_passed_on_while_it_is_written(live):
    host = live.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", "/stream")
    response = connection.getresponse()
    began = time.monotonic()
    assert response.readline() == b"part0\n"
    assert time.monotonic() - began < 0.25
    assert response.read() == b"part1\npart2\n"
    connection.close()
    assert len(ask(live, "/large")[2]) == 30_000_000


def test_a_client_that_goes_away_leaves_nothing_behind(live, target):
    with socket.create_connection(live.removeprefix("http://").split(":")) as gone:
        gone.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        gone.recv(10)
    assert ask(live, "/up")[0] == 200
    target.retire("r1-other")
    began = time.monotonic()
    target.stop()
    assert time.monotonic() - began < 8


def test_a_swap_loses_no_request(live, target, make_release):
    answers, done = [], threading.Event()

    def client():
        while not done.is_set():
            status, _, body = ask(live, "/predict", "POST", b"{}")
            answers.append((status, body))

    clients = [threading.Thread(target=client) for _ in range(6)]
    for one in clients:
        one.start()
    time.sleep(0.3)
    second = make_release(2)
    placed = target.place(second)
    assert ask(placed.address, "/predict", "POST", b"{}")[2] == b"model 2"
    target.route({second.id: 1.0})
    target.retire("r1-abc")
    time.sleep(0.3)
    done.set()
    for one in clients:
        one.join()
    assert {status for status, _ in answers} == {200}
    assert {body for _, body in answers} == {b"model 1", b"model 2"}
    assert answers[-1][1] == b"model 2"


def test_a_crashed_application_comes_back(live):
    status, _, body = ask(live, "/die")
    assert status == 502 and b"workers ended" in body
    assert ask(live, "/up")[0] == 200


def test_a_request_that_may_have_done_something_is_not_sent_twice(live, make_release, target):
    dies = READS_PORT.replace("time.sleep(0.05)", "os._exit(9)")
    release = make_release(2, dies)
    target.place(release)
    target.route({release.id: 1.0})
    status, _, body = ask(live, "/order", "POST", b"{}")
    assert status == 502 and b"did not come to the end" in body
    assert ask(live, "/up")[0] == 200


def failure(target, release):
    with pytest.raises(OutsideError) as caught:
        target.place(release)
    return str(caught.value)


def test_an_application_that_ends_at_once_is_shown_with_its_last_lines(target, make_release):
    text = failure(target, make_release(1, "raise SystemExit('no database')"))
    assert "the application ended with exit code 1" in text and "no database" in text


def test_an_application_that_is_never_healthy_is_told_what_it_answered(tmp_path, make_release):
    target = LocalTarget(tmp_path / "endpoint", LocalOptions(start_timeout=1.5))
    text = failure(target, make_release(1, health="/elsewhere"))
    assert "was not healthy within 1.5 s: GET /elsewhere on port" in text
    assert "answered 404" in text


def test_an_application_with_a_port_of_its_own_is_told_so_at_once(target, make_release):
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    began = time.monotonic()
    text = failure(target, make_release(1, APP.replace("PORT)", f"{port})"), port=port))
    assert time.monotonic() - began < 8
    assert f"listens on port {port} and not on the port that it was given" in text
    assert "{port}" in text and "PORT" in text


def test_a_command_that_names_its_port_is_refused(target, make_release):
    with pytest.raises(InputError, match="names its port, 8000"):
        target.place(make_release(1, fixed_port=True))


def test_children_of_an_application_end_with_it(tmp_path, target, make_release):
    pids = tmp_path / "pids"
    pids.mkdir()
    code = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        f"    open({str(pids)!r} + f'/{{os.getpid()}}', 'w').close()\n"
        "    time.sleep(600)\n"
    ) + READS_PORT
    release = make_release(1, code)
    target.place(release)
    target.route({release.id: 1.0})
    deadline = time.monotonic() + 5
    while not list(pids.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    [child] = [int(path.name) for path in pids.iterdir()]
    target.stop()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()


def test_when_the_router_is_killed_nothing_of_the_application_is_left(tmp_path, live):
    router = json.loads((tmp_path / "endpoint" / "router.json").read_text())["pid"]
    port = int(live.rpartition(":")[2])
    mine = [
        process
        for process in Path("/proc").glob("[0-9]*")
        if _folder(process) == str(tmp_path / "bundle1" / "code")
    ]
    assert len(mine) == 2, "the application and its guard"
    os.kill(router, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while any(process.exists() for process in mine) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(process.exists() for process in mine)
    with socket.socket() as one:
        assert one.connect_ex(("127.0.0.1", port)) != 0


def _folder(process):
    try:
        return os.readlink(process / "cwd")
    except OSError:
        return ""


def test_an_image_runs_the_application_as_its_entrypoint_says(tmp_path, make_release):
    release = make_release(1)
    service = json.loads((release.bundle / "service.json").read_text())
    application = read_application(release.bundle)
    venv = tmp_path / "venv"
    (venv / "lib/python3.11/site-packages").mkdir(parents=True)
    environment = PythonEnvironment(
        digest="sha256:" + "1" * 64, python="3.11", platform=sysconfig.get_platform(), lock="",
        packages=(), interpreter=str(venv / "bin/python"), overlay="",
    )  # fmt: skip
    request = BuildRequest(
        model=release.bundle / "model", code=release.bundle / "code", environment=environment,
        base="scratch", name="toy", service=service, application=application,
    )  # fmt: skip
    built = NativeBuilder().build(request, tmp_path / "image")
    root = tmp_path / "root"
    for layer in built.parts.values():
        blob = built.layout / "blobs" / "sha256" / layer.digest.removeprefix("sha256:")
        with tarfile.open(blob) as archive:
            archive.extractall(root, filter="fully_trusted")
    config = config_of(built.layout)
    assert config["ExposedPorts"] == {"8000/tcp": {}}
    env = dict(item.split("=", 1) for item in config["Env"])
    env |= {"PYTHONPATH": env["PYTHONPATH"].replace("/opt", f"{root}/opt"), "PORT": "0"}
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        env["PORT"] = str(one.getsockname()[1])
    words = [word.replace("/opt", f"{root}/opt") for word in config["Entrypoint"][1:]]
    process = subprocess.Popen([sys.executable, *words], env=env, cwd=root)
    try:
        address = f"http://127.0.0.1:{env['PORT']}"
        assert answer_in_time(address, "/predict") == b"model 1"
        process.terminate()
        assert process.wait(10) == -signal.SIGTERM, "the application is the container's process"
    finally:
        process.kill()
        process.wait()


def config_of(layout):
    """The configuration of the only image of a layout."""

    def blob(digest):
        return json.loads((layout / "blobs" / digest.replace(":", "/")).read_bytes())

    [manifest] = json.loads((layout / "index.json").read_bytes())["manifests"]
    return blob(blob(manifest["digest"])["config"]["digest"])["config"]


def answer_in_time(address, path):
    """The answer to a POST, as soon as somebody listens."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return ask(address, path, "POST", b"{}")[2]
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
