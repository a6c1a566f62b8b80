# SPDX-License-Identifier: Apache-2.0
"""What the delivery verbs share: one environment of one project, its log, its target."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shipway.base.identity import who
from shipway.delivery.releases import ReleaseLog
from shipway.delivery.rollout import Rollout
from shipway.delivery.steps import Steps
from shipway.engine.wiring import Project, open_project
from shipway.records.delivery import ReleaseEvent
from shipway.stages.champions import final_environment
from shipway.stages.placing import ReleaseFiles


@dataclass(frozen=True)
class Place:
    """One environment of one project."""

    project: Project
    environment: str
    tell: Callable[[str], None]

    @cached_property
    def log(self) -> ReleaseLog:
        """The release log."""
        return ReleaseLog(self.project.store, self.project.spec.project, self.environment)

    @cached_property
    def files(self) -> ReleaseFiles:
        """Makes releases ready on this machine."""
        project = self.project
        bundles = project.paths.local / "bundles"
        return ReleaseFiles(project.store, project.environments, bundles, self.tell)

    @cached_property
    def rollout(self) -> Rollout:
        """This command's work on the environment."""
        target = self.project.target(self.environment)
        return Rollout(Steps(self.log, target, self.files, self.tell, by=who()))

    def mirror_champion(self) -> None:
        """Let the registry's alias follow the release log of the final environment."""
        champion = self.log.state().champion
        if champion is None or self.environment != final_environment(self.project.spec):
            return
        registry = self.project.registry
        if registry.aliases(champion.model).get("champion") != champion.version:
            registry.set_alias(champion.model, "champion", champion.version)


def open_place(folder: Path, environment: str, tell: Callable[[str], None]) -> Place:
    """The environment of the project in `folder`; InputError for an unknown one."""
    project = open_project(folder)
    project.target(environment)
    return Place(project, environment, tell)


def describe(event: ReleaseEvent) -> str:
    """`r2-1a2b… (fraud-detector@2)`, for a sentence."""
    return f"{event.release} ({event.model}@{event.version})"
