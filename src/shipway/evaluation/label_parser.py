# SPDX-License-Identifier: Apache-2.0
"""From the text of a condition on n, o and d to its value, read once from left to right.

condition   clause {'and' clause}
clause      expression ('>' | '>=' | '<' | '<=') number '+/-' number
expression  ['-'] term {('+' | '-') term}
term        factor {'*' factor}
factor      n | o | d | number | '(' expression ')'

Only numbers multiply. A number may be a percentage, and `±` and `/\\` stand for `+/-` and `and`.
"""

import re
from typing import NoReturn

from shipway.evaluation.gate_cursor import Cursor, GateError
from shipway.evaluation.label_conditions import MEANINGS, Clause, Condition, Linear

LONGEST = 1000
DEEPEST = 20
FINEST = 1e6
"""How much larger than its tolerance a sum may be: with more there are not rows enough anywhere."""

POSITIVE = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.])")
NAME = re.compile(r"[^\W\d]\w*")
OPERATOR = re.compile(r">=|<=|>|<")
AND = re.compile(r"and(?!\w)|/\\")
SIGN = re.compile(r"[+-](?!\s*/)")
PLUS_MINUS = re.compile(r"\+\s*/\s*-|±")

FACTOR = "Expected n, o, d or a number."
TOLERANCE = "Expected a tolerance, such as +/- 0.01."
NUMBER = "Expected a number, such as 0.02."


class ConditionError(GateError):
    """A condition that can't be read, or that says nothing: points at the character `at`."""


def parse_condition(text: str) -> Condition:
    """The condition that `text` describes; ConditionError points at what can't be read."""
    return _Reader(text).condition()


class _Reader(Cursor):
    def condition(self) -> Condition:
        """The whole text."""
        if len(self.text) > LONGEST:
            self.fail("this condition is too long", "It may have 1,000 characters.", LONGEST)
        clauses = [self.clause()]
        while not self.at_end():
            if self.take(AND) is None:
                self.fail(self.found(), "Expected 'and' with another clause, or the end.")
            clauses.append(self.clause())
        return Condition(self.text.strip(), tuple(clauses))

    def clause(self) -> Clause:
        """One comparison with its tolerance."""
        begin = self.skip()
        left = self.expression(0)
        operator = self.take(OPERATOR)
        if operator is None:
            self.fail(self.found(), "Expected >, >=, <, <=, or + - * and more of the sum.")
        if not left.parts:
            self.fail("this compares no n, o or d", "Such as n - o > 0.02 +/- 0.01.", begin)
        limit_at = self.skip()
        limit, _ = self.number(NUMBER)
        if self.take(PLUS_MINUS) is None:
            self.fail(self.found(), TOLERANCE)
        tolerance_at = self.skip()
        tolerance, _ = self.number(TOLERANCE)
        if not tolerance > 0:
            self.fail("a tolerance is above 0", TOLERANCE, tolerance_at)
        clause = Clause(
            self.text[begin : self.at].strip(),
            left + Linear(constant=-left.constant),
            operator in (">", ">="),
            operator in (">", "<"),
            limit - left.constant,
            tolerance,
        )
        self.check(clause, limit_at, tolerance_at)
        return clause

    def check(self, clause: Clause, limit_at: int, tolerance_at: int) -> None:
        """Refuse a clause that no sample can decide, or that needs none."""
        low, high = clause.sum.extent
        reach = f"The left side lies between {low:.6g} and {high:.6g}."
        if not high - low <= FINEST * clause.tolerance:
            self.fail("no test set is large enough for this tolerance", TOLERANCE, tolerance_at)
        if clause.tolerance >= high - low:
            self.fail("this tolerance covers every value", reach, tolerance_at)
        if clause.limit >= high if clause.upward else clause.limit <= low:
            self.fail("no test set can show this", reach, limit_at)
        if clause.limit <= low if clause.upward else clause.limit >= high:
            self.fail("this holds for all models", reach, limit_at)

    def expression(self, depth: int) -> Linear:
        """Terms, added and subtracted."""
        first = -1 if self.step("-") else 1
        found = self.term(depth).times(first)
        while following := self.take(SIGN):
            found += self.term(depth).times(-1 if following == "-" else 1)
        return found

    def term(self, depth: int) -> Linear:
        """Factors, multiplied; only one of them may have a variable."""
        found = self.factor(depth)
        while self.step("*"):
            at = self.skip()
            other = self.factor(depth)
            if found.parts and other.parts:
                self.fail("only numbers multiply", "Such as 1.1 * o.", at)
            found = found.times(other.constant) if found.parts else other.times(found.constant)
        return found

    def factor(self, depth: int) -> Linear:
        """A variable, a number, or an expression in parentheses."""
        at = self.skip()
        if self.step("("):
            if depth == DEEPEST:
                self.fail("too many parentheses in each other", "Write the sum without them.", at)
            inside = self.expression(depth + 1)
            if not self.step(")"):
                self.fail(self.found(), "Expected ).")
            return inside
        name = self.take(NAME)
        if name is not None:
            return self.variable(name, at)
        if not self.sees(POSITIVE):
            self.fail(self.found(), FACTOR)
        number, _ = self.number(FACTOR)
        return Linear(constant=number)

    def variable(self, name: str, at: int) -> Linear:
        """n, o or d."""
        if name not in MEANINGS:
            known = ", ".join(f"{each} ({words})" for each, words in MEANINGS.items())
            self.fail(f"{name!r} is no variable", f"Known are {known}.", at)
        return Linear(n=float(name == "n"), o=float(name == "o"), d=float(name == "d"))

    def found(self, at: int | None = None) -> str:
        """What stands at offset `at` (default: next), as a message names it."""
        words = super().found(at)
        return words.replace("this gate ends", "this condition ends")

    def fail(self, problem: str, expected: str, at: int | None = None) -> NoReturn:
        """Raise an error that points at offset `at` (default: what stands next)."""
        place = self.skip() if at is None else at
        raise ConditionError(self.text, place, problem, expected, self.where)
