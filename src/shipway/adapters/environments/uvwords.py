# SPDX-License-Identifier: Apache-2.0
"""Understands what uv says when it finds no solution or can't build a package.

uv derives the contradiction in prose; what is taken from it are facts that stand on their own:
which packages it speaks of, which needs what, which does not exist, what a build died of.
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

NAME = r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?"
RANGE = r"[<>=!~][^\s,]*(?:,[<>=!~][^\s,]+)*"
NEEDS = re.compile(
    rf"({NAME})(?:\[[^\]]*\])?({RANGE})? depends? on "
    rf"({NAME})(?:\[[^\]]*\])?(?:{{[^}}]*}})?({RANGE})?"
)
PYTHON = re.compile(rf"({NAME})({RANGE})? depends? on Python({RANGE})")
UNKNOWN = re.compile(rf"({NAME}) was not found in the (?:package registry|provided package)")
NO_VERSION = re.compile(rf"there (?:is|are) no versions? of ({NAME})(?:{{[^}}]*}})?({RANGE})?")
NO_WHEELS = re.compile(rf"({NAME})({RANGE})? has no (?:usable )?wheels")
TAGS = re.compile(
    r"wheels for `([^`]+)` \((?:v([^)]+))\) with the following Python [A-Za-z ]*tags?: (.*)"
)
PLATFORMS = re.compile(
    r"Wheels are available for `([^`]+)` \([^)]*\) on the following platforms?: (.*)"
)
BUILD = re.compile(r"Failed to (?:download and )?build `([^`]+)`")
TROUBLE = re.compile(
    r"(\bfatal error\b|\berror\b:|Error\b|\bnot found\b|deprecated|No module named)", re.I
)
NOISE = re.compile(
    r"(^error: Command |exit status|note:|warning:|^hint:|^Traceback|subprocess)", re.I
)


class Need(msgspec.Struct, frozen=True):
    """`pandas==2.2.0` needs `numpy>=1.23.2,<2`."""

    package: str
    version: str
    needed: str
    range: str


class Words(msgspec.Struct, frozen=True):
    """The facts in one message of uv."""

    needs: tuple[Need, ...] = ()
    pythons: tuple[Need, ...] = ()
    unknown: tuple[str, ...] = ()
    no_version: tuple[str, ...] = ()
    no_wheels: tuple[str, ...] = ()
    tags: str = ""
    platforms: str = ""
    build: str = ""
    died_of: str = ""

    @property
    def build_name(self) -> str:
        """The name of the package that could not be built."""
        return re.split(r"[=@\s]", self.build)[0]


def understand(said: str) -> Words:
    """The facts in `said`."""
    flat = re.sub(r"\s+", " ", said)
    build = BUILD.search(said)
    tags = TAGS.search(said)
    platforms = PLATFORMS.search(said)
    return Words(
        needs=tuple(Need(p, v or "", n, r or "") for p, v, n, r in _unique(NEEDS, flat)),
        pythons=tuple(Need(p, v or "", "python", r) for p, v, r in _unique(PYTHON, flat)),
        unknown=tuple(_unique(UNKNOWN, flat)),
        no_version=tuple(name for name, _ in _unique(NO_VERSION, flat)),
        no_wheels=tuple(dict.fromkeys(name for name, _ in _unique(NO_WHEELS, flat))),
        tags=_pythons(tags[3]) if tags else "",
        platforms=platforms[2].replace("`", "") if platforms else "",
        build=build[1] if build else "",
        died_of=last_trouble(said) if build else "",
    )


def _unique(pattern: re.Pattern[str], text: str) -> list[Any]:
    return list(dict.fromkeys(pattern.findall(text)))


def _pythons(tags: str) -> str:
    """`cp36m, cp310` as `3.6, 3.10`; other tags as they are."""
    found = [tag.strip(" `.") for tag in tags.split(",")]
    said = []
    for tag in found:
        number = re.fullmatch(r"cp(\d)(\d+)m?u?", tag)
        said.append(f"{number[1]}.{number[2]}" if number else tag)
    return ", ".join(dict.fromkeys(said))


def last_trouble(said: str) -> str:
    """The line of a build's output that says what went wrong."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    body = [line for line in lines if not NOISE.search(line)]
    for line in reversed(body):
        if TROUBLE.search(line) and not line.startswith(("cause:", "error: Failed to")):
            return line[:300]
    return body[-1][:300] if body else ""


def spoken_of(said: str, names: Iterable[str]) -> list[str]:
    """Which of `names` (canonical) the message speaks of, as packages and not as words."""
    found = []
    for name in names:
        package = rf"(?<![\w.-]){re.escape(name)}"
        verbs = "was not found|cannot be used|depends? on|has no|and|are available"
        after = rf"(?:[\[{{<>=!~]|\s(?:{verbs}))"
        before = rf"(?:require|versions? of|depends on|and)\s+{re.escape(name)}(?![\w-])"
        if re.search(f"{package}{after}", said) or re.search(before, said):
            found.append(name)
    return found
