# SPDX-License-Identifier: Apache-2.0
"""From the text of a gate to its value, read once from left to right, and back.

gate        subject ['[' slice {',' slice} ']'] operator bound ['at' percentage]
subject     see `gate_subjects`
slice       see `gate_slices`
operator    '>=' | '>' | '<=' | '<'
bound       number | percentage | 'champion' [('+' | '-') (number | percentage)]

    recall[country=*, channel=web] >= champion - 1% at 80%
    difference(recall@precision=0.9, country) <= 0.1
"""

import re
from decimal import Decimal

from shipway.evaluation.gate_cursor import WORD, Cursor, GateError
from shipway.evaluation.gate_slices import read_slices, slice_source, slices_text
from shipway.evaluation.gate_subjects import read_subject
from shipway.evaluation.gates import Bound, Gate, Operator

LONGEST = 1000
OPERATOR = re.compile(r">=|<=|>|<")
BOUND = "Expected a number, a percentage, or champion (champion - 0.02, champion + 1%)."
MARGIN = "Expected a number or a percentage of the champion's value."
LEVEL = "Expected a confidence, such as 95%."

__all__ = ["GateError", "parse_gate", "render_gate", "slice_source"]


def parse_gate(text: str, *, where: str = "") -> Gate:
    """The gate that `text` describes; GateError points at what can't be read."""
    cursor = Cursor(text, where)
    if len(text) > LONGEST:
        cursor.fail("this gate is too long", "Split it in several.", 0)
    subject = read_subject(cursor)
    slice_at = cursor.skip()
    slices = read_slices(cursor)
    operator = _operator(cursor, may_slice=not slices)
    bound_at = cursor.skip()
    bound = _bound(cursor)
    confidence_at = cursor.skip()
    confidence = _confidence(cursor, bound)
    return Gate(
        text,
        subject.metric,
        operator,
        bound,
        slices,
        confidence,
        subject.form,
        subject.columns,
        slice_at=slice_at,
        bound_at=bound_at,
        confidence_at=confidence_at,
    )


def render_gate(gate: Gate) -> str:
    """The canonical text of `gate`, which is read as the same gate."""
    level = "" if gate.confidence is None else f" at {_percent(gate.confidence)}"
    return (
        f"{gate.subject}{slices_text(gate.slices)} {gate.operator} {_bound_text(gate.bound)}{level}"
    )


def _bound_text(bound: Bound) -> str:
    """All digits of a bound, where `str` shows six."""
    if not bound.champion:
        return repr(bound.number)
    size = abs(bound.number)
    sign = "-" if bound.number < 0 else "+"
    return f"champion {sign} {_percent(size) if bound.relative else repr(size)}"


def _percent(share: float) -> str:
    return f"{Decimal(repr(share)) * 100:f}%"


def _operator(cursor: Cursor, *, may_slice: bool) -> Operator:
    """One of the four comparisons."""
    start = cursor.skip()
    found = cursor.take(OPERATOR)
    expected = "Expected >=, >, <= or <" + (" (or a slice in [ ])." if may_slice else ".")
    if found is None:
        cursor.fail(cursor.found(), expected)
    if cursor.text.startswith(("=", ">", "<"), cursor.at):
        cursor.fail(f"{cursor.text[start : cursor.at + 1]!r} is no comparison", expected, start)
    return found  # type: ignore[return-value]


def _bound(cursor: Cursor) -> Bound:
    """A number, a percentage, or the champion with a margin."""
    start = cursor.skip()
    word = cursor.take(WORD)
    if word == "champion":
        return _margin(cursor)
    if word is not None:
        cursor.fail(f"{word!r} is no bound", BOUND, start)
    number, _ = cursor.number(BOUND)
    return Bound(number)


def _margin(cursor: Cursor) -> Bound:
    """What follows `champion`."""
    minus = cursor.step("-")
    if not minus and not cursor.step("+"):
        return Bound(0.0, champion=True)
    cursor.skip()
    if cursor.text.startswith(("+", "-"), cursor.at):
        cursor.fail(cursor.found(), MARGIN)
    size, relative = cursor.number(MARGIN)
    return Bound(-size if minus else size, champion=True, relative=relative)


def _confidence(cursor: Cursor, bound: Bound) -> float | None:
    """`at N%`, if it stands next; then the end."""
    if cursor.at_end():
        return None
    start = cursor.at
    if cursor.take(WORD) != "at":
        after = "+, - or " if bound.champion and bound.number == 0 else ""
        cursor.fail(cursor.found(start), f"Expected {after}'at N%' or the end.", start)
    start = cursor.skip()
    number, is_percentage = cursor.number(LEVEL)
    _check_level(cursor, start, number, is_percentage)
    if not cursor.at_end():
        cursor.fail(cursor.found(), "Expected the end.")
    return number


def _check_level(cursor: Cursor, start: int, number: float, is_percentage: bool) -> None:
    if not is_percentage:
        share = number if 0.5 < number < 1 else number / 100
        meant = f"Did you mean {share * 100:.6g}%?" if 0.5 < share < 1 else LEVEL
        cursor.fail("a confidence is a percentage", meant, start)
    if number == 1:
        cursor.fail("no number of rows gives a confidence of 100%", LEVEL, start)
    if number > 1 or number < 0:
        cursor.fail("a confidence lies above 50% and below 100%", LEVEL, start)
    if number == 0:
        cursor.fail(
            "a confidence of 0% demands nothing",
            f"{LEVEL} Without 'at' the measured values are compared.",
            start,
        )
    if number <= 0.5:
        cursor.fail(
            "a confidence lies above 50% and below 100%: at 50% a bound is the measured value",
            LEVEL,
            start,
        )
