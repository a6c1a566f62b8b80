# SPDX-License-Identifier: Apache-2.0
"""What every registry promises. A new kind joins with one line in `KINDS`."""

import math
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from shipway.adapters.registries.builtin import BuiltInRegistry
from shipway.adapters.registries.interface import Registry
from shipway.base.errors import InputError, OutsideError
from shipway.records.delivery import ModelVersion
from shipway.storage.folder import FolderStore
from shipway.storage.interface import CorruptedError
from shipway.storage.memory import MemoryStore

KINDS: dict[str, Callable[[Path], Registry]] = {
    "built-in": lambda folder: BuiltInRegistry(FolderStore(folder)),
    "memory": lambda folder: BuiltInRegistry(MemoryStore()),
}


@pytest.fixture(params=sorted(KINDS))
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Registry:
    return KINDS[request.param](tmp_path)


def version(
    digest: str = "a", gates: str = "g", model: str = "fraud", **more: object
) -> ModelVersion:
    base = ModelVersion(
        model=model,
        number=0,
        digest=f"sha256:{digest * 64}",
        gates=f"sha256:{gates}",
        evaluation="sha256:e",
        verdict="passed",
        provenance="sha256:p",
        flavour="sklearn",
        project="fraud-detection",
        commit="c0ffee",
        branch="main",
        author="Ada",
        created="2026-10-01T12:00:00.000000Z",
        run="run-1",
        environment="sha256:l",
        code="sha256:c",
        data={"train": "sha256:t"},
        params={"max_iter": 60, "depth": None, "rates": [0.1, 0.2]},
        metrics={"roc_auc": 0.93},
        card="# fraud",
    )
    return msgspec.structs.replace(base, **more)


def test_versions_are_numbered_from_one(registry: Registry) -> None:
    assert [registry.register(version(digest)).number for digest in "abc"] == [1, 2, 3]
    kept = registry.versions("fraud")
    assert [each.digest[-1] for each in kept] == ["a", "b", "c"]
    assert registry.get("fraud", 2) == kept[1]
    assert kept[0] == msgspec.structs.replace(version(), number=1)


def test_models_do_not_mix(registry: Registry) -> None:
    registry.register(version(model="fraud"))
    registry.register(version(model="churn"))
    registry.set_alias("churn", "champion", 1)
    assert registry.models() == ["churn", "fraud"]
    assert registry.aliases("fraud") == {}


def test_registering_again_gives_the_first_entry_back(registry: Registry) -> None:
    first = registry.register(version(run="run-1"))
    registry.register(version("b"))
    again = registry.register(version(run="run-2"))
    assert (again.number, again.run, again.unchanged) == (1, "run-1", True)
    assert not first.unchanged
    assert registry.register(version(gates="other")).number == 3
    assert not any(each.unchanged for each in registry.versions("fraud"))


def test_an_unknown_version_is_an_error_with_a_cure(registry: Registry) -> None:
    assert registry.models() == registry.versions("fraud") == []
    with pytest.raises(InputError, match="no model 'fraud'"):
        registry.get("fraud", 1)
    registry.register(version())
    for number in (0, -1, 2):
        with pytest.raises(InputError, match=f"no version {number}") as caught:
            registry.get("fraud", number)
        assert caught.value.cure == "It has version 1."
    with pytest.raises(InputError) as caught:
        registry.get("frad", 1)
    assert caught.value.cure == "Did you mean 'fraud'?"


def test_an_alias_moves_and_goes(registry: Registry) -> None:
    for digest in "abc":
        registry.register(version(digest))
    registry.set_alias("fraud", "champion", 1)
    registry.set_alias("fraud", "challenger", 3)
    registry.set_alias("fraud", "champion", 2)
    assert registry.aliases("fraud") == {"champion": 2, "challenger": 3}
    registry.set_alias("fraud", "champion", None)
    assert registry.aliases("fraud") == {"challenger": 3}
    with pytest.raises(InputError, match="no version 9"):
        registry.set_alias("fraud", "champion", 9)


def test_a_metric_without_a_number_does_not_spoil_the_registry(registry: Registry) -> None:
    registry.register(version(metrics={"roc_auc": math.nan, "loss": math.inf, "f1": 0.5}))
    assert registry.get("fraud", 1).metrics == {"f1": 0.5}


def _register(folder: Path, number: int) -> None:
    registry = BuiltInRegistry(FolderStore(folder))
    for digest in "abcd":
        kept = registry.register(version(digest, run=f"run-{number}"))
        (folder / f"{number}-{digest}").write_text(str(kept.number))


def test_processes_that_register_the_same_get_one_version(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_register, args=(tmp_path, number)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    kept = BuiltInRegistry(FolderStore(tmp_path)).versions("fraud")
    assert [each.digest[-1] for each in kept] == ["a", "b", "c", "d"]
    for digest in "abcd":
        assert len({(tmp_path / f"{number}-{digest}").read_text() for number in range(6)}) == 1


def test_setting_an_alias_again_writes_nothing() -> None:
    store = MemoryStore()
    registry = BuiltInRegistry(store)
    registry.register(version())
    for number in (1, 1, None, None):
        registry.set_alias("fraud", "champion", number)
    assert len(list(store.log("model-events/fraud").entries())) == 2


def test_events_of_other_kinds_are_passed_over() -> None:
    store = MemoryStore()
    store.log("model-events/fraud").append({"type": "deprecated", "version": 1})
    assert BuiltInRegistry(store).aliases("fraud") == {}


def test_what_this_version_cannot_read_is_an_error() -> None:
    store = MemoryStore()
    store.log("models/old").append({"type": "version"})
    store.log("models/new").append({"type": "version", "format": 2})
    with pytest.raises(CorruptedError, match="entry 1 of models/old"):
        BuiltInRegistry(store).versions("old")
    with pytest.raises(OutsideError, match="later Shipway"):
        BuiltInRegistry(store).versions("new")
