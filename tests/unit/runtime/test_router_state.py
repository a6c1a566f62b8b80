# SPDX-License-Identifier: Apache-2.0
"""What the router keeps on disk: state, sockets, ports, logs."""

import os
import socket

import pytest

from shipway_runtime.router import logs, sockets
from shipway_runtime.router.ports import FIRST, open_free_port, open_port
from shipway_runtime.router.state import ReleaseSpec, RouterError, State, load_state, save_state
from shipway_runtime.router.worker import worker_environment

SPEC = ReleaseSpec("r1-abc", "/bundle", "/python", "/overlay", workers=2, start_timeout=5.0)


def test_a_saved_state_is_read_back(tmp_path):
    assert load_state(tmp_path) == State()
    state = State(8123, {"r1-abc": SPEC}, {"r1-abc": 1.0})
    save_state(tmp_path, state)
    assert load_state(tmp_path) == state
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"port": 1}', '{"port":"x","releases":[{}]}'])
def test_a_malformed_state_is_named_with_the_cure(tmp_path, text):
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(RouterError) as failure:
        load_state(tmp_path)
    assert failure.value.where == str(tmp_path / "state.json")
    assert "Remove the file" in failure.value.cure


def test_a_state_that_cannot_be_saved_leaves_the_old_one(tmp_path, monkeypatch):
    save_state(tmp_path, State(1))
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "disk full")))
    with pytest.raises(RouterError, match="disk full"):
        save_state(tmp_path, State(2))
    assert load_state(tmp_path).port == 1


@pytest.mark.parametrize(
    "changes", [{"id": "../x"}, {"id": ""}, {"id": "a/b"}, {"workers": 0}, {"workers": 999}]
)
def test_senseless_releases_are_refused(changes):
    values = {"id": "r1", "bundle": "/b", "interpreter": "/p", **changes}
    with pytest.raises(RouterError) as failure:
        ReleaseSpec.build(values)
    assert failure.value.kind == "input"


def test_a_release_without_its_bundle_is_refused():
    with pytest.raises(RouterError, match="not a release"):
        ReleaseSpec.build({"id": "r1"})


def test_sockets_lie_in_a_private_short_folder_whatever_the_state_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / ("long" * 40)))
    monkeypatch.setattr(sockets.tempfile, "gettempdir", lambda: str(tmp_path / ("long" * 40)))
    folder = sockets.make_socket_folder(tmp_path / ("deep" * 50))
    try:
        assert len(os.fsencode(folder)) <= sockets.LONGEST
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "left-over").touch()
        assert sockets.make_socket_folder(tmp_path / ("deep" * 50)) == folder
        assert list(folder.iterdir()) == []
        assert sockets.make_socket_folder(tmp_path / "other") != folder
    finally:
        folder.rmdir()
        (folder.parent / sockets.make_socket_folder(tmp_path / "other").name).rmdir()


def test_a_folder_that_somebody_else_prepared_is_not_used(tmp_path, monkeypatch):
    bad, good = tmp_path / "b", tmp_path / "g"
    for base in (bad, good):
        base.mkdir()
    (bad / f"shipway-{os.getuid()}").symlink_to(tmp_path)
    monkeypatch.setattr(sockets, "LONGEST", 4096)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(bad))
    monkeypatch.setattr(sockets.tempfile, "gettempdir", lambda: str(good))
    assert sockets.make_socket_folder(tmp_path).is_relative_to(good)


def test_a_free_port_is_the_same_for_the_same_folder_while_it_is_free(tmp_path):
    with open_free_port(tmp_path) as first:
        port = first.getsockname()[1]
        with open_free_port(tmp_path) as second:
            assert second.getsockname()[1] != port
    with open_free_port(tmp_path) as again:
        assert again.getsockname()[1] == port
    assert FIRST <= port < 32768


def test_a_taken_port_is_an_error_that_names_it():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(RouterError, match=f"port {port} is taken") as failure:
            open_port(port)
    assert failure.value.kind == "port"


def test_the_last_lines_of_a_log(tmp_path):
    path = tmp_path / "a.log"
    assert logs.tail(path) == ""
    path.write_text("old\n")
    since = logs.size(path)
    with path.open("a") as stream:
        stream.writelines(f"line {number}\n" for number in range(30))
    assert logs.tail(path, 2, since) == "line 28\nline 29"
    assert "old" not in logs.tail(path, 100, since)
    assert logs.tail(path, 100, since=10**9).startswith("old")


def test_long_logs_are_cut_in_place_and_old_ones_removed(tmp_path):
    writer = logs.open_log(tmp_path / "live.log")
    os.write(writer, b"x" * 100)
    for number in range(4):
        path = tmp_path / f"old{number}.log"
        path.touch()
        os.utime(path, (number, number))
    (tmp_path / "old0.log.1").touch()
    logs.tidy(tmp_path, {"live"}, limit=50, kept=2)
    os.write(writer, b"after")
    os.close(writer)
    assert (tmp_path / "live.log").read_bytes() == b"after"
    assert (tmp_path / "live.log.1").read_bytes() == b"x" * 100
    names = {"live.log", "live.log.1", "old2.log", "old3.log"}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_workers_inherit_only_what_every_program_needs(monkeypatch):
    monkeypatch.setattr(os, "environ", {"PATH": "/bin", "HOME": "/h", "TOKEN": "hush"})
    assert worker_environment("/overlay") == {
        "PATH": "/bin",
        "HOME": "/h",
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": "/overlay/runtime",
        "SHIPWAY_OVERLAY": "/overlay/site",
    }
