# SPDX-License-Identifier: Apache-2.0
"""The project's own Python: requirements locked once, installed once, shared between projects."""

from pathlib import Path

from shipway.records.base import Record
from shipway.records.source import PythonEnvironment, Source
from shipway.spec.types import EnvironmentSpec, Spec
from shipway.stages.context import StageContext
from shipway.stages.stage import Parts, Scope

DECLARING = ("requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg", "setup.py")


def environment_spec(spec: Spec, folder: Path) -> EnvironmentSpec:
    """What the spec says, or else the requirements file that lies beside it, or nothing at all."""
    if spec.environment is not None:
        return spec.environment
    from shipway.adapters.environments.projects import names_requirements

    for name in DECLARING:
        if (folder / name).is_file() and names_requirements(folder, name):
            return EnvironmentSpec(requirements=(name,))
    return EnvironmentSpec()


def environment(ctx: StageContext, source: Source) -> PythonEnvironment:
    """Lock and install the requirements. InputError when they can't be met."""
    folder = Path(source.folder)
    return ctx.environments.resolve(folder, environment_spec(ctx.spec, folder), ctx.tell)


def depends(scope: Scope) -> Parts:
    """The environment part of the spec, and the files that name requirements."""
    spec = environment_spec(scope.spec, scope.folder)
    names = scope.environments.fingerprint_files(spec, scope.folder)
    paths = [scope.folder / name for name in names]
    digests = scope.files.digests(paths)
    return {
        "spec": {"environment": spec},
        "files": {name: digests[path] for name, path in zip(names, paths, strict=True)},
        "tools": scope.environments.version(),
    }


def revive(ctx: StageContext, record: Record) -> Record:
    """Make the environment again when it is not on this machine any more."""
    assert isinstance(record, PythonEnvironment)  # noqa: S101 - the engine hands back our own kind
    return ctx.environments.ensure(record, ctx.tell)
