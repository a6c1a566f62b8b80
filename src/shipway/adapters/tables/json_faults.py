# SPDX-License-Identifier: Apache-2.0
"""Finds the line of JSON lines that can't be read. It only runs after a failure."""

import json
from pathlib import Path
from typing import Any, NoReturn

from shipway.adapters.tables.text_files import open_bytes, reading_bytes
from shipway.base.errors import InputError


def first_fault(named: Path, path: Path) -> InputError | None:
    """The first line that is not UTF-8, not JSON or not an object; None when all are.

    `path` is the file `named`, or a copy of it in UTF-8.
    """
    with reading_bytes(named), open_bytes(path) as stream:
        for number, line in enumerate(stream, 1):
            what = _fault(line)
            if what:
                return InputError(
                    what, where=f"{named}:{number}", cure="Write one JSON object a line, in UTF-8."
                )
    return None


def _fault(line: bytes) -> str:
    if not line.strip():
        return ""
    try:
        found = json.loads(line.decode("utf-8"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        return f"this line is not UTF-8 (byte {error.start + 1} is 0x{line[error.start]:02x})"
    except json.JSONDecodeError as error:
        return f"this line is not JSON: {error.msg} at character {error.colno}"
    except (ValueError, RecursionError) as error:
        return f"this line is not JSON: {error}"
    return "" if isinstance(found, dict) else "this line is not an object: it must begin with {"


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value, write null")


def repeated_key(line: bytes) -> str | None:
    """A key that an object has twice, of which a reader would silently take one."""
    twice: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(name for name in names if names.count(name) > 1)
        return dict(pairs)

    try:
        json.loads(line, object_pairs_hook=note)
    except ValueError:
        return None
    return twice[0] if twice else None
