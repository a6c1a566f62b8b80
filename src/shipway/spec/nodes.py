# SPDX-License-Identifier: Apache-2.0
"""The nodes of a YAML text, composed from PyYAML's events, before any type is given to a scalar.

PyYAML's own composer resolves aliases silently and keeps neither anchors nor the second of two
equal keys as a mistake; this one reports them, with their places.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from shipway.spec.document import Position
from shipway.spec.mistakes import Findings
from shipway.spec.quoting import quoted_line

if TYPE_CHECKING:
    from yaml.events import Event

DEEPEST = 40


class Scalar(msgspec.Struct, frozen=True):
    """A scalar's raw text; `plain` when it stands without quotes (and is no `|` or `>` block)."""

    text: str
    at: Position
    plain: bool = True
    quoted: bool = False

    def is_empty(self) -> bool:
        """True when nothing stands there at all."""
        return self.plain and not self.text


class Sequence(msgspec.Struct, frozen=True):
    """A list."""

    items: tuple["Node", ...]
    at: Position
    flow: bool = False


class Mapping(msgspec.Struct, frozen=True):
    """A mapping; its keys are scalars, each there once. `end` is the place of a closing brace."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    at: Position
    flow: bool = False
    end: Position = Position(0, 0)

    def get(self, key: str) -> "Node | None":
        """The value of `key`, if it is there."""
        return next((value for name, value in self.entries if name.text == key), None)


Node: TypeAlias = Scalar | Sequence | Mapping


class Composer:
    """Turns a stream of events into one node; notes everything that may not stand in a spec."""

    def __init__(self, events: "Iterator[Event]", findings: Findings, lines: list[str]) -> None:
        self.events = events
        self.findings = findings
        self.lines = lines

    def document(self) -> Node | None:
        """The node of the only document, or None when there is none."""
        root: Node | None = None
        for event in self.events:
            kind = type(event).__name__
            if kind != "DocumentStartEvent":
                continue
            if root is not None:
                self.findings.add(
                    place(event),
                    "a second document begins here",
                    expected="one document",
                    cure="Remove the line `---` and what follows, or put it in a file of its own.",
                )
                break
            root = self.node(next(self.events), 1)
        return root

    def node(self, event: "Event", depth: int) -> Node:
        """The node that begins with `event`."""
        self._refuse_extras(event)
        if depth > DEEPEST:
            self.findings.add(place(event), f"nested more than {DEEPEST} levels deep")
            self.findings.stop()
        match type(event).__name__:
            case "SequenceStartEvent":
                return self._sequence(event, depth)
            case "MappingStartEvent":
                return self._mapping(event, depth)
            case "AliasEvent":
                return Scalar("", place(event), plain=False)
            case _:
                return _scalar(event)

    def _refuse_extras(self, event: Any) -> None:
        if type(event).__name__ == "AliasEvent":
            self.findings.add(
                place(event),
                f"found the alias *{event.anchor}",
                expected="the value itself",
                cure=f"Aliases are not read here. {self._quotes(event)}",
            )
            self.findings.settled.add(place(event))
            return
        if event.anchor is not None:
            self.findings.add(
                place(event),
                f"found the anchor &{event.anchor}",
                cure=f"Anchors are not read here. {self._quotes(event)}",
            )
        if event.tag is not None:
            self.findings.add(
                place(event),
                f"found the tag {event.tag.replace('tag:yaml.org,2002:', '!!')}",
                cure=f"Tags are not read here. {self._quotes(event)}",
            )

    def _quotes(self, event: Any) -> str:
        """The same line in quotes, for a text that only looks like an alias, anchor or tag."""
        number = event.start_mark.line
        line = self.lines[number] if number < len(self.lines) else ""
        proposed = quoted_line(line)
        return f"If it is meant as a text, write:\n    {proposed}" if proposed else ""

    def _sequence(self, start: Any, depth: int) -> Sequence:
        items: list[Node] = []
        for event in self.events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            items.append(self.node(event, depth + 1))
        return Sequence(tuple(items), place(start), bool(start.flow_style))

    def _mapping(self, start: Any, depth: int) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        end = place(start)
        for event in self.events:
            end = place(event)
            if type(event).__name__ == "MappingEndEvent":
                break
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if isinstance(key, Scalar):
                if self._usable_key(key, entries):
                    entries[key.text] = (key, value)
            else:
                self.findings.add(
                    key.at,
                    f"a {'list' if isinstance(key, Sequence) else 'mapping'} stands for a key",
                    cure="Put a text that begins with { or [ in quotes.",
                )
        return Mapping(tuple(entries.values()), place(start), bool(start.flow_style), end)

    def _usable_key(self, key: Scalar, entries: dict[str, tuple[Scalar, Node]]) -> bool:
        if key.text == "<<" and key.plain:
            self.findings.add(
                key.at, "merge keys are not read here", cure="Write the keys at each place."
            )
            return False
        if key.text in entries:
            line = entries[key.text][0].at.line
            self.findings.add(
                key.at,
                f"the key {key.text!r} stands twice",
                cure=f"The first one is on line {line}: keep one of them.",
            )
            return False
        return True


def place(event: "Event") -> Position:
    """Line and column of an event, from 1."""
    mark = event.start_mark
    return Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)


def _scalar(event: Any) -> Scalar:
    quoted = event.style in ("'", '"')
    plain = not quoted and event.style not in ("|", ">")
    return Scalar(event.value, place(event), plain, quoted)
