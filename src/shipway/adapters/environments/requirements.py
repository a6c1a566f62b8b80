# SPDX-License-Identifier: Apache-2.0
"""Reads what the spec calls requirements into statements that know their file and line.

Text files with their includes here; `projects` reads pyproject.toml, setup.cfg and setup.py,
`foreign` what Poetry and Pipenv write. Resolving itself is uv's.
"""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from shipway.adapters.environments.problems import Problem, problem_of
from shipway.adapters.environments.statements import (
    FOREIGN_FILES,
    PASSWORD,
    PROJECT_FILES,
    Found,
    Native,
    Statement,
)
from shipway.adapters.environments.textfiles import read_text
from shipway.base.errors import InputError

REQUIREMENT, CONSTRAINT = ("-r", "--requirement"), ("-c", "--constraint")
EDITABLE = ("-e", "--editable")
LINKS = ("-f", "--find-links")
INDEXES = ("-i", "--index-url", "--extra-index-url", "--no-index", *LINKS)
PASSED_ON = ("--pre", "--no-binary", "--only-binary")
IGNORED = (
    "--trusted-host",
    "--prefer-binary",
    "--require-hashes",
    "--use-feature",
    "--process-dependency-links",
)
OWN_PROJECT = re.compile(r"^(?:file:)?\./?(?P<extras>\[[^\]]*\])?(?:\s*;.*)?$")
HASH = re.compile(r"\s--hash[= ](\S+)")
PER_REQUIREMENT = re.compile(r"\s--(?:global-option|install-option|config-settings?)[= ]\S+")
GIVEN = re.compile(r"^(?P<file>[^\[\]]+?)(?P<extras>\[[^\]]*\])?(?::(?P<group>[A-Za-z0-9._-]+))?$")


class Inputs(msgspec.Struct):
    """All that the requirements of one project say.

    `files` are those that were read; `indexes` the lines that name package indexes, as a lock has
    to repeat them; `native` files that uv reads itself.
    """

    folder: Path
    statements: list[Statement] = []
    files: list[str] = []
    indexes: list[str] = []
    options: list[str] = []
    native: list[Native] = []
    problems: list[Problem] = []

    def given(self) -> list[str]:
        """The index lines for uv, which looks for folders from another place."""
        return [_absolute(line, self.folder) for line in self.indexes] + self.options

    def only_names(self) -> bool:
        """Whether nothing at all is required."""
        return not (self.native or any(one.kind == "requirement" for one in self.statements))

    def single_project(self, names: Sequence[str]) -> list[str] | None:
        """uv's words for a pyproject.toml that is all there is; None for anything else."""
        found = GIVEN.match(names[0]) if len(names) == 1 else None
        if found is None or found["file"] != PROJECT_FILES[0] or self.files[1:]:
            return None
        if found["group"]:
            return ["--only-group", found["group"]]
        extras = (found["extras"] or "").strip("[]").split(",")
        return [word for extra in extras if extra.strip() for word in ("--extra", extra.strip())]


def read_inputs(folder: Path, names: Sequence[str]) -> Inputs:
    """Read the files that `environment.requirements` names.

    Each may be followed by extras, `pyproject.toml[train]`, or a group, `pyproject.toml:dev`.
    InputError for a file that is missing or can't be read.
    """
    inputs = Inputs(folder, [], [], [], [], [], [])
    for name in names:
        _read(inputs, name, "requirement")
    return inputs


def closure(folder: Path, names: Sequence[str]) -> list[str]:
    """The files that a lock follows from, relative to `folder`: `names` and what they include."""
    return read_inputs(folder, names).files


def logical_lines(text: str) -> Iterator[tuple[int, int, str]]:
    """First and last number, and text without comment, of each line; a backslash continues one."""
    pending, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        first = first or number
        bare = re.sub(r"(^|\s)#.*$", "", line).rstrip()
        if bare.endswith("\\"):
            pending += bare[:-1] + " "
            continue
        whole = (pending + bare).strip()
        if whole:
            yield first, number, whole
        pending, first = "", 0
    if pending.strip():
        yield first, len(text.splitlines()), pending.strip()


def _read(inputs: Inputs, name: str, kind: str) -> None:
    found = GIVEN.match(name)
    file, extras, group = (
        (found["file"], found["extras"], found["group"]) if found else (name, "", "")
    )
    base = Path(file).name
    if base in FOREIGN_FILES:
        from shipway.adapters.environments import foreign

        _take(inputs, foreign.READERS[base](inputs.folder, file))
    elif base in PROJECT_FILES:
        _project(inputs, file, extras or "", group or "")
    elif file not in inputs.files:
        inputs.files.append(file)
        text = read_text(inputs.folder, file).text
        for first, last, line in logical_lines(text):
            _line(inputs, file, first, last, line, kind)


def _project(inputs: Inputs, file: str, extras: str, group: str) -> None:
    from shipway.adapters.environments import foreign, projects

    if Path(file).name == "pyproject.toml" and foreign.is_poetry(inputs.folder, file):
        _take(inputs, foreign.read_poetry(inputs.folder, file, extras, group))
        return
    found = projects.read_project(inputs.folder, file, extras, group)
    inputs.native += found.native
    _take(inputs, found)


def _take(inputs: Inputs, found: Found) -> None:
    inputs.files += [file for file in found.files if file not in inputs.files]
    inputs.indexes += [line for line in found.indexes if line not in inputs.indexes]
    for statement in found.statements:
        _keep(inputs, statement)


def _keep(inputs: Inputs, statement: Statement) -> None:
    problem = problem_of(statement)
    if problem is not None:
        inputs.problems.append(problem)
    inputs.statements.append(statement)


def _line(inputs: Inputs, file: str, first: int, last: int, line: str, kind: str) -> None:
    if PASSWORD.search(line):
        raise InputError(
            "a package index or an address is written with its password",
            where=f"{file}:{first}",
            cure="Write https://user:${NAME}@… and set the variable NAME.",
        )
    if not line.startswith("-"):
        _requirement(inputs, file, first, last, line, kind)
        return
    option, value = _option(line)
    if option in (*REQUIREMENT, *CONSTRAINT):
        included = os.path.normpath((Path(file).parent / value).as_posix())
        if "://" in value:
            raise InputError(
                f"{line} is on the network, and may say something else tomorrow",
                where=f"{file}:{first}",
                cure="Save it in the project, and name that file.",
            )
        _read(inputs, included, "constraint" if option in CONSTRAINT else kind)
    elif option in EDITABLE:
        _requirement(inputs, file, first, last, value, kind)
    elif option in INDEXES:
        inputs.indexes += [line] if line not in inputs.indexes else []
    elif option in PASSED_ON:
        inputs.options.append(line)
    elif option not in IGNORED:
        raise InputError(
            f"the option {option} is not understood",
            where=f"{file}:{first}",
            cure="Remove the line if the packages install without it.",
        )


def _option(line: str) -> tuple[str, str]:
    """`-rbase.txt`, `-r base.txt`, `--requirement=base.txt` as option and value."""
    found = re.match(r"(--[a-z-]+|-[a-z])[ =]*(.*)$", line)
    return (found[1], found[2].strip().strip("\"'")) if found else (line, "")


def _requirement(inputs: Inputs, file: str, first: int, last: int, line: str, kind: str) -> None:
    hashes = tuple(HASH.findall(line))
    text = PER_REQUIREMENT.sub("", HASH.sub("", line)).strip()
    own = OWN_PROJECT.match(text)
    if own is not None:
        _own_project(inputs, own["extras"] or "", f"{file}:{first}")
        return
    made = Statement(
        text,
        file,
        first,
        kind="constraint" if kind == "constraint" else "requirement",
        hashes=hashes,
        last=last,
    )
    _keep(inputs, made)


def _own_project(inputs: Inputs, extras: str, where: str) -> None:
    """`-e .`: what the project itself needs; its code is used from where it lies."""
    from shipway.adapters.environments import projects

    for name in PROJECT_FILES:
        if (inputs.folder / name).is_file() and projects.declares(inputs.folder, name):
            _read(inputs, f"{name}{extras}", "requirement")
            return
    raise InputError(
        "the project itself is required, but nothing here says what it needs",
        where=where,
        cure="Remove the line: modules of the project are imported from its folder anyway.",
    )


def _absolute(line: str, folder: Path) -> str:
    option, value = _option(line)
    if option in LINKS and "://" not in value:
        return f"--find-links {(folder / value).resolve()}"
    return line


def absolute_links(lock: str, folder: Path) -> str:
    """A lock whose `--find-links` are found from anywhere; one that is not there is left out."""
    lines = []
    for line in lock.splitlines():
        option, value = _option(line) if line.startswith("-") else ("", "")
        if option in LINKS and "://" not in value:
            if not (folder / value).is_dir():
                continue
            line = _absolute(line, folder)
        lines.append(line)
    return "".join(line + "\n" for line in lines)
