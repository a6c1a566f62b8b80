# SPDX-License-Identifier: Apache-2.0
"""Finds a model version by the name that a person gives: `fraud@3`, `fraud`, `champion`."""

from pathlib import Path

import msgspec

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.engine.wiring import Project
from shipway.packaging.application import Application
from shipway.records.delivery import ModelVersion
from shipway.records.source import PythonEnvironment
from shipway.stages.package import unpack_version


def find_version(project: Project, name: str) -> ModelVersion:
    """The version that `name` means: MODEL@N, MODEL (its newest), or `champion`.

    InputError for an unknown name, with the nearest known one.
    """
    if name == "champion":
        champion = project.champions.live
        if champion is None:
            raise InputError("there is no champion yet", cure="Deploy a model first: shipway run")
        return champion
    model, at, number = name.partition("@")
    versions = project.registry.versions(model)
    if not versions:
        known = project.registry.models()
        raise InputError(f"there is no model {model!r}", cure=did_you_mean(model, known))
    if not at:
        return versions[-1]
    if not number.isdigit():
        raise InputError(f"{name!r} names no version", cure=f"Write it as {model}@1.")
    return project.registry.get(model, int(number))


def environment_of(project: Project, version: ModelVersion) -> PythonEnvironment:
    """The version's own locked environment, made again when it is not on this machine."""
    data = project.store.objects.read(version.environment)
    environment = msgspec.json.decode(data, type=PythonEnvironment)
    return project.environments.ensure(environment, lambda text: None)


def unpack(
    project: Project,
    version: ModelVersion,
    folder: Path,
    application: Application | None = None,
) -> Path:
    """Write the version's bundle into `folder / "bundle"`; its path."""
    bundle = folder / "bundle"
    lock = environment_of(project, version).lock
    unpack_version(project.store.objects, version, lock, folder, bundle, application)
    return bundle
