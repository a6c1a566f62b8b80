# SPDX-License-Identifier: Apache-2.0
"""From what the release log says of a release to the files that a target can place."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from shipway.adapters.environments.interface import Environments
from shipway.adapters.targets.interface import Release
from shipway.base.digests import hex_of
from shipway.delivery.golden import Golden, read_golden
from shipway.packaging.application import Application, read_application
from shipway.records.delivery import ReleaseEvent
from shipway.records.source import PythonEnvironment
from shipway.storage.interface import Store
from shipway.storage.trees import fetch_tree
from shipway_runtime.formats import GOLDEN_FILE


@dataclass(frozen=True)
class ReleaseFiles:
    """Makes releases ready on this machine: the bundle's files and the environment."""

    store: Store
    environments: Environments
    folder: Path
    tell: Callable[[str], None]

    def bundle(self, digest: str) -> Path:
        """The bundle in a folder of its own, written once."""
        target = self.folder / hex_of(digest)[:24]
        if not target.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            fetch_tree(self.store.objects, digest, target)
        return target

    def golden(self, bundle: str) -> Golden:
        """The golden predictions in a bundle; without rows when the model has none."""
        path = self.bundle(bundle) / "model" / GOLDEN_FILE
        return read_golden(path.read_bytes()) if path.is_file() else Golden([], [])

    def application(self, bundle: str) -> Application | None:
        """The user's own web application in a bundle; None when Shipway's server serves."""
        return read_application(self.bundle(bundle))

    def __call__(self, event: ReleaseEvent) -> Release:
        """The release that `event` speaks of; OutsideError when the store lacks its files."""
        data = self.store.objects.read(event.environment_digest)
        environment = msgspec.json.decode(data, type=PythonEnvironment)
        environment = self.environments.ensure(environment, self.tell)
        return Release(
            id=event.release,
            package=event.package,
            bundle=self.bundle(event.bundle),
            interpreter=environment.interpreter,
            overlay=environment.overlay,
            model=event.model,
            version=event.version,
            settings=event.settings,
        )
