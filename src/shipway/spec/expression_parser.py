# SPDX-License-Identifier: Apache-2.0
"""From tokens to the syntax tree: recursive descent, one method for each level of precedence.

implication   or '->' implication
or            and {'or' and}
and           not {'and' not}
not           'not' not | comparison
comparison    sum [{op sum ['+/-' number]} | ['not'] 'in' '[' literals ']' | 'is' ['not'] 'null']
sum           product {('+' | '-') product}
product       sign {('*' | '/') sign}
sign          '-' sign | primary
primary       column | literal | '(' implication ')'
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from math import isfinite
from typing import NoReturn, cast

from shipway.spec.expression_nodes import (
    Arithmetic,
    ArithmeticOperator,
    Boolean,
    Column,
    Comparison,
    ComparisonOperator,
    Expression,
    Implication,
    Literals,
    Logical,
    LogicalOperator,
    Membership,
    Missing,
    Moment,
    Negate,
    Not,
    Number,
    Text,
    is_condition,
    walk,
)
from shipway.spec.expression_tokens import KEYWORDS, ExpressionError, Token, tokens

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
DEEPEST_NESTING = 40
DEEPEST_TREE = 200
OPERAND = "Expected a column, a number, a text in quotes, a date or (."
OPERATOR = "Expected an operator (+ - * / == != < <= > >= in is and or ->) or the end."


def parse(text: str) -> Expression:
    """The syntax tree of `text`; ExpressionError points at the character that can't be read."""
    expression = Parser(text).whole()
    if max(depth for _, depth in walk(expression)) > DEEPEST_TREE:
        raise ExpressionError(text, 0, "this expression is nested too deeply", "Split it.")
    return expression


class Parser:
    """Reads one text once, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.index = 0
        self.nesting = 0

    @property
    def now(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.index]

    def at_end(self) -> bool:
        """True when everything was read."""
        return self.now.kind == "end"

    def whole(self) -> Expression:
        """The whole text as one expression."""
        if self.at_end():
            self.fail("this expression is empty", OPERAND)
        found = self.implication()
        if not self.at_end():
            self.fail(f"{self.shown()} can't stand here", self.after_operand())
        return found

    def implication(self) -> Expression:
        """`condition -> consequence`, grouped to the right."""
        left = self.either()
        token = self.now
        if not self.take("->"):
            return left
        with self.deeper():
            right = self.implication()
        return Implication(self.condition(left), self.condition(right), at=token.at)

    def either(self) -> Expression:
        """Operands joined by `or`."""
        return self.joined("or", self.both)

    def both(self) -> Expression:
        """Operands joined by `and`."""
        return self.joined("and", self.negation)

    def joined(self, word: LogicalOperator, operand: Callable[[], Expression]) -> Expression:
        """One operand, or several with `word` between them."""
        found = [operand()]
        at = self.now.at
        while self.take(word):
            found.append(operand())
        if len(found) == 1:
            return found[0]
        return Logical(word, tuple(self.condition(each) for each in found), at=at)

    def negation(self) -> Expression:
        """`not operand`, or a comparison."""
        token = self.now
        if not self.take("not"):
            return self.comparison()
        with self.deeper():
            return Not(self.condition(self.negation()), at=token.at)

    def comparison(self) -> Expression:
        """A sum alone, or compared with others."""
        left = self.sum()
        if self.now.kind == "symbol" and self.now.value in COMPARISONS:
            return self.chain(left)
        token = self.now
        if self.take("is"):
            negated = self.take("not")
            if not (self.take("null") or self.take("None")):
                self.fail(f"{self.shown()} can't stand after 'is'", "Write is null or is not null.")
            return Missing(left, negated, at=token.at)
        negated = self.take("not")
        if self.take("in"):
            return Membership(left, self.literals(), negated, at=token.at)
        if negated:
            self.fail(f"{self.shown()} can't stand after 'not'", "Expected in.")
        return left

    def chain(self, left: Expression) -> Expression:
        """`a < b`, or `a < b < c` as `a < b and b < c`."""
        pairs: list[Expression] = []
        at = self.now.at
        while self.now.kind == "symbol" and self.now.value in COMPARISONS:
            token = self.step()
            right = self.sum()
            operator = cast("ComparisonOperator", token.value)
            tolerance = self.tolerance(operator)
            pairs.append(Comparison(operator, left, right, token.at, tolerance))
            left = right
        return pairs[0] if len(pairs) == 1 else Logical("and", tuple(pairs), at=at)

    def tolerance(self, operator: ComparisonOperator) -> int | float | None:
        """The number behind `+/-`, if that stands next."""
        token = self.now
        if not self.take("+/-"):
            return None
        if operator not in ("==", "!="):
            problem = f"'+/-' can't stand after {operator!r}"
            raise ExpressionError(self.text, token.at, problem, "Add to one side: a <= b + 0.01.")
        if self.now.kind != "number":
            self.fail(f"{self.shown()} can't stand after '+/-'", "Expected a number.")
        return self.number(self.step()).value

    def sum(self) -> Expression:
        """Products added and subtracted, grouped to the left."""
        return self.arithmetic(("+", "-"), self.product)

    def product(self) -> Expression:
        """Operands multiplied and divided, grouped to the left."""
        return self.arithmetic(("*", "/"), self.sign)

    def arithmetic(
        self, operators: tuple[str, ...], operand: Callable[[], Expression]
    ) -> Expression:
        """One operand, or several with `operators` between them."""
        left = operand()
        while self.now.kind == "symbol" and self.now.value in operators:
            token = self.step()
            right = operand()
            operator = cast("ArithmeticOperator", token.value)
            left = Arithmetic(operator, self.value(left), self.value(right), at=token.at)
        return left

    def sign(self) -> Expression:
        """`-operand`; a minus before digits makes a negative number."""
        token = self.now
        if not self.take("-"):
            return self.primary()
        if self.now.kind == "number":
            return Number(-self.number(self.step()).value, at=token.at)
        with self.deeper():
            return Negate(self.value(self.sign()), at=token.at)

    def primary(self) -> Expression:
        """A column, a literal, or an expression in parentheses."""
        token = self.now
        if self.take("("):
            with self.deeper():
                inner = self.implication()
            if not self.take(")"):
                self.fail(f"{self.shown()} can't stand here", "Expected an operator or ).")
            return inner
        if token.kind == "quoted" or (token.kind == "name" and token.value not in KEYWORDS):
            self.step()
            return Column(token.value, at=token.at)
        literal = self.literal()
        if literal is None:
            self.fail(*self.no_operand())
        return literal

    def literals(self) -> tuple[Literals, ...]:
        """`[literal, …]` after `in`."""
        if not self.take("["):
            self.fail(f"{self.shown()} can't stand after 'in'", "Expected [.")
        found: list[Literals] = []
        while True:
            negative = self.take("-")
            literal = self.literal()
            if literal is None or (negative and not isinstance(literal, Number)):
                self.fail(
                    f"{self.shown()} can't stand in this list",
                    "Expected a number, a text in quotes, a date, true or false.",
                )
            found.append(Number(-literal.value, literal.at - 1) if negative else literal)  # type: ignore[operator]
            if self.take("]"):
                return tuple(found)
            if not self.take(","):
                self.fail(f"{self.shown()} can't stand in this list", "Expected , or ].")

    def literal(self) -> Literals | None:
        """The literal that stands next, or None."""
        token = self.now
        if token.kind == "number":
            return self.number(self.step())
        if token.kind == "text":
            self.step()
            return Text(token.value, at=token.at)
        if token.kind == "moment":
            return self.moment(self.step())
        if token.kind == "name" and token.value in ("true", "True", "false", "False"):
            self.step()
            return Boolean(token.value in ("true", "True"), at=token.at)
        return None

    def number(self, token: Token) -> Number:
        """A finite number."""
        raw = token.value
        value = int(raw) if raw.isdecimal() and len(raw) < 400 else float(raw)
        if isinstance(value, float) and not isfinite(value):
            raise ExpressionError(self.text, token.at, "this number is too large")
        return Number(value, at=token.at)

    def moment(self, token: Token) -> Moment:
        """A date that is in the calendar."""
        try:
            datetime.fromisoformat(token.value)
        except ValueError:
            raise ExpressionError(
                self.text, token.at, f"there is no date {token.value}", "Write it as 2026-10-01."
            ) from None
        return Moment(token.value, at=token.at)

    def condition(self, node: Expression) -> Expression:
        """`node`, which must be true or false."""
        if not is_condition(node):
            raise ExpressionError(
                self.text,
                node.at,
                "this is neither true nor false",
                "Compare it with something: amount > 0.",
            )
        return node

    def value(self, node: Expression) -> Expression:
        """`node`, which one must be able to calculate with."""
        if isinstance(node, Text) or (is_condition(node) and not isinstance(node, Column)):
            raise ExpressionError(
                self.text, node.at, "this is no number", "Calculate with numbers and columns only."
            )
        return node

    def no_operand(self) -> tuple[str, str]:
        """Problem and cure where an operand should stand."""
        token = self.now
        if token.kind == "end":
            return "the expression ends too early", OPERAND
        if token.value in ("null", "None"):
            return (
                "a comparison with a missing value is neither true nor false",
                "Write column is null or column is not null.",
            )
        if token.value == "not":
            return "'not' can't stand here", "Put it in parentheses: (not …)."
        return f"{self.shown()} can't stand here", OPERAND

    def after_operand(self) -> str:
        """The cure where an operator should stand."""
        lower = self.now.value.lower()
        if self.now.kind == "name" and lower in ("and", "or", "not", "in", "is"):
            return f"Write {lower} in small letters."
        if self.now.kind == "name" and self.index and self.tokens[self.index - 1].kind == "name":
            return f"{OPERATOR} A column's name with blanks goes in back-quotes."
        return OPERATOR

    def take(self, value: str) -> bool:
        """Step over a symbol or keyword if it stands next."""
        if self.now.kind in ("symbol", "name") and self.now.value == value:
            self.index += 1
            return True
        return False

    def step(self) -> Token:
        """The next token; goes past it."""
        token = self.now
        self.index += 1
        return token

    def shown(self) -> str:
        """The next token as a message names it."""
        return "the end" if self.now.kind == "end" else repr(self.now.value)

    def fail(self, problem: str, expected: str) -> NoReturn:
        """Raise an error that points at the next token."""
        raise ExpressionError(self.text, self.now.at, problem, expected)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one level of nesting; too many are an error, not a crash."""
        self.nesting += 1
        if self.nesting > DEEPEST_NESTING:
            self.fail("this expression is nested too deeply", "Split it in several.")
        yield
        self.nesting -= 1
