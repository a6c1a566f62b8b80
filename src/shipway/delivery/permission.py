# SPDX-License-Identifier: Apache-2.0
"""What may be deployed: a model with a passed gate record, from a source that is allowed.

The order of the stages alone is not trusted. The gate record is read back from the registry and
the store, and a `Permission` for exactly that model is what a rollout demands.
"""

import msgspec

from shipway.adapters.registries.interface import Registry
from shipway.base import digests
from shipway.base.errors import StoppedError
from shipway.records.delivery import ModelVersion
from shipway.records.source import Source
from shipway.records.training import Evaluation
from shipway.spec.types import DeploySpec
from shipway.storage.interface import CorruptedError, Store


class Permission(msgspec.Struct, frozen=True):
    """The registry and the store agree that this model passed its gates."""

    model: str
    version: int
    model_digest: str
    gates: str


def check_permission(registry: Registry, store: Store, version: ModelVersion) -> Permission:
    """The permission to deploy `version`; StoppedError says what is missing.

    InputError when the registry does not know the version, MissingObjectError when its
    evaluation is not in the store.
    """
    kept = registry.get(version.model, version.number)
    name = f"{kept.model} version {kept.number}"
    if kept.digest != version.digest:
        raise _refused(name, "the registry keeps another model under that number")
    evaluation = _read_evaluation(store, kept, name)
    if evaluation.model != kept.digest:
        raise _refused(name, "its gate record is about another model")
    if digests.digest_of(evaluation.content()) != kept.gates:
        raise _refused(name, "its evaluation is not the one that it was registered with")
    _check_verdict(evaluation, kept, name)
    return Permission(kept.model, kept.number, kept.digest, kept.gates)


def source_refusal(source: Source, deploy: DeploySpec, environment: str) -> str | None:
    """Why `environment` does not take this source; None when it does.

    Without `from:` only clean commits of the default branch are taken.
    """
    if deploy.from_ == "any":
        return None
    branch = deploy.from_ or source.default_branch
    takes = f"{environment} takes clean commits of {branch or 'the default branch'}"
    if source.dirty:
        return f"uncommitted changes; {takes}"
    if not source.branch:
        return f"no branch is checked out; {takes}"
    if not branch or source.branch != branch:
        return f"branch {source.branch}; {takes}"
    return None


def _read_evaluation(store: Store, kept: ModelVersion, name: str) -> Evaluation:
    if not kept.evaluation:
        raise _refused(name, "it was never evaluated")
    try:
        return msgspec.json.decode(store.objects.read(kept.evaluation), type=Evaluation)
    except msgspec.DecodeError as error:
        raise CorruptedError(
            f"the evaluation of {name} can't be read: {error}",
            cure="Run `shipway run --force evaluate`.",
        ) from None


def _check_verdict(evaluation: Evaluation, kept: ModelVersion, name: str) -> None:
    for gate in evaluation.gates:
        if gate.on_fail == "stop" and gate.verdict != "passed":
            raise _refused(name, f"the gate {gate.gate} is {gate.verdict}: {gate.reason}")
    for verdict in (evaluation.verdict, kept.verdict):
        if verdict != "passed":
            raise _refused(name, f"its gates are {verdict}")


def _refused(name: str, why: str) -> StoppedError:
    return StoppedError(
        f"{name} may not be deployed: {why}",
        cure="Only a model whose gates passed is deployed: `shipway run` decides them.",
    )
