# SPDX-License-Identifier: Apache-2.0
"""A store of `format: 1`, written once and checked in, is read by today's code.

`frozen-1/` must never be written again: when this fails, today's code forgot how to read it.
"""

import datetime
from pathlib import Path

import msgspec
import pytest

from shipway.adapters.registries.builtin import BuiltInRegistry
from shipway.base import digests
from shipway.delivery.permission import check_permission
from shipway.delivery.releases import ReleaseLog
from shipway.records.training import Evaluation
from shipway.storage.folder import FolderStore
from shipway.storage.trees import fetch_tree, tree_digest, tree_files

FROZEN = Path(__file__).parent / "frozen-1"
MODEL = "sha256:d5c2eb44f211304076f6863abcd7f32abd585d96e8e73d67c81875bdb825a88d"


@pytest.fixture
def store() -> FolderStore:
    return FolderStore(FROZEN)


def test_every_object_is_what_its_name_says(store: FolderStore) -> None:
    keys = store.bucket.list("objects/")
    assert len(keys) == 6
    for key in keys:
        digest = digests.PREFIX + key.removeprefix("objects/").replace("/", "")
        assert digests.of_bytes(store.objects.read(digest)) == digest


def test_a_tree_is_read_and_gets_the_same_name_today(store: FolderStore, tmp_path: Path) -> None:
    files = tree_files(store.objects, MODEL)
    assert [(file.path, file.executable) for file in files] == [
        ("code/predict.sh", True),
        ("model.json", False),
    ]
    fetch_tree(store.objects, MODEL, tmp_path / "model")
    assert tree_digest(tmp_path / "model") == MODEL


def test_every_log_is_whole(store: FolderStore) -> None:
    lengths = {name: len(list(store.log(name).entries())) for name in store.logs("")}
    assert lengths == {
        "budgets/" + "a" * 64: 1,
        "model-events/fraud-detector": 1,
        "models/fraud-detector": 2,
        "releases/fraud-detection/production": 10,
    }
    last = store.log("releases/fraud-detection/production").last()
    assert last is not None and last.number == 10


def test_versions_aliases_and_gate_records_are_read(store: FolderStore) -> None:
    registry = BuiltInRegistry(store)
    first, second = registry.versions("fraud-detector")
    assert (first.number, second.number) == (1, 2)
    assert (second.author, second.metrics, second.params) == (
        "Ada",
        {"roc_auc": 0.93},
        {"max_iter": 60},
    )
    assert registry.aliases("fraud-detector") == {"champion": 2}
    evaluation = msgspec.json.decode(store.objects.read(second.evaluation), type=Evaluation)
    assert evaluation.metrics[0].value == 0.93
    assert check_permission(registry, store, second).model_digest == MODEL


def test_the_release_log_tells_what_was_live_and_when(store: FolderStore) -> None:
    log = ReleaseLog(store, "fraud-detection", "production")
    state = log.state()
    assert state.live is not None and state.live.version == 1
    assert state.rejected["r2-222222222222"].reason == "wrong prices"
    day = datetime.datetime(2026, 10, 9, 18, tzinfo=datetime.UTC)
    then = log.state(at=day)
    assert then.champion is not None and then.champion.version == 2
    assert then.champion.settings == {"port": 8123}


def test_cache_and_run_records_are_found(store: FolderStore) -> None:
    assert store.keys("cache") == ["cache/" + "f" * 64 + ".json"]
    assert store.keys("runs/fraud-detection/") == ["runs/fraud-detection/run-1/run.json"]
    assert MODEL.encode() in (store.get("cache/" + "f" * 64 + ".json") or b"")
