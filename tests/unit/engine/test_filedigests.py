# SPDX-License-Identifier: Apache-2.0
import hashlib
import os
import sqlite3
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.engine import filedigests
from shipway.engine.filedigests import FileDigests


def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


@pytest.fixture
def digests(tmp_path):
    made = FileDigests(tmp_path / "local" / "files.db")
    yield made
    made.close()


@pytest.fixture
def hashed(monkeypatch):
    """The names of files that were really read."""
    read, names = filedigests._hash, []
    monkeypatch.setattr(filedigests, "_hash", lambda path: (names.append(path.name), read(path))[1])
    return names


def settled(path, data):
    """A file that was changed long enough ago to be remembered."""
    path.write_bytes(data)
    os.utime(path, (1_700_000_000, 1_700_000_000.5))
    return path


def settle():
    time.sleep(filedigests.TICK / 1e9 * 1.3)


def test_digests_are_right(digests, tmp_path):
    big = os.urandom(filedigests.SMALL + 5)
    contents = {"a": b"", "b": b"x", "c é": big, "d": big[: filedigests.SMALL]}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    found = digests.digests([tmp_path / name for name in contents])
    assert found == {tmp_path / name: sha(data) for name, data in contents.items()}
    assert digests.digest(tmp_path / "b") == sha(b"x")


def test_an_unchanged_file_is_read_once(digests, tmp_path, hashed):
    path = settled(tmp_path / "a", b"1")
    settle()
    digests.digest(path)
    digests.digest(path)
    again = FileDigests(tmp_path / "local" / "files.db")
    assert again.digest(path) == sha(b"1")
    assert hashed == ["a"]
    again.close()


def test_a_change_that_keeps_size_and_mtime_is_seen(digests, tmp_path):
    path = settled(tmp_path / "a", b"1111")
    settle()
    assert digests.digest(path) == sha(b"1111")
    settled(path, b"2222")
    assert digests.digest(path) == sha(b"2222")


def test_a_replaced_file_is_seen(digests, tmp_path):
    path = settled(tmp_path / "a", b"1111")
    other = settled(tmp_path / "b", b"2222")
    settle()
    digests.digests([path, other])
    other.rename(path)
    assert digests.digest(path) == sha(b"2222")


def test_a_file_that_was_just_written_is_not_remembered(digests, tmp_path, hashed):
    path = tmp_path / "a"
    path.write_bytes(b"1")
    assert digests.digest(path) == sha(b"1")
    path.write_bytes(b"2")
    assert digests.digest(path) == sha(b"2")
    assert hashed == ["a", "a"]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([b"aa", b"bb", b"cc"]), min_size=2, max_size=8))
def test_quick_changes_never_give_an_old_digest(digests, tmp_path, contents):
    for data in contents:
        (tmp_path / "a").write_bytes(data)
        assert digests.digest(tmp_path / "a") == sha(data)


def test_a_clock_that_goes_back_does_no_harm(digests, tmp_path, monkeypatch):
    path = settled(tmp_path / "a", b"1111")
    now = time.time_ns()
    monkeypatch.setattr(filedigests.time, "time_ns", lambda: now - 10**18)
    assert digests.digest(path) == sha(b"1111")
    settled(path, b"2222")
    assert digests.digest(path) == sha(b"2222")


@pytest.mark.parametrize(
    ("mtime", "ctime", "now", "racy"),
    [
        (5_000_000_001, 5_000_000_001, 5_050_000_000, True),
        (5_000_000_001, 5_000_000_001, 5_200_000_000, False),
        (5_000_000_000, 5_000_000_000, 6_900_000_000, True),  # whole seconds only
        (5_000_000_000, 5_000_000_000, 7_100_000_000, False),
        (9_000_000_001, 5_000_000_001, 5_200_000_000, False),  # set by hand, to the future
        (5_000_000_001, 9_000_000_001, 5_200_000_000, True),  # the clock went back
    ],
)
def test_which_files_are_too_young(mtime, ctime, now, racy):
    assert filedigests._is_racy((1, 1, mtime, ctime), now) is racy


def test_a_file_that_changes_while_it_is_read_is_an_error(digests, tmp_path):
    path = tmp_path / "growing"
    path.write_bytes(b"x" * 50_000_000)
    stop = threading.Event()

    def write():
        with path.open("r+b") as stream:
            while not stop.is_set():
                stream.seek(0)
                stream.write(b"y")
                stream.flush()
                time.sleep(0.001)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        with pytest.raises(InputError, match="changed while it was read") as caught:
            digests.digest(path)
    finally:
        stop.set()
        thread.join()
    assert caught.value.where == str(path)


def test_missing_and_unreadable_files_are_named(digests, tmp_path, monkeypatch):
    with pytest.raises(InputError, match="does not exist") as caught:
        digests.digest(tmp_path / "gone")
    assert caught.value.where == str(tmp_path / "gone")
    with pytest.raises(InputError, match="not a file"):
        digests.digest(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not a file"):
        digests.digest(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match="can't be read"):
        digests.digest(tmp_path / "loop")


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_broken_database_is_made_anew(tmp_path, damage, hashed):
    database = tmp_path / "files.db"
    database.write_bytes(damage)
    path = settled(tmp_path / "a", b"1")
    settle()
    for _ in range(2):
        files = FileDigests(database)
        assert files.digest(path) == sha(b"1")
        files.close()
    assert hashed == ["a"]


def test_a_database_that_breaks_later_is_made_anew(tmp_path, hashed):
    database = tmp_path / "files.db"
    paths = [settled(tmp_path / f"f{number}", b"%d" % number) for number in range(300)]
    settle()
    files = FileDigests(database)
    files.digests(paths)
    files.close()
    with database.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xff" * 4096 * 3)
    for _ in range(3):
        files = FileDigests(database)
        assert files.digests(paths)[paths[7]] == sha(b"7")
        files.close()
    assert len(hashed) == 600


def test_without_a_place_for_the_database_it_works_all_the_same(tmp_path):
    (tmp_path / "files.db").mkdir()
    path = settled(tmp_path / "a", b"1")
    assert FileDigests(tmp_path / "files.db").digest(path) == sha(b"1")


def test_a_database_that_is_locked_only_costs_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("shipway.engine.database.PATIENCE", 0.01)
    path = settled(tmp_path / "a", b"1")
    settle()
    files = FileDigests(tmp_path / "files.db")
    files.digests([])
    other = sqlite3.connect(tmp_path / "files.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert files.digest(path) == sha(b"1")
    other.close()
    files.close()


def test_names_that_are_not_utf8(digests, tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9")
    settled(path, b"1")
    settle()
    assert digests.digest(path) == sha(b"1")
    again = FileDigests(tmp_path / "local" / "files.db")
    assert again.digest(path) == sha(b"1")
    again.close()


def test_large_files_are_hashed_side_by_side(digests, tmp_path, monkeypatch):
    monkeypatch.setattr(filedigests, "WORTH_THREADS", 10)
    paths = [settled(tmp_path / f"f{number}", b"%d" % number * 10) for number in range(20)]
    assert digests.digests(paths) == {
        path: sha(b"%d" % number * 10) for number, path in enumerate(paths)
    }
