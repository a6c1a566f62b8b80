# SPDX-License-Identifier: Apache-2.0
"""What every kind of store promises. A new kind joins with one line in `KINDS`."""

import io
import multiprocessing
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipway.base import digests
from shipway.base.errors import InputError
from shipway.storage.folder import FolderStore
from shipway.storage.interface import ConflictError, CorruptedError, MissingObjectError
from shipway.storage.kept import BucketStore
from shipway.storage.layout import entry_key, object_key
from shipway.storage.memory import MemoryStore

Start = Callable[[Callable[..., None], Iterable[tuple[object, ...]]], None]


def in_processes(work: Callable[..., None], jobs: Iterable[tuple[object, ...]]) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=work, args=job) for job in jobs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * len(workers)


def in_threads(work: Callable[..., None], jobs: Iterable[tuple[object, ...]]) -> None:
    workers = [threading.Thread(target=work, args=job) for job in jobs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)


# How a kind is opened in an empty folder, and how writers at the same time are started.
KINDS: dict[str, tuple[Callable[[Path], BucketStore], Start]] = {
    "folder": (lambda folder: FolderStore(folder / "store"), in_processes),
    "memory": (lambda folder: MemoryStore(), in_threads),
}


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path) -> BucketStore:
    return KINDS[kind][0](tmp_path)


# Objects


def test_an_object_comes_back_by_its_digest(store: BucketStore, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"from a path")
    for source, content in (
        (b"bytes", b"bytes"),
        (b"", b""),
        (io.BytesIO(b"from a stream"), b"from a stream"),
        (tmp_path / "source", b"from a path"),
    ):
        digest = store.objects.put(source)
        assert digest == digests.of_bytes(content)
        assert store.objects.has(digest)
        assert store.objects.read(digest) == content
        assert store.objects.size(digest) == len(content)


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_a_large_object_streams_and_keeps_its_digest(
    store: BucketStore, tmp_path: Path, extra: int
) -> None:
    content = bytes(range(256)) * 8192 + b"x" * (1 + extra)
    (tmp_path / "large").write_bytes(content)
    digest = store.objects.put(tmp_path / "large")
    store.objects.fetch(digest, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == content
    assert digest == digests.of_bytes(content)


def test_a_stream_that_gives_little_at_a_time_is_read_to_its_end(store: BucketStore) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(3 if size is None or size > 3 else size)

    digest = store.objects.put(io.BufferedReader(Slow(b"0123456789")))  # type: ignore[arg-type]
    assert store.objects.read(digest) == b"0123456789"


def test_putting_the_same_again_changes_nothing(store: BucketStore) -> None:
    first = store.objects.put(b"same")
    assert store.objects.put(io.BytesIO(b"same")) == first
    assert store.bucket.list("objects/") == [object_key(first)]


def test_a_missing_object_is_named(store: BucketStore, tmp_path: Path) -> None:
    digest = digests.of_bytes(b"never put")
    assert not store.objects.has(digest)
    for look in (
        store.objects.read,
        store.objects.size,
        lambda name: store.objects.fetch(name, tmp_path / "target"),
    ):
        with pytest.raises(MissingObjectError, match=digest):
            look(digest)
    assert not (tmp_path / "target").exists()


def test_a_corrupted_object_is_an_error_that_names_it(store: BucketStore, tmp_path: Path) -> None:
    digest = store.objects.put(b"right")
    store.bucket.replace(object_key(digest), b"wrong")
    with pytest.raises(CorruptedError, match=digest) as caught:
        store.objects.read(digest)
    assert object_key(digest) in caught.value.where
    with pytest.raises(CorruptedError, match=digest):
        store.objects.fetch(digest, tmp_path / "out" / "target")
    assert not (tmp_path / "out" / "target").exists()


def test_a_digest_that_is_none_does_not_reach_the_disk(store: BucketStore) -> None:
    with pytest.raises(ValueError, match="digest"):
        store.objects.read("sha256:../../etc/passwd")


# Logs


def test_an_empty_log(store: BucketStore) -> None:
    log = store.log("models/fraud")
    assert log.name == "models/fraud"
    assert log.last() is None
    assert list(log.entries()) == []
    assert list(log.entries(7)) == []
    assert store.logs("models") == []


def test_entries_are_numbered_from_one_and_chained(store: BucketStore) -> None:
    log = store.log("budgets/set-1")
    written = [log.append({"use": use}) for use in range(150)]
    assert [entry.number for entry in written] == list(range(1, 151))
    assert list(log.entries()) == written
    assert list(store.log("budgets/set-1").entries(100)) == written[99:]
    assert store.log("budgets/set-1").last() == written[-1]
    assert written[0].previous == ""
    before = store.bucket.read(entry_key("budgets/set-1", 149))
    assert before is not None
    assert written[149].previous == digests.of_bytes(before)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(count=st.integers(0, 70), known=st.integers(0, 70))
def test_the_last_entry_is_found_at_any_length(count: int, known: int) -> None:
    store = MemoryStore()
    log, other = store.log("a"), store.log("a")
    for number in range(count):
        log.append({"n": number})
        if number == known:
            other.last()
    for reader in (log, other, store.log("a")):
        last = reader.last()
        assert (last.number if last else 0) == count


def test_append_at_takes_the_next_number_only(store: BucketStore) -> None:
    log = store.log("releases/fraud/production")
    for wrong in (-1, 0, 2, 7):
        with pytest.raises(ConflictError):
            log.append_at(wrong, {})
    log.append_at(1, {"first": True})
    with pytest.raises(ConflictError) as caught:
        store.log("releases/fraud/production").append_at(1, {"first": False})
    assert (caught.value.log, caught.value.number) == ("releases/fraud/production", 1)
    assert [entry.body for entry in log.entries()] == [{"first": True}]


def _append_many(store: BucketStore, writer: int, count: int) -> None:
    log = store.log("budgets/race")
    for turn in range(count):
        log.append({"writer": writer, "turn": turn})


def test_eight_writers_lose_nothing_and_leave_no_gap(store: BucketStore, kind: str) -> None:
    KINDS[kind][1](_append_many, [(store, writer, 125) for writer in range(8)])
    entries = list(store.log("budgets/race").entries())
    assert [entry.number for entry in entries] == list(range(1, 1001))
    for writer in range(8):
        turns = [entry.body["turn"] for entry in entries if entry.body["writer"] == writer]
        assert turns == list(range(125))


def _append_first(store: BucketStore, writer: int) -> None:
    try:
        store.log("models/race").append_at(1, {"writer": writer})
        store.put(f"runs/race/{writer}.json", b"won")
    except ConflictError:
        store.put(f"runs/race/{writer}.json", b"lost")


def test_one_of_many_writers_gets_a_number(store: BucketStore, kind: str) -> None:
    KINDS[kind][1](_append_first, [(store, writer) for writer in range(8)])
    last = store.log("models/race").last()
    assert last is not None
    winners = [key for key in store.keys("runs/race") if store.get(key) == b"won"]
    assert winners == [f"runs/race/{last.body['writer']}.json"]


def test_a_changed_entry_breaks_the_chain(store: BucketStore) -> None:
    log = store.log("models/fraud")
    for number in range(3):
        log.append({"n": number})
    key = entry_key("models/fraud", 2)
    old = store.bucket.read(key)
    assert old is not None
    store.bucket.replace(key, old.replace(b'"n":1', b'"n":9'))
    with pytest.raises(CorruptedError, match="entry 3 of the log models/fraud"):
        list(log.entries())
    with pytest.raises(CorruptedError):
        list(log.entries(3))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"number":5,"body":{}}', b"\xff"])
def test_an_unreadable_entry_is_named(store: BucketStore, data: bytes) -> None:
    store.log("models/fraud").append({"n": 1})
    store.bucket.replace(entry_key("models/fraud", 1), data)
    with pytest.raises(CorruptedError, match="entry 1 of the log models/fraud"):
        store.log("models/fraud").last()


def test_an_entry_of_a_later_format_asks_for_an_upgrade(store: BucketStore) -> None:
    data = b'{"number":1,"body":{},"previous":"","format":2,"new":true}'
    store.bucket.create(entry_key("models/fraud", 1), data)
    with pytest.raises(Exception, match="format 2") as caught:
        store.log("models/fraud").last()
    assert "Upgrade" in str(caught.value)


def test_logs_are_listed_below_a_prefix(store: BucketStore) -> None:
    for name in ("models/fraud", "models/churn", "models-events/fraud", "releases/p/staging"):
        store.log(name).append({})
    assert store.logs("models") == ["models/churn", "models/fraud"]
    assert store.logs("releases/p") == ["releases/p/staging"]
    assert len(store.logs("")) == 4


# Keys


def test_keys_are_written_whole_and_the_last_writer_wins(store: BucketStore) -> None:
    assert store.get("cache/abc.json") is None
    store.put("cache/abc.json", b"one")
    store.put("cache/abc.json", b"two")
    store.put("runs/fraud/r1/run.json", b"{}")
    store.put("runs/fraud-2/r1/run.json", b"{}")
    assert store.get("cache/abc.json") == b"two"
    assert store.keys("runs/fraud/") == store.keys("runs/fraud") == ["runs/fraud/r1/run.json"]
    assert store.keys("runs/none") == []


@pytest.mark.parametrize(
    "name",
    ["", "/", "..", "a/..", "a//b", "/a", "a/", "A", "a b", "a\\b", ".a", "ä", "a\n", "x" * 129],
)
def test_names_that_could_leave_the_store_are_refused(store: BucketStore, name: str) -> None:
    with pytest.raises(InputError, match="store"):
        store.log(name)
    with pytest.raises(InputError, match="store"):
        store.put(f"cache/{name}", b"")
    with pytest.raises(InputError, match="store"):
        store.get(name)


@pytest.mark.parametrize("key", ["logs/models/fraud/0000000001.json", "objects/ab/cd", "other/x"])
def test_logs_and_objects_are_no_keys(store: BucketStore, key: str) -> None:
    with pytest.raises(InputError):
        store.put(key, b"")
