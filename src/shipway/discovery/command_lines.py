# SPDX-License-Identifier: Apache-2.0
"""The command line of a script: its flags, sub-commands, arguments and environment variables.

What a script imports may bring flags too (`args = options.parse()`), but not those of another
script that is only imported for its functions.
"""

import ast
import re
from collections.abc import Iterator

import msgspec

from shipway.discovery.flags import constant, flags_of
from shipway.discovery.project import CodeBase
from shipway.discovery.running import Argument, EnvironmentVariable, Flag
from shipway.discovery.source import FunctionNode, Scope, SourceFile
from shipway.discovery.surroundings import arguments, environment_variables
from shipway.discovery.value import FlagDefault

TRAINS = re.compile(r"train|fit|run|build", re.I)


class Surroundings(msgspec.Struct, frozen=True):
    """What a script takes from its command line and around it; `command` is its sub-command."""

    flags: tuple[Flag, ...] = ()
    arguments: tuple[Argument, ...] = ()
    environment: tuple[EnvironmentVariable, ...] = ()
    command: str = ""
    line: int = 0
    score: int = 0


class FlagBook:
    """The flags of every file, each file read once."""

    def __init__(self) -> None:
        self._flags: dict[str, dict[str, Flag]] = {}

    def of(self, source: SourceFile) -> dict[str, Flag]:
        """The flags of a file by destination."""
        if source.path not in self._flags:
            self._flags[source.path] = flags_of(source)
        return self._flags[source.path]

    def defaults(self, source: SourceFile) -> dict[str, FlagDefault]:
        """The same, as `values` wants them."""
        return {key: FlagDefault(one.name, one.default) for key, one in self.of(source).items()}


def surroundings_of(
    base: CodeBase, source: SourceFile, files: tuple[str, ...]
) -> Iterator[Surroundings]:
    """One for a script, one for each sub-command of a script that has several."""
    own = flags_of(source)
    commands = list(sub_commands(source))
    shared = {key: flag for key, flag in own.items() if ":" not in key}
    for path in files:
        other = base.sources.get(path)
        if other is not None and other is not source and other.guarded is None:
            shared |= {key: flag for key, flag in flags_of(other).items() if ":" not in key}
    environment = _environment(base, files)
    if len(commands) < 2:
        chosen = {scope.name for _, scope in commands}
        every = [
            flag
            for key, flag in own.items()
            if ":" in key and (not chosen or key.partition(":")[0] in chosen)
        ]
        yield Surroundings(
            flags=(*every, *shared.values()),
            arguments=tuple(arguments(source)),
            environment=environment,
        )
        return
    for name, scope in commands:
        mine = [flag for key, flag in own.items() if key.startswith(f"{scope.name}:")]
        yield Surroundings(
            flags=(*mine, *shared.values()),
            environment=environment,
            command=name,
            line=scope.node.lineno if isinstance(scope.node, FunctionNode) else 0,
            score=10 if TRAINS.search(name) else -25,
        )


def sub_commands(source: SourceFile) -> Iterator[tuple[str, Scope]]:
    """The functions that click, typer or fire offer as commands, under the name one types."""
    for scope in source.scopes:
        if isinstance(scope.node, FunctionNode):
            for decorator in scope.node.decorator_list:
                node = decorator.func if isinstance(decorator, ast.Call) else decorator
                if isinstance(node, ast.Attribute) and node.attr == "command":
                    given = decorator.args[:1] if isinstance(decorator, ast.Call) else []
                    said = constant(given[0]) if given else None
                    yield said or scope.node.name.replace("_", "-"), scope
    for call in source.calls:
        if call.name == "fire.Fire":
            yield from _fired(source, call.node)


def _fired(source: SourceFile, call: ast.Call) -> Iterator[tuple[str, Scope]]:
    given = call.args[0] if call.args else None
    if isinstance(given, ast.Dict):
        for key, value in zip(given.keys, given.values, strict=True):
            name, scope = constant(key), source.module.functions.get(ast.unparse(value))
            if name and scope is not None:
                yield name, scope
    elif given is None:
        yield from source.module.functions.items()


def _environment(base: CodeBase, files: tuple[str, ...]) -> tuple[EnvironmentVariable, ...]:
    found: dict[str, EnvironmentVariable] = {}
    for source in base.of(*files):
        for one in environment_variables(source):
            found.setdefault(one.name, one)
    return tuple(found.values())
