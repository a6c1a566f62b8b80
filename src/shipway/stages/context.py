# SPDX-License-Identifier: Apache-2.0
"""What a stage may touch, and nothing else.

A stage is a function `stage(ctx, *results) -> result`: it reads what it needs from the results of
earlier stages and from this context, and never looks around by itself. `engine/wiring` builds the
context; tests build it from the fakes.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from shipway.adapters.environments.interface import Environments
from shipway.adapters.registries.interface import Registry
from shipway.adapters.sources.interface import Sources
from shipway.adapters.targets.interface import Target
from shipway.base.processes import Completed
from shipway.records.steps import Output
from shipway.spec.document import Document
from shipway.spec.types import Spec
from shipway.stages.champions import Champions
from shipway.storage.interface import Store


class RunProcess(Protocol):
    """Starts a supervised process: all of it ends when the runner dies or the run is cancelled."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
        on_line: Callable[[str], None] | None = None,
        cancelled: threading.Event | None = None,
        pass_fds: Sequence[int] = (),
    ) -> Completed:
        """Run `argv` to its end; its output goes to the stage's log and, by line, to `on_line`.

        `cancelled` takes the place of the run's own event.
        """
        ...


File = TypeVar("File", Path, str)


class Files(Protocol):
    """Digests of files, remembered as long as their inode, size and times stay the same."""

    def digest(self, path: Path) -> str:
        """The sha256 of a file; InputError when it can't be read or changes meanwhile."""
        ...

    def digests(self, paths: Sequence[File]) -> dict[File, str]:
        """The same for many files with one look at what is remembered.

        For thousands of files texts are faster than Paths.
        """
        ...


@dataclass(frozen=True)
class Paths:
    """The folders of one project, all absolute."""

    folder: Path
    shipway: Path
    local: Path
    logs: Path


def _unheard(text: str) -> None:
    """Where nobody listens."""


@dataclass(frozen=True)
class StageContext:
    """Everything outside of its inputs that a stage may use.

    `scratch` is an empty folder of this stage alone, removed afterwards. `code(patterns, tests)`
    is a code set as path → digest, `produced` what earlier steps wrote. `targets(environment)` is
    the place of an environment; `environment` names the environment for `deploy` and `verify`.
    `tell` shows a line of progress, `note` one that stays; `run_id` names the run; `by` the person
    or service.
    """

    document: Document
    paths: Paths
    store: Store
    files: Files
    scratch: Path
    process: RunProcess
    tell: Callable[[str], None]
    run_id: str
    by: str
    cancelled: threading.Event
    sources: Sources
    environments: Environments
    registry: Registry
    champions: Champions
    targets: Callable[[str], Target]
    code: Callable[[Sequence[str] | None, bool], Mapping[str, str]]
    produced: Mapping[str, Output]
    environment: str = ""
    note: Callable[[str], None] = _unheard

    @property
    def spec(self) -> Spec:
        """The parsed spec."""
        return self.document.spec
