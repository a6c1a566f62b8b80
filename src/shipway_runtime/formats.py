# SPDX-License-Identifier: Apache-2.0
"""What crosses the line between control plane and data plane, and what lies in a model directory.

The one module that both sides import: requests and results of the worker, lines of events,
`model.json`, `golden.json` and the table of predictions. All of them are JSON, written
canonically (sorted keys, shortest floats, a newline at the end), so that equal values are equal
bytes. A model directory:

    model.json     flavour, signature, framework versions, digest of every other file
    golden.json    rows with the predictions that the model must give again, wherever it runs
    model.skops    the flavour's own files
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any, Mapping, NamedTuple, TypeVar, Union

FORMAT = 1
MODEL_FILE = "model.json"
GOLDEN_FILE = "golden.json"
VARIABLES_FILE = "variables.json"
EVENTS_VARIABLE = "SHIPWAY_EVENTS_FD"
OVERLAY_VARIABLE = "SHIPWAY_OVERLAY"
# The user's code raised, or the model that came out of it is no good: a stop, not a wrong input.
STOPPED_KINDS = frozenset({"raised", "returned", "mismatch"})

T = TypeVar("T", bound="tuple[Any, ...]")


class FormatError(ValueError):
    """A file is not what its name promises."""


class Feature(NamedTuple):
    """One input of a model: a column's name, its type as in `shipway.yaml`, null seen in training.

    `zone` is the time zone of a datetime column; empty for local times and other types.
    """

    name: str
    type: str
    nullable: bool = False
    zone: str = ""


class ModelInfo(NamedTuple):
    """`model.json`. `frame` is what the model is given: pandas, polars, numpy or rows.

    `positive` and `classes` hold the model's own labels; `files` maps each file of the directory
    to its sha256 (64 hexadecimal digits); `trusted_types` are the types that the artifact holds
    besides well-known ones: for people, loading never believes them. `entries` are the files and
    folders that `train.model` names, in its order, where the user's own `predict` reads them.
    """

    flavour: str
    task: str
    target: str
    features: tuple[Feature, ...]
    frame: str
    positive: Any = None
    threshold: float | None = None
    classes: tuple[Any, ...] = ()
    frameworks: Mapping[str, str] = {}
    python: str = ""
    trusted_types: tuple[str, ...] = ()
    files: Mapping[str, str] = {}
    artifact: str = ""
    predict: str | None = None
    entries: tuple[str, ...] = ()
    format: int = FORMAT


class Golden(NamedTuple):
    """`golden.json`: rows, and the predictions (and scores) that belong to them."""

    rows: tuple[dict[str, Any], ...]
    predictions: tuple[Any, ...]
    scores: tuple[Any, ...] | None = None


class TableFiles(NamedTuple):
    """A table as files: absolute paths in order, their format, and how they are written."""

    paths: tuple[str, ...]
    format: str
    nulls: tuple[str, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    partitions: tuple[Mapping[str, str | None], ...] = ()


class NotebookFile(NamedTuple):
    """A notebook to be run in `folder`; `executed` is where it is written with its outputs.

    `data` holds the path of each dataset, `parts` the folder with IPython; `requirements` names the
    file that packages are added to. With `writes_model` no model is taken from its variables.
    """

    source: str
    name: str
    executed: str
    folder: str
    parts: str
    data: Mapping[str, str] = {}
    requirements: str = ""
    writes_model: bool = False


class TrainRequest(NamedTuple):
    """Call `function` (`module:name`) and make a model directory in `output` of what it returns.

    Or run `notebook`, and make it of what it leaves.
    """

    function: str
    data: Mapping[str, TableFiles]
    output: str
    result: str
    task: str
    target: str
    params: Mapping[str, Any] = {}
    sys_path: tuple[str, ...] = ()
    positive: str | None = None
    id: str | None = None
    ignore: tuple[str, ...] = ()
    trusted_types: tuple[str, ...] = ()
    allow_pickle: bool = False
    threshold: float | None = None
    golden: str | None = None
    predict: str | None = None
    notebook: NotebookFile | None = None
    verb: str = "train"


FILES_FLAVOUR = "files"
"""Of a model with which only the project's own web application can predict."""


class FinishRequest(NamedTuple):
    """Make a model directory of the files that the user's own command has written.

    `model_files` are absolute, or relative to the worker's current folder. With `application` they
    are kept as they are, for a web application of the project's own.
    """

    model_files: tuple[str, ...]
    data: Mapping[str, TableFiles]
    output: str
    result: str
    task: str
    target: str
    sys_path: tuple[str, ...] = ()
    positive: str | None = None
    id: str | None = None
    ignore: tuple[str, ...] = ()
    trusted_types: tuple[str, ...] = ()
    allow_pickle: bool = False
    threshold: float | None = None
    golden: str | None = None
    predict: str | None = None
    application: bool = False
    verb: str = "finish"


class PredictRequest(NamedTuple):
    """Write the predictions of the model directory `model` for a table, or for a file of rows."""

    model: str
    output: str
    result: str
    data: TableFiles | None = None
    rows: str | None = None
    sys_path: tuple[str, ...] = ()
    trusted_types: tuple[str, ...] = ()
    allow_pickle: bool = False
    verb: str = "predict"


class BatchRequest(NamedTuple):
    """Predict pieces of a table as they are ordered: see `shipway_runtime.batch`.

    `orders` and `answers` are open file descriptors.
    """

    model: str
    result: str
    orders: int
    answers: int
    sys_path: tuple[str, ...] = ()
    trusted_types: tuple[str, ...] = ()
    allow_pickle: bool = False
    verb: str = "batch"


Request = Union[TrainRequest, FinishRequest, PredictRequest, BatchRequest]


class Failure(NamedTuple):
    """A user's mistake: kind, message, the frames of the user's own code, and what to do.

    Kinds in `STOPPED_KINDS` stop the run (exit code 1); all others are wrong input (2).
    """

    kind: str
    message: str
    traceback: str = ""
    cure: str = ""


class Result(NamedTuple):
    """What a worker did: the model it made, or how many rows it predicted, or the `error`."""

    flavour: str = ""
    features: tuple[str, ...] = ()
    golden_rows: int = 0
    metrics: Mapping[str, float] = {}
    rows: int = 0
    error: Failure | None = None


class Predictions(NamedTuple):
    """Predictions, one a row.

    `scores`: the probability of the positive class (binary), a list of probabilities in the order
    of `classes` (multiclass), or None when the model has none.
    """

    predictions: list[Any]
    scores: list[Any] | None = None


class MetricEvent(NamedTuple):
    """A value of a metric that the training reported; `step` is None when it named none."""

    name: str
    value: float
    step: float | None = None


def plain(value: Any) -> Any:
    """`value` as JSON types; numbers that JSON lacks become "nan", "inf" and "-inf"."""
    if hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return str(value) if isinstance(value, Path) else value


def encode(value: Any) -> bytes:
    """Canonical JSON: the same value gives the same bytes on every machine."""
    text = json.dumps(plain(value), sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
    return text.encode() + b"\n"


def write(path: Path, value: Any) -> None:
    """Write `value` as canonical JSON; the whole file or none."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(encode(value))
    temporary.replace(path)


def read(path: Path) -> dict[str, Any]:
    """The JSON object in a file; FormatError when it holds none."""
    try:
        value = json.loads(path.read_bytes())
    except ValueError as error:
        raise FormatError(f"{path} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise FormatError(f"{path} holds no JSON object")
    return value


def _build(kind: type[T], value: Mapping[str, Any], **nested: Any) -> T:
    """A named tuple of the fields that this version knows; lists become tuples."""
    known = {name: value[name] for name in kind._fields if name in value}  # type: ignore[attr-defined]
    known.update({name: item for name, item in nested.items() if name in known})
    fields = {name: tuple(item) if type(item) is list else item for name, item in known.items()}
    try:
        return kind(**fields)
    except TypeError as error:
        raise FormatError(f"{kind.__name__}: {error}") from None


def read_model(folder: Path) -> ModelInfo:
    """`model.json` of a model directory; FormatError when it is missing or of a later format."""
    path = folder / MODEL_FILE
    if not path.is_file():
        raise FormatError(f"{folder} is no model directory: it has no {MODEL_FILE}")
    value = read(path)
    if value.get("format", 0) > FORMAT:
        raise FormatError(f"{path} was written by a later version (format {value['format']})")
    features = [_build(Feature, item) for item in value.get("features", ())]
    return _build(ModelInfo, value, features=features)


def read_golden(folder: Path) -> Golden | None:
    """`golden.json` of a model directory; None when it has none."""
    path = folder / GOLDEN_FILE
    return _build(Golden, read(path)) if path.is_file() else None


def read_request(path: Path) -> Request:
    """The request in a file, by its verb."""
    value = read(path)
    data = value.get("data")
    if value.get("verb") == "predict":
        return _build(PredictRequest, value, data=data and _build(TableFiles, data))
    if value.get("verb") == "batch":
        return _build(BatchRequest, value)
    tables = {name: _build(TableFiles, item) for name, item in (data or {}).items()}
    if value.get("verb") == "train":
        notebook = value.get("notebook") and _build(NotebookFile, value["notebook"])
        return _build(TrainRequest, value, data=tables, notebook=notebook)
    if value.get("verb") == "finish":
        return _build(FinishRequest, value, data=tables)
    raise FormatError(f"{path}: unknown verb {value.get('verb')!r}")


def read_result(path: Path) -> Result:
    """What a worker wrote; FormatError when it wrote nothing (it crashed or was killed)."""
    if not path.is_file():
        raise FormatError(f"{path} was not written: the worker crashed or was killed")
    value = read(path)
    error = value.get("error")
    metrics = {name: float(item) for name, item in value.get("metrics", {}).items()}
    return _build(Result, value, error=error and _build(Failure, error), metrics=metrics)


def read_predictions(path: Path) -> Predictions:
    """The file that the verb `predict` wrote: columns `prediction` and `score`."""
    value = read(path)
    return Predictions(value["prediction"], value.get("score"))


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Write the columns `prediction` and `score` (null when the model has no scores)."""
    write(path, {"prediction": predictions.predictions, "score": predictions.scores})


def metric_line(event: MetricEvent) -> bytes:
    """One line for the events' pipe."""
    value = plain({"event": "metric", **event._asdict()})
    return json.dumps(value, sort_keys=True, allow_nan=False).encode() + b"\n"


def read_event(line: str | bytes) -> MetricEvent | None:
    """The event in a line of the events' pipe; None for a line of another kind or no event."""
    try:
        value = json.loads(line)
        if value["event"] != "metric":
            return None
        step = value.get("step")
        return MetricEvent(
            str(value["name"]), float(value["value"]), None if step is None else float(step)
        )
    except (ValueError, KeyError, TypeError):
        return None


def read_variables(interpreter: str) -> dict[str, str]:
    """What processes in an environment are given besides, in `variables.json` above its `bin/`."""
    try:
        values = json.loads((Path(interpreter).parent.parent / VARIABLES_FILE).read_bytes())
    except OSError:
        return {}
    return {str(name): str(value) for name, value in values.items()}


def file_digests(folder: Path, known: Mapping[str, str] = {}) -> dict[str, str]:
    """sha256 of every file below `folder` except `model.json`, by its path with `/`, sorted.

    Those that are `known` already are believed.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder).as_posix()
        if path.is_file() and relative != MODEL_FILE:
            found[relative] = known.get(relative) or _digest(path)
    return found


def _digest(path: Path) -> str:
    """sha256 of a file, read piece by piece: a model may be larger than the memory."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while True:
            piece = stream.read(1 << 20)
            if not piece:
                return digest.hexdigest()
            digest.update(piece)
