# SPDX-License-Identifier: Apache-2.0
"""How a release keeps its workers, with processes of a few lines in their place."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from shipway_runtime.router.release import PlacedRelease, Surroundings
from shipway_runtime.router.state import ReleaseSpec

SERVER = """#!{python} -S
import socket, sys, time
{first}
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[sys.argv.index("--uds") + 1])
listener.listen()
while True:
    connection = listener.accept()[0]
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\nconnection: close\\r\\n\\r\\n")
    connection.close()
"""


@pytest.fixture
def lifeline():
    reading, writing = os.pipe()
    yield reading
    os.close(reading)
    os.close(writing)


@pytest.fixture
def run(tmp_path, lifeline, monkeypatch):
    """Runs `use(release)` on a release whose workers begin with the line `first`."""
    monkeypatch.chdir(tmp_path)
    sockets = Path("s")  # relative: the paths of sockets must be short
    sockets.mkdir(mode=0o700)

    def run_it(use, first="", **options):
        interpreter = tmp_path / "python"
        interpreter.write_text(SERVER.format(python=sys.executable, first=first))
        interpreter.chmod(0o700)

        async def everything():
            around = Surroundings(sockets, tmp_path / "logs", lifeline, lambda: None)
            values = {"interpreter": str(interpreter), **options}
            spec = ReleaseSpec("r1", str(tmp_path), **values)
            release = PlacedRelease(spec, around)
            try:
                return await use(release)
            finally:
                await asyncio.wait_for(release.stop(drain=0), 10)
                assert release.pids == []
                assert list(sockets.iterdir()) == []

        return asyncio.run(everything())

    return run_it


def test_workers_become_ready_and_are_ended(run):
    async def use(release):
        assert await release.wait_all_ready()
        assert release.healthy
        assert release.pick().ready
        return release.pids

    pids = run(use, workers=2)
    assert len(set(pids)) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_killed_worker_is_replaced(run):
    async def use(release):
        await release.wait_all_ready()
        [before] = release.pids
        os.kill(before, 9)
        while release.pids in ([], [before]):
            await asyncio.sleep(0.01)
        assert await release.wait_all_ready()
        assert release.pids != [before]

    run(use)


def test_a_worker_that_ends_at_once_is_told_with_its_last_words(run):
    async def use(release):
        assert not await release.wait_all_ready()
        assert not release.healthy
        assert release.pick() is None
        return release.failure

    assert run(use, "sys.exit('no such encoder')") == (
        "the worker ended with exit code 1\nno such encoder"
    )


def test_a_worker_that_is_late_is_told(run):
    async def use(release):
        assert not await release.wait_all_ready()
        return release.failure

    failure = run(use, "time.sleep(60)", start_timeout=0.1)
    assert failure.startswith("the worker was not healthy within 0.1 s")


def test_an_interpreter_that_is_not_there_is_told(run, tmp_path):
    async def use(release):
        assert not await release.wait_all_ready()
        return release.failure

    failure = run(use, interpreter=str(tmp_path / "nothing"))
    assert failure == f"{tmp_path / 'nothing'} can't be started: No such file or directory"


def test_waiting_for_it_starts_a_pausing_worker_at_once(run, tmp_path):
    flag = tmp_path / "mended"

    async def use(release):
        for _ in range(5):
            assert not await release.wait_all_ready()
        flag.touch()
        async with asyncio.timeout(5):
            while not await release.wait_all_ready():
                pass

    run(use, f"import os; os.path.exists({str(flag)!r}) or sys.exit(1)")


def test_stopping_ends_a_keeper_that_swallows_a_cancellation(run, monkeypatch):
    keep = PlacedRelease._keep

    async def stubborn(self):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await keep(self)

    monkeypatch.setattr(PlacedRelease, "_keep", stubborn)

    async def use(_release):
        await asyncio.sleep(0.05)

    run(use)
