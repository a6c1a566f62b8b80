# SPDX-License-Identifier: Apache-2.0
"""Asks uv for a lock of what was read: all files become one list, in UTF-8, in a folder of ours.

uv runs in the project's folder, whose settings ([tool.uv], uv.toml) therefore count; where the
project's own code has to be asked what it needs, that happens in a copy.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from shipway.adapters.environments import uvtool
from shipway.adapters.environments.requirements import Inputs
from shipway.adapters.environments.statements import Native, Statement
from shipway.base.errors import InputError

QUIET = ("--quiet", "--no-annotate", "--no-header", "--no-python-downloads")
COPIED = (".py", ".toml", ".cfg", ".txt", ".md", ".rst", ".in", ".ini", ".pyx")
NOT_COPIED = {"node_modules", "venv", "env", "build", "dist", "data", "site-packages"}
MOST_COPIED, LARGEST = 5000, 1 << 20


def compile_lock(
    inputs: Inputs,
    statements: Sequence[Statement],
    interpreter: str,
    flags: Sequence[str] = ("--generate-hashes",),
) -> str:
    """The lock for `statements` (usually `inputs.statements`); UvError with uv's words."""
    with tempfile.TemporaryDirectory(prefix="shipway-lock-") as scratch:
        place = Path(scratch)
        arguments = _written(inputs, statements, place)
        output = place / "lock.txt"
        asked = ["pip", "compile", *flags, *QUIET, "--python", interpreter]
        uvtool.call([*asked, "--output-file", str(output), *arguments], inputs.folder)
        return output.read_text()


def _written(inputs: Inputs, statements: Sequence[Statement], place: Path) -> list[str]:
    """The files for uv, written to `place`, as its arguments."""
    wanted, limits = place / "requirements.txt", place / "constraints.txt"
    required = [one.text for one in statements if one.kind == "requirement"]
    wanted.write_text("\n".join([*inputs.given(), *required]) + "\n", "utf-8")
    bound = [_bound(one) for one in statements if one.kind in ("constraint", "locked")]
    limits.write_text("\n".join(bound) + "\n", "utf-8")
    arguments = ["--constraint", str(limits), str(wanted)]
    for number, native in enumerate(inputs.native):
        arguments += _native(native, inputs.folder, place / f"copy{number}")
    return arguments


def _bound(one: Statement) -> str:
    """A constraint may not name extras."""
    return one.text.replace(one.parts.extras, "", 1) if one.parts.extras else one.text


def _native(native: Native, folder: Path, copy: Path) -> list[str]:
    file = folder / native.file
    if native.built:
        _copy_code(file.parent, copy)
        file = copy / file.name
    if native.group:
        return ["--group", f"{file}:{native.group}"]
    extras = [word for extra in native.extras for word in ("--extra", extra)]
    return [*extras, str(file)]


def _copy_code(folder: Path, copy: Path) -> None:
    """The small text files of a project, all that its building may read."""
    copied = 0
    for base, folders, files in os.walk(folder):
        folders[:] = [n for n in folders if not n.startswith(".") and n not in NOT_COPIED]
        for name in files:
            path = Path(base) / name
            if name.endswith(COPIED) or "." not in name:
                if path.stat().st_size > LARGEST:
                    continue
                copied += 1
                if copied > MOST_COPIED:
                    raise InputError(
                        "too many files to ask this project what it needs",
                        where=str(folder),
                        cure="Name its requirements in a requirements.txt.",
                    )
                target = copy / path.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
