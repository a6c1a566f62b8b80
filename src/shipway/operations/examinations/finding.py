# SPDX-License-Identifier: Apache-2.0
"""What the doctor looks at, and what is said about it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec

from shipway.base.errors import ShipwayError
from shipway.base.processes import CaptureError, capture
from shipway.discovery.findings import RepositoryFindings
from shipway.discovery.running import EntryPoint
from shipway.engine.wiring import SPEC_NAME, Project, open_project
from shipway.spec.types import Spec


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: how it is, and the cure where it should be otherwise.

    `where` is the file and line that it is about.
    """

    what: str
    state: Literal["good", "warning", "trouble"]
    found: str
    cure: str = ""
    where: str = ""


@dataclass(frozen=True)
class Subject:
    """The folder that is examined; everything about it is looked at once, when it is asked for."""

    folder: Path

    @cached_property
    def opened(self) -> Project | ShipwayError | None:
        """The project, what is wrong with its spec, or None when there is no spec."""
        if not (self.folder / SPEC_NAME).exists():
            return None
        try:
            return open_project(self.folder)
        except ShipwayError as error:
            return error

    @property
    def project(self) -> Project | None:
        """The project, if its spec can be read."""
        return self.opened if isinstance(self.opened, Project) else None

    @property
    def spec(self) -> Spec | None:
        """Its spec."""
        return self.project.spec if self.project is not None else None

    @cached_property
    def repository(self) -> RepositoryFindings:
        """What the code and the files of the repository tell."""
        from shipway.discovery.repository import look

        return look(self.folder)

    @property
    def entry(self) -> EntryPoint | None:
        """The likeliest way to train."""
        return next((entry for entry in self.repository.entries if entry.trains), None)

    def git(self, *words: str) -> str | None:
        """What a Git command prints; None when it fails."""
        try:
            return capture(["git", *words], self.folder).decode(errors="replace").strip()
        except (CaptureError, OSError):
            return None

    def where(self, *keys: str) -> str:
        """A place in the spec."""
        return self.project.document.where(*keys) if self.project is not None else ""
