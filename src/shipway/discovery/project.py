# SPDX-License-Identifier: Apache-2.0
"""All the Python of a repository: its files as indexes, and who imports whom.

A repository of many files is read by what matters: files without a word that training, serving or
testing would use are not parsed, only their imports are taken from their first columns.
"""

import functools
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from shipway.codescan.imports import Import
from shipway.codescan.locality import LocalModules
from shipway.codescan.reading import UnreadableCodeError, parse, read_code
from shipway.discovery.findings import Unreadable
from shipway.discovery.listing import Listing
from shipway.discovery.running import Place
from shipway.discovery.source import Scope, SourceFile

PARSED_IN_ANY_CASE = 300
MATTERS = re.compile(
    rb"\.fit\(|\.predict\(|read_csv|read_parquet|read_excel|\.dump\(|\.save|\.load|argparse|"
    rb"click|typer|import fire|environ|getenv|sys\.argv|__main__|FastAPI|Flask\(|streamlit|"
    rb"gradio|mlflow|_score\(|np\.load|\.log_metric|requests\.|urllib|@step|@task|setup\("
)
TOP_IMPORT = re.compile(rb"^(import|from)[ \t]+(\.*)([\w.]*)(?:[ \t]+import[ \t]+(.*))?", re.M)


class CodeBase:
    """The Python files and notebooks of a repository."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.root = listing.root
        self.unreadable: list[Unreadable] = []
        self.sources: dict[str, SourceFile] = {}
        self.names: dict[str, tuple[str, str]] = {}
        self._others: dict[str, SourceFile | None] = {}
        self.imports: dict[str, list[Import]] = {}
        paths = listing.ending(".py", ".ipynb")
        self.modules = LocalModules.of(self.root, [self.root / path for path in paths])
        many = len(paths) > PARSED_IN_ANY_CASE
        for path in paths:
            self._read(path, many)

    def of(self, *paths: str) -> list[SourceFile]:
        """The indexes of `paths`, without those that could not be read."""
        return [self.sources[path] for path in paths if path in self.sources]

    def closure(self, *starts: str) -> tuple[str, ...]:
        """`starts` and every file of the repository that they import, directly or not."""
        found: dict[str, None] = dict.fromkeys(starts)
        pending = list(starts)
        while pending:
            path = pending.pop(0)
            for other in self._imported(path):
                if other not in found:
                    found[other] = None
                    pending.append(other)
        return tuple(found)

    def importers(self, path: str) -> list[str]:
        """The files that import `path` directly."""
        return [other for other in self.imports if path in self._imported(other)]

    def symbol(self, source: SourceFile, dotted: str) -> tuple[SourceFile, Scope, str] | None:
        """Where the imported name `dotted` is bound: file, scope (module or class) and name."""
        level = len(dotted) - len(dotted.lstrip("."))
        parts = dotted.lstrip(".").split(".")
        for end in range(len(parts), -1, -1):
            path = self._module(source, ".".join(parts[:end]), level)
            found = None if path is None or path == source.path else self._late(path)
            if found is not None:
                return _within(found, parts[end:])
        return None

    def _late(self, path: str) -> SourceFile | None:
        """The index of a file that did not seem to matter until a name in it was asked for."""
        if path in self.sources:
            return self.sources[path]
        if path not in self._others:
            self._others[path] = self._index(path)
        return self._others[path]

    @functools.cache  # noqa: B019 - a code base lives as long as one look
    def _imported(self, path: str) -> tuple[str, ...]:
        """The files of the repository that `path` imports itself."""
        found: dict[str, None] = {}
        for one in self.imports.get(path, ()):
            for name in (one.name, *(f"{one.name}.{taken}".strip(".") for taken in one.names)):
                other = self._find(path, name, one.level)
                if other is not None and other != path:
                    found |= dict.fromkeys(self._packages(other))
                    found[other] = None
        found.pop(path, None)
        return tuple(found)

    def _packages(self, path: str) -> Iterable[str]:
        """The `__init__.py` of the packages that a module stands in: they run first."""
        for folder in PurePosixPath(path).parents:
            init = f"{folder}/__init__.py"
            if str(folder) == "." or init not in self.imports:
                return
            yield init

    def _module(self, source: SourceFile, name: str, level: int) -> str | None:
        return self._find(source.path, name, level)

    def _find(self, path: str, name: str, level: int) -> str | None:
        importer = self.root / path
        if level:
            return self.modules.beside(name, level, importer)
        return self.modules.find(name, importer) if name else None

    def _read(self, path: str, many: bool) -> None:
        full = self.root / path
        if many and path.endswith(".py") and not _matters(full):
            self.imports[path] = _imports_at_first_column(full)
            return
        source = self._index(path)
        if source is not None:
            self.sources[path] = source
            self.imports[path] = source.imports

    def _index(self, path: str) -> SourceFile | None:
        try:
            code = read_code(self.root / path)
            return SourceFile(path, code, parse(code))
        except UnreadableCodeError as error:
            self.unreadable.append(Unreadable(Place(path, error.line), error.why))
            return None


def _within(source: SourceFile, parts: list[str]) -> tuple[SourceFile, Scope, str] | None:
    """The scope in `source` that binds the last of `parts`; the others are classes."""
    scope = source.module
    for part in parts[:-1]:
        inner = scope.classes.get(part)
        if inner is None:
            return None
        scope = inner
    return source, scope, parts[-1] if parts else ""


def _matters(path: Path) -> bool:
    try:
        return MATTERS.search(path.read_bytes()) is not None
    except OSError:
        return True


def _imports_at_first_column(path: Path) -> list[Import]:
    content = path.read_bytes()
    found = []
    for match in TOP_IMPORT.finditer(content):
        line = content.count(b"\n", 0, match.start()) + 1
        word, dots, name, taken = (part.decode("utf-8", "replace") for part in match.groups(b""))
        names = tuple(_names(taken)) if word == "from" else ()
        found.append(Import(name, line, len(dots), names))
    return found


def _names(taken: str) -> Iterable[str]:
    for part in taken.partition("#")[0].strip("() \t\r").split(","):
        words = part.split()
        if words:
            yield words[0]
