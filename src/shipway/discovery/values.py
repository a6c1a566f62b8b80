# SPDX-License-Identifier: Apache-2.0
"""What an expression is worth, as far as the text of the repository tells.

Constants, `Path(…) / …`, `os.path.join`, f-strings, `__file__`, names that are assigned once or
more, constants of other modules, parameters (by their callers, else by their default), values of
configuration files, flags and environment variables with their defaults. A value that stems from a
flag or a variable says so (`via`), also when its text is not known. Where the name of a
configuration file comes from the command line, the files that fit are taken (`suggestions`).
"""

import ast
import posixpath
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from shipway.discovery.project import CodeBase
from shipway.discovery.source import FunctionNode, Scope, SourceFile, parameters_of
from shipway.discovery.value import FlagDefault, Value, glue, is_plain, item
from shipway.discovery.value_calls import MOST_VALUES, CallValues

DEEPEST = 12
# Code that calls itself in many ways would be followed for ever.
MOST_STEPS = 300


class Values(CallValues):
    """Evaluates expressions of a code base. `flags` knows the flags of a file by destination."""

    def __init__(
        self, base: CodeBase, flags: Callable[[SourceFile], dict[str, FlagDefault]]
    ) -> None:
        super().__init__(base)
        self.flags = flags
        self._fuel = MOST_STEPS
        self._callers: dict[str, list[tuple[SourceFile, ast.Call, Scope]]] | None = None

    def of(self, source: SourceFile, node: ast.expr | None, scope: Scope) -> list[Value]:
        """The values that `node` may have, at most a few, the likeliest first."""
        if node is None:
            return []
        found: dict[tuple[str, str, bool], Value] = {}
        self._fuel = MOST_STEPS
        for value in self._of(source, node, scope, DEEPEST):
            found.setdefault((repr(value.known), value.via, value.anchored), value)
            if len(found) >= MOST_VALUES:
                break
        return list(found.values())

    def texts(self, source: SourceFile, node: ast.expr | None, scope: Scope) -> list[Value]:
        """The values of `node` that are texts, or come from a flag or variable."""
        return [one for one in self.of(source, node, scope) if one.text is not None or one.via]

    def _of(self, source: SourceFile, node: ast.expr, scope: Scope, depth: int) -> Iterator[Value]:
        self._fuel -= 1
        if depth <= 0 or self._fuel <= 0:
            return
        if isinstance(node, ast.Constant):
            if node.value is not None and node.value is not Ellipsis:
                yield Value(node.value)
        elif isinstance(node, ast.Name):
            yield from self._name(source, node, scope, depth - 1)
        elif isinstance(node, ast.Attribute):
            yield from self._attribute(source, node, scope, depth - 1)
        elif isinstance(node, ast.JoinedStr):
            yield from self._joined(source, node.values, scope, depth - 1, "")
        elif isinstance(node, ast.FormattedValue):
            yield from self._of(source, node.value, scope, depth - 1)
        elif isinstance(node, ast.BinOp):
            yield from self._operation(source, node, scope, depth - 1)
        elif isinstance(node, ast.Call):
            yield from self._call(source, node, scope, depth - 1)
        elif isinstance(node, ast.Subscript):
            yield from self._subscript(source, node, scope, depth - 1)
        elif isinstance(node, ast.BoolOp):
            for part in node.values:
                yield from self._of(source, part, scope, depth - 1)
        elif isinstance(node, ast.IfExp):
            for part in (node.body, node.orelse):
                yield from self._of(source, part, scope, depth - 1)
        elif isinstance(node, ast.List | ast.Tuple):
            yield Value([self._first(source, one, scope, depth - 1).known for one in node.elts])
        elif isinstance(node, ast.Dict):
            yield Value(self._mapping(source, node, scope, depth - 1))

    def _first(self, source: SourceFile, node: ast.expr, scope: Scope, depth: int) -> Value:
        return next(self._of(source, node, scope, depth), Value())

    def _mapping(
        self, source: SourceFile, node: ast.Dict, scope: Scope, depth: int
    ) -> dict[Any, Any]:
        pairs = zip(node.keys, node.values, strict=True)
        return {
            key.value: self._first(source, value, scope, depth).known
            for key, value in pairs
            if isinstance(key, ast.Constant)
        }

    def _name(
        self, source: SourceFile, node: ast.Name, scope: Scope, depth: int
    ) -> Iterator[Value]:
        name = node.id
        if name == "__file__":
            yield Value(source.path, anchored=True)
            return
        at: Scope | None = scope
        while at is not None:
            if at.is_function and isinstance(at.node, FunctionNode):
                known = dict(parameters_of(at.node))
                if name in known:
                    yield from self._parameter(source, at, name, known[name], depth)
                    return
            if name in at.bindings:
                for expression in at.bound(name, getattr(node, "lineno", 0)):
                    yield from self._of(source, expression, at, depth)
                return
            at = at.parent
        if name in source.aliases:
            yield from self._imported(source, source.aliases[name], depth)

    def _imported(self, source: SourceFile, dotted: str, depth: int) -> Iterator[Value]:
        found = self.base.symbol(source, dotted)
        if found is not None:
            other, scope, name = found
            for expression in scope.bindings.get(name, ()):
                yield from self._of(other, expression, scope, depth)
            if name not in scope.bindings and name in other.aliases and scope.is_module:
                yield from self._imported(other, other.aliases[name], depth - 1)

    def _parameter(
        self, source: SourceFile, scope: Scope, name: str, default: ast.expr | None, depth: int
    ) -> Iterator[Value]:
        """A parameter: a flag of that name, else what callers give, else its default."""
        flag = self.flags(source).get(f"{scope.name}:{name}")
        if flag is not None:
            yield Value(flag.default, via=f"flag {flag.name}", flag=flag.name)
            return
        given = False
        for caller, call, at in self.callers_of(scope):
            argument = argument_of(call, scope, name)
            if argument is not None:
                for value in self._of(caller, argument, at, depth - 1):
                    given = True
                    yield value
        if default is not None and not given:
            for value in self._of(source, default, scope.parent or scope, depth):
                via = value.via or f"default of parameter {name}"
                yield msgspec.structs.replace(value, via=via)

    def callers_of(self, scope: Scope) -> list[tuple[SourceFile, ast.Call, Scope]]:
        """The calls of a function (or of the class whose __init__ it is), by its bare name."""
        if self._callers is None:
            self._callers = {}
            for source in self.base.sources.values():
                for call in source.calls:
                    name = call.name.rpartition(".")[2]
                    self._callers.setdefault(name, []).append((source, call.node, call.scope))
        node = scope.node
        if not isinstance(node, FunctionNode) or scope.parent is None:
            return []
        holder = scope.parent.node
        is_init = node.name == "__init__" and isinstance(holder, ast.ClassDef)
        name = holder.name if is_init and isinstance(holder, ast.ClassDef) else node.name
        return self._callers.get(name, [])[:MOST_VALUES]

    def _attribute(
        self, source: SourceFile, node: ast.Attribute, scope: Scope, depth: int
    ) -> Iterator[Value]:
        if node.attr == "parent":
            for value in self._of(source, node.value, scope, depth):
                if value.text is not None:
                    yield msgspec.structs.replace(value, known=posixpath.dirname(value.text))
            return
        if isinstance(node.value, ast.Name):
            yield from self._member(source, node.value.id, node.attr, scope, depth)
        for value in self._of(source, node.value, scope, depth):
            yield from item(value, node.attr)

    def _member(
        self, source: SourceFile, name: str, attribute: str, scope: Scope, depth: int
    ) -> Iterator[Value]:
        """`args.data`, `self.path`, `Config.PATH` and `config.PATH`."""
        holder = scope.holder()
        if name in ("self", "cls") and holder is not None:
            for key in (f"self.{attribute}", attribute):
                for expression in holder.bindings.get(key, ()):
                    inner = holder.functions.get("__init__", holder)
                    yield from self._of(source, expression, inner, depth)
            return
        flag = self.flags(source).get(attribute)
        if flag is not None and _holds_arguments(source, name, scope):
            yield Value(flag.default, via=f"flag {flag.name}", flag=flag.name)
            return
        own = source.module.classes.get(name)
        if own is not None:
            for expression in own.bindings.get(attribute, ()):
                yield from self._of(source, expression, own, depth)
        elif name in source.aliases and name not in scope.bindings:
            yield from self._imported(source, f"{source.aliases[name]}.{attribute}", depth)

    def _joined(
        self, source: SourceFile, parts: list[ast.expr], scope: Scope, depth: int, joint: str
    ) -> Iterator[Value]:
        """Texts one after the other; of a part with several values the first few are taken."""
        made: list[Value] = [Value("")]
        for part in parts:
            choices = [one for one in self._of(source, part, scope, depth) if is_plain(one.known)]
            if not choices:
                return
            made = [glue(left, right, joint) for left in made for right in choices][:MOST_VALUES]
        yield from made

    def _operation(
        self, source: SourceFile, node: ast.BinOp, scope: Scope, depth: int
    ) -> Iterator[Value]:
        if isinstance(node.op, ast.Add):
            yield from self._joined(source, [node.left, node.right], scope, depth, "")
        elif isinstance(node.op, ast.Div):
            yield from self._joined(source, [node.left, node.right], scope, depth, "/")
        elif isinstance(node.op, ast.Mod):
            template = self._first(source, node.left, scope, depth)
            values = self._first(source, node.right, scope, depth).known
            if template.text is None or values is None:
                return
            given = tuple(values) if isinstance(values, list) else values
            try:
                yield msgspec.structs.replace(template, known=template.text % given)
            except (TypeError, ValueError, KeyError):
                return

    def _subscript(
        self, source: SourceFile, node: ast.Subscript, scope: Scope, depth: int
    ) -> Iterator[Value]:
        whole = source.dotted(node.value)
        key = self._first(source, node.slice, scope, depth).known
        if whole in ("os.environ", "environ") and isinstance(key, str):
            yield Value(via=f"env {key}", variable=key)
        elif whole in ("sys.argv", "argv") and isinstance(key, int):
            yield Value(via=f"argument {key}", argument=key)
        elif isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
            for value in self._of(source, node.value.value, scope, depth):
                if value.text is not None and isinstance(key, int):
                    text = value.text
                    for _ in range(key + 1):
                        text = posixpath.dirname(text)
                    yield msgspec.structs.replace(value, known=text)
        else:
            for value in self._of(source, node.value, scope, depth):
                yield from item(value, key)


def argument_of(call: ast.Call, scope: Scope, name: str) -> ast.expr | None:
    """The expression that a call gives for the parameter `name` of the function `scope`."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    names = [parameter.name for parameter in scope.parameters()]
    position = names.index(name) if name in names else -1
    if 0 <= position < len(call.args) and not isinstance(call.args[position], ast.Starred):
        return call.args[position]
    return None


def _holds_arguments(source: SourceFile, name: str, scope: Scope) -> bool:
    """Whether `name` is what a parser of flags returned, or is called like it."""
    at: Scope | None = scope
    while at is not None:
        for expression in at.bindings.get(name, ()):
            if "parse_" in ast.unparse(expression):
                return True
        at = at.parent
    return name in (
        "args",
        "arguments",
        "opt",
        "opts",
        "options",
        "params",
        "cfg",
        "config",
        "flags",
    )
