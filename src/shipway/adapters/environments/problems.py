# SPDX-License-Identifier: Apache-2.0
"""Requirements that can never be met here, known before anybody is asked, each with its cure.

`becomes` is the line that would do; empty for a line that is best removed; None when only the
user can know.
"""

import os
import re
import sys

import msgspec

from shipway.adapters.environments.statements import Statement, clauses

DUMMIES = {
    "sklearn": "scikit-learn",
    "pytorch": "torch",
    "pil": "pillow",
    "cv2": "opencv-python",
    "skimage": "scikit-image",
}
WINDOWS = frozenset(
    {
        "pywin32",
        "pypiwin32",
        "pywinpty",
        "win-unicode-console",
        "windows-curses",
        "tensorflow-intel",
        "pywinrt",
        "win32api",
    }
)
NO_PACKAGES = frozenset({"pkg-resources"})
MARKER = "sys_platform == 'win32'"
MACHINE = re.compile(r"^(\.|/|~|[A-Za-z]:[\\/]|(?:[a-z]+\+)?file:|\S+/\s*$)")


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with one statement, and what the line should become."""

    statement: Statement
    what: str
    cure: str
    becomes: str | None = None


def problem_of(statement: Statement, platform: str = sys.platform) -> Problem | None:
    """What is surely wrong with a requirement on this platform; None for nothing."""
    parts = statement.parts
    address = parts.url or ("" if parts.name else statement.text)
    if MACHINE.match(address):
        return _of_machine(statement)
    if not parts.name and "://" not in statement.text:
        return Problem(statement, "can't be read as a requirement", "Write it as: name==1.2.3")
    if parts.specifier and not clauses(parts.specifier):
        return _unreadable(statement)
    if statement.name in DUMMIES and not _allowed(statement.name):
        return _dummy(statement)
    if statement.name in WINDOWS and platform != "win32" and not parts.marker:
        becomes = f"{statement.text}; {MARKER}"
        return Problem(statement, "is for Windows only", f"Write: {becomes}", becomes)
    if statement.name in NO_PACKAGES:
        what = "is no package; Debian's `pip freeze` once wrote it by mistake"
        return Problem(statement, what, "Remove the line.", "")
    return None


def _of_machine(statement: Statement) -> Problem:
    name = statement.parts.name
    if name:
        return Problem(
            statement,
            "is a place on the machine that wrote it (`pip freeze` in a conda environment does so)",
            f"Write {name}==VERSION, or {name}.",
            name,
        )
    return Problem(
        statement,
        "is a folder or file of this machine",
        "Publish the package to an index; or put its code into the project, where it can be "
        "imported, and its requirements into this file; or keep its wheel in a folder, and write "
        "--find-links FOLDER and name==VERSION.",
    )


def _unreadable(statement: Statement) -> Problem:
    what = "can't be read as a requirement"
    conda = re.fullmatch(r"=([\w.*]+)(?:=\w+)?", statement.parts.specifier)
    if conda is None:
        return Problem(statement, what, f"Write it as: {statement.parts.name}==1.2.3")
    becomes = statement.parts.with_specifier(f"=={conda[1]}")
    return Problem(statement, f"{what} (conda writes it so)", f"Write: {becomes}", becomes)


def _dummy(statement: Statement) -> Problem:
    real = DUMMIES[statement.name]
    # Versions of the placeholder (sklearn==0.0) are not those of the real package.
    placeholder = re.fullmatch(r"==\s*0\.0(\.post\d+)?", statement.parts.specifier)
    specifier = "" if placeholder else statement.parts.specifier
    parts = msgspec.structs.replace(statement.parts, name=real)
    becomes = parts.with_specifier(specifier)
    return Problem(
        statement,
        f"is not the package that is imported as {statement.parts.name}: that is {real}",
        f"Write: {becomes}",
        becomes,
    )


def _allowed(name: str) -> bool:
    return name == "sklearn" and bool(
        os.environ.get("SKLEARN_ALLOW_DEPRECATED_SKLEARN_PACKAGE_INSTALL")
    )
