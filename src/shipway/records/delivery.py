# SPDX-License-Identifier: Apache-2.0
"""From a stored model to a live endpoint."""

from typing import Any, Literal

from shipway.records.base import FORMAT, Record, Verdict


class StoredModel(Record, frozen=True, tag="stored"):
    """A model whose provenance is signed and kept.

    `provenance` is the digest of the signed envelope, `environment` of the PythonEnvironment
    record, `evaluation` of the Evaluation record (empty when nothing was evaluated); `data` maps
    datasets to their digests; `profile` is the digest of the profile of what it was trained on.
    """

    digest: str
    provenance: str
    environment: str
    code: str
    flavour: str
    evaluation: str = ""
    data: dict[str, str] = {}
    params: dict[str, Any] = {}
    reported: dict[str, float] = {}
    unchanged: bool = False
    profile: str = ""

    def content(self) -> object:
        """The model's digest."""
        return self.digest


class ModelVersion(Record, frozen=True, tag="version"):
    """An entry of `logs/models/<model>`: entry n is version n.

    `gates` is the digest of the gate record (`Evaluation.content()`), `evaluation` the digest of
    the whole Evaluation object in the store, by which a deployment is allowed. `environment` is
    the digest of the PythonEnvironment record and `code` of the tree that the model is used with.
    `serving` names code and lock together where the project's own code may answer for the model
    (its web application, its predict function, classes and functions that a pickle names): then
    other code makes another version, even of an equal model.
    `profile` is the digest of the profile of the table that it was trained on, the reference of
    drift; empty in versions that an earlier Shipway registered.
    """

    model: str
    number: int
    digest: str
    gates: str
    evaluation: str
    verdict: Verdict
    provenance: str
    flavour: str
    project: str
    commit: str
    branch: str
    author: str
    created: str
    run: str
    environment: str
    code: str
    data: dict[str, str] = {}
    params: dict[str, Any] = {}
    metrics: dict[str, float] = {}
    reported: dict[str, float] = {}
    card: str = ""
    trusted_types: tuple[str, ...] = ()
    allow_pickle: bool = False
    import_folder: str = "."
    serving: str = ""
    profile: str = ""
    unchanged: bool = False
    format: int = FORMAT

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same version, registered again."""
        return self.digest, self.gates, self.serving

    def content(self) -> object:
        """Name, number and digest of the version."""
        return [self.model, self.number, self.digest]


class Package(Record, frozen=True, tag="package"):
    """A deployable unit: `digest` is the digest of the image's manifest.

    `layout` is the digest of a tree in the object store (an OCI image layout, which holds
    `index.json` and its blobs); `layers` are the uncompressed digests (diff_ids) in order.
    `bundle` is the digest of a tree with what a local worker needs: `model/`, `code/`,
    `lock.txt`, `service.json`.
    """

    digest: str
    layout: str
    bundle: str
    layers: tuple[str, ...]
    size: int
    model: str
    environment: str

    def content(self) -> object:
        """The digest of the manifest."""
        return self.digest

    def objects(self) -> tuple[str, ...]:
        """The image layout and the local bundle."""
        return (self.layout, self.bundle)


ReleaseAction = Literal[
    "placing",
    "placed",
    "routing",
    "live",
    "rejected",
    "rolling-back",
    "rolled-back",
    "stopped",
    "retired",
]


class ReleaseEvent(Record, frozen=True, tag="release-event"):
    """An entry of `logs/releases/<project>/<environment>`: written before it is carried out.

    `release` is the release's id (`r12-1a2b3c4d5e6f`): its ordinal in this environment and the
    start of its package digest.
    """

    action: ReleaseAction
    release: str
    at: str
    by: str
    reason: str = ""
    run: str = ""
    previous: str = ""
    package: str = ""
    bundle: str = ""
    environment_digest: str = ""
    model: str = ""
    version: int = 0
    model_digest: str = ""
    commit: str = ""
    settings: dict[str, Any] = {}
    format: int = FORMAT


class Deployment(Record, frozen=True, tag="deployment"):
    """A release that is placed and routed in one environment, and where it answers."""

    environment: str
    release: str
    endpoint: str
    version: int
    model_digest: str
    package: str
    previous: str = ""
    unchanged: bool = False


class Probe(Record, frozen=True):
    """One thing that verification looked at."""

    name: str
    verdict: Verdict
    observed: str
    expected: str


class Verification(Record, frozen=True, tag="verification"):
    """What a release answered: golden predictions, health, latency in milliseconds.

    `note` says what a passed verification did not look at.
    """

    environment: str
    release: str
    verdict: Verdict
    probes: tuple[Probe, ...] = ()
    latency_ms: dict[str, float] = {}
    unchanged: bool = False
    note: str = ""
