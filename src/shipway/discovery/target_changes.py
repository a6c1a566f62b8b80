# SPDX-License-Identifier: Apache-2.0
"""Does the code train on the target as it stands in the table, or on something made of it?

    y = (df.Status == 2).astype(int)      the model answers 0 and 1, the table says 1 and 2
    y = np.log1p(df["MSRP"])              the model answers a logarithm

Such a model can't be measured against the column without being translated back.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from shipway.discovery.running import Place

LIKE_Y = re.compile(r"(^|_)(y|ys|target|targets|label|labels|outcome)(_|$|[0-9])", re.IGNORECASE)
LOGARITHMS = ("log", "log1p", "log2", "log10", "sqrt", "boxcox")
MAPPINGS = ("map", "replace", "apply", "cut", "qcut", "factorize", "fit_transform", "transform")
PEELED = ("astype", "values", "to_numpy", "ravel", "reshape", "copy", "int", "array", "asarray")


class TargetChange(msgspec.Struct, frozen=True):
    """What the code makes of the target before it trains.

    `positive` is the class that a comparison makes of the value it asks for.
    """

    kind: Literal["scale", "classes"]
    at: Place
    text: str
    positive: str | None = None


def target_change(folder: Path, files: Iterable[str], target: str) -> TargetChange | None:
    """The first change of `target` in the Python among `files`; None when none is seen."""
    for file in files:
        if not file.endswith(".py"):
            continue
        try:
            tree = ast.parse((folder / file).read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            continue
        for found in _changes(tree, file, _simple(target)):
            return found
    return None


def _changes(tree: ast.Module, file: str, target: str) -> Iterator[TargetChange]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(_is_y(each, target) for each in node.targets):
            found = _change(node.value, Place(file, node.lineno), target)
            if found is not None:
                yield found


def _is_y(node: ast.expr, target: str) -> bool:
    """A variable called like a target, or the target's own column."""
    if isinstance(node, ast.Name):
        return LIKE_Y.search(node.id) is not None
    return _is_column(node, target)


def _is_column(node: ast.expr, target: str) -> bool:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return isinstance(node.slice.value, str) and _simple(node.slice.value) == target
    return isinstance(node, ast.Attribute) and _simple(node.attr) == target


def _simple(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _change(value: ast.expr, at: Place, target: str) -> TargetChange | None:
    inner, whole = _peeled(value)
    text = ast.unparse(value)
    if not any(_is_column(each, target) for each in ast.walk(inner) if isinstance(each, ast.expr)):
        return None
    if isinstance(inner, ast.Compare) and _is_column(_peeled(inner.left)[0], target):
        equal = isinstance(inner.ops[0], ast.Eq | ast.Gt | ast.GtE | ast.In)
        answers = ("1", "0") if whole else ("true", "false")
        return TargetChange("classes", at, text, answers[0 if equal else 1])
    if not isinstance(inner, ast.Call):
        return None
    name = _called(inner)
    if name in LOGARITHMS:
        return TargetChange("scale", at, text)
    return TargetChange("classes", at, text) if name in MAPPINGS else None


def _peeled(node: ast.expr) -> tuple[ast.expr, bool]:
    """The expression without `.values`, `.astype(int)` and the like; whether it became numbers."""
    numbers = False
    while True:
        if isinstance(node, ast.Attribute) and node.attr in PEELED:
            node = node.value
        elif isinstance(node, ast.Call) and _called(node) in PEELED:
            numbers = numbers or _called(node) in ("astype", "int")
            if isinstance(node.func, ast.Attribute) and _called(node) not in ("array", "asarray"):
                node = node.func.value
            elif node.args:
                node = node.args[0]
            else:
                return node, numbers
        else:
            return node, numbers


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""
