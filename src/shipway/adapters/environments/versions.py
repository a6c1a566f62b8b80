# SPDX-License-Identifier: Apache-2.0
"""Versions of Python and of packages, compared as far as it is needed before uv is asked."""

import re
from collections.abc import Sequence

from shipway.adapters.environments.statements import Statement
from shipway.base.errors import InputError
from shipway.records.source import LockedPackage

RELAX = "`shipway run --relax` looks for the fewest pins to loosen, and writes them as a patch."
RELAXING = f"\n{RELAX}"
# What the runtime needs at least of a package when the project brings its own.
MINIMUMS = {
    "click": "7.0",
    "h11": "0.8",
    "httptools": "0.6",
    "msgspec": "0.18",
    "packaging": "17.0",
    "prettytable": "3.9",
    "scikit-learn": "1.2",
    "skops": "0.13",
    "uvicorn": "0.30",
}


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version, without trailing zeros: `1.10.0rc1` is (1, 10)."""
    found = re.match(r"\d+(?:\.\d+)*", version.strip())
    parts = [int(part) for part in found[0].split(".")] if found else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def satisfies(version: str, wanted: str) -> bool:
    """Whether a release version fits `3.11`, or a list such as `>=3.10,<3.13` or `~=3.11`."""
    return all(_fits(version, part.strip()) for part in wanted.split(",") if part.strip())


def _fits(version: str, part: str) -> bool:
    found = re.match(r"(===?|!=|~=|>=|<=|>|<)?\s*(\d+(?:\.\d+)*)(\.\*)?$", part)
    if found is None:
        return False
    operator, text = found[1] or "==", found[2]
    bound, mine = numbers(text), numbers(version)
    # `3.11` alone, as a person writes it, means any 3.11.
    same = _starts(version, text) if found[3] or not found[1] else mine == bound
    if operator == "~=":
        return mine >= bound and _starts(version, text.rpartition(".")[0])
    answers = {">=": mine >= bound, "<=": mine <= bound, ">": mine > bound, "<": mine < bound}
    return answers.get(operator, not same if operator == "!=" else same)


def _starts(version: str, prefix: str) -> bool:
    return f"{version}.".startswith(f"{prefix}.")


def minimum_constraints() -> list[Statement]:
    """What the runtime needs, as constraints for a search of versions that run beside it."""
    return [Statement(f"{name}>={v}", "", 0, "constraint") for name, v in MINIMUMS.items()]


def check_minimums(
    packages: Sequence[LockedPackage], where: str, statements: Sequence[Statement] = ()
) -> None:
    """InputError naming each package that the project pins below what the runtime needs, and the
    lines of `statements` that do so.
    """
    old = [
        package
        for package in packages
        if package.name in MINIMUMS and numbers(package.version) < numbers(MINIMUMS[package.name])
    ]
    if not old:
        return
    pins = {package.name: _pin(package, statements) for package in old}
    said = {name: f"at least {MINIMUMS[name]} is needed beside Shipway's runtime" for name in pins}
    if len(old) == 1:
        only = old[0]
        pin = pins[only.name]
        what = f"{pin.text if pin else f'{only.name} {only.version}'}: {said[only.name]}"
    else:
        shown = {one.name: f"{one.name} {one.version}" for one in old}
        shown |= {name: pin.shown for name, pin in pins.items() if pin}
        lines = [f"  {shown[name]}: {text}" for name, text in said.items()]
        what = "\n".join([f"{len(old)} requirements are too old", *lines])
    places = [pin.where for pin in pins.values() if pin]
    raise InputError(
        what,
        where=places[0] if places else where,
        cure="Raise the requirement, or leave it out: what the project does not list is "
        f"brought along.{RELAXING if statements else ''}",
    )


def _pin(package: LockedPackage, statements: Sequence[Statement]) -> Statement | None:
    """The line that names a package, if one does."""
    return next((one for one in statements if one.name == package.name and one.line), None)
