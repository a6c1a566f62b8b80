# SPDX-License-Identifier: Apache-2.0
"""Reads conda's `environment.yml`, with the place of each line that a message may speak of.

    name: fraud            # not needed: an environment is named by its lock
    channels: [conda-forge, nodefaults]
    dependencies:
      - python=3.11
      - scikit-learn >=1.4
      - pip:
          - shap==0.46
    variables: {OMP_NUM_THREADS: "4"}

Channels are those that the file names, the first one first; without any it is `defaults`, as with
conda itself. A password stands in a variable: `https://${NAME}@host/channel`.
"""

import re
from pathlib import Path

import msgspec

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.spec.mistakes import Findings
from shipway.spec.nodes import Mapping, Node, Scalar, Sequence
from shipway.spec.text import compose_any

KEYS = ("name", "channels", "dependencies", "variables")
# `conda env export` writes the folder of the environment; it means nothing elsewhere.
IGNORED = ("name", "prefix")
DEFAULTS = ("https://repo.anaconda.com/pkgs/main", "https://repo.anaconda.com/pkgs/r")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PASSWORD = re.compile(r"://[^/\s@]*:(?!\$\{)[^/\s@]+@")
TOKEN = re.compile(r"/t/(?!\$\{)[^/]+")


class Line(msgspec.Struct, frozen=True):
    """What one line asks for, and its place (`environment.yml:7:5`)."""

    text: str
    where: str


class CondaFile(msgspec.Struct, frozen=True):
    """An `environment.yml`: channels, conda's packages, pip's requirements, variables."""

    path: str
    channels: tuple[Line, ...] = ()
    packages: tuple[Line, ...] = ()
    pip: tuple[Line, ...] = ()
    variables: dict[str, str] = {}


def read_conda_file(folder: Path, name: str) -> CondaFile:
    """The file `name` in `folder`; InputError with all its mistakes, each with its place."""
    text = _text(folder, name)
    findings = Findings(name)
    root = compose_any(text, findings)
    findings.stop()
    if not isinstance(root, Mapping):
        raise InputError(
            "this is no conda environment: it has no keys",
            where=name,
            cure="Write at least: dependencies: [python=3.11]",
        )
    reading = _Reading(findings)
    for key, node in root.entries:
        reading.key(key, node)
    if root.get("dependencies") is None:
        findings.add(root.at, "the key 'dependencies' is missing", cure="List the packages.")
    findings.stop()
    channels = tuple(reading.channels) or tuple(Line(url, name) for url in DEFAULTS)
    packages, pip = tuple(reading.packages), tuple(reading.pip)
    return CondaFile(name, channels, packages, pip, dict(reading.variables))


def _text(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(
            "the conda environment file does not exist",
            where=name,
            cure="Correct `environment.conda`, or write the file.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the conda environment file can't be read: {error}", where=name) from None


class _Reading:
    """Collects the parts of a file, and the mistakes in them."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.channels: list[Line] = []
        self.packages: list[Line] = []
        self.pip: list[Line] = []
        self.variables: dict[str, str] = {}

    def key(self, key: Scalar, node: Node) -> None:
        """Read one key of the file."""
        if key.text in IGNORED:
            return
        if key.text == "channels":
            for line in self._lines(node, "a channel"):
                self._channel(line, key)
        elif key.text == "dependencies":
            self._dependencies(node)
        elif key.text == "variables":
            self._variables(node)
        else:
            self.findings.add(
                key.at,
                f"unknown key {key.text!r}",
                cure=did_you_mean(key.text, KEYS) or f"Known keys: {', '.join(KEYS)}.",
            )

    def _channel(self, line: Line, key: Scalar) -> None:
        cure = ""
        if PASSWORD.search(line.text):
            cure = "Write https://${NAME}@… and set the variable NAME."
        elif TOKEN.search(line.text):
            cure = "Write https://…/t/${NAME}/… and set the variable NAME."
        if cure:
            raise InputError("a channel is written with its password", where=line.where, cure=cure)
        if line.text.startswith((".", "~")):
            raise InputError(
                "a channel that is a folder needs its whole path: its packages are looked for "
                "again wherever the environment is made",
                where=line.where,
                cure="Write it as file:///folder/of/the/channel.",
            )
        if line.text == "defaults":
            self.channels += [Line(url, line.where) for url in DEFAULTS]
        elif line.text != "nodefaults":
            path = line.text.startswith("/")
            self.channels.append(Line(f"file://{line.text}" if path else line.text, line.where))

    def _dependencies(self, node: Node) -> None:
        if not isinstance(node, Sequence):
            if not (isinstance(node, Scalar) and node.is_empty()):
                self.findings.add(node.at, "found no list", expected="a list of packages")
            return
        for item in node.items:
            if isinstance(item, Mapping):
                self._other_installers(item)
            elif isinstance(item, Scalar) and item.text.strip():
                self.packages.append(self._line(item))
            else:
                self.findings.add(item.at, "found nothing", expected="a package such as numpy=1.26")

    def _other_installers(self, item: Mapping) -> None:
        for key, node in item.entries:
            if key.text == "pip":
                self.pip += self._lines(node, "a requirement")
            else:
                cure = "Write name=version, or the sub-list `- pip:`."
                self.findings.add(key.at, f"found the mapping {key.text!r}", cure=cure)

    def _variables(self, node: Node) -> None:
        entries = node.entries if isinstance(node, Mapping) else ()
        if not isinstance(node, Mapping) and not (isinstance(node, Scalar) and node.is_empty()):
            self.findings.add(node.at, "found no mapping", expected="NAME: value")
        for key, value in entries:
            if not isinstance(value, Scalar) or not NAME.fullmatch(key.text):
                self.findings.add(key.at, "is no variable", expected="NAME: value")
            else:
                self.variables[key.text] = value.text

    def _lines(self, node: Node, what: str) -> list[Line]:
        if isinstance(node, Scalar):
            return [] if node.is_empty() else [self._line(node)]
        if isinstance(node, Mapping):
            self.findings.add(node.at, "found a mapping", expected="a list")
            return []
        found = []
        for item in node.items:
            if isinstance(item, Scalar) and item.text.strip():
                found.append(self._line(item))
            else:
                self.findings.add(item.at, "found something else", expected=what)
        return found

    def _line(self, node: Scalar) -> Line:
        at = f"{self.findings.name}:{node.at.line}:{node.at.column}"
        return Line(" ".join(node.text.split()), at)
