# SPDX-License-Identifier: Apache-2.0
"""The syntax tree of an expression: a dozen frozen node types.

    status == 'paid' -> amount > 0

    Implication(
        Comparison("==", Column("status"), Text("paid")),
        Comparison(">", Column("amount"), Number(0)),
    )

Every node knows where it begins in its text (`at`, from 0); `at` takes no part in equality, so two
trees are equal when they mean the same. What the nodes mean for missing values: a comparison,
membership or arithmetic with a missing value is missing; only `Missing` itself is never missing.
A `Text` that is compared with a date or datetime column is read as an ISO date.
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

ComparisonOperator = Literal["==", "!=", "<", "<=", ">", ">="]
ArithmeticOperator = Literal["+", "-", "*", "/"]
LogicalOperator = Literal["and", "or"]


class Node(msgspec.Struct, frozen=True, eq=False, tag=True):
    """Base of all nodes: frozen, compared and hashed by meaning, not by position."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._meaning() == other._meaning()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._meaning()))

    def _meaning(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__struct_fields__ if name != "at")


class Column(Node, frozen=True):
    """A column of the table: a bare identifier or a back-quoted name."""

    name: str
    at: int = 0


class Number(Node, frozen=True):
    """A number; a minus sign directly before its digits belongs to it."""

    value: int | float
    at: int = 0


class Text(Node, frozen=True):
    """A quoted string."""

    value: str
    at: int = 0


class Boolean(Node, frozen=True):
    """`true` or `false`."""

    value: bool
    at: int = 0


class Moment(Node, frozen=True):
    """A bare date or date-time in ISO 8601: `2026-10-01`, `2026-10-01T12:30:00Z`."""

    value: str
    at: int = 0


class Negate(Node, frozen=True):
    """`-operand`."""

    operand: "Expression"
    at: int = 0


class Arithmetic(Node, frozen=True):
    """`left + right`, also `-`, `*` and `/` (true division)."""

    operator: ArithmeticOperator
    left: "Expression"
    right: "Expression"
    at: int = 0


class Comparison(Node, frozen=True):
    """`left >= right` and its five siblings; `a < b < c` is read as `a < b and b < c`.

    With a `tolerance`, `left == right +/- 0.01`, both are numbers that may differ by so much.
    """

    operator: ComparisonOperator
    left: "Expression"
    right: "Expression"
    at: int = 0
    tolerance: int | float | None = None


class Membership(Node, frozen=True):
    """`operand in [literal, …]`, or `not in` when `negated`."""

    operand: "Expression"
    values: tuple["Literals", ...]
    negated: bool = False
    at: int = 0


class Missing(Node, frozen=True):
    """`operand is null`, or `is not null` when `negated`; never missing itself."""

    operand: "Expression"
    negated: bool = False
    at: int = 0


class Not(Node, frozen=True):
    """`not operand`."""

    operand: "Expression"
    at: int = 0


class Logical(Node, frozen=True):
    """Two or more operands joined by the same `and` or `or`."""

    operator: LogicalOperator
    operands: tuple["Expression", ...]
    at: int = 0


class Implication(Node, frozen=True):
    """`condition -> consequence`: violated only where condition holds and consequence does not."""

    condition: "Expression"
    consequence: "Expression"
    at: int = 0


Literals: TypeAlias = Number | Text | Boolean | Moment
Expression: TypeAlias = (
    Column
    | Number
    | Text
    | Boolean
    | Moment
    | Negate
    | Arithmetic
    | Comparison
    | Membership
    | Missing
    | Not
    | Logical
    | Implication
)


CONDITIONS = (Column, Boolean, Comparison, Membership, Missing, Not, Logical, Implication)


def children(node: Expression) -> tuple[Expression, ...]:
    """The nodes directly below `node`, from left to right."""
    match node:
        case Negate() | Not() | Missing():
            return (node.operand,)
        case Membership():
            return (node.operand, *node.values)
        case Arithmetic() | Comparison():
            return (node.left, node.right)
        case Logical():
            return node.operands
        case Implication():
            return (node.condition, node.consequence)
        case _:
            return ()


def walk(expression: Expression) -> Iterator[tuple[Expression, int]]:
    """Every node with its depth (the root's is 1), parents first, from left to right."""
    waiting: list[tuple[Expression, int]] = [(expression, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting.extend((child, depth + 1) for child in reversed(children(node)))


def columns(expression: Expression) -> tuple[str, ...]:
    """The names of the columns that `expression` reads, each once, in order of appearance."""
    return tuple(dict.fromkeys(n.name for n, _ in walk(expression) if isinstance(n, Column)))


def is_condition(expression: Expression) -> bool:
    """True when `expression` is true or false for a row; a bare column may be either."""
    return isinstance(expression, CONDITIONS)
