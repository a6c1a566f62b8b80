# SPDX-License-Identifier: Apache-2.0
"""Ranges of versions in Poetry's notation as PEP 440 and PEP 508 write them.

specifier_of("^1.2.3") → ">=1.2.3,<2"       python_marker("^3.9") → "python_version >= '3.9' and …"
"""

import re

from shipway.adapters.environments.statements import clauses


class UnreadableRangeError(Exception):
    """A notation that is not understood."""


def specifier_of(text: str) -> str:
    """`^1.2`, `~1.2`, `1.2.*`, `*`, `1.2`, `>=1,<2` as a specifier."""
    if "||" in text or "|" in text:
        raise UnreadableRangeError(text)
    parts = re.split(r"\s*,\s*|(?<=[\w*])\s+(?=[\^~<>=!])", text.strip())
    return ",".join(filter(None, map(_clause, parts)))


def _clause(part: str) -> str:
    part = re.sub(r"\s+", "", part)
    if part in ("", "*"):
        return ""
    if part.startswith("^"):
        return f">={part[1:]},<{_next(part[1:])}"
    if part.startswith("~") and not part.startswith("~="):
        numbers = _numbers(part[1:])
        upper = [numbers[0] + 1] if len(numbers) == 1 else [numbers[0], numbers[1] + 1]
        return f">={part[1:]},<{'.'.join(map(str, upper))}"
    if re.match(r"\d", part):
        return f"=={part}"
    if not clauses(part):
        raise UnreadableRangeError(part)
    return part


def _next(version: str) -> str:
    """The first version that `^version` leaves out: the leftmost number that is not zero grows."""
    numbers = _numbers(version)
    for place, number in enumerate(numbers):
        if number or place == len(numbers) - 1:
            return ".".join(map(str, [*numbers[:place], number + 1]))
    raise UnreadableRangeError(version)


def _numbers(version: str) -> list[int]:
    found = re.match(r"\d+(?:\.\d+)*", version)
    if found is None:
        raise UnreadableRangeError(version)
    return [int(number) for number in found[0].split(".")]


def python_marker(text: str) -> str:
    """A range of Python versions as a marker; empty for any."""
    found = []
    for operator, version in clauses(specifier_of(text)) if text else ():
        variable = "python_full_version" if version.count(".") > 1 else "python_version"
        found.append(f"{variable} {operator} '{version}'")
    return " and ".join(found)
