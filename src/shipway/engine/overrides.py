# SPDX-License-Identifier: Apache-2.0
"""`--set train.params.max_iter=100`: a value of the spec, for this run only."""

from dataclasses import replace

import msgspec

from shipway.base.errors import InputError
from shipway.engine.wiring import Project
from shipway.spec.reader import plain_value

PREFIX = "train.params."


def with_overrides(project: Project, overrides: tuple[str, ...]) -> Project:
    """The project with `train.params` changed as the overrides say.

    InputError for anything that is not `train.params.NAME=VALUE`.
    """
    if not overrides:
        return project
    spec = project.spec
    if spec.train is None:
        raise InputError("--set needs a 'train' key in the spec", where="shipway.yaml")
    params = dict(spec.train.params)
    for override in overrides:
        name, equals, text = override.partition("=")
        if not equals or not name.startswith(PREFIX) or name == PREFIX:
            raise InputError(
                f"can't read --set {override!r}", cure="Write it as --set train.params.NAME=VALUE."
            )
        params[name.removeprefix(PREFIX)] = plain_value(text)
    train = msgspec.structs.replace(spec.train, params=params)
    document = msgspec.structs.replace(
        project.document, spec=msgspec.structs.replace(spec, train=train)
    )
    return replace(project, document=document)
