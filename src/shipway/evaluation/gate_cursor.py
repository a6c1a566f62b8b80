# SPDX-License-Identifier: Apache-2.0
"""A place in the text of a gate that moves from left to right, and the error that points there.

Blanks between parts mean nothing: every reading skips those before it.
"""

import re
from math import isfinite
from typing import NoReturn

from shipway.base.errors import InputError
from shipway.spec.expressions import caret

BLANK = re.compile(r"\s*")
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.])")
PERCENT = re.compile(r"\s*%")
QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`")
WORD = re.compile(r"[^\W\d]\w*")
LONGEST_SHOWN = 40


class GateError(InputError):
    """A gate that can't be read: points at the character `at` of `text` (from 0, at most its
    length) and says what could stand there."""

    def __init__(self, text: str, at: int, problem: str, expected: str, where: str = "") -> None:
        self.text = text
        self.at = at
        self.problem = problem
        self.expected = expected
        super().__init__(f"{problem}\n{caret(text, at)}", where=where, cure=expected)


class Cursor:
    """Reads one text once."""

    def __init__(self, text: str, where: str = "") -> None:
        self.text = text
        self.where = where
        self.at = 0

    def skip(self) -> int:
        """The offset of the next character that is no blank."""
        match = BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """What `pattern` finds next; None when it does not match."""
        match = pattern.match(self.text, self.skip())
        if match is None:
            return None
        self.at = match.end()
        return match.group()

    def step(self, symbol: str) -> bool:
        """Go past `symbol` if it stands next."""
        found = self.text.startswith(symbol, self.skip())
        self.at += len(symbol) if found else 0
        return found

    def sees(self, pattern: re.Pattern[str]) -> bool:
        """Whether `pattern` matches next; stays where it is."""
        return pattern.match(self.text, self.skip()) is not None

    def quoted(self) -> str | None:
        """The text in quotes or back-quotes that stands next, without them; None without any.

        A doubled quote inside stands for one. GateError when the quote is never closed.
        """
        opening = self.text[self.skip() : self.at + 1]
        if opening not in ("'", '"', "`"):
            return None
        start = self.at
        found = self.take(QUOTED)
        if found is None:
            self.fail(f"this {opening} is never closed", f"Close it with another {opening}.", start)
        return unquoted(found)

    def number(self, expected: str) -> tuple[float, bool]:
        """A number, and whether a percent sign follows it (then it is divided by 100)."""
        start = self.skip()
        digits = self.take(NUMBER)
        if digits is None:
            self.fail(self.found(start), expected, start)
        match = PERCENT.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
            number = _hundredth(digits)
        else:
            number = float(digits)
        if not isfinite(number):
            self.fail(self.found(start), expected, start)
        return number, match is not None

    def at_end(self) -> bool:
        """True when only blanks are left."""
        return self.skip() == len(self.text)

    def found(self, at: int | None = None) -> str:
        """What stands at offset `at` (default: next), as a message names it."""
        rest = self.text[self.skip() if at is None else at :].split()
        if not rest:
            return "this gate ends too early"
        word = rest[0] if len(rest[0]) <= LONGEST_SHOWN else rest[0][:LONGEST_SHOWN] + "…"
        return f"{word!r} can't stand here"

    def fail(self, problem: str, expected: str, at: int | None = None) -> NoReturn:
        """Raise an error that points at offset `at` (default: what stands next)."""
        raise self.error(problem, expected, self.skip() if at is None else at)

    def error(self, problem: str, expected: str, at: int) -> GateError:
        """An error that points at offset `at`."""
        return GateError(self.text, at, problem, expected, self.where)


def _hundredth(digits: str) -> float:
    """A percentage as a share, by its text: 0.95 exactly, where 95 / 100 of some is not."""
    mantissa, _, exponent = digits.lower().partition("e")
    return float(f"{mantissa}e{int(exponent or 0) - 2}")


def unquoted(text: str) -> str:
    """`text` without the quotes around it; a doubled quote inside stands for one."""
    if len(text) >= 2 and text[0] in "'\"`" and text[-1] == text[0]:
        return text[1:-1].replace(text[0] * 2, text[0])
    return text


def in_quotes(text: str) -> str:
    """`text` as it can be read back, in single quotes."""
    return "'" + text.replace("'", "''") + "'"
