# SPDX-License-Identifier: Apache-2.0
"""A conda prefix as entries of a layer: all of it, with Python itself, moved to its new place.

    opt/shipway/conda     bin/python, lib/…, as conda would have installed it there

Files of conda packages hold the folder that they were installed into; the prefix's own records
say which ones, and whether the text lies between zeros of a binary or not. What an installer leaves
behind for itself (records, compiled files, markers) stays out.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from shipway.base.errors import InputError
from shipway.packaging.contents import HOME, OVERLAY, installed_entries, overlay_site, walk
from shipway.packaging.layers import Entry
from shipway.records.source import PythonEnvironment
from shipway_runtime.formats import VARIABLES_FILE, read_variables

PREFIX = f"{HOME}/conda"
PYTHON = f"/{PREFIX}/bin/python"
RECORDS = "conda-meta"
LEFT_OUT = (RECORDS, "complete", "pip.txt", "CACHEDIR.TAG", VARIABLES_FILE)
INSTALLER_FILES = ("direct_url.json", "uv_cache.json", "INSTALLER", "REQUESTED")


def has_prefix(environment: PythonEnvironment) -> bool:
    """Whether the environment is a conda prefix, which brings its own Python."""
    return environment.kind == "conda"


def prefix_entries(environment: PythonEnvironment) -> Iterator[Entry]:
    """The prefix, and the overlay behind it."""
    prefix = Path(environment.interpreter).parent.parent
    old, new = os.fsencode(prefix), os.fsencode(f"/{PREFIX}")
    modes = _recorded(prefix)
    for path, relative in walk(prefix, _stays):
        place = f"{PREFIX}/{relative}"
        if path.is_symlink() and (link := _link_inside(path, prefix)):
            yield Entry(place, link=link)
            continue
        mode = modes.get(str(relative)) or _script(path, relative, old)
        source = moved(path.read_bytes(), old, new, binary=mode == "binary") if mode else path
        yield Entry(place, source, executable=bool(path.stat().st_mode & 0o100))
    overlay = overlay_site(environment)
    if overlay is not None:
        yield from installed_entries(overlay, OVERLAY)


def image_variables(environment: PythonEnvironment) -> dict[str, str]:
    """The environment's variables, as they are in the image."""
    prefix = str(Path(environment.interpreter).parent.parent)
    found = read_variables(environment.interpreter)
    return {name: value.replace(prefix, f"/{PREFIX}") for name, value in found.items()}


def moved(data: bytes, old: bytes, new: bytes, *, binary: bool) -> bytes:
    """`data` with the folder `old` written as `new`; the length of a binary stays the same."""
    if not binary:
        return data.replace(old, new)
    if len(new) > len(old):
        raise InputError(
            f"the cache's folder {os.fsdecode(old)} is too short: programs in it can't be moved",
            cure="Put the cache into a folder with a longer name: export XDG_CACHE_HOME=…",
        )
    padding = b"\0" * (len(old) - len(new))

    def shorten(found: re.Match[bytes]) -> bytes:
        text = found.group()
        return text.replace(old, new) + padding * text.count(old)

    return re.sub(re.escape(old) + rb"[^\0]*\0", shorten, data)


def _recorded(prefix: Path) -> dict[str, str]:
    """The files that hold the prefix, by path: `text` or `binary`."""
    found = {}
    for record in (prefix / RECORDS).glob("*.json"):
        for entry in json.loads(record.read_bytes()).get("paths_data", {}).get("paths", ()):
            if entry.get("prefix_placeholder"):
                found[entry["_path"]] = entry.get("file_mode", "text")
    return found


def _script(path: Path, relative: PurePosixPath, old: bytes) -> str:
    """`text` for a program whose first line names the prefix's Python."""
    if relative.parts[0] != "bin" or not path.is_file():
        return ""
    with path.open("rb") as stream:
        first = stream.readline(512)
    return "text" if first.startswith(b"#!") and old in first else ""


def _link_inside(path: Path, prefix: Path) -> str:
    """Where a link leads within the prefix, relative to itself; empty when it leaves it."""
    target = path.readlink()
    if target.is_absolute():
        if not target.is_relative_to(prefix):
            return ""
        return os.path.relpath(target, path.parent)
    whole = os.path.normpath(path.parent / target)
    return str(target) if Path(whole).is_relative_to(prefix) else ""


def _stays(path: PurePosixPath) -> bool:
    if path.parts[0] in LEFT_OUT or path.name == "__pycache__" or path.suffix in (".pyc", ".pyo"):
        return False
    return not (path.parent.suffix == ".dist-info" and path.name in INSTALLER_FILES)
