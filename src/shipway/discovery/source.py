# SPDX-License-Identifier: Apache-2.0
"""One Python file (or notebook) as an index: its calls, assignments, functions and names.

Everything that looks for something goes through this index instead of the tree, so each file is
walked once. A `Scope` is a module, class or function with the names that are bound in it; the value
of a name is every expression that was ever assigned to it there.
"""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from shipway.codescan.imports import Import, collect
from shipway.codescan.reading import Code
from shipway.discovery.running import Parameter, Place

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
PASSES_THROUGH = {"str", "Path", "PurePath", "open"}


class Scope:
    """A module, class or function: what is bound in it, and what it stands in."""

    def __init__(
        self, node: ast.Module | ast.ClassDef | FunctionNode | None, parent: "Scope | None"
    ) -> None:
        self.node = node
        self.parent = parent
        self.bindings: dict[str, list[ast.expr]] = {}
        self.classes: dict[str, Scope] = {}
        self.functions: dict[str, Scope] = {}
        self.returns: list[ast.Return] = []
        self.globals: set[str] = set()

    def bound(self, name: str, line: int) -> list[ast.expr]:
        """What was assigned to `name`; of file objects only the last one before `line`."""
        found = self.bindings.get(name, [])
        if len(found) > 1 and any("open" in ast.unparse(one) for one in found):
            before = [one for one in found if getattr(one, "lineno", 0) <= line]
            return before[-1:] or found[:1]
        return found

    @property
    def name(self) -> str:
        """The dotted name below the module; empty for the module itself."""
        if self.parent is None or self.node is None or isinstance(self.node, ast.Module):
            return ""
        above = self.parent.name
        return f"{above}.{self.node.name}" if above else self.node.name

    @property
    def is_function(self) -> bool:
        """Whether this is a function or method."""
        return isinstance(self.node, FunctionNode)

    @property
    def is_module(self) -> bool:
        """Whether this is the module itself."""
        return self.parent is None

    def function(self) -> "Scope | None":
        """The innermost function that this is or stands in."""
        scope: Scope | None = self
        while scope is not None and not scope.is_function:
            scope = scope.parent
        return scope

    def holder(self) -> "Scope | None":
        """The class whose method this is or stands in."""
        scope: Scope | None = self
        while scope is not None and not isinstance(scope.node, ast.ClassDef):
            scope = scope.parent
        return scope

    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of a function, without `self`, `*args` and `**kwargs`."""
        if not isinstance(self.node, FunctionNode):
            return ()
        every = parameters_of(self.node)
        method = self.parent is not None and isinstance(self.parent.node, ast.ClassDef)
        skip = 1 if method and every and every[0][0] in ("self", "cls") else 0
        return tuple(
            Parameter(name, None if default is None else ast.unparse(default))
            for name, default in every[skip:]
        )


def parameters_of(node: FunctionNode) -> list[tuple[str, ast.expr | None]]:
    """Names of parameters with their defaults, in order; keyword-only ones last."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    pairs = list(zip((one.arg for one in positional), defaults, strict=True))
    only = zip((one.arg for one in arguments.kwonlyargs), arguments.kw_defaults, strict=True)
    return [*pairs, *only]


class Call:
    """A call, the scope that it stands in, and the dotted name of what is called."""

    __slots__ = ("name", "node", "scope")

    def __init__(self, node: ast.Call, scope: Scope) -> None:
        self.node = node
        self.scope = scope
        self.name = ""


class SourceFile:
    """The index of one file. `path` is relative to the root."""

    def __init__(self, path: str, code: Code, tree: ast.Module) -> None:
        self.path = path
        self.code = code
        self.tree = tree
        self.module = Scope(tree, None)
        self.scopes: list[Scope] = [self.module]
        self.calls: list[Call] = []
        self.assigns: list[tuple[ast.expr, ast.expr, Scope, int]] = []
        self.subscripts: list[tuple[ast.Subscript, Scope]] = []
        self.guarded: ast.If | None = None
        self.guarded_lines: range = range(0)
        self.imports: list[Import] = collect(tree)
        self.aliases: dict[str, str] = {}
        self.fits: list[tuple[Call, str]] | None = None
        self._index()
        for call in self.calls:
            call.name = self.dotted(call.node.func)

    def place(self, node: ast.AST | int) -> Place:
        """Where `node` (or a line of the text) is."""
        line = node if isinstance(node, int) else getattr(node, "lineno", 0)
        if not line:
            return Place(self.path)
        within, cell = self.code.place(line)
        return Place(self.path, within, cell)

    def dotted(self, node: ast.AST) -> str:
        """The dotted name of an expression with import aliases replaced; empty for anything else.

        `pd.read_csv` is `pandas.read_csv`; a call in the middle counts as its result:
        `Path("x").open` is `pathlib.Path().open`.
        """
        parts: list[str] = []
        while True:
            if isinstance(node, ast.Attribute):
                parts.append(node.attr)
                node = node.value
            elif isinstance(node, ast.Call):
                parts.append("()")
                node = node.func
            elif isinstance(node, ast.Subscript):
                parts.append("[]")
                node = node.value
            elif isinstance(node, ast.Name):
                parts.append(self.aliases.get(node.id, node.id))
                break
            else:
                return ""
        return ".".join(reversed(parts)).replace(".()", "()").replace(".[]", "[]")

    def imports_any(self, *modules: str) -> bool:
        """Whether the file imports one of these top-level modules."""
        return any(one.top in modules for one in self.imports if not one.level)

    def in_main(self, line: int) -> bool:
        """Whether a line stands below `if __name__ == "__main__"`."""
        return line in self.guarded_lines

    def _index(self) -> None:
        pending: list[tuple[ast.AST, Scope]] = [(self.tree, self.module)]
        while pending:
            node, scope = pending.pop()
            inner = self._enter(node, scope)
            for field in reversed(node._fields):
                value = getattr(node, field, None)
                if isinstance(value, list):
                    pending.extend(
                        (one, inner) for one in reversed(value) if isinstance(one, ast.AST)
                    )
                elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                    pending.append((value, inner))

    def _enter(self, node: ast.AST, scope: Scope) -> Scope:
        """Note `node`, and say in which scope its parts stand."""
        kind = type(node)
        if kind is ast.Call:
            self.calls.append(Call(node, scope))  # type: ignore[arg-type]
        elif kind is ast.Subscript:
            self.subscripts.append((node, scope))  # type: ignore[arg-type]
        elif kind in _HANDLERS:
            return _HANDLERS[kind](self, node, scope) or scope
        return scope

    def _definition(self, node: FunctionNode | ast.ClassDef, scope: Scope) -> Scope:
        inner = Scope(node, scope)
        self.scopes.append(inner)
        known = scope.classes if isinstance(node, ast.ClassDef) else scope.functions
        known[node.name] = inner
        return inner

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.NamedExpr, scope: Scope) -> None:
        if node.value is None:
            return
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            self._bind(target, node.value, scope, node.lineno)

    def _bind(self, target: ast.expr, value: ast.expr, scope: Scope, line: int) -> None:
        self.assigns.append((target, value, scope, line))
        if isinstance(target, ast.Name):
            home = self.module if target.id in scope.globals else scope
            home.bindings.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            holder = scope.holder()
            if target.value.id in ("self", "cls") and holder is not None:
                holder.bindings.setdefault(f"self.{target.attr}", []).append(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            if len(target.elts) == len(value.elts):
                for one, expression in zip(target.elts, value.elts, strict=True):
                    self._bind(one, expression, scope, line)
        elif isinstance(target, ast.Tuple):
            for position, one in enumerate(target.elts):
                part = ast.Subscript(value, ast.Constant(position), ast.Load())
                self._bind(one, ast.copy_location(part, value), scope, line)

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        for item in node.items:
            if item.optional_vars is not None:
                self._bind(item.optional_vars, item.context_expr, scope, node.lineno)

    def _import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            if alias.asname:
                self.aliases[alias.asname] = alias.name
            else:
                top = alias.name.partition(".")[0]
                self.aliases[top] = top

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        lead = "." * node.level + (node.module or "")
        for alias in node.names:
            joint = "" if lead.endswith(".") or not lead else "."
            self.aliases[alias.asname or alias.name] = f"{lead}{joint}{alias.name}"

    def _return(self, node: ast.Return, scope: Scope) -> None:
        scope.returns.append(node)

    def _global(self, node: ast.Global, scope: Scope) -> None:
        scope.globals.update(node.names)

    def _if(self, node: ast.If, scope: Scope) -> None:
        test = node.test
        if scope.is_module and isinstance(test, ast.Compare) and len(test.comparators) == 1:
            sides = (test.left, test.comparators[0])
            if any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides):
                self.guarded = node
                self.guarded_lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)


_HANDLERS: dict[type, Callable[[SourceFile, Any, Scope], Scope | None]] = {
    ast.FunctionDef: SourceFile._definition,
    ast.AsyncFunctionDef: SourceFile._definition,
    ast.ClassDef: SourceFile._definition,
    ast.Assign: SourceFile._assign,
    ast.AnnAssign: SourceFile._assign,
    ast.NamedExpr: SourceFile._assign,
    ast.With: SourceFile._with,
    ast.AsyncWith: SourceFile._with,
    ast.Import: SourceFile._import,
    ast.ImportFrom: SourceFile._import_from,
    ast.Return: SourceFile._return,
    ast.Global: SourceFile._global,
    ast.If: SourceFile._if,
}


def walk_names(node: ast.AST) -> Iterator[str]:
    """The names that are used anywhere in an expression."""
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            yield one.id
