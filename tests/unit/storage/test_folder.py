# SPDX-License-Identifier: Apache-2.0
"""What the folder promises beyond the contract: order of writing, permissions, clear errors."""

import errno
import os
import stat
import time
import tracemalloc
from pathlib import Path

import pytest

from shipway.base import digests
from shipway.base.errors import OutsideError
from shipway.storage.folder import FolderStore
from shipway.storage.layout import object_key


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "deep" / "store")


def test_looking_makes_no_folder(store: FolderStore, tmp_path: Path) -> None:
    assert store.get("cache/a.json") is None
    assert store.keys("runs") == store.logs("models") == []
    assert store.log("models/fraud").last() is None
    assert list(tmp_path.iterdir()) == []


def test_objects_are_read_only_and_leave_no_other_file(store: FolderStore) -> None:
    digest = store.objects.put(b"content")
    root = Path(store.location)
    assert stat.S_IMODE((root / object_key(digest)).stat().st_mode) & 0o222 == 0
    assert [path for path in root.rglob("*") if path.is_file()] == [root / object_key(digest)]


def test_a_large_object_needs_little_memory(store: FolderStore, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as stream:
        stream.truncate(64 << 20)
    tracemalloc.start()
    try:
        digest = store.objects.put(tmp_path / "large")
        store.objects.fetch(digest, tmp_path / "copy")
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert (tmp_path / "copy").stat().st_size == 64 << 20


def test_a_truncated_object_is_written_again(store: FolderStore) -> None:
    digest = store.objects.put(b"whole content")
    path = Path(store.location) / object_key(digest)
    path.chmod(0o644)
    path.write_bytes(b"who")
    assert store.objects.put(b"whole content") == digest
    assert store.objects.read(digest) == b"whole content"


def test_content_is_on_disk_before_its_name_and_the_name_before_the_return(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    real = {name: getattr(os, name) for name in ("fsync", "link", "rename", "replace")}

    def watched(name: str) -> object:
        def call(*arguments: object, **options: object) -> object:
            is_folder = name == "fsync" and stat.S_ISDIR(os.fstat(arguments[0]).st_mode)  # type: ignore[arg-type]
            steps.append("fsync folder" if is_folder else name)
            return real[name](*arguments, **options)

        return call

    store.objects.put(b"warm")
    store.log("models/fraud").append({})
    for name in real:
        monkeypatch.setattr(os, name, watched(name))
    store.log("models/fraud").append({})
    assert steps == ["fsync", "link", "fsync folder"]
    steps.clear()
    store.put("cache/x.json", b"{}")
    assert steps[-3:] == ["fsync", "replace", "fsync folder"]
    steps.clear()
    store.objects.put(b"cold")
    assert steps[0] == "fsync"
    assert steps[-2:] == ["replace", "fsync folder"]


def test_new_folders_survive_a_power_cut(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("shipway.storage.disk.sync_folder", synced.append)
    store.log("models/fraud").append({})
    root = tmp_path / "deep" / "store"
    assert {root, root / "logs", root / "logs" / "models"} <= set(synced)


def test_what_a_killed_process_left_is_removed_after_a_day(store: FolderStore) -> None:
    store.objects.put(b"first")
    incoming = Path(store.location) / "objects" / ".incoming"
    (incoming / "old").write_bytes(b"part")
    (incoming / "young").write_bytes(b"part")
    os.utime(incoming / "old", (time.time() - 90_000,) * 2)
    store.objects.put(b"second")
    assert len(store.bucket.list("objects/")) == 2
    assert [path.name for path in incoming.iterdir()] == ["young"]


def test_a_source_that_fails_while_it_is_read_leaves_nothing(store: FolderStore) -> None:
    class Failing:
        turns = 3

        def read(self, size: int) -> bytes:
            self.turns -= 1
            if not self.turns:
                raise RuntimeError("gone")
            return b"x" * 10

    with pytest.raises(RuntimeError, match="gone"):
        store.objects.put(Failing())  # type: ignore[arg-type]
    assert [path for path in Path(store.location).rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "can't be written")]
)
def test_a_disk_that_takes_nothing_is_named_with_the_cure(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    store.objects.put(b"before")

    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    for write in (
        lambda: store.objects.put(b"new"),
        lambda: store.put("runs/p/r/run.json", b"{}"),
        lambda: store.log("models/fraud").append({}),
    ):
        with pytest.raises(OutsideError, match=words) as caught:
            write()
        assert caught.value.where.startswith(store.location)
        assert caught.value.cure
    monkeypatch.undo()
    assert store.log("models/fraud").last() is None
    assert not store.objects.has(digests.of_bytes(b"new"))
    assert store.objects.read(digests.of_bytes(b"before")) == b"before"


def test_a_file_in_the_place_of_the_store_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a store")
    store = FolderStore(tmp_path / "file")
    for use in (
        lambda: store.objects.put(b"x"),
        lambda: store.log("models/fraud").append({}),
        lambda: store.put("cache/x.json", b""),
        lambda: store.get("cache/x.json"),
    ):
        with pytest.raises(OutsideError, match="a file stands where"):
            use()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_read_and_not_written(store: FolderStore) -> None:
    digest = store.objects.put(b"x")
    root = Path(store.location)
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert store.objects.read(digest) == b"x"
        with pytest.raises(OutsideError, match="can't be written"):
            FolderStore(root).put("cache/x.json", b"")
    finally:
        for folder in folders:
            folder.chmod(0o755)
