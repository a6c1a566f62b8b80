# SPDX-License-Identifier: Apache-2.0
"""A syntax tree back as text: `render` parses to the same tree, `in_words` is for people."""

import re

from shipway.spec.expression_nodes import (
    Arithmetic,
    Boolean,
    Column,
    Comparison,
    Expression,
    Implication,
    Literals,
    Logical,
    Membership,
    Missing,
    Moment,
    Negate,
    Not,
    Number,
    Text,
)
from shipway.spec.expression_tokens import KEYWORDS

BARE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
COMPARED = {
    "==": "equals",
    "!=": "differs from",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
}
CALCULATED = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


def render(expression: Expression) -> str:
    """The canonical text of `expression`, with as few parentheses as possible."""
    match expression:
        case Column():
            return column_text(expression.name)
        case Number() | Text() | Boolean() | Moment():
            return literal_text(expression)
        case Negate():
            return f"-{_negated(expression.operand)}"
        case Arithmetic(operator=operator, left=left, right=right):
            own = _level(expression)
            return f"{_at_least(left, own)} {operator} {_at_least(right, own + 1)}"
        case Comparison(operator=operator, left=left, right=right):
            within = "" if expression.tolerance is None else f" +/- {expression.tolerance!r}"
            return f"{_at_least(left, 6)} {operator} {_at_least(right, 6)}{within}"
        case Membership(operand=operand, values=values, negated=negated):
            listed = ", ".join(literal_text(value) for value in values)
            return f"{_at_least(operand, 6)} {'not in' if negated else 'in'} [{listed}]"
        case Missing(operand=operand, negated=negated):
            return f"{_at_least(operand, 6)} {'is not null' if negated else 'is null'}"
        case Not(operand=operand):
            return f"not {_at_least(operand, 4)}"
        case Logical(operator=operator, operands=operands):
            own = _level(expression)
            return f" {operator} ".join(_at_least(each, own + 1) for each in operands)
        case Implication(condition=condition, consequence=consequence):
            return f"{_at_least(condition, 2)} -> {_at_least(consequence, 1)}"


def column_text(name: str) -> str:
    """A column's name as it stands in an expression: bare where that can be read back."""
    if BARE.fullmatch(name) and name not in KEYWORDS:
        return name
    return "`" + name.replace("`", "``") + "`"


def literal_text(literal: Literals) -> str:
    """A literal as it stands in an expression."""
    match literal:
        case Text(value=value):
            return "'" + value.replace("'", "''") + "'"
        case Boolean(value=value):
            return "true" if value else "false"
        case Number(value=value):
            return repr(value)
        case Moment(value=value):
            return value


def _level(node: Expression) -> int:
    match node:
        case Implication():
            return 1
        case Logical(operator=operator):
            return 2 if operator == "or" else 3
        case Not():
            return 4
        case Comparison() | Membership() | Missing():
            return 5
        case Arithmetic(operator=operator):
            return 6 if operator in "+-" else 7
        case Negate():
            return 8
        case _:
            return 9


def _at_least(node: Expression, level: int) -> str:
    text = render(node)
    return text if _level(node) >= level else f"({text})"


def _negated(node: Expression) -> str:
    """A number after a minus stands in parentheses, or the minus would become part of it."""
    return f"({render(node)})" if isinstance(node, Number) else _at_least(node, 8)


def in_words(expression: Expression) -> str:
    """What `expression` demands, as a sentence without its full stop."""
    match expression:
        case Column():
            return expression.name
        case Number() | Text() | Boolean() | Moment():
            return literal_text(expression)
        case Negate(operand=operand):
            return f"minus {_grouped(operand)}"
        case Arithmetic(operator=operator, left=left, right=right):
            return f"{_grouped(left)} {CALCULATED[operator]} {_grouped(right)}"
        case Comparison(operator=operator, left=left, right=right):
            within = "" if expression.tolerance is None else f" by at most {expression.tolerance!r}"
            if within and operator == "==":
                return f"{_plain(left)} differs from {_plain(right)}{within}"
            within = within.replace("at most", "more than")
            return f"{_plain(left)} {COMPARED[operator]} {_plain(right)}{within}"
        case Membership(operand=operand, values=values, negated=negated):
            listed = ", ".join(literal_text(value) for value in values)
            return f"{_plain(operand)} is {'none' if negated else 'one'} of {listed}"
        case Missing(operand=operand, negated=negated):
            return f"{_plain(operand)} {'is present' if negated else 'is missing'}"
        case Not(operand=operand):
            return f"it is not so that {_grouped(operand)}"
        case Logical(operator=operator, operands=operands):
            return f" {operator} ".join(_joined(each) for each in operands)
        case Implication(condition=condition, consequence=consequence):
            return f"where {in_words(condition)}: {in_words(consequence)}"


def _grouped(node: Expression) -> str:
    """The words of `node`, in parentheses unless it is a single thing."""
    return in_words(node) if _level(node) == 9 else f"({in_words(node)})"


def _plain(node: Expression) -> str:
    """The words of one side of a comparison: calculations need no parentheses there."""
    return in_words(node) if _level(node) >= 6 else f"({in_words(node)})"


def _joined(node: Expression) -> str:
    return in_words(node) if _level(node) >= 4 else f"({in_words(node)})"
