# SPDX-License-Identifier: Apache-2.0
"""Which column the code predicts: what it calls y, what it leaves out of X."""

import ast
import re
from collections.abc import Iterator

from shipway.discovery.findings import TargetUse
from shipway.discovery.source import Scope, SourceFile
from shipway.discovery.values import Values

LABEL_NAME = re.compile(r"^(y|Y|target|targets|label|labels|y_?(train|test|all|full|data|true))$")
CONSTANT_NAME = re.compile(r"^(TARGET|LABEL|Y)(_?(COL|COLUMN|NAME|VAR|VARIABLE|FIELD))?$", re.I)
FEATURES_NAME = re.compile(r"^([Xx]|features?|inputs?|[Xx]_?(train|test|all|full|data))$")
FRAME_NAME = re.compile(r"^(df|data|frame|train|test|dataset)\w*$")
SPLITTERS = ("train_test_split",)


def targets(values: Values, source: SourceFile) -> Iterator[TargetUse]:
    """The uses of a file, in the order of its lines; the same column may come several times."""
    for target, value, scope, _ in source.assigns:
        name = _bare(target)
        if LABEL_NAME.match(name):
            yield from _label(values, source, name, value, scope)
        elif FEATURES_NAME.match(name):
            yield from _left_out(values, source, name, value, scope)
        elif CONSTANT_NAME.match(name) and not scope.is_function:
            for one in values.of(source, value, scope):
                if one.text and _is_column(one.text):
                    why = f"it is called {name}"
                    yield TargetUse(one.text, source.place(value), why, score=70)
    for call in source.calls:
        last = call.name.rpartition(".")[2]
        if last in SPLITTERS and len(call.node.args) > 1:
            yield from _split(values, source, call.node, call.scope)
        if last in ("fit", "cross_val_score") and len(call.node.args) > 1:
            labels = call.node.args[1 if last == "fit" else -1]
            yield from _columns(
                values, source, labels, call.scope, "it is what the model is fitted to", 80
            )


def rank(found: list[TargetUse]) -> list[TargetUse]:
    """Each column once, at its best place; columns with more hints first."""
    best: dict[tuple[str, int | None], TargetUse] = {}
    totals: dict[tuple[str, int | None], int] = {}
    for one in found:
        key = (one.column, one.position)
        totals[key] = totals.get(key, 0) + one.score
        if key not in best or one.score > best[key].score:
            best[key] = one
    order = sorted(best, key=lambda key: (-totals[key], str(best[key].at.path), best[key].at.line))
    return [
        TargetUse(one.column, one.at, one.why, one.position, totals[key])
        for key in order
        for one in (best[key],)
    ]


def _label(
    values: Values, source: SourceFile, name: str, value: ast.expr, scope: Scope
) -> Iterator[TargetUse]:
    """`y = df["churn"]`, `y = df.pop("churn")`, `y = df.churn`, `y = df.iloc[:, -1]`."""
    yield from _columns(values, source, value, scope, f"it becomes {name}", 100)


def _columns(
    values: Values, source: SourceFile, node: ast.expr, scope: Scope, why: str, score: int
) -> Iterator[TargetUse]:
    at = source.place(node)
    while isinstance(node, ast.Call) or _is_same(node):
        if not isinstance(node, ast.Call):
            assert isinstance(node, ast.Attribute | ast.Subscript)  # noqa: S101 - _is_same looked
            node = node.value
            continue
        func = node.func
        if isinstance(func, ast.Attribute) and func.attr == "pop" and node.args:
            yield from _named(values, source, node.args[0], scope, why, score)
            return
        if isinstance(func, ast.Attribute) and not node.args:
            node = func.value  # .copy(), .to_numpy(), .ravel()
        elif isinstance(func, ast.Attribute) and func.attr in ("astype", "map", "replace", "apply"):
            node = func.value
        elif node.args and source.dotted(func).endswith(
            ("fit_transform", "array", "ravel", "transform", "asarray", "to_categorical", "Series")
        ):
            node = node.args[0]
        else:
            return
    if isinstance(node, ast.Subscript):
        yield from _subscript(values, source, node, scope, why, score)
    elif (
        isinstance(node, ast.Attribute)
        and _is_column(node.attr)
        and FRAME_NAME.match(ast.unparse(node.value))
    ):
        yield TargetUse(node.attr, at, why, score=score - 10)


def _is_same(node: ast.expr) -> bool:
    """Whether it is the same column as what it is taken from: `.values`, `[:100]`."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("values", "T")
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)


def _subscript(
    values: Values,
    source: SourceFile,
    node: ast.Subscript,
    scope: Scope,
    why: str,
    score: int,
) -> Iterator[TargetUse]:
    place = source.place(node)
    holder = ast.unparse(node.value)
    if holder.endswith(".iloc") and isinstance(node.slice, ast.Tuple) and node.slice.elts:
        position = _position(node.slice.elts[-1])
        if position is not None:
            words = "the last column" if position == -1 else f"column {position + 1}"
            yield TargetUse("", place, f"{words}: {why}", position=position, score=score)
        return
    key = node.slice
    if holder.endswith(".loc") and isinstance(key, ast.Tuple) and key.elts:
        key = key.elts[-1]
    if isinstance(key, ast.Tuple) and key.elts and not holder.endswith(".loc"):
        position = _position(key.elts[-1])  # array[:, -1]
        if position is not None:
            yield TargetUse("", place, f"column {position}: {why}", position=position, score=score)
        return
    yield from _named(values, source, key, scope, why, score)


def _named(
    values: Values,
    source: SourceFile,
    key: ast.expr,
    scope: Scope,
    why: str,
    score: int,
) -> Iterator[TargetUse]:
    for one in values.of(source, key, scope):
        names = one.known if isinstance(one.known, list) else [one.known]
        if len(names) == 1 and isinstance(names[0], str) and _is_column(names[0]):
            told = f" ({one.via})" if one.via else ""
            yield TargetUse(names[0], source.place(key), why + told, score=score)


def _left_out(
    values: Values, source: SourceFile, name: str, value: ast.expr, scope: Scope
) -> Iterator[TargetUse]:
    """`X = df.drop("churn", axis=1)`, `df.drop(columns=["churn"])`."""
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)):
        return
    if value.func.attr != "drop":
        return
    given = next((one.value for one in value.keywords if one.arg in ("columns", "labels")), None)
    given = given or (value.args[0] if value.args else None)
    for one in values.of(source, given, scope):
        names = one.known if isinstance(one.known, list) else [one.known]
        for column in names:
            if isinstance(column, str) and _is_column(column):
                score = 60 if len(names) == 1 else 25
                yield TargetUse(
                    column, source.place(value), f"it is left out of {name}", score=score
                )


def _split(values: Values, source: SourceFile, call: ast.Call, scope: Scope) -> Iterator[TargetUse]:
    why = "it is the second table that train_test_split splits"
    yield from _columns(values, source, call.args[1], scope, why, 90)


def _position(node: ast.expr) -> int | None:
    """A single column by its number; None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _position(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    return None


def _bare(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    return target.attr if isinstance(target, ast.Attribute) else ""


def _is_column(text: str) -> bool:
    return 0 < len(text) <= 100 and "\n" not in text and text not in ("values", "shape", "index")
