# SPDX-License-Identifier: Apache-2.0
"""Ways to train that the project declares: console scripts, Kedro, Makefile, DVC, MLproject."""

import posixpath
import re
import shlex
from collections.abc import Iterator
from typing import Any

from shipway.discovery.command_lines import Surroundings, surroundings_of
from shipway.discovery.configuration import read_mapping
from shipway.discovery.entries import Clues
from shipway.discovery.kedro import kedro_file
from shipway.discovery.project import CodeBase
from shipway.discovery.running import EntryPoint, Flag, Place

TRAIN = re.compile(r"train|fit|model|^all$|^run$|pipeline|main", re.I)
RECIPE = re.compile(r"python3?\s+(?:-m\s+)?([\w./-]+)")
TARGET = re.compile(r"^([A-Za-z0-9_.-]+)\s*:(?!=)([^\n]*)\n((?:\t[^\n]*\n?|\n)*)", re.M)
VARIABLE = re.compile(r"\{\s*([A-Za-z_][\w.]*)\s*\}")


def project_entries(clues: Clues) -> Iterator[EntryPoint]:
    """All of them, in the order of their kinds."""
    yield from _console_scripts(clues)
    yield from _kedro(clues)
    yield from _makefile(clues)
    yield from _dvc(clues)
    yield from _mlproject(clues)


def _console_scripts(clues: Clues) -> Iterator[EntryPoint]:
    base = clues.base
    for name, target, at in _scripts(base):
        module, _, function = target.partition(":")
        path = base.modules.find(module.strip(), base.root / "setup.py")
        if path is None:
            continue
        files = base.closure(path)
        if not clues.fitting.intersection(files):
            continue
        source = base.sources.get(path)
        around = list(surroundings_of(base, source, files)) if source else [Surroundings()]
        for one in around:
            command = f"{name} {one.command}".strip()
            yield EntryPoint(
                kind="console script",
                name=command,
                at=at,
                why=f"the project declares the command {name}: {target}",
                command=command,
                function=f"{module.strip()}:{function.strip()}",
                flags=one.flags,
                arguments=one.arguments,
                environment=one.environment,
                files=files,
                score=clues.score(path, files) + 20 + one.score,
            )


def _scripts(base: CodeBase) -> Iterator[tuple[str, str, Place]]:
    """Name, target and place of each console script."""
    listing = base.listing
    text = listing.text("pyproject.toml")
    content = _dict(read_mapping(listing, "pyproject.toml"))
    poetry = _dict(_dict(content.get("tool")).get("poetry"))
    for table in (_dict(content.get("project")), poetry):
        for name, target in _dict(table.get("scripts")).items():
            if isinstance(target, str):
                yield name, target, Place("pyproject.toml", _line(text, target))
    for path in ("setup.cfg", "setup.py"):
        text = listing.text(path)
        after = text.partition("console_scripts")[2]
        for match in re.finditer(r"[\"'\s]([\w.-]+)\s*=\s*([\w.]+:[\w.]+)", after):
            yield match[1], match[2], Place(path, _line(text, match[0].strip("\"' \n")))


def _kedro(clues: Clues) -> Iterator[EntryPoint]:
    path = kedro_file(clues.base)
    if path:
        folder = posixpath.dirname(path) or "."
        inside = "" if folder == "." else f"{folder}/"
        files = tuple(one for one in clues.base.sources if one.startswith(f"{inside}src/"))
        line = _line(clues.base.listing.text(path), "[tool.kedro]")
        yield EntryPoint(
            kind="kedro",
            name="kedro run",
            at=Place(path, line),
            why="pyproject.toml has [tool.kedro]",
            command="kedro run",
            folder=folder,
            files=files,
            score=150,
        )


def _makefile(clues: Clues) -> Iterator[EntryPoint]:
    listing = clues.base.listing
    for path in listing.named("makefile")[:1]:
        text = listing.text(path)
        for match in TARGET.finditer(text):
            name, recipe = match[1], match[3]
            files = _run_files(clues, recipe)
            if not TRAIN.search(name) or not (files or re.search(r"train|fit", recipe)):
                continue
            folder = posixpath.dirname(path) or "."
            yield EntryPoint(
                kind="make",
                name=f"make {name}",
                at=Place(path, text.count("\n", 0, match.start()) + 1),
                why=f"the target {name} of the Makefile: {_first(recipe)}",
                command=f"make {name}",
                folder=folder,
                files=files,
                trains=bool(clues.fitting.intersection(files)),
                score=50 if clues.fitting.intersection(files) else 15,
            )


def _dvc(clues: Clues) -> Iterator[EntryPoint]:
    listing = clues.base.listing
    for path in listing.named("dvc.yaml"):
        content = _dict(read_mapping(listing, path))
        text = listing.text(path)
        for name, stage in _dict(content.get("stages")).items():
            stage = _dict(stage)
            commands = stage.get("cmd")
            command = commands if isinstance(commands, str) else "; ".join(commands or [])
            files = _run_files(clues, command)
            folder = posixpath.normpath(
                posixpath.join(posixpath.dirname(path), str(stage.get("wdir", ".")))
            )
            trains = bool(clues.fitting.intersection(files))
            yield EntryPoint(
                kind="dvc",
                name=str(name),
                at=Place(path, _line(text, f"{name}:")),
                why=f"a stage of {path}: {_first(command)}",
                command=" ".join(command.split()) if isinstance(commands, str) else "",
                folder=folder,
                files=files,
                inputs=_paths(stage.get("deps"), folder),
                outputs=_paths(stage.get("outs"), folder) + _paths(stage.get("metrics"), folder),
                trains=trains or bool(re.search(r"train|fit", str(name))),
                score=60 + 10 * bool(re.search(r"train|fit", str(name))) if trains else 10,
            )


def _mlproject(clues: Clues) -> Iterator[EntryPoint]:
    listing = clues.base.listing
    for path in listing.named("mlproject"):
        content = _dict(read_mapping(listing, path))
        text = listing.text(path)
        for name, entry in _dict(content.get("entry_points")).items():
            entry = _dict(entry)
            given = _dict(entry.get("parameters"))
            at = Place(path, _line(text, f"{name}:"))
            flags = tuple(_parameter(key, value, at) for key, value in given.items())
            command = _filled(str(entry.get("command", "")), flags)
            files = _run_files(clues, command)
            trains = bool(clues.fitting.intersection(files))
            yield EntryPoint(
                kind="mlproject",
                name=str(name),
                at=at,
                why=f"the entry point {name} of {path}",
                command=" ".join(command.split()),
                folder=posixpath.dirname(path) or ".",
                flags=flags,
                files=files,
                trains=trains,
                score=65 if trains else 10,
            )


def _filled(command: str, flags: tuple[Flag, ...]) -> str:
    """The command with the defaults of its parameters."""
    defaults = {one.name: one.default for one in flags}
    return VARIABLE.sub(lambda match: defaults.get(match[1]) or match[0], command)


def _parameter(name: str, value: Any, at: Place) -> Flag:
    default = value.get("default") if isinstance(value, dict) else None
    kind = value.get("type", "") if isinstance(value, dict) else str(value)
    return Flag(
        name=name,
        at=at,
        default=None if default is None else str(default),
        required=default is None,
        type=str(kind),
        data=kind in ("path", "uri"),
    )


def _run_files(clues: Clues, command: str) -> tuple[str, ...]:
    """The Python files that a command line runs, and what they import."""
    found = []
    for match in RECIPE.finditer(command):
        said = match[1].removeprefix("./")
        dotted = said.replace(".", "/")
        for path in (said, f"{dotted}.py", f"{dotted}/__main__.py", f"src/{dotted}.py"):
            if path in clues.base.imports:
                found.append(path)
        if said.endswith(".py") and said not in clues.base.imports:
            ends = [path for path in clues.base.imports if path.endswith(f"/{said}")]
            found += ends[:1]
    return clues.base.closure(*found) if found else ()


def _paths(listed: Any, folder: str) -> tuple[str, ...]:
    found = []
    for one in listed if isinstance(listed, list) else ():
        text = next(iter(one), "") if isinstance(one, dict) else one
        if isinstance(text, str) and text:
            found.append(posixpath.normpath(posixpath.join(folder, text)))
    return tuple(found)


def _first(text: str) -> str:
    try:
        words = shlex.split(text.strip().splitlines()[0]) if text.strip() else []
    except ValueError:
        words = text.split()
    return " ".join(words)[:80]


def _line(text: str, word: str) -> int:
    position = text.find(word)
    return text.count("\n", 0, position) + 1 if position >= 0 else 0


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
