# SPDX-License-Identifier: Apache-2.0
"""From the bytes of a spec to its nodes: encoding, YAML's own errors, and their cures."""

import re
from pathlib import Path
from typing import Any

from shipway.base.errors import InputError
from shipway.spec.document import Position
from shipway.spec.mistakes import Findings
from shipway.spec.nodes import Composer, Mapping, Node, Scalar
from shipway.spec.quoting import quoted_line, reason

LARGEST = 1 << 20
FORBIDDEN = "[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]"


def load(path: Path) -> str:
    """The text of the file at `path`; InputError when it is missing, not a text or too large."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            f"there is no {path.name} here", where=str(path.parent), cure="Make one: shipway init"
        ) from None
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror}", where=str(path)) from None
    if len(data) > LARGEST:
        raise InputError("is larger than 1 MiB", where=path.name, cure="Is this the right file?")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings = Findings(path.name)
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        findings.add(
            Position(line, column),
            f"the byte 0x{data[error.start]:02x} is not UTF-8",
            cure="Save the file as UTF-8.",
        )
        findings.stop()
        raise


def compose(text: str, findings: Findings) -> Mapping:
    """The top-level mapping of `text`; SpecError when YAML can't read it or there is none."""
    root = compose_any(text, findings)
    if root is None or (isinstance(root, Scalar) and root.is_empty()):
        findings.add(Position(1, 1), "the file is empty", cure="Make a first one: shipway init")
    elif not isinstance(root, Mapping):
        found = "a text" if isinstance(root, Scalar) else "a list"
        findings.add(root.at, f"found {found}", expected="keys and values, such as `shipway: 1`")
    else:
        return root
    findings.stop()
    raise AssertionError


def compose_any(text: str, findings: Findings) -> Node | None:
    """The node of `text`, whatever it is; None when it holds nothing."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    _refuse_controls(text, findings)
    try:
        return Composer(yaml.parse(text, Loader=loader), findings, text.splitlines()).document()
    except yaml.MarkedYAMLError as error:
        _explain(error, text.splitlines(), findings)
    except yaml.YAMLError as error:
        findings.add(Position(1, 1), f"this is not YAML: {str(error).splitlines()[0]}")
    findings.stop()
    return None


def _refuse_controls(text: str, findings: Findings) -> None:
    """Characters that YAML does not allow at all."""
    # What can be printed is allowed, and the expression takes longer to compile than to use.
    if text.replace("\n", "").isprintable():
        return
    for match in re.finditer(FORBIDDEN, text):
        before = text[: match.start()]
        findings.add(
            Position(before.count("\n") + 1, len(before) - before.rfind("\n")),
            f"the character U+{ord(match.group()):04X} can't stand in a spec",
            cure="Remove it.",
        )
        break
    findings.stop()


def _explain(error: Any, lines: list[str], findings: Findings) -> None:
    mark = error.problem_mark or error.context_mark
    if mark and mark.line >= len(lines) and error.context_mark:
        mark = error.context_mark
    number, column = (mark.line, mark.column) if mark else (0, 0)
    number = min(number, max(len(lines) - 1, 0))
    line = lines[number] if lines else ""
    tab = _tab(line)
    if tab is not None:
        findings.add(
            Position(number + 1, tab + 1), "a tab", expected="blanks", cure="Indent with blanks."
        )
        return
    if error.context == "while scanning a quoted scalar" and error.context_mark:
        begin = error.context_mark
        at = Position(begin.line + 1, begin.column + 1)
        findings.add(at, "this quote is never closed", cure="Close it with another one.")
        return
    problem = error.problem or error.context or "can't be read"
    findings.add(Position(number + 1, column + 1), f"YAML: {problem}", cure=_cure(error, lines))


def _tab(line: str) -> int | None:
    """Where a tab stands in the indentation of `line`."""
    blank = line[: len(line) - len(line.lstrip())]
    return blank.index("\t") if "\t" in blank else None


def _cure(error: Any, lines: list[str]) -> str:
    for mark in (error.problem_mark, error.context_mark):
        if mark is not None and mark.line < len(lines):
            proposed = quoted_line(lines[mark.line])
            if proposed is not None:
                return f"{reason(lines[mark.line])} Write:\n    {proposed}"
    opening = error.context_mark
    if opening is not None and "flow" in (error.context or ""):
        return f"The bracket on line {opening.line + 1} is not closed, or a text lacks its quotes."
    return "A text that begins with a special character, or with `: ` in it, stands in quotes."
