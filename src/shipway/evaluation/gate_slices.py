# SPDX-License-Identifier: Apache-2.0
"""The slices of a gate: what stands between `[` and `]`, separated by commas.

slice     column '=' value | column '=' '*' | expression | name

A column or value with commas, brackets or other signs stands in quotes or back-quotes; a comma in
quotes, in parentheses or in the list of an expression separates nothing. Whatever holds no single
`=` is an expression of `shipway.spec.expressions`, and a name alone is that of an expression under
`evaluate.slices`.
"""

import re

from shipway.evaluation.gate_cursor import QUOTED, Cursor, in_quotes, unquoted
from shipway.evaluation.gates import GateSlice
from shipway.spec.expressions import Column, ExpressionError, column_text, parse, render

EQUALS = re.compile(
    r"\s*(`(?:[^`]|``)+`|'(?:[^']|'')+'|\"(?:[^\"]|\"\")+\"|[^=<>!`'\"]+?)\s*=(?!=)"
)
PLAIN = re.compile(r"[^=<>`'\"]+")
SAFE = re.compile(r"[^\s=<>`'\",()\[\]*](?:[^=<>`'\",()\[\]]*[^\s=<>`'\",()\[\]])?")
SLICE_EXPECTED = "Expected column=value, column=* or a condition, such as amount >= 1000."
VALUE_EXPECTED = "Expected a value, or * for each."
MEANT_CONDITION = (
    "A value with =, < or > stands in quotes. Several columns are separated by commas; in a "
    "condition 'equals' is written ==."
)


def read_slices(cursor: Cursor) -> tuple[GateSlice, ...]:
    """What stands between brackets, if they stand next; nothing else."""
    opened = cursor.skip()
    if not cursor.step("["):
        return ()
    found: list[GateSlice] = []
    for begin, text in _parts(cursor, opened):
        part = _slice(cursor, begin, text)
        same = [other for other in found if other == part or _same_column(other, part)]
        if same:
            blanks = len(text) - len(text.lstrip())
            cursor.fail(
                f"{part.source} stands here twice", "Expected another column.", begin + blanks
            )
        found.append(part)
    return tuple(found)


def slice_source(text: str) -> GateSlice:
    """What an entry of `slices:` means: a column (each of its values) or an expression.

    ExpressionError when it can't be read.
    """
    expression = parse(text)
    if isinstance(expression, Column):
        return GateSlice(expression.name)
    return GateSlice(render(expression), expression=True)


def slices_text(slices: tuple[GateSlice, ...]) -> str:
    """The brackets as they are read back; nothing without slices."""
    return f"[{', '.join(map(_text, slices))}]" if slices else ""


def _parts(cursor: Cursor, opened: int) -> list[tuple[int, str]]:
    """The texts between the commas with their offsets; the cursor goes behind the bracket."""
    text, begin, depth = cursor.text, cursor.at, 0
    found: list[tuple[int, str]] = []
    while cursor.at < len(text):
        character = text[cursor.at]
        if character in "'\"`":
            _over_quotes(cursor, character)
            continue
        if depth == 0 and character in ",]":
            found.append((begin, text[begin : cursor.at]))
            begin = cursor.at + 1
            if character == "]":
                cursor.at = begin
                return found
        depth = max(0, depth + (character in "([") - (character in ")]"))
        cursor.at += 1
    raise cursor.error("this [ is never closed", "Close the slice with ].", opened)


def _over_quotes(cursor: Cursor, quote: str) -> None:
    match = QUOTED.match(cursor.text, cursor.at)
    if match is None:
        cursor.fail(
            f"this {quote} is never closed",
            f"Close it with another {quote}; a value that holds one stands in other quotes.",
            cursor.at,
        )
    cursor.at = match.end()


def _slice(cursor: Cursor, begin: int, text: str) -> GateSlice:
    """The slice that `text` describes, which begins at offset `begin`."""
    match = EQUALS.match(text)
    if match is not None and _is_column(match[1]):
        start = begin + match.end()
        return GateSlice(unquoted(match[1]), _value(cursor, start, text[match.end() :]))
    if not text.strip():
        cursor.fail("this slice is empty", SLICE_EXPECTED, begin)
    try:
        expression = parse(text)
    except ExpressionError as error:
        expected = error.expected or SLICE_EXPECTED
        if match is not None:
            expected += " A column with brackets or operators in its name stands in back-quotes."
        cursor.fail(error.problem, expected, begin + error.at)
    if isinstance(expression, Column):
        return GateSlice(expression.name, named=True)
    return GateSlice(render(expression), expression=True)


def _is_column(text: str) -> bool:
    """Whether what stands before a single `=` can be a column: no part of an expression."""
    return text[0] in "'\"`" or not re.search(r"[(\[+*/]", text)


def _value(cursor: Cursor, start: int, raw: str) -> str | None:
    """The value that `raw`, which begins at offset `start`, names; None for each."""
    value = raw.strip()
    start += len(raw) - len(raw.lstrip())
    if not value:
        cursor.fail("no value after =", VALUE_EXPECTED, start)
    if value == "*":
        return None
    if QUOTED.fullmatch(value):
        return unquoted(value)
    plain = PLAIN.match(value)
    if plain is None or plain.end() < len(value):
        place = start + (plain.end() if plain else 0)
        cursor.fail(f"{cursor.text[place]!r} can't stand in a value", MEANT_CONDITION, place)
    return value


def _same_column(one: GateSlice, other: GateSlice) -> bool:
    columns = not (one.expression or one.named or other.expression or other.named)
    return columns and one.source == other.source


def _text(part: GateSlice) -> str:
    if part.expression:
        return part.source
    if part.named:
        return column_text(part.source)
    value = "*" if part.value is None else part.value
    if part.value is not None and not SAFE.fullmatch(part.value):
        value = in_quotes(part.value)
    return f"{column_text(part.source)}={value}"
