# SPDX-License-Identifier: Apache-2.0
"""What is said while a spec is composed: to the user, and as comments in the file.

Parts of the spec are made by different functions; each leaves its words here.
"""

from typing import Literal

import msgspec

from shipway.spec.document import KeyPath

SayingKind = Literal["found", "guessed", "unknown"]


class Saying(msgspec.Struct, frozen=True):
    """One thing that init tells: what it found, what it guessed and why, what it can't know."""

    kind: SayingKind
    text: str


class Notes:
    """Collects sayings and comments; see `compose_text.write` for `notes` and `tails`."""

    def __init__(self) -> None:
        self.sayings: list[Saying] = []
        self.notes: dict[KeyPath, str] = {}
        self.tails: dict[KeyPath, tuple[str, ...]] = {}

    def found(self, text: str) -> None:
        """A fact."""
        self._say("found", text)

    def guessed(self, text: str) -> None:
        """A guess and its reason."""
        self._say("guessed", text)

    def unknown(self, text: str) -> None:
        """Something that has to come from the user."""
        self._say("unknown", text)

    def on(self, *keys: str, text: str) -> None:
        """A comment on the value at `keys`; several are joined."""
        known = self.notes.get(keys)
        self.notes[keys] = f"{known}; {text}" if known else text

    def after(self, *keys: str, lines: tuple[str, ...]) -> None:
        """Comment lines at the end of the mapping at `keys`."""
        self.tails[keys] = (*self.tails.get(keys, ()), *lines)

    def _say(self, kind: SayingKind, text: str) -> None:
        said = Saying(kind, text)
        if said not in self.sayings:
            self.sayings.append(said)
