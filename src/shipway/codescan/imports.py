# SPDX-License-Identifier: Apache-2.0
"""Which modules a set of Python files imports, and which of them nobody provides.

An import that the code itself can do without (`try: import x` with an `except` that fits, or under
`if TYPE_CHECKING:` and tests of the platform or the Python version) is optional. One inside a
function is lazy: whether it is needed is only known when the function runs.
"""

import ast
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from shipway.codescan.distributions import distribution_of
from shipway.codescan.locality import LocalModules
from shipway.codescan.reading import UnreadableCodeError, parse, read_code

FORGIVING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class Import(msgspec.Struct, frozen=True):
    """One imported module: `name` is dotted, `level` counts the leading dots.

    `names` are what `from name import …` takes; they may be modules themselves.
    """

    name: str
    line: int
    level: int = 0
    names: tuple[str, ...] = ()
    optional: bool = False
    lazy: bool = False

    @property
    def top(self) -> str:
        """The first part of the name."""
        return self.name.partition(".")[0]


class MissingImport(msgspec.Struct, frozen=True):
    """An imported module that is neither provided, nor local, nor in the standard library."""

    module: str
    distribution_guess: str
    path: str
    line: int
    lazy: bool = False


def missing_imports(
    files: Iterable[Path], root: Path, provided: Container[str]
) -> list[MissingImport]:
    """The imports of Python files and notebooks among `files` that would fail.

    `provided` holds the top-level modules that are installed, in the spelling of an import. Paths
    of the answer are relative to `root`. Optional imports and files that can't be parsed are left
    out; each module comes once, at the first place that needs it, a place outside of functions
    before one inside.
    """
    chosen = sorted(path for path in files if path.suffix in (".py", ".ipynb"))
    local = LocalModules.of(root, chosen)
    first: dict[str, MissingImport] = {}
    for path in chosen:
        for found in imports_of(path):
            if not _is_foreign(found, path, local) or found.top in provided or found.optional:
                continue
            known = first.get(found.top)
            if known is None or (known.lazy and not found.lazy):
                first[found.top] = MissingImport(
                    module=found.top,
                    distribution_guess=distribution_of(found.name, found.names),
                    path=_relative(path, root),
                    line=found.line,
                    lazy=found.lazy,
                )
    return sorted(first.values(), key=lambda one: (one.lazy, one.path, one.line))


def imports_of(path: Path) -> list[Import]:
    """The imports of one file; none when it can't be read or parsed."""
    try:
        return collect(parse(read_code(path)))
    except UnreadableCodeError:
        return []


def collect(tree: ast.Module) -> list[Import]:
    """The imports of a syntax tree, in the order of their lines."""
    return list(_statements(tree.body, optional=False, lazy=False))


def is_standard(module: str) -> bool:
    """Whether the top-level `module` comes with Python."""
    return module in sys.stdlib_module_names or module in ("__future__", "__main__")


def _is_foreign(found: Import, path: Path, local: LocalModules) -> bool:
    return found.level == 0 and not is_standard(found.top) and not local.has(found.top, path)


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _statements(body: Sequence[ast.stmt], *, optional: bool, lazy: bool) -> Iterator[Import]:
    for statement in body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield Import(alias.name, statement.lineno, optional=optional, lazy=lazy)
        elif isinstance(statement, ast.ImportFrom):
            names = tuple(alias.name for alias in statement.names)
            module, level = statement.module or "", statement.level
            yield Import(module, statement.lineno, level, names, optional, lazy)
        elif isinstance(statement, ast.Expr | ast.Assign | ast.Return | ast.AugAssign):
            continue
        else:
            yield from _inside(statement, optional=optional, lazy=lazy)


def _inside(statement: ast.stmt, *, optional: bool, lazy: bool) -> Iterator[Import]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from _statements(statement.body, optional=optional, lazy=True)
        return
    if isinstance(statement, ast.Try) and any(map(_forgives, statement.handlers)):
        for handler in statement.handlers:
            yield from _statements(handler.body, optional=True, lazy=lazy)
        yield from _statements(statement.body, optional=True, lazy=lazy)
        yield from _statements(statement.orelse, optional=True, lazy=lazy)
        yield from _statements(statement.finalbody, optional=optional, lazy=lazy)
        return
    if isinstance(statement, ast.If) and _depends(statement.test):
        optional = True
    for part in ("body", "orelse", "finalbody"):
        yield from _statements(getattr(statement, part, ()), optional=optional, lazy=lazy)
    for branch in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield from _statements(branch.body, optional=optional, lazy=lazy)


def _forgives(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in FORGIVING for kind in kinds)


def _depends(test: ast.expr) -> bool:
    """Whether a condition asks for the type checker, the platform or the version of Python."""
    words = {"TYPE_CHECKING", "platform", "version_info", "PY2", "PY3", "system"}
    return any(
        (isinstance(node, ast.Name) and node.id in words)
        or (isinstance(node, ast.Attribute) and node.attr in words)
        for node in ast.walk(test)
    )
