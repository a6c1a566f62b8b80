# SPDX-License-Identifier: Apache-2.0
"""Ways to train that stand in Python: scripts, modules, functions, notebooks.

A file is a candidate when running it does something and it, or what it imports, fits a model. The
likeliest comes first: by its name, by what it does itself, by being named in README or Makefile.
"""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from shipway.discovery.command_lines import Surroundings, surroundings_of
from shipway.discovery.estimators import fits
from shipway.discovery.findings import DataFile, FittedEstimator, ModelFile
from shipway.discovery.naming import module_of
from shipway.discovery.project import CodeBase
from shipway.discovery.running import EntryPoint
from shipway.discovery.source import SourceFile

GOOD_NAME = re.compile(r"train|(^|[_-])fit|build_model|(^|[_-])learn([_-]|$)", re.I)
FAIR_NAME = re.compile(r"^(main|run|pipeline|model|app|run_pipeline|__main__|classifier)$", re.I)
POOR_NAME = re.compile(
    r"predict|serve|serving|infer|score|eval|plot|eda|explor|analy|visual|app|api|server|web|"
    r"dash|demo|bench|tune|hyper|deploy|test|util|helper|config|setup|conftest|download|monitor",
    re.I,
)
POOR_FOLDER = re.compile(r"(^|/)(tests?|docs?|examples?|notebooks?|scripts/old|archive|old)/", re.I)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
FITS_AT_ALL = 20


class Clues:
    """What speaks for a file as the training: who fits, who saves, who is named where."""

    def __init__(
        self,
        base: CodeBase,
        models: Iterable[ModelFile],
        data: Iterable[DataFile],
        estimators: Iterable[FittedEstimator],
    ) -> None:
        self.base = base
        self.models = list(models)
        self.data = list(data)
        self.estimators = list(estimators)
        self.fitting = {path for path, source in base.sources.items() if fits(source)}
        self.saving = {one.at.path for one in self.models}
        self.told = _told(base)

    def score(self, path: str, files: tuple[str, ...]) -> int:
        """How likely running `path`, which brings `files` along, is the training."""
        stem = PurePosixPath(path).stem
        score = 40 if path in self.fitting else FITS_AT_ALL
        score += 15 if path in self.saving else 8 if self.saving.intersection(files) else 0
        score += 30 if GOOD_NAME.search(stem) else 15 if FAIR_NAME.match(stem) else 0
        score -= 25 if POOR_NAME.search(stem) and not GOOD_NAME.search(stem) else 0
        score -= 30 if POOR_FOLDER.search(path) else 0
        score -= 3 * path.count("/")
        return score + self.told.get(path, 0)

    def working_folder(self, path: str, files: tuple[str, ...]) -> tuple[str, str]:
        """The folder where `path` must run, and the path of the code that tells it."""
        used: list[DataFile | ModelFile] = [*self.data, *self.models]
        for one in used:
            if one.at.path in files and one.folder and f"{path}/".startswith(f"{one.folder}/"):
                return one.folder, one.written
        return ".", ""


def python_entries(clues: Clues) -> Iterator[EntryPoint]:
    """Scripts, modules and notebooks that train when they are run."""
    base = clues.base
    for path, source in base.sources.items():
        files = base.closure(path)
        if not clues.fitting.intersection(files):
            continue
        if path.endswith(".ipynb"):
            yield _notebook(clues, source, files)
        elif runs(source):
            for surroundings in surroundings_of(base, source, files):
                yield _script(clues, source, files, surroundings)


def function_entries(clues: Clues) -> Iterator[EntryPoint]:
    """Functions that return what they fitted."""
    for one in clues.estimators:
        if one.kind != "returned" or POOR_FOLDER.search(one.at.path):
            continue
        name = one.entry.partition(":")[2]
        if name.startswith("_"):
            continue
        module, folder = module_of(clues.base, one.at.path)
        score = 55 if GOOD_NAME.search(name) else 30
        missing = [given for given in one.parameters if given.default is None]
        score -= 4 * max(0, len(missing) - 2) + 3 * one.at.path.count("/")
        why = one.why if one.sole else f"{one.why}, beside other things"
        yield EntryPoint(
            kind="function",
            name=one.entry,
            at=one.at,
            why=why,
            folder=".",
            pythonpath="" if folder == "." else folder,
            function=f"{module}:{name}",
            parameters=one.parameters,
            files=clues.base.closure(one.at.path),
            score=score - (0 if one.sole else 10),
        )


def runs(source: SourceFile) -> bool:
    """Whether running the file does something: a main guard, or statements that call."""
    if source.guarded is not None or source.path.endswith("__main__.py"):
        return True
    for statement in source.tree.body:
        if isinstance(statement, DEFINITIONS):
            continue
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if any(
            isinstance(node, ast.Call) and _does_something(source, node)
            for node in ast.walk(statement)
        ):
            return True
    return False


def _does_something(source: SourceFile, call: ast.Call) -> bool:
    last = source.dotted(call.func).rpartition(".")[2]
    known = ("fit", "main", "run", "train", "predict", "dump", "save", "read_csv", "Fire", "app")
    named = last in known or last.startswith(("train", "run_", "fit_"))
    return named or last in source.module.functions


def _script(
    clues: Clues, source: SourceFile, files: tuple[str, ...], around: Surroundings
) -> EntryPoint:
    base, path = clues.base, source.path
    folder, told_by = clues.working_folder(path, files)
    module, root = module_of(base, path)
    package = _needs_module(base, source, root)
    score = clues.score(path, files) + around.score
    words = around.command
    tail = f" {words}" if words else ""
    what = "it fits a model" if path in clues.fitting else "what it imports fits a model"
    if package:
        where = "." if folder == "." or folder == root else folder
        return _entry(
            "module",
            f"python -m {module}{tail}",
            source,
            f"{what}, and {package}",
            command=f"python -m {module}{tail}",
            folder=where,
            pythonpath="" if root == "." else root,
            files=files,
            around=around,
            score=score,
        )
    if folder != ".":
        below = posixpath.relpath(path, folder)
        return _entry(
            "folder script",
            f"python {below}{tail}",
            source,
            f"{what}; {told_by!r} is only found from {folder}/",
            command=f"python {below}{tail}",
            folder=folder,
            files=files,
            around=around,
            score=score,
        )
    return _entry(
        "script",
        f"python {path}{tail}",
        source,
        what,
        command=f"python {path}{tail}",
        files=files,
        around=around,
        score=score,
    )


def _entry(
    kind: str,
    name: str,
    source: SourceFile,
    why: str,
    *,
    command: str,
    files: tuple[str, ...],
    around: Surroundings,
    score: int,
    folder: str = ".",
    pythonpath: str = "",
) -> EntryPoint:
    line = around.line or (source.guarded.lineno if source.guarded is not None else 1)
    return EntryPoint(
        kind=kind,  # type: ignore[arg-type]
        name=name,
        at=source.place(line),
        why=why,
        command=command,
        folder=folder,
        pythonpath=pythonpath,
        flags=around.flags,
        arguments=around.arguments,
        environment=around.environment,
        files=files,
        score=score,
    )


def _notebook(clues: Clues, source: SourceFile, files: tuple[str, ...]) -> EntryPoint:
    folder, _ = clues.working_folder(source.path, files)
    call = fits(source)
    line = call[0][0].node.lineno if call else 1
    return EntryPoint(
        kind="notebook",
        name=source.path,
        at=source.place(line),
        why="a notebook that fits a model",
        folder=folder,
        notebook=source.path,
        files=files,
        score=clues.score(source.path, files) - 30,
    )


def _needs_module(base: CodeBase, source: SourceFile, root: str) -> str:
    """Why the file runs only as `python -m`; empty when it runs as a script."""
    if any(one.level for one in source.imports):
        return "its relative imports work only with python -m"
    if source.path.endswith("__main__.py"):
        return "__main__.py is what python -m runs"
    if any(call.name.startswith("sys.path.") for call in source.calls):
        return ""
    own = posixpath.dirname(source.path)
    for one in source.imports:
        if one.optional or one.level:
            continue
        folder = base.modules.folder_of(one.top, base.root / source.path)
        if folder is not None and folder != own:
            inside = source.path.startswith(f"{folder}/") if folder else True
            if inside and (folder or ".") == root:
                return f"it imports {one.name} as seen from {folder or 'the root'}"
    return ""


def _told(base: CodeBase) -> dict[str, int]:
    """Points for the files that README, Makefile, CI or Dockerfile run."""
    points: dict[str, int] = {}
    places = base.listing.named(
        *("readme.md", "readme.rst", "readme.txt", "readme", "makefile", "dockerfile", "dvc.yaml")
    )
    places += [path for path in base.listing.files if path.startswith(".github/workflows/")]
    for place in places:
        for match in re.finditer(r"python3?\s+(-m\s+)?([\w./-]+)", base.listing.text(place)):
            said = match[2].removeprefix("./")
            for path in base.sources:
                dotted = path.removesuffix(".py").removesuffix("/__main__").replace("/", ".")
                same = dotted == said if match[1] else path == said or path.endswith(f"/{said}")
                if same or (match[1] and dotted.endswith(f".{said}")):
                    points[path] = max(points.get(path, 0), 25)
    return points
