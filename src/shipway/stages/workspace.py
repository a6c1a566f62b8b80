# SPDX-License-Identifier: Apache-2.0
"""The folder in which a stage runs the user's code: an export of its code set, its inputs, the
declared data, and room for its outputs.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shipway.adapters.environments.interface import worker_environment
from shipway.base import globs
from shipway.base.files import inside
from shipway.data.locate import data_files
from shipway.records.source import PythonEnvironment, Source
from shipway.stages import exports
from shipway.stages.codeset import check_unchanged
from shipway.stages.context import StageContext
from shipway.stages.missing import explain_missing
from shipway.stages.scripts import write_scripts
from shipway.stages.stage import Scope
from shipway.stages.tails import readable
from shipway.storage.trees import fetch_tree


@dataclass(frozen=True)
class Workspace:
    """An open workspace: `folder` stands for the folder of `shipway.yaml`."""

    ctx: StageContext
    folder: Path
    original: Path
    inputs: exports.Inputs
    where: str = ""

    def inside(self, relative: str) -> Path:
        """A path in the workspace; InputError when it leaves it."""
        return inside(self.folder, relative)

    def import_folders(self, folder: str) -> tuple[str, ...]:
        """Where the user's modules are found: the spec's folder, then `folder`."""
        return import_places(self.folder, self.inside(folder))

    def command_env(
        self, environment: PythonEnvironment | None, *, tools: bool = False
    ) -> dict[str, str]:
        """Variables for the user's process; its folder comes first on the import path."""
        if environment is None:
            return dict(os.environ)
        variables = worker_environment(environment, os.environ, tools=tools)
        path = [*import_places(self.folder, self.folder), variables.get("PYTHONPATH", "")]
        own = write_scripts(self.folder, self.ctx.scratch / "bin", environment.interpreter)
        if own is not None:
            variables["PATH"] = f"{own}{os.pathsep}{variables['PATH']}"
        # A plot must not wait for somebody to close its window.
        screen = {"MPLBACKEND": "Agg"}
        return variables | screen | {"PYTHONPATH": os.pathsep.join(filter(None, path))}

    def written(self, outputs: Sequence[str], *, where: str = "") -> list[Path]:
        """The files or folders that the stage wrote, one for each of `outputs`.

        StoppedError for one that is not there.
        """
        found = exports.collect_outputs(
            self.folder, outputs, user_folder=self.original, where=where
        )
        return [path for output in outputs for path in found[output]]

    def check_inputs(self) -> None:
        """StoppedError when the stage changed one of its inputs."""
        exports.check_inputs(self.inputs, self.ctx.files, where=self.where)

    def explain(self, tail: str) -> str:
        """The last lines of a failed process, and what they say about files that are missing."""
        hint = explain_missing(tail, self.original, self.folder)
        text = (
            f"Its last lines:\n{readable(tail, self.folder)}"
            if tail.strip()
            else "It wrote nothing."
        )
        return f"{text}\n{hint}" if hint else text


@contextlib.contextmanager
def open_workspace(
    ctx: StageContext,
    source: Source,
    code: Sequence[str] | None,
    *,
    tests: bool = False,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    where: str = "",
) -> Iterator[Workspace]:
    """Export the code set into the stage's scratch folder and hand it its inputs.

    `where` is the place of the stage in the spec, for messages about inputs and outputs.
    """
    original = Path(source.folder)
    target = ctx.scratch / "work"
    export_code(ctx, original, code, target, tests=tests)
    _bring_produced(ctx, inputs, target)
    originals = _declared(ctx, original, [i for i in inputs if i not in ctx.produced], where)
    linked = exports.link_inputs(target, originals, ctx.files)
    exports.make_output_folders(target, outputs, where=where)
    yield Workspace(ctx, target, original, linked, where)


def export_code(
    ctx: StageContext,
    original: Path,
    code: Sequence[str] | None,
    target: Path,
    *,
    tests: bool = False,
) -> None:
    """Copy a code set to the new folder `target`, exactly as its fingerprint saw it."""
    expected = ctx.code(code, tests)
    exports.export(original, list(expected), target)
    check_unchanged(ctx.files, original, list(expected), expected)


def import_places(folder: Path, beside: Path) -> tuple[str, ...]:
    """Folders on the import path for code in `folder`: itself, `beside`, and a `src/` layout."""
    source = [folder / "src"] if (folder / "src").is_dir() else []
    return tuple(dict.fromkeys(str(place) for place in (folder, beside, *source)))


def _declared(
    ctx: StageContext, original: Path, inputs: Sequence[str], where: str
) -> Mapping[str, Path]:
    """Inputs, and those declared data files that lie in the folder, by relative path."""
    found = dict(exports.find_inputs(original, inputs, where=where))
    for path in _local_data(original, ctx.spec.data):
        found.setdefault(path, original / path)
    return found


def _local_data(folder: Path, data: object) -> list[str]:
    from shipway.spec.types import DataSpec

    if not isinstance(data, DataSpec):
        return []
    return [
        path.relative_to(folder).as_posix()
        for path in data_files(folder, data)
        if path.is_relative_to(folder) and ".." not in path.relative_to(folder).parts
    ]


def _bring_produced(ctx: StageContext, inputs: Sequence[str], target: Path) -> None:
    """What earlier steps wrote, at the same place."""
    for path in inputs:
        output = ctx.produced.get(path)
        if output is None:
            continue
        place = inside(target, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        if output.kind == "tree":
            fetch_tree(ctx.store.objects, output.digest, place)
        else:
            ctx.store.objects.fetch(output.digest, place)


def input_digests(scope: Scope, inputs: Sequence[str]) -> dict[str, str]:
    """What a stage's fingerprint covers besides code: declared inputs, and local data files."""
    folder = scope.folder
    found = {path: scope.produced[path] for path in inputs if path in scope.produced}
    places = [
        path
        for pattern in inputs
        if pattern not in scope.produced
        for path in globs.find(folder, globs.normal(pattern))
    ]
    places += _local_data(folder, scope.spec.data)
    # Texts, since making Paths takes as long as looking at the files.
    files = {path: f"{folder}/{path}" for path in places}
    digests = scope.files.digests(list(files.values()))
    return found | {path: digests[file] for path, file in files.items()}
