# SPDX-License-Identifier: Apache-2.0
"""Requirements as Poetry and Pipenv write them, as statements; their locks as pins with hashes.

[tool.poetry.dependencies]  numpy = "^1.26"        numpy>=1.26,<2
poetry.lock                 numpy 1.26.4           a constraint, with the hashes of its files
Pipfile.lock                numpy ==1.26.4         a requirement, likewise
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from shipway.adapters.environments.projects import WHAT, load_toml
from shipway.adapters.environments.ranges import UnreadableRangeError, python_marker, specifier_of
from shipway.adapters.environments.statements import Found, Statement, line_of
from shipway.adapters.environments.textfiles import read_text
from shipway.base.errors import InputError
from shipway.base.names import did_you_mean

PYPROJECT, POETRY_LOCK, PIPFILE, PIPFILE_LOCK = (
    "pyproject.toml",
    "poetry.lock",
    "Pipfile",
    "Pipfile.lock",
)


def is_poetry(folder: Path, file: str = PYPROJECT) -> bool:
    """Whether Poetry's own table names the requirements."""
    if not (folder / file).is_file():
        return False
    document = load_toml(folder, file)
    poetry = document.get("tool", {}).get("poetry", {})
    return "dependencies" in poetry and "dependencies" not in document.get("project", {})


def read_poetry(folder: Path, file: str, extras: str = "", group: str = "") -> Found:
    """The table's requirements, with the pins of poetry.lock when it lies beside the file."""
    document = load_toml(folder, file)
    poetry = document["tool"]["poetry"]
    text = read_text(folder, file, WHAT).text
    table = _table(poetry, group, file)
    wanted = [word.strip() for word in extras.strip("[]").split(",") if word.strip()]
    asked = _asked(poetry.get("extras", {}), wanted, file)
    statements = []
    for name, value in table.items():
        optional = isinstance(value, dict) and value.get("optional")
        if name != "python" and (not optional or name in asked):
            statements += _entry(name, value, file, text)
    found = Found(statements, [file], _sources(poetry.get("source", ())), [])
    lock = str(Path(file).parent / POETRY_LOCK) if Path(file).parent.name else POETRY_LOCK
    if (folder / lock).is_file():
        found.statements += _poetry_lock(folder, lock)
        found.files.append(lock)
    return found


def _table(poetry: Mapping[str, Any], group: str, file: str) -> dict[str, Any]:
    if not group:
        return dict(poetry.get("dependencies", {}))
    groups = {name: each.get("dependencies", {}) for name, each in poetry.get("group", {}).items()}
    groups.setdefault("dev", poetry.get("dev-dependencies", {}))
    if group not in groups:
        cure = did_you_mean(group, groups)
        raise InputError(f"there is no group {group!r}", where=file, cure=cure)
    return dict(groups[group])


def _asked(offered: Mapping[str, Sequence[str]], wanted: Sequence[str], file: str) -> set[str]:
    found: set[str] = set()
    for name in wanted:
        if name not in offered:
            cure = did_you_mean(name, offered)
            raise InputError(f"there is no extra {name!r}", where=file, cure=cure)
        found |= set(offered[name])
    return found


def _poetry_beside(folder: Path, file: str) -> Found:
    """`requirements: poetry.lock`: the pyproject.toml beside it, with this lock."""
    project = (Path(file).parent / PYPROJECT).as_posix()
    if not is_poetry(folder, project):
        raise InputError(
            "poetry.lock needs a pyproject.toml with [tool.poetry.dependencies] beside it",
            where=file,
            cure="Or write: poetry export -o requirements.txt, and name that file.",
        )
    return read_poetry(folder, project)


def _poetry_lock(folder: Path, file: str) -> list[Statement]:
    text = read_text(folder, file, "lock").text
    document = load_toml(folder, file)
    old = document.get("metadata", {}).get("files", {})
    found = []
    for package in document.get("package", ()):
        name, version = str(package.get("name")), str(package.get("version"))
        if package.get("source", {}).get("type") in ("git", "directory", "file", "url"):
            continue
        files = package.get("files") or old.get(name, ())
        hashes = tuple(str(each["hash"]) for each in files if "hash" in each)
        line = line_of(text, [f'name = "{name}"'])
        found.append(Statement(f"{name}=={version}", file, line, kind="locked", hashes=hashes))
    return found


def _pipfile(folder: Path, file: str) -> Found:
    """The lock beside it when there is one, else the Pipfile's own ranges."""
    lock = f"{file}.lock"
    if (folder / lock).is_file():
        found = _pipfile_lock(folder, lock)
        return Found(found.statements, [file, *found.files], found.indexes, [])
    document = load_toml(folder, file)
    text = read_text(folder, file, WHAT).text
    statements = []
    for name, value in document.get("packages", {}).items():
        statements += _entry(name, value, file, text)
    return Found(statements, [file], _sources(document.get("source", ())), [])


def _pipfile_lock(folder: Path, file: str) -> Found:
    text = read_text(folder, file, "lock").text
    try:
        document = json.loads(text)
        packages, sources = document["default"], document["_meta"].get("sources", ())
    except (ValueError, KeyError, TypeError, AttributeError):
        cure = "Write it anew: pipenv lock"
        raise InputError("not a lock of Pipenv", where=file, cure=cure) from None
    statements = []
    for name, value in packages.items():
        for one in _entry(name, value, file, text):
            hashes = tuple(value.get("hashes", ()))
            locked = Statement(one.text, file, one.line, kind="requirement", hashes=hashes)
            statements.append(locked)
    return Found(statements, [file], _sources(sources), [])


def _entry(name: str, value: Any, file: str, text: str) -> list[Statement]:
    """The statements of one line of a table: `numpy = "^1.26"`, `torch = {version = …}`."""
    line = line_of(text, [f"{name} =", f"{name}=", f'"{name}" =', f'"{name}":', name])
    entries = value if isinstance(value, list) else [value]
    return [_one(name, entry, file, line) for entry in entries]


def _one(name: str, value: Any, file: str, line: int) -> Statement:
    entry = {"version": value} if isinstance(value, str) else dict(value)
    extras = f"[{','.join(entry['extras'])}]" if entry.get("extras") else ""
    where = f"{file}:{line}"
    address = _address(entry, name, where)
    markers = [str(entry["markers"])] if entry.get("markers") else []
    if entry.get("sys_platform"):
        markers.append(f"sys_platform {entry['sys_platform']}")
    version = str(entry.get("version", "*"))
    try:
        markers += filter(None, [python_marker(str(entry.get("python", "")))])
        specifier = f" @ {address}" if address else specifier_of(version)
    except UnreadableRangeError as error:
        cure = "Write it as >=1.2,<2."
        raise InputError(
            f"{name}: can't read the version {error}", where=where, cure=cure
        ) from None
    marker = "; " + " and ".join(f"({each})" for each in markers) if markers else ""
    return Statement(
        f"{name}{extras}{specifier}{marker}", file, line, written=version, bare=not address
    )


def _address(entry: Mapping[str, Any], name: str, where: str) -> str:
    if "git" in entry:
        at = entry.get("rev") or entry.get("tag") or entry.get("branch") or entry.get("ref")
        below = f"#subdirectory={entry['subdirectory']}" if entry.get("subdirectory") else ""
        return f"git+{entry['git']}" + (f"@{at}" if at else "") + below
    if "url" in entry or "file" in entry:
        return str(entry.get("url") or entry["file"])
    if "path" in entry:
        raise InputError(
            f"{name} is taken from the folder {entry['path']}",
            where=where,
            cure="Publish it to an index, or put its code into the project and its requirements "
            "into this file.",
        )
    return ""


def _sources(sources: Sequence[Mapping[str, Any]]) -> list[str]:
    """Package indexes besides PyPI."""
    lines = []
    for source in sources:
        url = str(source.get("url", ""))
        if url and "pypi.org" not in url and "pypi.python.org" not in url:
            lines.append(f"--extra-index-url {url}")
    return lines


def poetry_python(folder: Path, file: str) -> str:
    """The versions of Python that Poetry's table asks for, in its own notation."""
    project = (Path(file).parent / PYPROJECT).as_posix()
    document = load_toml(folder, project)
    asked = document.get("project", {}).get("requires-python")
    table = document.get("tool", {}).get("poetry", {}).get("dependencies", {})
    return str(asked or table.get("python", ""))


def pipfile_python(folder: Path, file: str) -> str:
    """The version of Python that a Pipfile asks for: `3.9`."""
    name = file.removesuffix(".lock")
    if not (folder / name).is_file():
        return ""
    requires = load_toml(folder, name).get("requires", {})
    return str(requires.get("python_version") or requires.get("python_full_version") or "")


READERS: dict[str, Callable[[Path, str], Found]] = {
    POETRY_LOCK: _poetry_beside,
    PIPFILE: _pipfile,
    PIPFILE_LOCK: _pipfile_lock,
}
