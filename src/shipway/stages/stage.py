# SPDX-License-Identifier: Apache-2.0
"""What the engine must know of a stage besides its function.

A stage is a function of typed results to one typed result; which results it needs, and so the
whole graph, follows from its annotations. What its result depends on beyond those inputs (its part
of the spec, its code set, files) is said by `depends`, from which the fingerprint is made.
"""

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shipway.adapters.environments.interface import Environments
from shipway.records.base import Record
from shipway.records.source import Source
from shipway.spec.document import Document
from shipway.spec.types import Spec
from shipway.stages.context import Files, StageContext

Parts = Mapping[str, object]


@dataclass(frozen=True)
class Scope:
    """What `depends` may look at.

    `code(patterns, tests)` gives the code set as path → digest; `produced` what earlier steps
    wrote, path → digest; `champion` the digest of the live model, empty when there is none, and
    `champion_profile` names the profile that is kept with it.
    """

    document: Document
    source: Source
    files: Files
    code: Callable[[Sequence[str] | None, bool], Mapping[str, str]]
    produced: Mapping[str, str]
    champion: Callable[[], str]
    champion_profile: Callable[[], str]
    environments: Environments
    environment: str = ""

    @property
    def spec(self) -> Spec:
        """The parsed spec."""
        return self.document.spec

    @property
    def folder(self) -> Path:
        """The folder that the spec's paths are relative to."""
        return Path(self.source.folder)


def depends_on_inputs(scope: Scope) -> Parts:
    """For stages whose result follows from their inputs alone."""
    return {}


@dataclass(frozen=True)
class Stage:
    """A stage of the road.

    `version` is raised by hand when the same inputs would give another result; `cached` is False
    for stages that compare what should be with what is; `revive` makes a result from the cache
    usable on this machine; `each_environment` repeats the stage for each environment.
    """

    name: str
    run: Callable[..., Record]
    version: int = 1
    cached: bool = True
    depends: Callable[[Scope], Parts] = depends_on_inputs
    revive: Callable[[StageContext, Record], Record] | None = None
    each_environment: bool = False

    def gives(self) -> tuple[type[Record], ...]:
        """The types of record that the stage may return."""
        return _members(typing.get_type_hints(self.run)["return"])

    def needs(self) -> dict[str, tuple[type[Record], ...]]:
        """For each parameter that is a record: the types that it accepts."""
        hints = typing.get_type_hints(self.run)
        del hints["return"]
        needed = {name: _members(hint) for name, hint in hints.items()}
        return {name: found for name, found in needed.items() if found}


def _members(hint: object) -> tuple[type[Record], ...]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        options: tuple[object, ...] = typing.get_args(hint)
    else:
        options = (hint,)
    return tuple(o for o in options if isinstance(o, type) and issubclass(o, Record))
