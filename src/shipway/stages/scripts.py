# SPDX-License-Identifier: Apache-2.0
"""The console scripts that a project declares, made where its code lies.

A project's own package is never installed: its code comes from the code set. So `my-train`, which
`pip install -e .` would have put on PATH, is written into a folder of the stage's scratch.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from shipway.base.errors import InputError

ENTRY = re.compile(r"^\s*([\w.-]+)\s*=\s*([A-Za-z_][\w.]*)\s*:\s*([A-Za-z_][\w.]*)")
IN_SETUP = re.compile(r"[\"']\s*([\w.-]+)\s*=\s*([A-Za-z_][\w.]*)\s*:\s*([A-Za-z_][\w.]*)\s*[\"']")
SCRIPT = """#!{interpreter}
import sys
from {module} import {first}
sys.exit({function}())
"""


def write_scripts(folder: Path, place: Path, interpreter: str) -> Path | None:
    """Write the scripts of the project in `folder` to `place`; None when it declares none."""
    scripts = declared_scripts(folder)
    if not scripts:
        return None
    place.mkdir(parents=True, exist_ok=True)
    for name, (module, function) in scripts.items():
        path = place / name
        first = function.partition(".")[0]
        path.write_text(
            SCRIPT.format(interpreter=interpreter, module=module, first=first, function=function)
        )
        path.chmod(0o755)
    return place


def declared_scripts(folder: Path) -> dict[str, tuple[str, str]]:
    """Module and function of each console script, by its name."""
    return {**_setup_py(folder), **_setup_cfg(folder), **_pyproject(folder)}


def _pyproject(folder: Path) -> dict[str, tuple[str, str]]:
    path = folder / "pyproject.toml"
    if not path.is_file():
        return {}
    import tomllib

    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"not valid TOML: {error}", where="pyproject.toml") from None
    poetry = document.get("tool", {}).get("poetry", {}).get("scripts", {})
    return _entries({**poetry, **document.get("project", {}).get("scripts", {})})


def _entries(table: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    lines = (ENTRY.match(f"{name} = {target}") for name, target in table.items())
    return {found[1]: (found[2], found[3]) for found in lines if found}


def _setup_cfg(folder: Path) -> dict[str, tuple[str, str]]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(folder / "setup.cfg", "utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return {}
    text = parser.get("options.entry_points", "console_scripts", fallback="")
    found = (ENTRY.match(line) for line in text.splitlines())
    return {each[1]: (each[2], each[3]) for each in found if each}


def _setup_py(folder: Path) -> dict[str, tuple[str, str]]:
    path = folder / "setup.py"
    if not path.is_file():
        return {}
    text = path.read_text("utf-8", "replace")
    at = text.find("console_scripts")
    if at < 0:
        return {}
    return {name: (module, function) for name, module, function in IN_SETUP.findall(text[at:])}
