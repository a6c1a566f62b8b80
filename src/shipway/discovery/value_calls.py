# SPDX-License-Identifier: Apache-2.0
"""What a call is worth: paths that are put together, settings that are loaded, variables, and what
functions of the repository return.
"""

import ast
import posixpath
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import msgspec

from shipway.discovery.configuration import configurations, load_configuration
from shipway.discovery.project import CodeBase
from shipway.discovery.source import Scope, SourceFile
from shipway.discovery.value import Value, item

MOST_VALUES = 6
PATHS = ("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "Path", "str", "os.fspath")
SAME = (
    *("os.path.abspath", "os.path.realpath", "os.path.normpath", "os.path.expanduser"),
    *("os.path.expandvars", "open", "io.open", "str", "os.fspath", "hydra.utils.to_absolute_path"),
)
SAME_METHODS = ("resolve", "absolute", "as_posix", "expanduser", "open", "strip", "__str__")
LOADERS = (
    *("yaml.safe_load", "yaml.load", "yaml.full_load", "json.load", "json.loads", "toml.load"),
    *(
        "tomllib.load",
        "tomli.load",
        "omegaconf.OmegaConf.load",
        "box.ConfigBox",
        "ruamel.yaml.load",
    ),
)


class CallValues(ABC):
    """The part of `Values` that evaluates calls. `suggestions` are files for unknown settings."""

    def __init__(self, base: CodeBase) -> None:
        self.base = base
        self.suggestions: dict[str, tuple[str, ...]] = {}
        self._configurations: list[tuple[str, Any]] | None = None

    @abstractmethod
    def _of(self, source: SourceFile, node: ast.expr, scope: Scope, depth: int) -> Iterator[Value]:
        """The values of any expression."""

    @abstractmethod
    def _first(self, source: SourceFile, node: ast.expr, scope: Scope, depth: int) -> Value:
        """The likeliest value, an unknown one when there is none."""

    @abstractmethod
    def _joined(
        self, source: SourceFile, parts: list[ast.expr], scope: Scope, depth: int, joint: str
    ) -> Iterator[Value]:
        """Texts one after the other."""

    def _call(
        self, source: SourceFile, node: ast.Call, scope: Scope, depth: int
    ) -> Iterator[Value]:
        name = source.dotted(node.func)
        first = node.args[0] if node.args else None
        if name in (
            "os.getenv",
            "os.environ.get",
            "environ.get",
            "getenv",
            "os.environ.setdefault",
        ):
            yield from self._variable(source, node, scope, depth)
        elif name in LOADERS and first is not None:
            for value in self._of(source, first, scope, depth):
                yield from self._loaded(source, value)
        elif name in ("os.path.join", "posixpath.join") or (name in PATHS and len(node.args) > 1):
            yield from self._joined(source, node.args, scope, depth, "/")
        elif name in ("os.getcwd", "pathlib.Path.cwd", "os.curdir") or (
            name in PATHS and not first
        ):
            yield Value("")
        elif name == "os.path.dirname" and first is not None:
            for value in self._of(source, first, scope, depth):
                if value.text is not None:
                    yield msgspec.structs.replace(value, known=posixpath.dirname(value.text))
        elif (name in SAME or name in PATHS) and first is not None:
            yield from self._of(source, first, scope, depth)
        elif name.endswith(("read_text", "read_bytes", ".read")) and isinstance(
            node.func, ast.Attribute
        ):
            yield from self._of(source, node.func.value, scope, depth)
        elif isinstance(node.func, ast.Attribute) and self._is_method(node.func.attr):
            yield from self._method(source, node, node.func, scope, depth)
        else:
            yield from self._local_call(source, node, scope, depth)

    def _loaded(self, source: SourceFile, value: Value) -> Iterator[Value]:
        """The content of a configuration file; of the fitting ones when only a flag names it."""
        if value.text is not None:
            loaded = load_configuration(self.base.listing, value.text, source.path)
            if loaded is not None:
                yield Value(loaded[1], via=loaded[0])
        elif value.via:
            fitting = self._fitting()
            self.suggestions[value.via] = tuple(path for path, _ in fitting)
            for path, content in fitting:
                yield Value(content, via=path)

    def _fitting(self) -> list[tuple[str, Any]]:
        """Configuration files with keys that the code asks for, those with the most first."""
        if self._configurations is None:
            asked = {
                node.slice.value
                for source in self.base.sources.values()
                for node, _ in source.subscripts
                if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
            }
            self._configurations = configurations(self.base.listing, asked)[:MOST_VALUES]
        return self._configurations

    @staticmethod
    def _is_method(name: str) -> bool:
        return name in (*SAME_METHODS, "joinpath", "format", "get", "with_suffix", "with_name")

    def _method(
        self, source: SourceFile, node: ast.Call, func: ast.Attribute, scope: Scope, depth: int
    ) -> Iterator[Value]:
        if func.attr in SAME_METHODS:
            yield from self._of(source, func.value, scope, depth)
        elif func.attr == "joinpath":
            yield from self._joined(source, [func.value, *node.args], scope, depth, "/")
        elif func.attr == "get" and node.args:
            key = self._first(source, node.args[0], scope, depth).known
            for value in self._of(source, func.value, scope, depth):
                yield from item(value, key)
            for default in node.args[1:]:
                yield from self._of(source, default, scope, depth)
        elif func.attr in ("with_suffix", "with_name") and node.args:
            end = self._first(source, node.args[0], scope, depth).text or ""
            for value in self._of(source, func.value, scope, depth):
                if value.text is not None:
                    stem = posixpath.splitext(value.text)[0]
                    base = stem if func.attr == "with_suffix" else posixpath.dirname(stem) + "/"
                    yield msgspec.structs.replace(value, known=base + end)
        elif func.attr == "format":
            template = self._first(source, func.value, scope, depth)
            values = [self._first(source, one, scope, depth).known for one in node.args]
            named = {
                one.arg: self._first(source, one.value, scope, depth).known
                for one in node.keywords
                if one.arg
            }
            if template.text is not None and None not in (*values, *named.values()):
                try:
                    yield msgspec.structs.replace(
                        template, known=template.text.format(*values, **named)
                    )
                except (LookupError, ValueError, AttributeError, TypeError):
                    return

    def _local_call(
        self, source: SourceFile, node: ast.Call, scope: Scope, depth: int
    ) -> Iterator[Value]:
        """What a function of the repository returns."""
        name = source.dotted(node.func)
        own = source.module.functions.get(name)
        home = source
        if own is None:
            found = self.base.symbol(source, name) if "." in name else None
            if found is None:
                return
            home, at, last = found
            own = at.functions.get(last)
        for statement in own.returns if own is not None else ():
            if statement.value is not None and own is not None:
                yield from self._of(home, statement.value, own, depth - 1)

    def _variable(
        self, source: SourceFile, node: ast.Call, scope: Scope, depth: int
    ) -> Iterator[Value]:
        name = self._first(source, node.args[0], scope, depth).text if node.args else None
        if name is None:
            return
        via = f"env {name}"
        default = node.args[1] if len(node.args) > 1 else None
        values = list(self._of(source, default, scope, depth)) if default is not None else []
        for value in values or [Value()]:
            yield msgspec.structs.replace(value, via=via, variable=name)
