# SPDX-License-Identifier: Apache-2.0
"""The local target for real: routers, workers, swaps under load, kills."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from shipway.adapters.targets.interface import Release
from shipway.adapters.targets.local import LocalOptions, LocalTarget
from shipway.base.errors import OutsideError

SOURCE = Path(__file__).resolve().parents[2] / "src"
DOUBLE = "def predict(rows): return [row['amount'] * 2 for row in rows]\n"
SLOW = "import time\ndef predict(rows):\n    time.sleep(0.4)\n    return [0.0 for row in rows]\n"


@pytest.fixture(scope="session")
def overlay(tmp_path_factory):
    folder = tmp_path_factory.mktemp("overlay")
    (folder / "runtime").mkdir()
    (folder / "runtime" / "shipway_runtime").symlink_to(SOURCE / "shipway_runtime")
    (folder / "site").symlink_to(sysconfig.get_path("purelib"))
    return folder


@pytest.fixture
def make_release(tmp_path, overlay):
    def make(number, code=DOUBLE):
        bundle = tmp_path / f"bundle{number}"
        (bundle / "model").mkdir(parents=True)
        (bundle / "code").mkdir()
        (bundle / "code" / "api.py").write_text(code)
        model = {
            "flavour": "python",
            "task": "regression",
            "target": "y",
            "features": [{"name": "amount", "type": "float"}],
            "frame": "rows",
            "predict": "api:predict",
        }
        (bundle / "model" / "model.json").write_text(json.dumps(model))
        service = {"model": "toy", "version": number, "sys_path": ["code"]}
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
def make_target(tmp_path):
    targets = []

    def make(name="endpoint", **options):
        targets.append(LocalTarget(tmp_path / name, LocalOptions(start_timeout=20, **options)))
        return targets[-1]

    yield make
    for target in targets:
        target.stop()


@pytest.fixture
def target(make_target):
    return make_target()


def split(address):
    host, _, path = address.removeprefix("http://").partition("/")
    return host, "/" + path if path else ""


def ask(address, body=b'{"instances": [{"amount": 3}]}', path="/predict", method="POST"):
    host, prefix = split(address)
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request(method, prefix + path, body=body if method == "POST" else None)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def router_pid(tmp_path, name="endpoint"):
    return json.loads((tmp_path / name / "router.json").read_text())["pid"]


@pytest.fixture
def worker_pids(tmp_path):
    """The workers of this test alone, whatever else runs on this machine."""

    def find(release=""):
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            ours = any(str(tmp_path) in one for one in command)
            if ours and "shipway_runtime.server" in command and release in " ".join(command):
                found.append(int(process.name))
        return found

    return find


def wait_until(condition, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


class Load:
    """Clients that ask without pause: some keep their connection, some open a new one each time."""

    def __init__(self, address, clients=4):
        self.host, self.prefix = split(address)
        self.answers = Counter()
        self.lost = []
        self._end = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(number % 2 == 0,)) for number in range(clients)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, keep):
        connection = http.client.HTTPConnection(self.host, timeout=40)
        body = b'[{"amount": 1.5}]'
        while not self._end.is_set():
            try:
                connection.request("POST", self.prefix + "/predict", body=body)
                response = connection.getresponse()
                document = json.loads(response.read())
                if response.status == 200 and document["predictions"] == [3.0]:
                    self.answers[document["release"]] += 1
                else:
                    self.lost.append((response.status, document))
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(repr(error))
                connection.close()
            if not keep:
                connection.close()
        connection.close()


def test_nothing_runs_before_the_first_place_and_looking_starts_nothing(target, tmp_path):
    seen = target.observe()
    assert (seen.endpoint, seen.running, seen.placed, seen.weights) == ("", False, (), {})
    target.retire("r1-abc")
    target.stop()
    assert not (tmp_path / "endpoint").exists()


def test_place_then_route_then_observe(target, make_release):
    placed = target.place(make_release(1))
    assert placed.healthy
    assert ask(placed.address)[1]["predictions"] == [6.0]
    status, answer = ask(placed.address.partition("/releases/")[0])
    assert (status, answer["error"]) == (503, "no release is live here")

    endpoint = target.route({"r1-abc": 1.0})
    status, answer = ask(endpoint)
    assert status == 200
    assert answer == {"predictions": [6.0], "model": "toy", "version": 1, "release": "r1-abc"}
    seen = target.observe()
    assert seen.running
    assert seen.endpoint == endpoint
    assert seen.weights == {"r1-abc": 1.0}
    assert seen.placed == (placed,)
    assert seen.metrics["r1-abc"]["requests"] == 2
    assert seen.metrics["r1-abc"]["errors"] == 0
    assert 0 < seen.metrics["r1-abc"]["p50_ms"] <= seen.metrics["r1-abc"]["p99_ms"]


def test_placing_again_changes_nothing(target, make_release, worker_pids):
    release = make_release(1)
    target.place(release)
    before = worker_pids("r1-abc")
    target.place(release)
    assert worker_pids("r1-abc") == before


def test_swaps_and_rollbacks_under_load_lose_no_request(target, make_release, worker_pids):
    target.place(make_release(1))
    endpoint = target.route({"r1-abc": 1.0})
    with Load(endpoint) as load:
        for number in range(2, 5):
            release = f"r{number}-abc"
            target.place(make_release(number))
            target.route({release: 1.0})
            started = time.perf_counter()
            target.route({f"r{number - 1}-abc": 1.0})
            assert time.perf_counter() - started < 0.5
            target.route({release: 1.0})
            target.retire(f"r{number - 1}-abc")
    assert load.lost == []
    assert set(load.answers) == {"r1-abc", "r2-abc", "r3-abc", "r4-abc"}
    assert [one.release for one in target.observe().placed] == ["r4-abc"]
    assert worker_pids("r1-abc") == []


def test_a_killed_worker_is_replaced_and_no_request_is_lost(make_target, make_release, worker_pids):
    target = make_target(workers=2)
    target.place(make_release(1))
    endpoint = target.route({"r1-abc": 1.0})
    with Load(endpoint) as load:
        for _ in range(3):
            wait_until(lambda: len(worker_pids("r1-abc")) == 2)
            for pid in worker_pids("r1-abc"):
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.3)
        wait_until(lambda: len(worker_pids("r1-abc")) == 2)
    assert load.lost == []
    assert ask(endpoint)[0] == 200


def test_weights_divide_the_traffic(target, make_release):
    for number in (1, 2):
        target.place(make_release(number))
    endpoint = target.route({"r1-abc": 0.8, "r2-abc": 0.2})
    with Load(endpoint) as load:
        wait_until(lambda: load.answers.total() > 1000)
    share = load.answers["r2-abc"] / load.answers.total()
    assert load.lost == []
    assert 0.15 < share < 0.25


def test_a_request_header_reaches_a_release_without_weight(target, make_release):
    for number in (1, 2):
        target.place(make_release(number))
    host, _ = split(target.route({"r1-abc": 1.0}))
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request("POST", "/predict", b'{"amount": 4}', {"X-Shipway-Release": "r2-abc"})
    response = connection.getresponse()
    assert response.headers["x-shipway-release"] == "r2-abc"
    assert json.loads(response.read())["predictions"] == [8.0]
    connection.request("POST", "/releases/r9/predict", b'{"amount": 4}')
    assert connection.getresponse().status == 404
    connection.close()


def test_a_request_under_way_ends_where_it_began(target, make_release):
    target.place(make_release(1, SLOW))
    target.place(make_release(2))
    endpoint = target.route({"r1-abc": 1.0})
    answers = []
    thread = threading.Thread(target=lambda: answers.append(ask(endpoint)))
    thread.start()
    time.sleep(0.15)
    target.route({"r2-abc": 1.0})
    target.retire("r1-abc")
    thread.join()
    assert answers[0][0] == 200
    assert answers[0][1]["release"] == "r1-abc"


def test_stop_answers_what_is_under_way_and_leaves_no_process(
    target, make_release, tmp_path, worker_pids
):
    target.place(make_release(1, SLOW))
    endpoint = target.route({"r1-abc": 1.0})
    pid = router_pid(tmp_path)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(ask(endpoint)))
    thread.start()
    time.sleep(0.15)
    target.stop()
    thread.join()
    assert answers[0][0] == 200
    wait_until(lambda: not Path(f"/proc/{pid}").exists())
    assert worker_pids("r1-abc") == []
    seen = target.observe()
    assert (seen.endpoint, seen.running, seen.placed) == (endpoint, False, ())
    target.place(make_release(2))
    assert target.route({"r2-abc": 1.0}) == endpoint


def test_a_killed_router_takes_its_workers_along_and_comes_back(
    make_target, make_release, tmp_path, worker_pids
):
    target = make_target(workers=2)
    target.place(make_release(1))
    target.place(make_release(2))
    endpoint = target.route({"r2-abc": 1.0})
    assert len(worker_pids()) == 4
    os.kill(router_pid(tmp_path), signal.SIGKILL)
    wait_until(lambda: worker_pids() == [])
    seen = target.observe()
    assert (seen.endpoint, seen.running, seen.placed, seen.weights) == (endpoint, False, (), {})
    assert target.route({"r1-abc": 1.0}) == endpoint
    assert ask(endpoint)[1]["release"] == "r1-abc"
    assert [one.release for one in target.observe().placed] == ["r1-abc", "r2-abc"]


def test_what_ends_while_no_router_runs_does_not_come_back(
    target, make_release, tmp_path, worker_pids
):
    for number in (1, 2):
        target.place(make_release(number))
    endpoint = target.route({"r1-abc": 1.0})
    os.kill(router_pid(tmp_path), signal.SIGKILL)
    wait_until(lambda: worker_pids() == [])
    target.retire("r2-abc")
    assert target.route({"r1-abc": 1.0}) == endpoint
    assert [one.release for one in target.observe().placed] == ["r1-abc"]
    os.kill(router_pid(tmp_path), signal.SIGKILL)
    wait_until(lambda: worker_pids() == [])
    target.stop()
    placed = target.place(make_release(3))
    seen = target.observe()
    assert (seen.placed, seen.weights, seen.endpoint) == ((placed,), {}, endpoint)


def test_sockets_that_a_cleaner_removed_are_made_again(target, make_release, tmp_path):
    target.place(make_release(1))
    endpoint = target.route({"r1-abc": 1.0})
    address = json.loads((tmp_path / "endpoint" / "router.json").read_text())
    with Load(endpoint) as load:
        for path in Path(address["control"]).parent.iterdir():
            path.unlink()
        wait_until(lambda: target.observe().running, seconds=20)
        before = load.answers.total()
        wait_until(lambda: load.answers.total() > before + 100, seconds=20)
    assert load.lost == []


def test_routing_to_nothing_leaves_no_idle_router(target):
    with pytest.raises(OutsideError, match="r1-abc is not placed"):
        target.route({"r1-abc": 1.0})
    wait_until(lambda: not target.observe().running)


def test_a_release_that_fails_to_start_shows_its_last_lines(target, make_release, tmp_path):
    with pytest.raises(OutsideError) as failure:
        target.place(make_release(1, "raise RuntimeError('no such encoder')\n"))
    assert "exit code 1" in failure.value.what
    assert "no such encoder" in failure.value.what
    assert failure.value.where.endswith("logs/r1-abc.log")
    wait_until(lambda: not target.observe().running)
    target.place(make_release(2))
    assert [one.release for one in target.observe().placed] == ["r2-abc"]


def test_a_release_that_is_never_healthy_is_given_up(tmp_path, make_release, worker_pids):
    options = LocalOptions(start_timeout=2)
    target = LocalTarget(tmp_path / "late", options)
    code = "import time\nprint('still reading')\ntime.sleep(60)\n"
    with pytest.raises(OutsideError) as failure:
        target.place(make_release(1, code))
    assert "not healthy within 2 s" in failure.value.what
    assert "still reading" in failure.value.what
    assert worker_pids("r1-abc") == []


def test_a_failed_place_does_not_disturb_what_is_live(target, make_release):
    target.place(make_release(1))
    endpoint = target.route({"r1-abc": 1.0})
    with Load(endpoint, clients=2) as load, pytest.raises(OutsideError):
        target.place(make_release(2, "raise SystemExit(3)\n"))
    assert load.lost == []
    assert [one.release for one in target.observe().placed] == ["r1-abc"]


def test_a_release_with_traffic_is_not_retired(target, make_release):
    target.place(make_release(1))
    target.route({"r1-abc": 1.0})
    with pytest.raises(OutsideError, match="100% of the traffic"):
        target.retire("r1-abc")


@pytest.mark.parametrize(
    ("weights", "error"),
    [
        ({"r9-abc": 1.0}, OutsideError),
        ({"r1-abc": 0.5}, ValueError),
        ({}, ValueError),
        ({"r1-abc": 2.0, "r2-abc": -1.0}, ValueError),
    ],
)
def test_wrong_weights_change_nothing(target, make_release, weights, error):
    target.place(make_release(1))
    target.route({"r1-abc": 1.0})
    with pytest.raises(error):
        target.route(weights)
    assert target.observe().weights == {"r1-abc": 1.0}


def test_a_taken_port_is_named_with_its_holder_and_the_cure(make_target, make_release):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(OutsideError) as failure:
            make_target(port=port).place(make_release(1))
    assert f"port {port} is taken by " in failure.value.what
    assert f"(process {os.getpid()})" in failure.value.what
    assert "`port:`" in failure.value.cure


def test_a_wanted_port_is_used_and_can_be_changed_while_it_runs(make_target, make_release):
    ports = []
    for _ in range(2):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    release = make_release(1)
    first = make_target(port=ports[0])
    first.place(release)
    assert first.route({"r1-abc": 1.0}) == f"http://127.0.0.1:{ports[0]}"
    second = make_target(port=ports[1])
    assert second.place(release).address.startswith(f"http://127.0.0.1:{ports[1]}/")
    assert ask(f"http://127.0.0.1:{ports[1]}")[0] == 200


def test_two_first_places_at_once_share_one_router(make_target, make_release):
    targets = [make_target(), make_target()]
    releases = [make_release(1), make_release(2)]
    threads = [
        threading.Thread(target=target.place, args=(release,))
        for target, release in zip(targets, releases, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.release for one in targets[0].observe().placed} == {"r1-abc", "r2-abc"}


def test_a_second_router_for_the_same_folder_is_refused(target, make_release, tmp_path):
    target.place(make_release(1))
    command = [sys.executable, "-m", "shipway_runtime.router", str(tmp_path / "endpoint")]
    second = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert second.returncode == 3
    assert "a router runs here already" in second.stderr


def test_a_place_goes_on_when_its_command_is_killed(make_target, make_release, tmp_path):
    release = make_release(1, "import time\ntime.sleep(1)\n" + DOUBLE)
    code = (
        "import sys; from pathlib import Path; from shipway.adapters.targets.local import *\n"
        "release = Release(*sys.argv[2:4], Path(sys.argv[4]), *sys.argv[5:8], 1)\n"
        "LocalTarget(Path(sys.argv[1])).place(release)\n"
    )
    fields = [release.id, release.package, release.bundle, release.interpreter, release.overlay]
    arguments = [str(value) for value in (tmp_path / "endpoint", *fields, "toy")]
    command = subprocess.Popen([sys.executable, "-c", code, *arguments])
    target = make_target()
    wait_until(lambda: target.observe().placed != ())
    command.kill()
    command.wait()
    wait_until(lambda: all(placed.healthy for placed in target.observe().placed))
    assert [placed.release for placed in target.observe().placed] == [release.id]
    assert target.place(release).healthy


def test_workers_get_a_clean_environment(target, make_release, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    code = "import os\ndef predict(rows): return [float('AWS_SECRET_ACCESS_KEY' in os.environ)]\n"
    placed = target.place(make_release(1, code))
    assert ask(placed.address)[1]["predictions"] == [0.0]


def test_large_bodies_pass_and_too_large_ones_are_refused(target, make_release):
    placed = target.place(make_release(1))
    rows = b",".join([b'{"amount": 1}'] * 200_000)
    status, answer = ask(placed.address, b"[" + rows + b"]")
    assert status == 200
    assert len(answer["predictions"]) == 200_000
    host, prefix = split(placed.address)
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.putrequest("POST", prefix + "/predict")
    connection.putheader("Content-Length", str(65 * 2**20))
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert "larger than" in json.loads(response.read())["error"]
    connection.close()


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "empty"),
        (b"{", 400, "not valid JSON"),
        (b'{"instances": [{}]}', 422, "'amount'"),
        (b'[{"amount": "x"}]', 422, "'amount'"),
    ],
)
def test_mistakes_of_clients_are_explained(target, make_release, body, status, words):
    placed = target.place(make_release(1))
    found, answer = ask(placed.address, body)
    assert found == status
    assert words in answer["error"]


def test_the_router_tells_its_health_and_metrics(target, make_release):
    target.place(make_release(1))
    endpoint = target.route({"r1-abc": 1.0})
    assert ask(endpoint, path="/health", method="GET")[1]["status"] == "ok"
    ask(endpoint)
    host, _ = split(endpoint)
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    assert 'shipway_requests_total{release="r1-abc"} 1' in text
    assert 'shipway_release_weight{release="r1-abc"} 1.0' in text
