# SPDX-License-Identifier: Apache-2.0
import os
import sqlite3
import subprocess
import threading

import pytest

from shipway.base.errors import OutsideError
from shipway.engine.journal import Journal
from shipway.engine.liveness import identity, is_running


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "local" / "journal.db")
    yield made
    made.close()


def test_a_run_of_a_living_process_is_not_unfinished(journal):
    journal.start_run("r1")
    assert journal.unfinished() == []
    assert journal.running() == ["r1"]
    journal.finish_run("r1", "passed")
    assert journal.running() == []


def test_runs_whose_process_is_gone_are_found_by_the_next(journal, tmp_path):
    child = subprocess.Popen(["sleep", "60"])
    journal.start_run("r2", child.pid, "2026-01-02")
    journal.start_run("r1", child.pid, "2026-01-01")
    journal.start_run("r3", child.pid, "2026-01-03")
    journal.finish_run("r3", "failed")
    assert journal.unfinished() == []
    child.kill()
    child.wait()
    again = Journal(tmp_path / "local" / "journal.db")
    assert again.unfinished() == ["r1", "r2"]
    again.finish_run("r1", "interrupted")
    assert journal.unfinished() == ["r2"]
    again.close()


def test_a_process_id_that_is_used_again_is_noticed(journal, monkeypatch):
    monkeypatch.setattr("shipway.engine.journal.identity", lambda pid: "boot:1")
    journal.start_run("r1", os.getpid())
    assert journal.unfinished() == ["r1"]


def test_identity_is_of_one_process():
    own = identity(os.getpid())
    assert is_running(os.getpid(), own)
    assert not is_running(os.getpid(), "")
    # A process has at least one tick of the kernel's clock behind it when its tests run.
    child = subprocess.Popen(["sleep", "30"])
    assert is_running(child.pid, identity(child.pid))
    assert not is_running(child.pid, own)
    child.kill()
    child.wait()
    assert identity(child.pid) == ""


def test_a_dead_process_that_nobody_waited_for_is_gone():
    child = subprocess.Popen(["true"], stdout=subprocess.PIPE)
    child.stdout.read()
    while identity(child.pid):
        pass
    assert os.path.exists(f"/proc/{child.pid}")
    child.wait()
    child.stdout.close()


def test_threads_share_it(journal):
    def write(number):
        for index in range(20):
            journal.start_run(f"{number}-{index:02}", started="2026-01-01")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.running() == [f"{number}-{i:02}" for number in range(4) for i in range(20)]


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_broken_journal_is_made_anew(tmp_path, content):
    path = tmp_path / "journal.db"
    path.write_bytes(content)
    journal = Journal(path)
    journal.start_run("r1")
    assert journal.running() == ["r1"]
    journal.close()


def test_a_journal_of_another_version_is_made_anew(tmp_path):
    path = tmp_path / "journal.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE runs (x)")
        other.execute("PRAGMA user_version = 99")
    other.close()
    journal = Journal(path)
    journal.start_run("r1")
    assert journal.running() == ["r1"]
    journal.close()


def test_a_place_that_cant_be_used_is_named(tmp_path):
    (tmp_path / "journal.db").mkdir()
    with pytest.raises(OutsideError) as caught:
        Journal(tmp_path / "journal.db")
    assert caught.value.where == str(tmp_path / "journal.db")
