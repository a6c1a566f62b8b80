# SPDX-License-Identifier: Apache-2.0
"""The folder store under hard conditions: killed writers, and a user who may only read."""

import io
import multiprocessing
import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shipway.base import digests
from shipway.base.errors import OutsideError
from shipway.storage.folder import FolderStore
from shipway.storage.layout import entry_key

NOBODY = 65534


def write_forever(root: Path, writer: int) -> None:
    store = FolderStore(root)
    turn = 0
    while True:
        content = random.Random(writer * 1000 + turn).randbytes(3 << 19)
        digest = store.objects.put(io.BytesIO(content))
        store.log("budgets/kills").append({"writer": writer, "turn": turn, "object": digest})
        store.put(f"runs/p/w{writer}/run.json", b"%d" % turn * 1000)
        turn += 1


def test_killed_writers_leave_nothing_half_done(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for round_ in range(4):
        workers = [
            context.Process(target=write_forever, args=(tmp_path, round_ * 3 + number))
            for number in range(3)
        ]
        for worker in workers:
            worker.start()
        time.sleep(0.3 + 0.05 * round_)
        for worker in workers:
            os.kill(worker.pid or 0, signal.SIGKILL)
            worker.join()
    store = FolderStore(tmp_path)
    entries = list(store.log("budgets/kills").entries())
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert len(entries) > 12
    for writer in {entry.body["writer"] for entry in entries}:
        turns = [entry.body["turn"] for entry in entries if entry.body["writer"] == writer]
        assert turns == list(range(len(turns)))
    for key in store.bucket.list("objects/"):
        digest = digests.PREFIX + key.removeprefix("objects/").replace("/", "")
        assert digests.of_bytes(store.objects.read(digest)) == digest
    assert all(store.objects.has(entry.body["object"]) for entry in entries)
    for key in store.keys("runs/p"):
        assert len(store.get(key) or b"") % 1000 == 0
    assert store.log("budgets/kills").append({"after": True}).number == len(entries) + 1
    assert store.bucket.exists(entry_key("budgets/kills", len(entries) + 1))


def _as_reader(root: Path, answers: Path) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    store = FolderStore(root)
    assert store.objects.read(digests.of_bytes(b"kept")) == b"kept"
    assert store.log("models/fraud").last() is not None
    for write in (
        lambda: store.objects.put(b"new"),
        lambda: store.log("models/fraud").append({}),
        lambda: store.put("cache/x.json", b""),
    ):
        with pytest.raises(OutsideError, match="can't be written") as caught:
            write()
        assert str(root) in caught.value.where and "writable" in caught.value.cure
    answers.write_text("all refused")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user may reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


def test_a_read_only_store_is_read_and_refuses_writes(open_folder: Path) -> None:
    root = open_folder / "store"
    store = FolderStore(root)
    store.objects.put(b"kept")
    store.log("models/fraud").append({"n": 1})
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    for path in [root, *before]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    reader = multiprocessing.get_context("fork").Process(
        target=_as_reader, args=(root, open_folder / "answers")
    )
    reader.start()
    reader.join(30)
    for path in [root, *before]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert reader.exitcode == 0
    assert (open_folder / "answers").read_text() == "all refused"
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before
