# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import shipway
from shipway.base.errors import OutsideError
from shipway.engine.lock import hold, holder

HOLD = """
import sys, time
from pathlib import Path
from shipway.engine.lock import hold
with hold(Path(sys.argv[1]), "run 7", wait=True):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "lock")],
        env={**os.environ, "PYTHONPATH": str(Path(shipway.__file__).parents[1])},
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_free_lock_is_taken_and_let_go(tmp_path):
    path = tmp_path / "local" / "lock"
    assert holder(path) is None
    for _ in range(2):
        with hold(path, "run 1", wait=False):
            assert holder(path).what == "run 1"
            assert holder(path).pid == os.getpid()
        assert holder(path) is None


def test_without_waiting_the_second_is_told_for_whom(tmp_path, other):
    with pytest.raises(OutsideError) as caught, hold(tmp_path / "lock", "run 8", wait=False):
        pass
    assert caught.value.exit_code == 3
    assert f"run 7 (process {other.pid}, since 2" in caught.value.what
    assert "--no-wait" in caught.value.cure


def test_waiting_ends_when_the_holder_is_killed(tmp_path, other):
    said = []
    threading.Timer(0.3, other.kill).start()
    begun = time.monotonic()
    with hold(tmp_path / "lock", "run 8", wait=True, tell=said.append):
        assert time.monotonic() - begun >= 0.2
        assert holder(tmp_path / "lock").what == "run 8"
    assert len(said) == 1
    assert said[0].startswith("waiting for run 7 (process ")


def test_an_error_in_the_block_lets_go_too(tmp_path):
    with pytest.raises(ZeroDivisionError), hold(tmp_path / "lock", "run 1"):
        _ = 1 / 0
    with hold(tmp_path / "lock", "run 2", wait=False):
        pass


def test_children_do_not_keep_it(tmp_path):
    with hold(tmp_path / "lock", "run 1"):
        child = subprocess.Popen(["sleep", "60"])
    try:
        with hold(tmp_path / "lock", "run 2", wait=False):
            pass
    finally:
        child.kill()
        child.wait()


def test_only_one_holds_it_at_a_time(tmp_path):
    inside, most = [], []

    def one(number):
        with hold(tmp_path / "lock", f"run {number}"):
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.02)
            inside.remove(number)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


def test_an_unsigned_lock_has_a_holder_all_the_same(tmp_path):
    with hold(tmp_path / "lock", "run 1"):
        (tmp_path / "lock").write_bytes(b"\xff nonsense")
        assert str(holder(tmp_path / "lock")) == "a run that has just begun"
