# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a spec: single mistakes with their place, and the error that carries them all.

shipway.yaml:12:5: data.columns.amount.min: found 'low', expected a number
"""

from collections.abc import Sequence

import msgspec

from shipway.base.errors import InputError
from shipway.spec.document import Position


class Mistake(msgspec.Struct, frozen=True):
    """One mistake: `what` was found at `where` (`shipway.yaml:12:5`), what was `expected`, `cure`.

    `cure` tells how to go on: the nearest name, or the line to write.
    """

    where: str
    what: str
    expected: str = ""
    cure: str = ""
    at: Position = Position(0, 0)

    def __str__(self) -> str:
        return f"{self.where}: {self.said()}"

    def said(self) -> str:
        """Everything but the place."""
        text = f"{self.what}, expected {self.expected}" if self.expected else self.what
        if not self.cure:
            return text
        if "\n" in text:
            return f"{text}\n{self.cure}"
        return f"{text}{' ' if text.endswith('.') else '. '}{self.cure}"


class SpecError(InputError):
    """The spec can't be used as it is: `mistakes`, all at once, in the order of their places."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda each: (each.at.line, each.at.column)))
        first = self.mistakes[0]
        if len(self.mistakes) == 1:
            super().__init__(first.said(), where=first.where)
            return
        name = first.where.partition(":")[0]
        lines = [f"{len(self.mistakes)} mistakes in {name}:", *map(str, self.mistakes)]
        super().__init__("\n  ".join(line.replace("\n", "\n  ") for line in lines))


class Findings:
    """Collects mistakes in the file `name` while it is read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.mistakes: list[Mistake] = []
        self.settled: set[Position] = set()

    def add(self, at: Position, what: str, *, expected: str = "", cure: str = "") -> None:
        """Note one mistake at a place, unless what stands there is `settled` to be unreadable."""
        if at in self.settled:
            return
        where = f"{self.name}:{at.line}:{at.column}"
        mistake = Mistake(where, what, expected, cure, at)
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)

    def stop(self) -> None:
        """Raise SpecError if there is any mistake."""
        if self.mistakes:
            raise SpecError(self.mistakes)
