# SPDX-License-Identifier: Apache-2.0
"""The only composition root: from a folder with a `shipway.yaml` to the real parts behind it.

Everything is made when it is first asked for, so that a command pays only for what it uses.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from shipway.adapters import registries, sources, targets
from shipway.adapters.environments.choosing import ChosenEnvironments, kind_of
from shipway.adapters.environments.interface import Environments
from shipway.adapters.registries.interface import Registry
from shipway.adapters.sources.interface import Sources
from shipway.adapters.stores.opening import open_store
from shipway.adapters.targets.interface import Target
from shipway.base import catalogue
from shipway.base.errors import InputError
from shipway.base.files import disk_errors
from shipway.engine.filedigests import FileDigests
from shipway.engine.journal import Journal
from shipway.spec.document import Document
from shipway.spec.reader import read
from shipway.spec.types import Spec
from shipway.stages.champions import Champions
from shipway.stages.context import Paths
from shipway.storage.interface import Store

SPEC_NAME = "shipway.yaml"


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where environments and exports are kept that projects share: `$XDG_CACHE_HOME/shipway`."""
    base = environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "shipway"


def project_paths(folder: Path) -> Paths:
    """The folders of the project in `folder`."""
    folder = folder.resolve()
    shipway = folder / ".shipway"
    local = shipway / "local"
    return Paths(folder, shipway, local, local / "logs")


@dataclass(frozen=True)
class Project:
    """A project and the parts that its spec asks for."""

    document: Document
    paths: Paths

    @property
    def spec(self) -> Spec:
        """The parsed spec."""
        return self.document.spec

    def prepare(self) -> None:
        """Make `.shipway/` with a `.gitignore` of its own."""
        ignore = self.paths.shipway / ".gitignore"
        if not ignore.exists():
            with disk_errors(self.paths.shipway):
                self.paths.local.mkdir(parents=True, exist_ok=True)
                ignore.write_text("*\n")

    @cached_property
    def store(self) -> Store:
        """Where objects, logs and runs are kept."""
        return open_store(self.spec.store, self.paths.folder, where=self.document.where("store"))

    @cached_property
    def files(self) -> FileDigests:
        """Digests of the user's files."""
        self.prepare()
        return FileDigests(self.paths.local / "files.db")

    @cached_property
    def journal(self) -> Journal:
        """Which runs were started, and how they ended."""
        self.prepare()
        return Journal(self.paths.local / "journal.db")

    @cached_property
    def sources(self) -> Sources:
        """Git."""
        kind = catalogue.load("sources", sources.CATALOGUE, "git")
        made: Sources = kind(cache_folder() / "checkouts")
        return made

    @cached_property
    def environments(self) -> Environments:
        """Python environments of the kind that the spec asks for."""
        return ChosenEnvironments(cache_folder(), kind_of(self.spec.environment))

    @cached_property
    def registry(self) -> Registry:
        """The model registry."""
        name = self.spec.model_registry.kind
        kind = catalogue.load("registries", registries.CATALOGUE, name)
        made: Registry = kind(self.store)
        return made

    @cached_property
    def champions(self) -> Champions:
        """Which model is live, by the release log."""
        return Champions(self.spec, self.store, self.registry)

    def target(self, environment: str) -> Target:
        """The place of an environment; InputError for an unknown one or for wrong options."""
        deploy = self.spec.deploy.get(environment)
        if deploy is None:
            from shipway.base.names import did_you_mean

            raise InputError(
                f"there is no environment {environment!r}",
                where=self.document.where("deploy"),
                cure=did_you_mean(environment, self.spec.deploy),
            )
        where = self.document.where("deploy", environment, "target")
        kind = catalogue.load("targets", targets.CATALOGUE, deploy.target, where=where)
        options = self._options(environment, kind.Options)
        made: Target = kind(self.paths.local / "endpoints" / environment, options)
        return made

    def check_targets(self) -> None:
        """Look at the options of all environments, before anything is done."""
        for environment in self.spec.deploy:
            self.target(environment)

    def _options(self, environment: str, kind: type[msgspec.Struct]) -> msgspec.Struct:
        given = self.spec.deploy[environment].options
        try:
            return msgspec.convert(given, kind)
        except msgspec.ValidationError as error:
            known = [field.encode_name for field in msgspec.structs.fields(kind)]
            raise InputError(
                f"deploy.{environment}: {error}",
                where=self.document.where("deploy", environment),
                cure=f"Options of this target: {', '.join(known)}.",
            ) from None


def open_project(folder: Path) -> Project:
    """The project whose `shipway.yaml` lies in `folder`; InputError when it can't be read."""
    if not folder.is_dir():
        raise InputError("there is no such folder", where=str(folder))
    if not (folder / SPEC_NAME).exists() and (folder / "HEAD").is_file():
        _refuse_bare(folder)
    return Project(read(folder / SPEC_NAME), project_paths(folder))


def _refuse_bare(folder: Path) -> None:
    """A bare repository has no files, so its missing spec is not what is wrong with it."""
    if (folder / "objects").is_dir() and (folder / "refs").is_dir():
        raise InputError(
            "this is a bare Git repository: it holds history, and no files to work on",
            where=str(folder),
            cure="Make a work tree of it, and run there: git worktree add ../work main",
        )
