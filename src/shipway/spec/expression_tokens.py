# SPDX-License-Identifier: Apache-2.0
"""From the text of an expression to tokens, and the error that points into that text."""

import re
from typing import Literal, NamedTuple

from shipway.base.errors import InputError

TokenKind = Literal["moment", "number", "name", "quoted", "text", "symbol", "end"]
LONGEST = 10_000

KEYWORDS = frozenset(
    ["and", "or", "not", "in", "is", "null", "true", "false", "True", "False", "None"]
)

PATTERN = re.compile(
    r"""
    (?P<moment>[0-9]{4}-[0-9]{2}-[0-9]{2}
        (?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?(?!\w))
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?!\w))
  | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
  | (?P<quoted>`(?:[^`]|``)+`)
  | (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
  | (?P<symbol>->|\+/-|==|!=|<=|>=|[-+*/<>()\[\],])
    """,
    re.VERBOSE,
)
BLANK = re.compile(r"\s*")

OTHER_SPELLINGS = {
    "===": "==",
    "<>": "!=",
    "=>": "->",
    "=<": "<=",
    "&&": "and",
    "||": "or",
    "=": "==",
    "&": "and",
    "|": "or",
    "!": "not",
    "~": "not",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "→": "->",
    "×": "*",
    "÷": "/",
    "−": "-",
    "±": "+/-",
}


class Token(NamedTuple):
    """A piece of the text: its kind, its characters (unquoted for names and texts), its offset."""

    kind: TokenKind
    value: str
    at: int


class ExpressionError(InputError):
    """An expression that can't be read; points at the character.

    `problem` is one line, `at` the offset in `text` from 0, `expected` says what could stand there.
    """

    def __init__(self, text: str, at: int, problem: str, expected: str = "") -> None:
        self.text = text
        self.at = at
        self.problem = problem
        self.expected = expected
        super().__init__(f"{problem}\n{caret(text, at)}", cure=expected)


def caret(text: str, at: int, width: int = 90) -> str:
    """Two lines: the part of `text` around offset `at`, and a `^` below it."""
    begin = max(0, at - width // 2)
    line = "".join(c if c.isprintable() else " " for c in text[begin : begin + width])
    return f"  {line}\n  {' ' * (at - begin)}^"


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, closed by one of kind `end`; raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(text, LONGEST, "this expression is too long", "Split it in several.")
    found: list[Token] = []
    at = _skip(text, 0)
    while at < len(text):
        match = PATTERN.match(text, at)
        if match is None or _misspelt(text, at):
            raise _unreadable(text, at)
        kind: TokenKind = match.lastgroup  # type: ignore[assignment]
        found.append(Token(kind, _unquoted(kind, match.group()), at))
        at = _skip(text, match.end())
    found.append(Token("end", "", len(text)))
    return found


def _skip(text: str, at: int) -> int:
    match = BLANK.match(text, at)
    return match.end() if match else at


def _unquoted(kind: str, raw: str) -> str:
    if kind not in ("quoted", "text"):
        return raw
    return raw[1:-1].replace(raw[0] * 2, raw[0])


def _misspelt(text: str, at: int) -> bool:
    """True for symbols that begin like one of ours but mean something else: `===`, `<>`, `**`."""
    return text.startswith(("===", "<>", "**"), at)


def _unreadable(text: str, at: int) -> ExpressionError:
    for spelling, ours in OTHER_SPELLINGS.items():
        if text.startswith(spelling, at):
            return ExpressionError(text, at, f"{spelling!r} is not used here", f"Write {ours}.")
    if text.startswith("**", at):
        return ExpressionError(text, at, "there are no powers here", "Write x * x.")
    character = text[at]
    if character in "'\"`":
        return ExpressionError(
            text, at, f"this {character} is never closed", f"Close it with another {character}."
        )
    if character == "%":
        return ExpressionError(text, at, "a percentage means nothing here", "Write 0.05 for 5%.")
    if character.isdigit() or character == ".":
        return ExpressionError(
            text,
            at,
            "a number runs into a name",
            "Put a column's name that begins with a digit in back-quotes: `1st_amount`.",
        )
    return ExpressionError(
        text,
        at,
        f"{character!r} is not used here",
        "Put a column's name with other characters than letters, digits, _ and . in back-quotes.",
    )
