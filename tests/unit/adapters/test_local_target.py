# SPDX-License-Identifier: Apache-2.0
"""The local target without a router: its options, its cheapness, and what it leaves alone."""

import json
import os
import socket
import subprocess
import sys

import msgspec
import pytest

from shipway.adapters.targets import CATALOGUE
from shipway.adapters.targets.local import LocalOptions, LocalTarget
from shipway.adapters.targets.local_control import ask, forget, last_port
from shipway.adapters.targets.ports import describe_holder, find_listener
from shipway.base import catalogue
from shipway.base.errors import OutsideError


def test_the_catalogue_knows_it():
    assert catalogue.load("targets", CATALOGUE, "local") is LocalTarget


@pytest.mark.parametrize(("given", "seconds"), [("90s", 90), ("2m", 120), ("0.5s", 0.5), (7, 7)])
def test_the_time_to_start_is_a_duration(given, seconds):
    assert msgspec.convert({"start_timeout": given}, LocalOptions).start_seconds == seconds


@pytest.mark.parametrize(
    "options",
    [
        {"port": 0},
        {"port": 65536},
        {"port": "http"},
        {"workers": 0},
        {"workers": 257},
        {"start_timeout": "60"},
        {"start_timeout": "0s"},
        {"start_timeout": "2h"},
        {"start_timeout": -1},
        {"prot": 8123},
    ],
)
def test_wrong_options_are_refused(options):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(options, LocalOptions)


def test_importing_it_imports_nothing_heavy():
    code = (
        "import sys, shipway.adapters.targets.local;"
        "print(*({'asyncio', 'subprocess', 'httptools', 'json', 'polars'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1, "control": "/nowhere"}'])
def test_an_address_where_nobody_answers_means_that_nothing_runs(tmp_path, text):
    (tmp_path / "router.json").write_text(text)
    (tmp_path / "state.json").write_text('{"port": 8123}')
    seen = LocalTarget(tmp_path).observe()
    assert (seen.running, seen.placed, seen.endpoint) == (False, (), "http://127.0.0.1:8123")


def test_a_router_that_is_silent_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind("control")
        silent.listen()
        address = {"pid": 4711, "control": "control"}
        (tmp_path / "router.json").write_text(json.dumps(address))
        with pytest.raises(OutsideError, match="process 4711") as failure:
            ask(tmp_path, {"op": "ping"}, 0.05)
    assert "kill 4711" in failure.value.cure


STATE = {
    "format": 1,
    "port": 8123,
    "releases": [{"id": "a"}, {"id": "b"}],
    "weights": {"a": 0.25, "b": 0.75},
}


@pytest.mark.parametrize(
    ("release", "kept", "weights"),
    [("a", ["b"], {"b": 0.75}), (None, [], {}), ("x", ["a", "b"], STATE["weights"])],
)
def test_what_is_forgotten_does_not_come_back(tmp_path, release, kept, weights):
    (tmp_path / "state.json").write_text(json.dumps(STATE))
    assert forget(tmp_path, release)
    state = json.loads((tmp_path / "state.json").read_text())
    assert [one["id"] for one in state["releases"]] == kept
    assert state["weights"] == weights
    assert last_port(tmp_path) == 8123


def test_nothing_is_forgotten_behind_a_routers_back(tmp_path):
    import fcntl

    (tmp_path / "state.json").write_text(json.dumps(STATE))
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not forget(tmp_path)
    assert json.loads((tmp_path / "state.json").read_text()) == STATE


def test_who_listens_on_a_port_is_found():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        assert find_listener(holder.getsockname()[1]) is None
        holder.listen()
        port = holder.getsockname()[1]
        process, command = find_listener(port)
        assert process == os.getpid()
        assert "python" in command or "pytest" in command
        assert f"(process {process})" in describe_holder(f"port {port} is taken")
    assert describe_holder("port 1 is not allowed for this user") == ""
