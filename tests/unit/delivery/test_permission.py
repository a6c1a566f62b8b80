# SPDX-License-Identifier: Apache-2.0
"""What may be deployed: a passed gate record for exactly this model, from an allowed source."""

from typing import Any

import msgspec
import pytest

from shipway.adapters.registries.builtin import BuiltInRegistry
from shipway.base import digests
from shipway.base.errors import InputError, StoppedError
from shipway.delivery.permission import check_permission, source_refusal
from shipway.records.delivery import ModelVersion
from shipway.records.source import Source
from shipway.records.training import Evaluation, GateResult
from shipway.spec.types import DeploySpec
from shipway.storage.interface import CorruptedError, MissingObjectError
from shipway.storage.memory import MemoryStore

MODEL = digests.of_bytes(b"model")


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def gate(verdict: Any, on_fail: Any = "stop") -> GateResult:
    return GateResult("roc_auc >= 0.9", verdict, 0.88, ">= 0.9", "0.88 is below 0.9", on_fail)


def evaluation(**more: Any) -> Evaluation:
    base = Evaluation(
        model=MODEL, dataset="test", test_set="sha256:t", rows=100, gates=(gate("passed"),)
    )
    return msgspec.structs.replace(base, **more)


def register(store: MemoryStore, evaluated: Evaluation, **more: Any) -> ModelVersion:
    base = ModelVersion(
        model="fraud",
        number=0,
        digest=MODEL,
        gates=digests.digest_of(evaluated.content()),
        evaluation=store.objects.put(msgspec.json.encode(evaluated)),
        verdict=evaluated.verdict,
        provenance="sha256:p",
        flavour="sklearn",
        project="p",
        commit="c",
        branch="main",
        author="Ada",
        created="2026-10-01T00:00:00.000000Z",
        run="r",
        environment="sha256:e",
        code="sha256:c",
    )
    return BuiltInRegistry(store).register(msgspec.structs.replace(base, **more))


def check(store: MemoryStore, version: ModelVersion) -> Any:
    return check_permission(BuiltInRegistry(store), store, version)


def test_a_passed_gate_record_permits_that_model(store: MemoryStore) -> None:
    version = register(store, evaluation())
    permission = check(store, version)
    assert (permission.model, permission.version) == ("fraud", 1)
    assert (permission.model_digest, permission.gates) == (MODEL, version.gates)


def test_a_gate_that_only_warns_does_not_refuse(store: MemoryStore) -> None:
    version = register(store, evaluation(gates=(gate("failed", on_fail="warn"),)))
    assert check(store, version).version == 1


@pytest.mark.parametrize("verdict", ["failed", "inconclusive"])
def test_a_gate_that_did_not_pass_refuses(store: MemoryStore, verdict: Any) -> None:
    version = register(store, evaluation(gates=(gate("passed"), gate(verdict))))
    with pytest.raises(StoppedError, match=f"roc_auc >= 0.9 is {verdict}: 0.88 is below"):
        check(store, version)


@pytest.mark.parametrize("verdict", ["failed", "inconclusive"])
def test_a_verdict_that_is_not_passed_refuses(store: MemoryStore, verdict: Any) -> None:
    version = register(store, evaluation(verdict=verdict))
    with pytest.raises(StoppedError, match=f"gates are {verdict}"):
        check(store, version)
    lying = register(store, evaluation(test_set="sha256:u", verdict=verdict), verdict="passed")
    with pytest.raises(StoppedError, match=f"gates are {verdict}"):
        check(store, lying)


def test_the_record_must_be_about_this_model(store: MemoryStore) -> None:
    other = register(store, evaluation(model=digests.of_bytes(b"other")))
    with pytest.raises(StoppedError, match="about another model"):
        check(store, other)
    version = register(store, evaluation())
    wrong = msgspec.structs.replace(version, digest=digests.of_bytes(b"mine"))
    with pytest.raises(StoppedError, match="keeps another model under that number"):
        check(store, wrong)


def test_the_record_must_be_the_registered_one(store: MemoryStore) -> None:
    version = register(store, evaluation(), gates="sha256:" + "0" * 64)
    with pytest.raises(StoppedError, match="not the one that it was registered with"):
        check(store, version)


def test_what_the_stage_claims_does_not_count(store: MemoryStore) -> None:
    failed = register(store, evaluation(verdict="failed"))
    claimed = msgspec.structs.replace(failed, verdict="passed", evaluation="sha256:" + "1" * 64)
    with pytest.raises(StoppedError, match="gates are failed"):
        check(store, claimed)


def test_a_version_without_evaluation_is_refused(store: MemoryStore) -> None:
    with pytest.raises(StoppedError, match="never evaluated"):
        check(store, register(store, evaluation(), evaluation=""))
    gone = "sha256:" + "2" * 64
    with pytest.raises(MissingObjectError, match=gone):
        check(store, register(store, evaluation(), gates="sha256:x", evaluation=gone))
    text = store.objects.put(b"not json")
    with pytest.raises(CorruptedError, match="evaluation of fraud version 3"):
        check(store, register(store, evaluation(), gates="sha256:y", evaluation=text))
    unknown = msgspec.structs.replace(register(store, evaluation()), number=9)
    with pytest.raises(InputError, match="no version 9"):
        check(store, unknown)


def source(branch: str = "main", dirty: bool = False, default: str = "main") -> Source:
    return Source(
        commit="c",
        branch=branch,
        default_branch=default,
        author="Ada",
        committed_at="2026-10-01T00:00:00Z",
        subject="s",
        dirty=dirty,
        folder="/p",
        root="/p",
    )


@pytest.mark.parametrize(
    ("given", "from_", "expected"),
    [
        (source(), None, None),
        (source(dirty=True), None, "uncommitted changes; production takes clean commits of main"),
        (source("fix"), None, "branch fix; production takes clean commits of main"),
        (source(""), None, "no branch is checked out; production takes clean commits of main"),
        (source("trunk", default="trunk"), None, None),
        (
            source("x", default=""),
            None,
            "branch x; production takes clean commits of the default branch",
        ),
        (source("fix", dirty=True), "any", None),
        (source("release"), "release", None),
        (source("main"), "release", "branch main; production takes clean commits of release"),
        (
            source("release", dirty=True),
            "release",
            "uncommitted changes; production takes clean commits of release",
        ),
    ],
)
def test_the_source_must_be_allowed(given: Source, from_: str | None, expected: str | None) -> None:
    assert source_refusal(given, DeploySpec("local", from_=from_), "production") == expected
