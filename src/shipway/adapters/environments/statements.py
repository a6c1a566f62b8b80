# SPDX-License-Identifier: Apache-2.0
"""One requirement where it stands: what it says, and the file and line that say it.

    Statement("numpy==1.21.0", file="requirements.txt", line=3)

Whatever the kind of file, these are what the resolver is given, what an error points at, and what
`--relax` rewrites.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?P<extras>\[[^\]]*\])?\s*"
    r"(?:@\s*(?P<url>[^\s;]+)|\(?\s*(?P<specifier>[^;@()]*?)\s*\)?)\s*(?:;\s*(?P<marker>.*))?$"
)
SPECIFIER = re.compile(r"\s*(===|==|!=|~=|>=|<=|>|<)\s*([A-Za-z0-9*][^\s,]*)\s*")
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://")
PASSWORD = re.compile(r"://[^/\s@:]*:(?!\$\{)[^/\s@]+@")

# Files that `projects` and `foreign` read; any other is a plain list.
PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
FOREIGN_FILES = ("poetry.lock", "Pipfile", "Pipfile.lock")

Kind = Literal["requirement", "constraint", "locked", "described"]


class Statement(msgspec.Struct, frozen=True):
    """A requirement or a constraint.

    `text` is the requirement as PEP 508 writes it. `written` is what stands in the file for it
    when that differs: in a TOML table only the version does, and then `bare` is set. `last` is the
    line on which it ends. One of kind "locked" comes
    from a lock file of another tool; one that is "described" is read by uv itself.
    """

    text: str
    file: str
    line: int
    kind: Kind = "requirement"
    hashes: tuple[str, ...] = ()
    written: str = ""
    bare: bool = False
    last: int = 0

    @property
    def where(self) -> str:
        """`requirements.txt:3`."""
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def shown(self) -> str:
        """`requirements.txt:3: numpy==1.21.0`."""
        return f"{self.where}: {self.text}"

    @property
    def parts(self) -> "Parts":
        """Name, extras, specifier, marker."""
        return parse(self.text)

    @property
    def name(self) -> str:
        """The canonical name; empty for a path or an address without a name."""
        return canonical(self.parts.name)


class Native(msgspec.Struct, frozen=True):
    """A file that uv reads itself; `built` when code of the project runs for that."""

    file: str
    extras: tuple[str, ...] = ()
    group: str = ""
    built: bool = False


class Found(msgspec.Struct):
    """What one project file says."""

    statements: list[Statement] = []
    files: list[str] = []
    indexes: list[str] = []
    native: list[Native] = []


class Parts(msgspec.Struct, frozen=True):
    """A requirement taken apart; all empty for one that is none."""

    name: str = ""
    extras: str = ""
    specifier: str = ""
    marker: str = ""
    url: str = ""

    def with_specifier(self, specifier: str) -> str:
        """The same requirement with another range of versions."""
        marker = f"; {self.marker}" if self.marker else ""
        return f"{self.name}{self.extras}{specifier}{marker}"


def parse(text: str) -> Parts:
    """The parts of a requirement such as `pandas[excel]==2.2.0; python_version < '3.12'`."""
    found = REQUIREMENT.match(text.strip())
    if found is None or ADDRESS.match(text.strip()):
        return Parts()
    return Parts(**{name: (value or "").strip() for name, value in found.groupdict().items()})


def clauses(specifier: str) -> list[tuple[str, str]]:
    """`>=1.2,<2` as pairs of operator and version; empty when it is not understood."""
    pairs = []
    for part in filter(None, (part.strip() for part in specifier.split(","))):
        found = SPECIFIER.fullmatch(part)
        if found is None:
            return []
        pairs.append((found[1], found[2]))
    return pairs


def canonical(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def line_of(text: str, wanted: Sequence[str]) -> int:
    """The first line (from 1) in which one of `wanted` stands; 0 when none does."""
    for candidate in wanted:
        for number, line in enumerate(text.splitlines(), 1):
            if candidate in line:
                return number
    return 0


def named(statements: Iterable[Statement], names: Iterable[str]) -> list[Statement]:
    """The statements about one of `names`, in the order of the files."""
    wanted = set(names)
    return [one for one in statements if one.name in wanted]
