# SPDX-License-Identifier: Apache-2.0
"""Imports that no package of the project's environment provides, found before anything runs.

A training may import its last module after an hour. What the entry point surely imports, itself
or through other files of the project, is an error; what only other files or functions import is
told, since a repository holds plenty of scripts that nobody runs.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from shipway.base.errors import InputError
from shipway.codescan.imports import Import, MissingImport, imports_of, missing_imports
from shipway.codescan.locality import LocalModules
from shipway.records.source import PythonEnvironment
from shipway.spec.types import TrainSpec
from shipway.stages.commands import split
from shipway.stages.context import StageContext

RUNTIME = frozenset({"shipway_runtime"})
# What a notebook finds beside the project's packages.
SHELL = frozenset({"IPython", "matplotlib_inline", "traitlets"})
MODULE_FILE = re.compile(r"^([A-Za-z_]\w*)(?:\.(?:py|[\w-]+\.so|so|pyd))?$")
SHOWN = 3


def check_imports(
    ctx: StageContext, environment: PythonEnvironment, train: TrainSpec, folder: Path
) -> None:
    """InputError naming the module, where it is imported, and what to add to the requirements.

    `folder` holds the code set of the training.
    """
    files = sorted(folder / path for path in ctx.code(train.code, False))
    there = provided(environment) | (SHELL if train.notebook else frozenset())
    missing = {one.module: one for one in missing_imports(files, folder, there)}
    if not missing:
        return
    entries = entry_files(train, folder, ctx.document.where("train"))
    needed = _needed(_reached(entries, LocalModules.of(folder, files)), missing, folder)
    if needed:
        raise _error(needed, ctx)
    for one in list(missing.values())[:SHOWN]:
        ctx.tell(f"{one.path}:{one.line} imports {one.module}, which is not installed")
    if len(missing) > SHOWN:
        ctx.tell(f"and {len(missing) - SHOWN} more modules that are not installed")


def provided(environment: PythonEnvironment) -> frozenset[str]:
    """The top-level modules in an environment's site-packages."""
    found = set(RUNTIME)
    venv = Path(environment.interpreter).parent.parent
    for site in venv.glob("lib/python*/site-packages"):
        for place in site.iterdir():
            name = MODULE_FILE.match(place.name)
            if name is not None:
                found.add(name[1])
    return frozenset(found)


def entry_files(train: TrainSpec, folder: Path, where: str = "") -> list[Path]:
    """The files that a training starts in, as far as the spec tells."""
    base = folder / train.folder
    found: list[Path] = []
    for reference in (train.function, train.predict):
        if reference:
            found += _module(reference.partition(":")[0], (folder, base, folder / "src"))
    for command in train.command:
        found += _of_command(split(command, where=where), base, folder)
    if train.notebook:
        found.append(folder / train.notebook)
    return [path for path in found if path.is_file()]


def _of_command(words: Sequence[str], base: Path, folder: Path) -> list[Path]:
    """`python train.py`, `python -m pkg.train`, `./train.py`: the file; else none is known."""
    rest = list(words)
    if re.fullmatch(r"python[\d.]*", Path(rest[0]).name):
        rest.pop(0)
        while rest and rest[0].startswith("-") and rest[0] not in ("-m", "-c"):
            rest.pop(0)
        if rest[:1] == ["-m"] and len(rest) > 1:
            return _module(rest[1], (base, folder, folder / "src"))
    return [base / rest[0]] if rest and rest[0].endswith(".py") else []


def _module(name: str, places: Iterable[Path]) -> list[Path]:
    """The file of a dotted module, and those of the packages around it, which run first."""
    if name.endswith(".py"):
        return [place / name for place in places if (place / name).is_file()][:1]
    parts = name.split(".")
    for place in places:
        stem = place.joinpath(*parts)
        ends = (stem.with_suffix(".py"), stem / "__main__.py", stem / "__init__.py")
        file = next((end for end in ends if end.is_file()), None)
        if file is not None:
            above = [place.joinpath(*parts[:n], "__init__.py") for n in range(1, len(parts) + 1)]
            return [file, *(init for init in above if init.is_file())]
    return []


def _reached(entries: Iterable[Path], local: LocalModules) -> list[Path]:
    """The entries, and the project's files that they import, and so on."""
    found: list[Path] = []
    pending = list(entries)
    while pending:
        path = pending.pop()
        if path in found:
            continue
        found.append(path)
        for one in imports_of(path):
            if not one.lazy and not one.optional:
                pending += _own_files(one, path, local)
    return found


def _own_files(one: Import, importer: Path, local: LocalModules) -> list[Path]:
    """The project's own files that one import statement runs."""
    names = [one.name, *(f"{one.name}.{name}".lstrip(".") for name in one.names)]
    if one.level:
        found = [local.beside(name, one.level, importer) for name in names]
    else:
        steps = [one.name.rsplit(".", n)[0] for n in range(one.name.count(".") + 1)]
        found = [local.find(name, importer) for name in (*names, *steps) if name]
    files = [local.root / path for path in found if path]
    return [path for path in files if path.suffix == ".py"]


def _needed(
    reached: Iterable[Path], missing: dict[str, MissingImport], folder: Path
) -> list[tuple[str, MissingImport]]:
    """Place and module of each import that surely fails, one for each module."""
    found: dict[str, tuple[str, MissingImport]] = {}
    for path in reached:
        for one in imports_of(path):
            surely = not (one.level or one.lazy or one.optional)
            if surely and one.top in missing and one.top not in found:
                shown = path.relative_to(folder) if path.is_relative_to(folder) else path
                found[one.top] = (f"{shown}:{one.line}", missing[one.top])
    return list(found.values())


def _error(needed: Sequence[tuple[str, MissingImport]], ctx: StageContext) -> InputError:
    spec = ctx.spec.environment
    file = (spec.conda or ", ".join(spec.requirements)) if spec else ""
    packages = ", ".join(dict.fromkeys(one.distribution_guess for _, one in needed))
    cure = f"Add to {file or 'requirements.txt'}: {packages}"
    first, one = needed[0]
    if len(needed) == 1:
        return InputError(
            f"the module {one.module} is imported, but no package that is required provides it",
            where=first,
            cure=cure,
        )
    lines = [f"  {where}: {each.module}" for where, each in needed]
    return InputError(
        "\n".join(["modules are imported that no package that is required provides", *lines]),
        where=first,
        cure=cure,
    )
