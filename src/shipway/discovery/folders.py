# SPDX-License-Identifier: Apache-2.0
"""What the code puts something behind, so that it is a folder and not the file itself.

    os.path.join(args.data_dir, "train.csv")      Path(os.environ["DATA"]) / "train.csv"

Names are those of attributes, variables and keys; `argv[1]` is an argument by its position.
"""

import ast
import re
from collections.abc import Iterator

from shipway.discovery.reads import TABLES, path_argument
from shipway.discovery.source import Scope, SourceFile

CALLED_LIKE_ONE = re.compile(r"(^|[-_])(dir|directory|folder|root|home)s?$|(dir|folder)$", re.I)
LISTERS = ("listdir", "glob", "iglob", "rglob", "iterdir", "scandir", "walk")


def folder_names(source: SourceFile) -> set[str]:
    """The names in a file that stand for folders."""
    found: set[str] = set()
    for call in source.calls:
        last = call.name.rpartition(".")[2]
        joins = call.name.endswith("path.join") or last in LISTERS
        if joins and call.node.args:
            found |= set(_names(call.node.args[0], call.scope))
        elif last in TABLES:
            for node in _made_of(path_argument(call.node), call.scope):
                found |= set(_names(node, call.scope))
    return found


def _made_of(node: ast.expr | None, scope: Scope) -> Iterator[ast.expr]:
    """What a path begins with, where more follows behind a slash."""
    if isinstance(node, ast.Name):
        for value in scope.bindings.get(node.id, ()):
            yield from _made_of(value, Scope(None, None))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield node.left
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        if _begins_with_slash(node.right):
            yield node.left
    elif isinstance(node, ast.JoinedStr):
        for value, after in zip(node.values, node.values[1:], strict=False):
            if isinstance(value, ast.FormattedValue) and _begins_with_slash(after):
                yield value.value
    elif isinstance(node, ast.Call) and node.args:
        yield from _made_of(node.args[0], scope)


def _begins_with_slash(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and str(node.value).startswith("/")


def _names(node: ast.expr, scope: Scope) -> Iterator[str]:
    """The names that an expression is known by, through one variable."""
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute):
            yield one.attr
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value
        elif isinstance(one, ast.Subscript) and ast.unparse(one.value).endswith("argv"):
            yield f"argv[{ast.unparse(one.slice)}]"
        elif isinstance(one, ast.Name):
            yield one.id
            for value in scope.bindings.get(one.id, ()):
                yield from _names(value, Scope(None, None))
