# SPDX-License-Identifier: Apache-2.0
"""Who makes the deployable unit."""

from pathlib import Path
from typing import Protocol

import msgspec

from shipway.records.source import PythonEnvironment


class BuildRequest(msgspec.Struct, frozen=True):
    """What goes into an image: folders with model, code and runtime, the environment, the base.

    `base` is `scratch` or the path of a local OCI layout.
    """

    model: Path
    code: Path
    environment: PythonEnvironment
    base: str
    name: str
    labels: dict[str, str] = {}


class Built(msgspec.Struct, frozen=True):
    """An OCI image layout in `layout`: manifest digest, diff_ids of the layers, size in bytes."""

    layout: Path
    digest: str
    layers: tuple[str, ...]
    size: int


class Builder(Protocol):
    """Makes images; the same request gives the same diff_ids, whenever and wherever."""

    def build(self, request: BuildRequest, target: Path) -> Built:
        """Write the layout into the empty folder `target`."""
        ...
