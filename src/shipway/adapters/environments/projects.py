# SPDX-License-Identifier: Apache-2.0
"""What a Python project says that it needs: pyproject.toml, setup.cfg, setup.py.

They are read, not executed. Where that is not enough (a setup.py that computes its list, sources
of uv's own) uv is given the file itself: `Native`.
"""

import ast
import configparser
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shipway.adapters.environments.statements import (
    PROJECT_FILES,
    Found,
    Kind,
    Native,
    Statement,
    canonical,
    line_of,
    parse,
)
from shipway.adapters.environments.textfiles import read_text
from shipway.base.errors import InputError
from shipway.base.names import did_you_mean

PYPROJECT, SETUP_CFG, SETUP_PY = "pyproject.toml", "setup.cfg", "setup.py"
WHAT = "project file"


def read_project(folder: Path, file: str, extras: str = "", group: str = "") -> Found:
    """The requirements of a project file, with those of `[extras]` and of the named group."""
    wanted = [word.strip() for word in extras.strip("[]").split(",") if word.strip()]
    reader = {PYPROJECT: _pyproject, SETUP_CFG: _setup_cfg, SETUP_PY: _setup_py}[Path(file).name]
    return reader(folder, file, wanted, group)


def declares(folder: Path, file: str) -> bool:
    """Whether a file describes a package at all; many pyproject.toml hold settings only."""
    if file == PYPROJECT:
        document = load_toml(folder, file)
        return "project" in document or "poetry" in document.get("tool", {})
    if file == SETUP_CFG:
        return bool(_config(folder, file).get("options", "install_requires", fallback=""))
    return True


def names_requirements(folder: Path, file: str) -> bool:
    """Whether a file that lies there by any name is one that requirements can be read from."""
    return declares(folder, file) if file in PROJECT_FILES else True


def load_toml(folder: Path, file: str) -> dict[str, Any]:
    """A TOML file; InputError when it is none."""
    try:
        return tomllib.loads(read_text(folder, file, WHAT).text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {error}", where=file) from None


def _pyproject(folder: Path, file: str, extras: Sequence[str], group: str) -> Found:
    document = load_toml(folder, file)
    text = read_text(folder, file, WHAT).text
    project = document.get("project")
    found = Found([], [file], [], [])
    sources = document.get("tool", {}).get("uv", {}).get("sources")
    kind: Kind = "described" if sources else "requirement"
    if group:
        lines = _group(document.get("dependency-groups", {}), group, file)
    elif not isinstance(project, dict):
        raise InputError(
            "this file names no requirements: it has neither [project] nor [tool.poetry]",
            where=file,
            cure="Add [project] with dependencies, or name another file.",
        )
    elif "dependencies" in project.get("dynamic", ()):
        return _dynamic(folder, file, document, extras)
    else:
        offered = project.get("optional-dependencies", {})
        own = canonical(str(project.get("name", "")))
        lines = [*project.get("dependencies", ()), *_extras(offered, extras, own, file)]
    if sources:
        found.native.append(Native(file, tuple(extras), group))
    found.statements = [_quoted(one, file, text, kind) for one in dict.fromkeys(lines)]
    return found


def _quoted(requirement: object, file: str, text: str, kind: Kind = "requirement") -> Statement:
    one = str(requirement)
    return Statement(one, file, line_of(text, [f'"{one}"', f"'{one}'", one]), kind=kind)


def _extras(
    offered: Mapping[str, Sequence[str]], wanted: Sequence[str], own: str, file: str
) -> list[str]:
    known = {canonical(name): list(lines) for name, lines in offered.items()}
    found: list[str] = []
    pending, seen = list(wanted), set()
    while pending:
        name = canonical(pending.pop(0))
        if name in seen:
            continue
        seen.add(name)
        if name not in known:
            raise InputError(
                f"there is no extra {name!r}",
                where=file,
                cure=did_you_mean(name, known) or "It has no extras at all.",
            )
        for line in known[name]:
            parts = parse(line)
            if own and canonical(parts.name) == own:
                pending += [word.strip() for word in parts.extras.strip("[]").split(",")]
            else:
                found.append(line)
    return found


def _group(groups: Mapping[str, Sequence[Any]], name: str, file: str) -> list[str]:
    known = {canonical(key): value for key, value in groups.items()}
    if canonical(name) not in known:
        raise InputError(
            f"there is no dependency group {name!r}", where=file, cure=did_you_mean(name, groups)
        )
    found: list[str] = []
    for line in known[canonical(name)]:
        if isinstance(line, dict):
            found += _group(groups, str(line.get("include-group", "")), file)
        else:
            found.append(line)
    return found


def _dynamic(folder: Path, file: str, document: dict[str, Any], extras: Sequence[str]) -> Found:
    """`dynamic = ["dependencies"]`: from the files that setuptools reads, else by building."""
    tool = document.get("tool", {}).get("setuptools", {}).get("dynamic", {})
    named = tool.get("dependencies", {}).get("file", ())
    files = [named] if isinstance(named, str) else list(named)
    if not files or extras:
        return Found([], [file], [], [Native(file, tuple(extras), built=True)])
    return Found(_of_files(folder, files), [file, *files], [], [])


def _of_files(folder: Path, files: Sequence[str]) -> list[Statement]:
    """Plain lists of requirements, one a line, as setuptools reads them."""
    found = []
    for file in files:
        text = read_text(folder, file).text
        for number, line in enumerate(text.splitlines(), 1):
            bare = re.sub(r"(^|\s)#.*$", "", line).strip()
            if bare and not bare.startswith("-"):
                found.append(Statement(bare, file, number, last=number))
    return found


def _config(folder: Path, file: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read_text(folder, file, WHAT).text)
    except configparser.Error as error:
        raise InputError(f"can't be read: {error}", where=file) from None
    return parser


def _setup_cfg(folder: Path, file: str, extras: Sequence[str], group: str) -> Found:
    config = _config(folder, file)
    needs = config.get("options", "install_requires", fallback="").strip()
    if needs.startswith("file:"):
        files = [name.strip() for name in needs.removeprefix("file:").split(",")]
        return Found(_of_files(folder, files), [file, *files], [], [])
    offered = {}
    if config.has_section("options.extras_require"):
        offered = {k: _listed(v) for k, v in config.items("options.extras_require")}
    text = read_text(folder, file, WHAT).text
    lines = [*_listed(needs), *_extras(offered, extras, "", file)]
    return Found([_quoted(line, file, text) for line in lines], [file], [], [])


def _listed(text: str) -> list[str]:
    bare = (re.sub(r"(^|\s)#.*$", "", line).strip() for line in re.split(r"\n", text))
    return [line for line in bare if line]


def _setup_py(folder: Path, file: str, extras: Sequence[str], group: str) -> Found:
    """The lists in the call of `setup`, when they are written out."""
    also = [SETUP_CFG] if (folder / SETUP_CFG).is_file() else []
    built = Found([], [file, *also], [], [Native(file, tuple(extras), built=True)])
    call = setup_call(folder, file)
    if call is None:
        return built
    values, constants = call
    needs = values.get("install_requires")
    offered = values.get("extras_require")
    if needs is None and "install_requires" not in values and also and not extras:
        found = _setup_cfg(folder, SETUP_CFG, extras, group)
        return Found(found.statements, [file, *found.files], [], [])
    if not isinstance(needs or [], list) or (needs is None and "install_requires" in values):
        return built
    if extras and not isinstance(offered, dict):
        return built
    lines = [*(needs or []), *_extras(offered or {}, extras, "", file)]
    where = dict(reversed(constants))
    made = [Statement(str(one), file, where.get(one, 0)) for one in lines]
    return Found(made, [file], [], [])


def setup_call(
    folder: Path, file: str = SETUP_PY
) -> tuple[dict[str, Any], list[tuple[str, int]]] | None:
    """The literal keywords of a setup.py's `setup(...)`, and its texts with their lines.

    A keyword that is computed has the value None. None when there is no such call.
    """
    try:
        tree = ast.parse(read_text(folder, file, WHAT).text)
    except (SyntaxError, ValueError):
        return None
    names: dict[str, Any] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            names[statement.targets[0].id] = _literal(statement.value, names)
    constants = [
        (node.value, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node.func) == "setup":
            if any(keyword.arg is None for keyword in node.keywords):
                return None
            values = {str(k.arg): _literal(k.value, names) for k in node.keywords}
            return values, constants
    return None


def _called(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _literal(node: ast.expr, names: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def python_of(folder: Path, file: str) -> str:
    """The versions of Python that a project file asks for; empty when it says nothing."""
    name = Path(file).name
    if name == PYPROJECT:
        project = load_toml(folder, file).get("project", {})
        return str(project.get("requires-python", ""))
    if name == SETUP_CFG:
        return _config(folder, file).get("options", "python_requires", fallback="")
    call = setup_call(folder, file)
    return str((call[0].get("python_requires") if call else "") or "")
