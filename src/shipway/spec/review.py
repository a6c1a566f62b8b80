# SPDX-License-Identifier: Apache-2.0
"""What a check of the whole spec works with: the spec as far as it could be read, and its places.

A part that could not be read is missing in `spec`, but its place is known: `given` keeps a check
from reporting as missing what is there and wrong.
"""

from collections.abc import Iterable, Mapping

from shipway.base.names import did_you_mean
from shipway.spec.document import KeyPath, Position
from shipway.spec.mistakes import Findings
from shipway.spec.types import Spec


class Review:
    """Notes mistakes at key paths."""

    def __init__(self, spec: Spec, positions: Mapping[KeyPath, Position], found: Findings) -> None:
        self.spec = spec
        self.positions = positions
        self.findings = found

    def given(self, *keys: str | int) -> bool:
        """True when something stands at `keys`, even if it could not be read."""
        return keys in self.positions

    def add(self, keys: KeyPath, what: str, *, expected: str = "", cure: str = "") -> None:
        """Note a mistake at the value of `keys`, or at its nearest parent."""
        for length in range(len(keys), -1, -1):
            if keys[:length] in self.positions:
                name = ".".join(str(key) for key in keys if isinstance(key, str))
                self.findings.add(
                    self.positions[keys[:length]],
                    f"{name}: {what}" if name else what,
                    expected=expected,
                    cure=cure,
                )
                return

    def unknown(self, keys: KeyPath, what: str, name: str, known: Iterable[str]) -> None:
        """Note that `name` is none of the `known` ones."""
        self.add(keys, what, cure=did_you_mean(name, known))


def cycle(edges: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The names on a cycle of `edges` (from a name to those after it), or nothing."""
    done: set[str] = set()
    for start in edges:
        trail: list[str] = []
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            name, leaving = waiting.pop()
            if leaving:
                done.add(trail.pop())
            elif name in trail:
                return (*trail[trail.index(name) :], name)
            elif name not in done:
                trail.append(name)
                waiting.append((name, True))
                waiting.extend((after, False) for after in edges.get(name, ()))
    return ()
