# SPDX-License-Identifier: Apache-2.0
"""Expressions of the spec, compiled to polars.

A compiled condition is true, false or null for a row: null where it depends on a missing value
(NaN counts as one). `and`, `or` and `->` know that `false and missing` is false. A column without
any value goes with every kind. Integers are widened before arithmetic, so nothing wraps around; a
quotient by zero is missing.
"""

import datetime
import operator
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import polars as pl

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.data.columns import type_name
from shipway.data.parsing import as_moment, parse_text
from shipway.spec import expressions as tree
from shipway.spec.expressions import Expression, render
from shipway.spec.types import ColumnType

Kind = Literal["number", "text", "truth", "moment", "nothing"]
KINDS: dict[str, Kind] = {
    "integer": "number",
    "float": "number",
    "string": "text",
    "boolean": "truth",
    "date": "moment",
    "datetime": "moment",
    "null": "nothing",
}
AS_TYPE: dict[Kind, ColumnType] = {
    "number": "float",
    "text": "string",
    "truth": "boolean",
    "moment": "datetime",
    "nothing": "string",
}
WORDS: dict[Kind, str] = {
    "number": "a number",
    "text": "text",
    "truth": "true or false",
    "moment": "a date",
    "nothing": "missing everywhere",
}
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
WIDEST = 2**63
Schema = Mapping[str, pl.DataType]


class Typed(NamedTuple):
    """A polars expression and the kind of its values."""

    expr: pl.Expr
    kind: Kind


def compile_condition(expression: Expression, schema: Schema) -> pl.Expr:
    """`expression` as a boolean polars expression over a frame of `schema`; null where missing.

    InputError for a column that is not there, for kinds that do not go together (a text compared
    with a number), and for an expression that is no condition.
    """
    return _truth(expression, schema)


def _truth(node: Expression, schema: Schema) -> pl.Expr:
    """`node` as a condition."""
    match node:
        case tree.Implication():
            return ~_truth(node.condition, schema) | _truth(node.consequence, schema)
        case tree.Not():
            return ~_truth(node.operand, schema)
        case tree.Logical():
            return _joined(node, schema)
        case tree.Missing():
            missing = _value(node.operand, schema).expr.is_null()
            return ~missing if node.negated else missing
        case tree.Membership():
            return _member(node, schema)
        case tree.Comparison():
            return _compared(node, schema)
        case _:
            found = _as_kind(_value(node, schema), "truth")
            if found.kind != "truth":
                raise InputError(f"`{render(node)}` is {WORDS[found.kind]}, not a condition")
            return found.expr


def _joined(node: tree.Logical, schema: Schema) -> pl.Expr:
    parts = [_truth(operand, schema) for operand in node.operands]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined & part if node.operator == "and" else joined | part
    return joined


def _compared(node: tree.Comparison, schema: Schema) -> pl.Expr:
    left, right = _alike(node.left, node.right, node, schema)
    if left.kind == "truth" and node.operator not in ("==", "!="):
        raise InputError(f"`{render(node)}`: true and false have no order")
    if node.tolerance is not None:
        return _near(left, right, node)
    result: pl.Expr = OPERATORS[node.operator](left.expr, right.expr)
    return result


def _near(left: Typed, right: Typed, node: tree.Comparison) -> pl.Expr:
    """Numbers that differ by no more than the tolerance; sums of decimals are binary fractions."""
    if left.kind != "number":
        raise InputError(
            f"`{render(node)}`: {WORDS[left.kind]} is never near",
            cure="A tolerance needs numbers on both sides.",
        )
    one, other = left.expr.cast(pl.Float64), right.expr.cast(pl.Float64)
    slack = pl.max_horizontal(one.abs(), other.abs()) * 2.0**-46
    near = (one - other).abs() <= (node.tolerance or 0) + slack
    return near if node.operator == "==" else ~near


def _member(node: tree.Membership, schema: Schema) -> pl.Expr:
    tests = []
    for value in node.values:
        left, right = _alike(node.operand, value, node, schema)
        tests.append(left.expr == right.expr)
    found = pl.any_horizontal(tests)
    return ~found if node.negated else found


def _alike(
    left: Expression, right: Expression, node: Expression, schema: Schema
) -> tuple[Typed, Typed]:
    """Both sides, a text beside a date read as a date; InputError when their kinds differ."""
    one, other = _value(left, schema), _value(right, schema)
    if one.kind == "moment" and isinstance(right, tree.Text):
        other = _moment(right.value, node)
    if other.kind == "moment" and isinstance(left, tree.Text):
        one = _moment(left.value, node)
    one, other = _as_kind(one, other.kind), _as_kind(other, one.kind)
    if one.kind != other.kind:
        raise InputError(
            f"`{render(node)}`: {render(left)} is {_described(left, one, schema)}, "
            f"{render(right)} is {_described(right, other, schema)}",
            cure="Declare the column's type under data.columns, or compare what is alike.",
        )
    return one, other


def _as_kind(value: Typed, kind: Kind) -> Typed:
    """`value`, or, where it is missing everywhere, as many missing values of `kind`."""
    if value.kind != "nothing":
        return value
    return Typed(parse_text(value.expr.cast(pl.String), AS_TYPE[kind]), kind)


def _described(node: Expression, value: Typed, schema: Schema) -> str:
    if isinstance(node, tree.Column):
        return f"a column of type {type_name(schema[node.name])}"
    return WORDS[value.kind]


def _value(node: Expression, schema: Schema) -> Typed:
    """`node` as a value."""
    match node:
        case tree.Column():
            return _column(node, schema)
        case tree.Number():
            return Typed(pl.lit(_fitting(node.value)), "number")
        case tree.Text():
            return Typed(pl.lit(node.value), "text")
        case tree.Boolean():
            return Typed(pl.lit(node.value), "truth")
        case tree.Moment():
            return _moment(node.value, node)
        case tree.Negate():
            return Typed(0 - _number(node.operand, schema), "number")
        case tree.Arithmetic():
            return _arithmetic(node, schema)
        case _:
            return Typed(_truth(node, schema), "truth")


def _column(node: tree.Column, schema: Schema) -> Typed:
    dtype = schema.get(node.name)
    if dtype is None:
        raise InputError(
            f"there is no column {node.name!r}", cure=did_you_mean(node.name, list(schema))
        )
    column = pl.col(node.name)
    kind = KINDS.get(type_name(dtype))
    if kind is None:
        raise InputError(
            f"column {node.name!r} is of type {type_name(dtype)}, which expressions can't read"
        )
    if kind == "moment":
        return Typed(as_moment(column, dtype), kind)
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return Typed(column.cast(pl.String), kind)
    if isinstance(dtype, pl.Decimal):
        return Typed(column.cast(pl.Float64), kind)
    return Typed(column.fill_nan(None) if dtype.is_float() else column, kind)


def _moment(text: str, node: Expression) -> Typed:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"`{render(node)}`: {text!r} is not a date",
            cure="Write it as 2026-10-01 or 2026-10-01T12:30:00.",
        ) from None
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    return Typed(pl.lit(moment, dtype=pl.Datetime("us")), "moment")


def _number(node: Expression, schema: Schema) -> pl.Expr:
    """`node` as a number that is wide enough to calculate with."""
    found = _as_kind(_value(node, schema), "number")
    if found.kind != "number":
        raise InputError(
            f"`{render(node)}` is {_described(node, found, schema)}: one can't calculate with it",
            cure="Declare the column's type under data.columns.",
        )
    if isinstance(node, tree.Column):
        whole = schema[node.name].is_integer()
        return found.expr.cast(pl.Int128 if whole else pl.Float64)
    return found.expr


def _fitting(number: int | float) -> int | float:
    return number if abs(number) < WIDEST else float(number)


def _arithmetic(node: tree.Arithmetic, schema: Schema) -> Typed:
    left, right = _number(node.left, schema), _number(node.right, schema)
    if node.operator != "/":
        return Typed(OPERATORS[node.operator](left, right), "number")
    divisor = right.cast(pl.Float64)
    quotient = left.cast(pl.Float64) / pl.when(divisor != 0).then(divisor)
    return Typed(quotient.fill_nan(None), "number")
