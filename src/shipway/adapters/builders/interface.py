# SPDX-License-Identifier: Apache-2.0
"""Who makes the deployable unit."""

from pathlib import Path
from typing import Any, Protocol

import msgspec

from shipway.packaging.application import Application
from shipway.packaging.layers import Layer
from shipway.records.source import PythonEnvironment


class ReadyLayer(msgspec.Struct, frozen=True):
    """A layer that was built before, and the file that holds its blob."""

    layer: Layer
    blob: Path


class BuildRequest(msgspec.Struct, frozen=True):
    """What goes into an image: folders with model and code, the environment, the base.

    `base` is `scratch` or the path of a local OCI layout; `service` becomes `service.json`.
    `dependencies` saves building that layer again: the caller kept it under
    `packaging.contents.dependencies_key(environment)`. `application` is the project's own web
    application, where it serves the model.
    """

    model: Path
    code: Path
    environment: PythonEnvironment
    base: str
    name: str
    labels: dict[str, str] = {}
    service: dict[str, Any] = {}
    dependencies: ReadyLayer | None = None
    application: Application | None = None


class Built(msgspec.Struct, frozen=True):
    """An OCI image layout in `layout`: manifest digest, diff_ids of the layers, size in bytes.

    `parts` are the layers that were added to the base, by name (`dependencies`, `runtime`,
    `code`, `model`); the blob of one lies at `layout/blobs/sha256/<its digest's hex>`.
    """

    layout: Path
    digest: str
    layers: tuple[str, ...]
    size: int
    parts: dict[str, Layer] = {}


class Builder(Protocol):
    """Makes images; the same request gives the same diff_ids, whenever and wherever."""

    def build(self, request: BuildRequest, target: Path) -> Built:
        """Write the layout into the empty folder `target`."""
        ...
