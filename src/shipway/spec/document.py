# SPDX-License-Identifier: Apache-2.0
"""A spec together with the text that it came from, so that messages can point into it."""

from pathlib import Path

import msgspec

from shipway.spec.types import Spec

KeyPath = tuple[str | int, ...]


class Position(msgspec.Struct, frozen=True):
    """A place in a text: line and column, both from 1."""

    line: int
    column: int


class Document(msgspec.Struct, frozen=True):
    """The parsed `spec`, the `path` it was read from and where each of its values stands.

    `positions` maps a key path such as `("data", "columns", "amount", "min")` to the place of
    that value; sequences count from 0.
    """

    spec: Spec
    path: Path
    text: str
    positions: dict[KeyPath, Position]

    def where(self, *keys: str | int) -> str:
        """`shipway.yaml:12:5` of the value at `keys`, or of its nearest parent in the text."""
        for length in range(len(keys), -1, -1):
            place = self.positions.get(keys[:length])
            if place is not None:
                return f"{self.path.name}:{place.line}:{place.column}"
        return self.path.name

    def line_of(self, *keys: str | int) -> int:
        """The line of the value at `keys`; 0 when neither it nor a parent stands in the text."""
        for length in range(len(keys), 0, -1):
            place = self.positions.get(keys[:length])
            if place is not None:
                return place.line
        return 0
