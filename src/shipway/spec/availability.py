# SPDX-License-Identifier: Apache-2.0
"""What a spec may say but this version does not do yet: said at plan time, with the place.

Reading such a key is no mistake, so that a spec can be written for what comes next; using it is.
"""

from collections.abc import Iterator

from shipway.spec.document import Document, KeyPath, Position
from shipway.spec.mistakes import Mistake
from shipway.spec.types import DeploySpec, PackageSpec, Spec

BUCKETS = ("s3://", "gs://", "az://")
INSTEAD = "Remove it for now."


def unavailable(document: Document) -> tuple[Mistake, ...]:
    """A mistake for each key that this version only reads, in the order of their places."""
    found = [_mistake(document, keys, cure) for keys, cure in _asked(document.spec)]
    return tuple(sorted(found, key=lambda each: (each.at.line, each.at.column)))


def _mistake(document: Document, keys: KeyPath, cure: str) -> Mistake:
    name = ".".join(str(key) for key in keys)
    at = next(
        (
            document.positions[keys[:length]]
            for length in range(len(keys), -1, -1)
            if keys[:length] in document.positions
        ),
        Position(1, 1),
    )
    return Mistake(document.where(*keys), f"{name} is not available yet", "", cure or INSTEAD, at)


def _asked(spec: Spec) -> Iterator[tuple[KeyPath, str]]:
    """Key paths, each with a cure of its own if there is one."""
    if spec.data is not None and spec.data.snapshot:
        yield ("data", "snapshot"), ""
    if spec.store.startswith(BUCKETS):
        yield ("store",), "Name a folder."
    if spec.model_registry.kind != "built-in":
        yield ("model_registry",), "Write built-in, or remove it."
    yield from _package(spec.package)
    for name, environment in spec.deploy.items():
        yield from _deploy(name, environment)
    for name in spec.monitor:
        yield ("monitor", name), ""


def _package(package: PackageSpec) -> Iterator[tuple[KeyPath, str]]:
    if package.push is not None:
        yield ("package", "push"), ""
    if package.builder == "docker":
        yield ("package", "builder"), "Write native or dockerfile."
    if package.gates:
        yield ("package", "gates"), ""


def _deploy(name: str, environment: DeploySpec) -> Iterator[tuple[KeyPath, str]]:
    if environment.approvals is not None:
        yield ("deploy", name, "approvals"), ""
    if environment.require is not None:
        yield ("deploy", name, "require"), ""
    if environment.strategy.kind != "direct":
        yield ("deploy", name, "strategy"), "Write direct, or remove it."
    if environment.unknown != "flag":
        yield ("deploy", name, "unknown"), ""
