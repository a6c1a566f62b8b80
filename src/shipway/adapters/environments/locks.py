# SPDX-License-Identifier: Apache-2.0
"""The text of a lock: exact versions with hashes, and nothing of one machine or one person."""

import re
from collections.abc import Collection, Mapping, Sequence

from shipway.adapters.environments.statements import Statement, canonical
from shipway.base.errors import InputError
from shipway.records.source import LockedPackage

PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)")
ADDRESS = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])? @ (\S+)")
LOCAL = re.compile(
    r"^(-e\b|--editable\b|\.|/|file:|[A-Za-z0-9._-]+(?:\[[^\]]*\])? @ (?:git\+)?file:)"
)
OWN_PROJECT = re.compile(r"^(?:(?:-e|--editable)[ =])?\s*\./?(?:\[[^\]]*\])?(?:\s*;.*)?$")
COMMIT = re.compile(r"@([0-9a-f]{40})(?:#|$)")


def clean_lock(text: str, indexes: Sequence[str], where: str) -> str:
    """A lock without the project itself; InputError for other local folders.

    The project's own code is taken from its folder, never from an installed copy.
    """
    kept = list(dict.fromkeys(indexes))
    for line in text.splitlines():
        if not line.strip() or OWN_PROJECT.match(line.strip()):
            continue
        if LOCAL.match(line.strip()):
            raise InputError(
                f"{line.strip().rstrip(chr(92)).strip()} is a folder or file of this machine",
                where=where,
                cure="Publish the package to an index, or put its code into the project.",
            )
        kept.append(line.rstrip())
    return "".join(line + "\n" for line in kept)


def locked_packages(lock: str) -> tuple[LockedPackage, ...]:
    """The packages that a lock pins, by canonical name, sorted.

    One that is taken from an address has its commit, or the address, for a version.
    """
    found = {}
    for line in lock.splitlines():
        pin, address = PIN.match(line), ADDRESS.match(line)
        if pin:
            found[canonical(pin[1])] = pin[2]
        elif address:
            commit = COMMIT.search(address[2])
            found[canonical(address[1])] = commit[1] if commit else address[2]
    return tuple(LockedPackage(name, version) for name, version in sorted(found.items()))


def known_hashes(statements: Sequence[Statement]) -> dict[tuple[str, str], set[str]]:
    """The files that a project's own lock trusts, by package and version."""
    found: dict[tuple[str, str], set[str]] = {}
    for one in statements:
        pin = PIN.match(one.text)
        if pin and one.hashes:
            found.setdefault((canonical(pin[1]), pin[2]), set()).update(one.hashes)
    return found


def keep_hashes(lock: str, known: Mapping[tuple[str, str], Collection[str]], where: str) -> str:
    """A lock that trusts no file which the project's own lock does not trust.

    InputError when an index offers none of the files that were trusted.
    """
    if not known:
        return lock
    kept: list[str] = []
    for block in re.split(r"\n(?=\S)", lock.rstrip("\n")):
        pin = PIN.match(block)
        trusted = known.get((canonical(pin[1]), pin[2])) if pin else None
        kept.append(_trusting(block, trusted, where) if trusted else block)
    return "\n".join(kept) + "\n"


def _trusting(block: str, trusted: Collection[str], where: str) -> str:
    offered = re.findall(r"--hash=(\S+)", block)
    both = [each for each in offered if each in trusted]
    head = block.split(" \\\n")[0]
    if offered and not both:
        raise InputError(
            f"{head}: the index has none of the files that the project trusts by their hashes",
            where=where,
            cure="Lock the requirements again, or ask who changed the package.",
        )
    return " \\\n".join([head, *(f"    --hash={each}" for each in both)])
