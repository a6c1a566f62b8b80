# SPDX-License-Identifier: Apache-2.0
"""From the text of a gate to its value, read once from left to right.

gate        metric ['[' slice ']'] operator bound ['at' percentage]
slice       column '=' value | column '=' '*' | expression
operator    '>=' | '>' | '<=' | '<'
bound       number | percentage | 'champion' [('+' | '-') (number | percentage)]

A column or value with blanks or brackets stands in quotes or back-quotes. A slice without a single
`=` is an expression of `shipway.spec.expressions`.
"""

import re
from math import isfinite
from typing import NoReturn

from shipway.base.errors import InputError
from shipway.evaluation.gates import Bound, Gate, GateSlice, Operator
from shipway.spec.expressions import Column, ExpressionError, caret, parse, render

LONGEST = 1000
BLANK = re.compile(r"\s*")
METRIC = re.compile(r"[^\W\d][\w@/:-]*(?:\.[\w@/:-]+)*")
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.])")
WORD = re.compile(r"[^\W\d]\w*")
OPERATOR = re.compile(r">=|<=|>|<")
INSIDE = re.compile(r"(?:'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\[[^\]]*\]|[^\]\[])*")
EQUALS = re.compile(r"\s*(`(?:[^`]|``)+`|[^=<>!`'\"]+?)\s*=(?!=)\s*(.*?)\s*", re.DOTALL)
QUOTES = ("'", '"', "`")


class GateError(InputError):
    """A gate that can't be read: points at the character `at` of `text` and says what could stand
    there."""

    def __init__(self, text: str, at: int, problem: str, expected: str, where: str = "") -> None:
        self.text = text
        self.at = at
        self.problem = problem
        self.expected = expected
        super().__init__(f"{problem}\n{caret(text, at)}", where=where, cure=expected)


def parse_gate(text: str, *, where: str = "") -> Gate:
    """The gate that `text` describes; GateError points at what can't be read."""
    return _Reader(text, where).gate()


def slice_source(text: str) -> GateSlice:
    """What an entry of `slices:` means: a column (each of its values) or an expression.

    ExpressionError when it can't be read.
    """
    expression = parse(text)
    if isinstance(expression, Column):
        return GateSlice(expression.name)
    return GateSlice(render(expression), expression=True)


class _Reader:
    def __init__(self, text: str, where: str) -> None:
        self.text = text
        self.where = where
        self.at = 0
        if len(text) > LONGEST:
            self.fail("this gate is too long", "Split it in several.")

    def gate(self) -> Gate:
        """The whole text."""
        metric = self.take(METRIC)
        if metric is None:
            self.fail(self.found(), "Expected a metric's name, such as roc_auc.")
        slice_at = self.skip()
        part = self.slice()
        operator = self.operator(part is None)
        bound_at = self.skip()
        bound = self.bound()
        confidence_at = self.skip()
        confidence = self.confidence(bound)
        return Gate(
            self.text,
            metric,
            operator,
            bound,
            () if part is None else (part,),
            confidence,
            slice_at=slice_at,
            bound_at=bound_at,
            confidence_at=confidence_at,
        )

    def slice(self) -> GateSlice | None:
        """`[…]`, if it stands next."""
        if not self.text.startswith("[", self.at):
            return None
        opened = self.at
        match = INSIDE.match(self.text, opened + 1)
        end = match.end() if match else opened + 1
        if not self.text.startswith("]", end):
            self.fail("this [ is never closed", "Close the slice with ].", at=opened)
        self.at = end + 1
        return self.rows(self.text[opened + 1 : end], opened + 1)

    def rows(self, inside: str, begin: int) -> GateSlice:
        """The slice that stands between the brackets, which begins at offset `begin`."""
        match = EQUALS.fullmatch(inside)
        if match is not None:
            if not match[2]:
                self.fail(
                    "no value after =", "Expected a value, or * for each.", begin + len(inside)
                )
            return GateSlice(unquoted(match[1]), None if match[2] == "*" else unquoted(match[2]))
        try:
            expression = parse(inside)
        except ExpressionError as error:
            self.fail(error.problem, error.expected or SLICE, begin + error.at)
        if isinstance(expression, Column):
            self.fail(f"which values of {expression.name}?", SLICE, begin + len(inside))
        return GateSlice(render(expression), expression=True)

    def operator(self, may_slice: bool) -> Operator:
        """One of the four comparisons."""
        self.skip()
        start = self.at
        found = self.take(OPERATOR)
        expected = "Expected >=, >, <= or <" + (" (or a slice in [ ])." if may_slice else ".")
        if found is None:
            self.fail(self.found(), expected)
        if self.text.startswith(("=", ">", "<"), self.at):
            self.fail(f"{self.text[start : self.at + 1]!r} is no comparison", expected, start)
        return found  # type: ignore[return-value]

    def bound(self) -> Bound:
        """A number, a percentage, or the champion with a margin."""
        start = self.at
        word = self.take(WORD)
        if word == "champion":
            return self.margin()
        if word is not None:
            self.fail(f"{word!r} is no bound", BOUND, start)
        number, _ = self.number(BOUND)
        return Bound(number)

    def margin(self) -> Bound:
        """What follows `champion`."""
        self.skip()
        sign = self.text[self.at : self.at + 1]
        if sign not in ("+", "-"):
            return Bound(0.0, champion=True)
        self.at += 1
        self.skip()
        if self.text.startswith(("+", "-"), self.at):
            self.fail(self.found(), MARGIN)
        size, relative = self.number(MARGIN)
        return Bound(-size if sign == "-" else size, champion=True, relative=relative)

    def confidence(self, bound: Bound) -> float | None:
        """`at N%`, if it stands next; then the end."""
        start = self.at
        if start == len(self.text):
            return None
        if self.take(WORD) != "at":
            after = "+, - or " if bound.champion and bound.number == 0 else ""
            self.fail(self.found(start), f"Expected {after}'at N%' or the end.", start)
        start = self.skip()
        number, is_percentage = self.number(LEVEL)
        if not is_percentage or not 0.5 < number < 1:
            self.fail("a confidence is a percentage above 50% and below 100%", LEVEL, start)
        if self.skip() < len(self.text):
            self.fail(self.found(), "Expected the end.")
        return number

    def number(self, expected: str) -> tuple[float, bool]:
        """A number, and whether a percent sign follows it (then it is divided by 100)."""
        self.skip()
        start = self.at
        digits = self.take(NUMBER)
        if digits is None or not isfinite(float(digits)):
            self.fail(self.found(start), expected, start)
        match = re.compile(r"\s*%").match(self.text, self.at)
        if match is None:
            return float(digits), False
        self.at = match.end()
        # float("95%") by text: 0.95 exactly, where 95 / 100 of some numbers is not.
        return float(f"{digits}e-2") if "e" not in digits.lower() else float(digits) / 100, True

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """What `pattern` finds next, blanks before it skipped; None when it does not match."""
        self.skip()
        match = pattern.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        return match.group()

    def skip(self) -> int:
        """The offset of the next character that is no blank."""
        match = BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def found(self, at: int | None = None) -> str:
        """What stands next, as a message names it."""
        rest = self.text[self.at if at is None else at :].split()
        return f"{rest[0]!r} can't stand here" if rest else "this gate ends too early"

    def fail(self, problem: str, expected: str, at: int | None = None) -> NoReturn:
        """Raise an error that points at offset `at` (default: what stands next)."""
        place = self.at if at is None else at
        raise GateError(self.text, place, problem, expected, self.where)


BOUND = "Expected a number, a percentage, or champion (champion - 0.02, champion + 1%)."
MARGIN = "Expected a number or a percentage of the champion's value."
LEVEL = "Expected a confidence, such as 95%."
SLICE = "Expected column=value, column=* or a condition, such as amount >= 1000."


def unquoted(text: str) -> str:
    """`text` without the quotes around it; a doubled quote inside stands for one."""
    if len(text) >= 2 and text[0] in QUOTES and text[-1] == text[0]:
        return text[1:-1].replace(text[0] * 2, text[0])
    return text
