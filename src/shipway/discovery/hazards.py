# SPDX-License-Identifier: Apache-2.0
"""What hinders a script from running unattended, seen from its text; each with its cure."""

import ast
import re
from collections.abc import Iterable, Iterator

from shipway.discovery.findings import DataFile, Hazard, ModelFile
from shipway.discovery.flags import constant
from shipway.discovery.paths import place
from shipway.discovery.project import CodeBase
from shipway.discovery.reads import TABLES, path_argument
from shipway.discovery.running import Place
from shipway.discovery.source import Call, SourceFile
from shipway.discovery.surroundings import SECRET
from shipway.discovery.values import Values

DOWNLOADS = (
    *(
        "requests.get",
        "requests.post",
        "requests.Session",
        "urllib.request.urlopen",
        "wget.download",
    ),
    *("urllib.request.urlretrieve", "urlretrieve", "httpx.get", "gdown.download", "urlopen"),
    *("kagglehub.dataset_download", "datasets.load_dataset", "tensorflow_datasets.load"),
    *(
        "nltk.download",
        "seaborn.load_dataset",
        "keras.utils.get_file",
        "openml.datasets.get_dataset",
    ),
)
SHELLS = ("os.system", "os.popen", "subprocess.getoutput", "commands.getoutput")
PROCESSES = ("subprocess.Popen", "multiprocessing.Process", "os.fork", "os.spawnlp")
WRITERS = (".to_csv", ".to_parquet", ".to_pickle", ".write_csv", ".write_parquet", ".to_excel")
EXITS = ("sys.exit", "exit", "quit", "os._exit")
EXAMPLE = re.compile(r"^(your|xxx|<|\$|change)|_(key|token)$", re.I)
TESTS = re.compile(r"(^|/)(tests?|docs?)/|(^|/)test_|conftest|(^|/)setup\.py$")
WORKER = re.compile(r"/(home|Users|mnt|content|kaggle|workspace|data|opt|root)/|^[A-Za-z]:[\\/]|^~")


def hazards(
    base: CodeBase, values: Values, data: Iterable[DataFile], models: Iterable[ModelFile]
) -> Iterator[Hazard]:
    """All hazards outside of tests, in the order of files and lines."""
    read, written = list(data), list(models)
    for source in base.sources.values():
        if TESTS.search(source.path):
            continue
        for call in source.calls:
            found = _call(source, call)
            if found is not None:
                yield found
        yield from _secrets(source)
        yield from _renames(source)
    inputs = {one.path for one in read if one.kind == "file" and not one.model}
    yield from _data(base, read)
    yield from _models(written, inputs)
    yield from _tables(base, values, inputs)


def _renames(source: SourceFile) -> Iterator[Hazard]:
    """`df.columns = df.columns.str.lower()`: the model knows other names than the table has."""
    for target, _, scope, line in source.assigns:
        if not isinstance(target, ast.Attribute) or target.attr != "columns":
            continue
        read = scope.bindings.get(ast.unparse(target.value), ())
        made_by = [source.dotted(one.func) for one in read if isinstance(one, ast.Call)]
        if any(name.rpartition(".")[2] in TABLES for name in made_by):
            yield Hazard(
                "renames columns",
                source.place(line),
                f"{ast.unparse(target)} gives columns other names than the table has, and a model "
                "is asked with those of the table",
                "Name a function that takes raw rows, train: {predict: module:function}, or rename "
                "the columns in the table.",
            )
            return


def _call(source: SourceFile, call: Call) -> Hazard | None:
    name = call.name
    last = name.rpartition(".")[2]
    at = source.place(call.node)
    if last == "show" and ("plt" in name or "pyplot" in name or _is_figure(source, name)):
        if source.path.endswith(".ipynb"):
            return None
        return Hazard(
            "plot window",
            at,
            "plt.show() waits for a window to be closed",
            "Set MPLBACKEND: Agg in train.env, or save the picture with plt.savefig().",
        )
    if name in ("input", "getpass.getpass", "click.prompt", "click.confirm", "typer.prompt"):
        return Hazard(
            "standard input",
            at,
            f"{name}() waits for somebody to type",
            "Make it a flag or an environment variable with a default: nobody sits there.",
        )
    if name in EXITS and _code(call.node) == 0 and not _is_last(source, call):
        return Hazard(
            "exits early",
            at,
            f"{ast.unparse(call.node)} ends the script as if all were well",
            "End with another code than 0 when there is no model: sys.exit(1), or raise.",
        )
    if name in SHELLS:
        return _shell(call, at, name)
    if name in PROCESSES:
        return Hazard(
            "background process",
            at,
            f"{name} starts a process of its own",
            "Wait for it before the script ends; what is left is ended.",
        )
    if name == "os.chdir":
        return Hazard(
            "changes folder",
            at,
            f"{ast.unparse(call.node)} changes the working folder",
            "Relative paths after it mean another folder: write paths from __file__ instead.",
        )
    if name in DOWNLOADS or "kaggle" in name or name.startswith("sklearn.datasets.fetch_"):
        return _download(at, name)
    return None


def _shell(call: Call, at: Place, name: str) -> Hazard:
    words = constant(call.node.args[0]) if call.node.args else None
    if words and re.search(r"wget|curl|kaggle|gdown|aws s3|gsutil", words):
        return _download(at, words.split()[0])
    installs = words is not None and "pip install" in words
    cure = (
        "Write the package into the requirements instead."
        if installs
        else "Use subprocess.run([...], check=True), so that a failure stops the training."
    )
    return Hazard("shell", at, f"{name}({words!r}) goes through a shell" if words else name, cure)


def _download(at: Place, name: str) -> Hazard:
    return Hazard(
        "download",
        at,
        f"{name} fetches something from the network",
        "Declare the data under data: (a file, or a bucket), so that a run has what was checked.",
    )


def _secrets(source: SourceFile) -> Iterator[Hazard]:
    for target, value, scope, _ in source.assigns:
        if not isinstance(target, ast.Name) or scope.is_function:
            continue
        text = value.value if isinstance(value, ast.Constant) else None
        if not isinstance(text, str) or len(text) < 12 or " " in text or EXAMPLE.search(text):
            continue
        if SECRET.search(target.id):
            yield Hazard(
                "secret",
                source.place(value),
                f"{target.id} looks like a secret in the code",
                "Take it from an environment variable, and change it: Git keeps it.",
            )


def _data(base: CodeBase, data: list[DataFile]) -> Iterator[Hazard]:
    for one in data:
        if TESTS.search(one.at.path):
            continue
        if one.kind == "url" and not one.path.startswith(("s3://", "gs://", "az://")):
            yield _download(one.at, f"{one.reader}({one.path!r})")
        elif one.kind == "absolute":
            yield Hazard(
                "absolute path",
                one.at,
                f"{one.path!r} exists on one machine only",
                "Make it relative, or a flag, and give it {data.train}.",
            )
        elif one.pointer:
            yield Hazard(
                "lfs pointer",
                Place(one.path),
                "it is a Git LFS pointer, not the file itself",
                "Fetch it: git lfs pull",
            )
        elif _is_missing(one):
            yield Hazard(
                "missing data",
                one.at,
                f"{one.path} is read and is not there",
                "Put it there, or correct the path.",
            )
    yield from _left_over(base)


def _is_missing(one: DataFile) -> bool:
    known = one.kind == "file" and not one.exists and not one.model and not one.configuration
    return known and bool(one.format) and not one.via.startswith(("flag", "env"))


def _left_over(base: CodeBase) -> Iterator[Hazard]:
    text = base.listing.text(".gitmodules")
    for match in re.finditer(r"^\s*path\s*=\s*(\S+)", text, re.M):
        folder = base.root / match[1]
        if not folder.is_dir() or not any(folder.iterdir()):
            yield Hazard(
                "submodule",
                Place(match[1]),
                "a submodule that was not fetched",
                "Fetch it: git submodule update --init",
            )


def _models(models: list[ModelFile], read: set[str]) -> Iterator[Hazard]:
    for one in models:
        if WORKER.search(one.path) or one.path.startswith("/"):
            yield Hazard(
                "absolute path",
                one.at,
                f"the model is written to {one.path!r}, outside of the repository",
                "Write it to a relative path: it is then found and kept.",
            )
        elif one.path in read:
            yield _overwrites(one.at, one.path)
        elif one.git == "tracked":
            yield Hazard(
                "overwrites tracked file",
                one.at,
                f"Git keeps {one.path}, and a training overwrites it",
                "Shipway trains in a copy, so yours stays; better: git rm --cached "
                f"{one.path} and add it to .gitignore.",
            )


def _tables(base: CodeBase, values: Values, inputs: set[str]) -> Iterator[Hazard]:
    """Tables that are written over what is read."""
    for source in base.sources.values():
        if TESTS.search(source.path):
            continue
        for call in source.calls:
            if call.name.endswith(WRITERS):
                for value in values.texts(source, path_argument(call.node), call.scope):
                    placed = place(base.listing, source.path, value)
                    if placed is not None and placed.path in inputs and placed.exists:
                        yield _overwrites(source.place(call.node), placed.path)


def _overwrites(at: Place, path: str) -> Hazard:
    return Hazard(
        "overwrites input",
        at,
        f"{path} is read and written",
        "Write the result to another file: an input must stay as it was checked.",
    )


def _is_figure(source: SourceFile, name: str) -> bool:
    holder = name.partition(".")[0]
    return holder in ("fig", "plt") and source.imports_any("matplotlib", "plotly")


def _code(call: ast.Call) -> int | None:
    """What a call of exit gives back: nothing and None are 0."""
    if not call.args:
        return 0
    value = call.args[0].value if isinstance(call.args[0], ast.Constant) else ""
    if value is None:
        return 0
    return value if isinstance(value, int) else None


def _is_last(source: SourceFile, call: Call) -> bool:
    """Whether nothing comes after it: the last statement of the file."""
    last = source.tree.body[-1] if source.tree.body else None
    if isinstance(last, ast.If) and last.body:
        last = last.body[-1]
    return last is not None and call.node.lineno >= last.lineno and call.scope.is_module
