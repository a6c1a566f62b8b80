# SPDX-License-Identifier: Apache-2.0
"""Which files the code reads: tables, arrays, settings, models; where they lie and how."""

import ast
import posixpath
import re
from collections.abc import Iterator

from shipway.discovery.findings import DataFile, FileRole
from shipway.discovery.flags import constant
from shipway.discovery.paths import Placed, place
from shipway.discovery.project import CodeBase
from shipway.discovery.source import Call, SourceFile
from shipway.discovery.value import Value
from shipway.discovery.values import Values

TABLES = {
    "read_csv": "csv",
    "scan_csv": "csv",
    "read_table": "csv",
    "read_fwf": "text",
    "read_parquet": "parquet",
    "scan_parquet": "parquet",
    "read_feather": "feather",
    "read_excel": "excel",
    "read_json": "json",
    "read_pickle": "pickle",
    "read_hdf": "hdf5",
    "read_stata": "stata",
    "read_sas": "sas",
    "read_spss": "spss",
    "read_orc": "orc",
    "loadtxt": "text",
    "genfromtxt": "text",
    "ParquetFile": "parquet",
}
MODELS = {
    "joblib.load": "pickle",
    "pickle.load": "pickle",
    "cloudpickle.load": "pickle",
    "dill.load": "pickle",
    "torch.load": "pickle",
    "skops.io.load": "skops",
    "load_model": "",
    "onnxruntime.InferenceSession": "onnx",
    "onnx.load": "onnx",
    "xgboost.Booster": "",
    "lightgbm.Booster": "",
}
ARRAYS = ("numpy.load",)
SETTINGS = (".yaml", ".yml", ".toml", ".ini", ".cfg", ".env", ".conf")
OPTIONS = ("sep", "delimiter", "header", "names", "encoding", "index_col", "skiprows", "na_values")
PATH_ARGUMENTS = (
    *("filepath_or_buffer", "path", "io", "source", "path_or_buf", "fname", "filename", "file"),
    *("path_or_buffer", "filepath", "f", "model_file", "model_uri"),
)
LIBRARY_DATA = re.compile(r"^sklearn\.datasets\.(load|fetch|make)_|^seaborn\.load_dataset$")
DATA_FOLDER = re.compile(r"(^|/)(data|datasets?|raw|interim|processed|input)/", re.I)


def data_files(base: CodeBase, values: Values) -> Iterator[DataFile]:
    """Everything that the code reads, in the order of files and lines, each path once."""
    for source in base.sources.values():
        seen: dict[tuple[str, str, bool], DataFile] = {}
        for call in source.calls:
            for found in _reads(base, values, source, call):
                key = (found.path, found.via, found.reader == "open")
                seen.setdefault(key, found)
        for (path, via, opened), found in seen.items():
            # What is opened and then given to a reader is told by the reader.
            if not opened or (path, via, False) not in seen:
                yield found


def path_argument(call: ast.Call, position: int = 0) -> ast.expr | None:
    """The argument of a reader or writer that is the path."""
    for keyword in call.keywords:
        if keyword.arg in PATH_ARGUMENTS:
            return keyword.value
    if len(call.args) > position and not isinstance(call.args[position], ast.Starred):
        return call.args[position]
    return None


def mode_of(call: ast.Call) -> str:
    """The mode of an `open(…)` or `path.open(…)`, `r` when none is given."""
    method = isinstance(call.func, ast.Attribute) and call.func.attr == "open"
    own = method and not (isinstance(call.func, ast.Attribute) and _is_module(call.func.value))
    for keyword in call.keywords:
        if keyword.arg == "mode":
            return constant(keyword.value) or "r"
    position = 0 if own else 1
    return (constant(call.args[position]) or "r") if len(call.args) > position else "r"


def describe_source(value: Value) -> str:
    """Where a value comes from, as the end of a sentence."""
    return f", which comes from {value.via}" if value.via else ""


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("io", "os", "codecs", "gzip", "bz2", "lzma")


def _reads(base: CodeBase, values: Values, source: SourceFile, call: Call) -> Iterator[DataFile]:
    name = call.name
    last = name.rpartition(".")[2]
    if LIBRARY_DATA.match(name):
        yield _library(source, call, name)
        return
    reader, form, is_model = _reader(name, last)
    if not reader:
        return
    if reader == "open":
        if any(letter in mode_of(call.node) for letter in "wax+"):
            return
        own = isinstance(call.node.func, ast.Attribute) and not _is_module(call.node.func.value)
        node = call.node.func.value if own and isinstance(call.node.func, ast.Attribute) else None
        node = node or path_argument(call.node)
    else:
        node = path_argument(call.node)
    for value in values.texts(source, node, call.scope):
        placed = place(base.listing, source.path, value)
        if placed is not None and not (reader == "open" and not _is_worth(placed)):
            yield _found(base, source, call, placed, value, reader, form, is_model)


def _reader(name: str, last: str) -> tuple[str, str, bool]:
    """How a call reads: the reader as one would call it, the format, and whether it is a model."""
    if last in TABLES and not name.startswith("self."):
        return last if "." not in name else name, TABLES[last], False
    for known, form in MODELS.items():
        if name == known or (known == last and name.endswith(f".{known}")):
            return name, form, True
    if name in ARRAYS:
        return name, "numpy", False
    if last == "csv" and name.endswith("read.csv"):
        return name, "csv", False
    if last == "parquet" and name.endswith("read.parquet"):
        return name, "parquet", False
    if name in ("open", "io.open", "codecs.open", "gzip.open") or last == "open":
        return "open", "", False
    return "", "", False


def _is_worth(placed: Placed) -> bool:
    """Whether a file that is merely opened is data or settings, and not a README."""
    return bool(placed.format) or placed.path.endswith(SETTINGS)


def _found(
    base: CodeBase,
    source: SourceFile,
    call: Call,
    placed: Placed,
    value: Value,
    reader: str,
    form: str,
    is_model: bool,
) -> DataFile:
    options = tuple(
        (one.arg, ast.unparse(one.value)) for one in call.node.keywords if one.arg in OPTIONS
    )
    setting = placed.path.endswith(SETTINGS) or (
        placed.format == "json" and not DATA_FOLDER.search(placed.path) and reader == "open"
    )
    form = form or placed.format
    is_model = _is_model(placed, reader, is_model)
    what = "settings" if setting else "a model" if is_model else "data"
    return DataFile(
        path=placed.path,
        written=placed.written,
        at=source.place(call.node),
        why=f"{reader} reads {what} from {placed.written!r}{describe_source(value)}",
        kind=placed.kind,
        reader=reader,
        format=form,
        exists=placed.exists,
        git=base.listing.state(placed.path) if placed.kind == "file" else "outside",
        role="" if setting or is_model else role_of(placed.path),
        via=value.via,
        flag=value.flag,
        variable=value.variable,
        folder=placed.folder,
        options=options,
        columns=_columns(values_of(call.node, "usecols", "names", "columns")),
        headless=any(pair == ("header", "None") for pair in options) or "names" in dict(options),
        configuration=setting,
        model=is_model,
        pointer=placed.exists and placed.kind == "file" and base.listing.is_pointer(placed.path),
        anchored=value.anchored,
    )


def _is_model(placed: Placed, reader: str, said: bool) -> bool:
    if reader == "open":
        return placed.format == "pickle" and not DATA_FOLDER.search(placed.path)
    return said and not DATA_FOLDER.search(placed.path)


def _library(source: SourceFile, call: Call, name: str) -> DataFile:
    last = name.rpartition(".")[2]
    downloads = last.startswith("fetch_") or name.startswith("seaborn")
    made = last.startswith("make_")
    why = "downloads a data set" if downloads else "reads a data set that comes with scikit-learn"
    return DataFile(
        path=name,
        written=name,
        at=source.place(call.node),
        why=f"{last}() makes random data"
        if made
        else f"{last}(): {why}; no file of the repository",
        kind="library",
        reader=name,
        git="outside",
    )


def role_of(path: str) -> FileRole:
    """What a table is for, by its name: train, validation, test or all."""
    stem = posixpath.splitext(posixpath.basename(path))[0].lower()
    words = re.split(r"[^a-z]+", stem)
    if any(word in ("train", "training", "xtrain", "ytrain") for word in words):
        return "train"
    if any(word in ("val", "valid", "validation", "dev", "eval") for word in words):
        return "validation"
    if any(word in ("test", "testing", "holdout", "xtest", "ytest") for word in words):
        return "test"
    return "all"


def values_of(call: ast.Call, *names: str) -> ast.expr | None:
    """The first keyword argument of these names."""
    return next((one.value for one in call.keywords if one.arg in names), None)


def _columns(node: ast.expr | None) -> tuple[str, ...]:
    elements = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    return tuple(text for text in (constant(one) for one in elements) if text is not None)
