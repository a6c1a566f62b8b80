# SPDX-License-Identifier: Apache-2.0
"""Demands that were written as Python values, read by the same walker as those of a file.

A value becomes the node that it would have been in YAML: text as text, numbers as they
are. Instead of line and column a mistake has the keys that lead to it:

    checks: columns.amount.type: found 'flaot', expected …
"""

import datetime
import math
from collections.abc import Mapping as AnyMapping
from typing import Any

from shipway.base.errors import InputError
from shipway.spec.document import KeyPath, Position
from shipway.spec.mistakes import Findings, Mistake
from shipway.spec.nodes import Mapping, Node, Scalar, Sequence
from shipway.spec.walker import described


class Tree(Findings):
    """The nodes of one value, `root`, and the mistakes that are found in it."""

    def __init__(self, name: str, value: AnyMapping[Any, Any]) -> None:
        super().__init__(name)
        self._paths: list[KeyPath] = []
        self.root = self._mapping(value, ())

    def add(self, at: Position, what: str, *, expected: str = "", cure: str = "") -> None:
        """Note one mistake; its place is told by keys."""
        path = self._paths[at.line - 1] if 0 < at.line <= len(self._paths) else ()
        for told in (path, ("data", *path), path[:-1]):
            what = what.removeprefix(described(told))
        place = described(path).removesuffix(": ")
        where = f"{self.name}: {place}" if place else self.name
        mistake = Mistake(where, what, expected, cure, at)
        if at not in self.settled and mistake not in self.mistakes:
            self.mistakes.append(mistake)

    def _at(self, path: KeyPath) -> Position:
        self._paths.append(path)
        return Position(len(self._paths), 1)

    def _mapping(self, value: AnyMapping[Any, Any], path: KeyPath) -> Mapping:
        at = self._at(path)
        entries = []
        for key, each in value.items():
            below = (*path, str(key))
            entries.append((Scalar(str(key), self._at(below)), self._node(each, below)))
        return Mapping(tuple(entries), at)

    def _node(self, value: Any, path: KeyPath) -> Node:
        if isinstance(value, AnyMapping):
            return self._mapping(value, path)
        at = self._at(path)
        if isinstance(value, list | tuple | set | frozenset):
            members = sorted(value, key=str) if isinstance(value, set | frozenset) else value
            return Sequence(tuple(self._node(x, (*path, n)) for n, x in enumerate(members)), at)
        text = self._text(value, path)
        return Scalar(text, at, plain=not isinstance(value, str))

    def _text(self, value: Any, path: KeyPath) -> str:
        """How the value stands in YAML."""
        # Numbers of NumPy and pandas know which number of Python they are.
        value = value.item() if hasattr(value, "item") else value
        if isinstance(value, str):
            return value
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        if isinstance(value, float) and not math.isfinite(value):
            return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
        if isinstance(value, int | float):
            return repr(value)
        if isinstance(value, datetime.date | datetime.datetime):
            return value.isoformat()
        place = described(path).removesuffix(": ")
        raise InputError(
            f"found {type(value).__name__}",
            where=f"{self.name}: {place}",
            cure="Demands are texts, numbers, truth values, dates, lists and dicts of them.",
        )
