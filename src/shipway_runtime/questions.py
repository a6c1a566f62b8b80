# SPDX-License-Identifier: Apache-2.0
"""What the control plane asks of a finished model besides its predictions.

    threshold   write a decision threshold into a model directory
    latency     how long single predictions take
    metrics     metric functions of the project's own, asked about predictions

Requests are JSON like those of `formats`; what is as long as a table crosses in files of `columns`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Sequence, Tuple, Union

from shipway_runtime import columns, formats
from shipway_runtime.columns import Column
from shipway_runtime.formats import TableFiles


class ThresholdRequest(NamedTuple):
    """Give the binary model in the directory `model` the decision threshold `threshold`.

    Its golden predictions are made anew, by the model as it decides from now on.
    """

    model: str
    result: str
    threshold: float
    sys_path: tuple[str, ...] = ()
    trusted_types: tuple[str, ...] = ()
    allow_pickle: bool = False
    verb: str = "threshold"


class LatencyRequest(NamedTuple):
    """Write to `output` how long `calls` predictions of one row took, in milliseconds.

    The rows are spread over `data`; `warm_up` calls come before, and are not counted. After
    `seconds` no further call is begun, except that one is always counted.
    """

    model: str
    output: str
    result: str
    data: TableFiles
    calls: int = 500
    warm_up: int = 20
    seconds: float = 20.0
    sys_path: tuple[str, ...] = ()
    trusted_types: tuple[str, ...] = ()
    allow_pickle: bool = False
    verb: str = "latency"


class MetricsRequest(NamedTuple):
    """Ask metric functions (name → `module:function`) about the predictions in the file `asked`.

    `data` is the table that they belong to, read as `frame` for functions that ask for it. A
    function that gives one number is asked again about each of `parts` (see `write_asked`) and
    about at most `resamples` resamples of each, for no longer than `seconds` altogether.
    """

    functions: Mapping[str, str]
    asked: str
    output: str
    result: str
    data: TableFiles
    frame: str
    resamples: int = 1000
    seconds: float = 30.0
    seed: int = 0
    sys_path: tuple[str, ...] = ()
    verb: str = "metrics"


Request = Union[formats.Request, ThresholdRequest, LatencyRequest, MetricsRequest]


class Asked(NamedTuple):
    """Truth, and what one or two models said, over the same n rows.

    `parts` names sets of rows by their positions; the champion's columns are None without one.
    """

    target: Sequence[Any]
    prediction: Sequence[Any]
    score: Sequence[Any] | None = None
    champion_prediction: Sequence[Any] | None = None
    champion_score: Sequence[Any] | None = None
    weight: Sequence[float] | None = None
    parts: Mapping[str, Sequence[int]] = {}


class Part(NamedTuple):
    """What a function said about one set of rows: `value`, or None and why (`note`).

    `replicates` are its values on resamples, NaN where it gave none; the champion's are on the same
    resamples.
    """

    value: float | None
    note: str = ""
    champion: float | None = None
    champion_note: str = ""
    replicates: Sequence[float] = ()
    champion_replicates: Sequence[float] = ()


class Answer(NamedTuple):
    """What a function said: one value for each row, or one number for each part."""

    rows: Sequence[float] | None = None
    champion_rows: Sequence[float] | None = None
    parts: Mapping[str, Part] = {}


def read_request(path: Path) -> Request:
    """The request in a file, by its verb."""
    value = formats.read(path)
    kinds: Mapping[str, Any] = {
        "threshold": ThresholdRequest,
        "latency": LatencyRequest,
        "metrics": MetricsRequest,
    }
    kind = kinds.get(value.get("verb", ""))
    if kind is None:
        return formats.read_request(path)
    fields = {name: _tuple(value[name]) for name in kind._fields if name in value}
    if "data" in fields:
        fields["data"] = TableFiles(**{key: _tuple(v) for key, v in value["data"].items()})
    made: Request = kind(**fields)
    return made


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


PART = "part "


def write_asked(path: Path, asked: Asked) -> None:
    """Write `asked` as columns; positions of parts stand in columns of their own."""
    found = [
        columns.pack(name, values)
        for name, values in asked._asdict().items()
        if name != "parts" and values is not None
    ]
    found += [columns.pack(PART + name, values) for name, values in asked.parts.items()]
    columns.write(path, len(asked.target), found)


def read_asked(path: Path) -> Asked:
    """What `write_asked` wrote."""
    values = dict(columns.read(path).values)
    parts = {name[len(PART) :]: values.pop(name) for name in list(values) if name.startswith(PART)}
    return Asked(parts=parts, **values)


def write_answers(path: Path, answers: Mapping[str, Answer]) -> None:
    """Write what each function said."""
    found: list[Column] = []
    heads: dict[str, Any] = {}
    for name, answer in answers.items():
        parts = {}
        for key, part in answer.parts.items():
            parts[key] = part._replace(replicates=(), champion_replicates=())
            found.append(_floats((name, key, "replicates"), part.replicates))
            found.append(_floats((name, key, "champion"), part.champion_replicates))
        heads[name] = formats.plain(parts)
        for kind, values in (("rows", answer.rows), ("champion rows", answer.champion_rows)):
            if values is not None:
                found.append(_floats((name, "", kind), values))
    columns.write(path, 0, [columns.pack("answers", [heads]), *found])


def read_answers(path: Path) -> dict[str, Answer]:
    """What `write_answers` wrote."""
    values = columns.read(path).values

    def vector(*address: str) -> Any:
        return values.get(json.dumps(address))

    return {
        name: Answer(
            vector(name, "", "rows"),
            vector(name, "", "champion rows"),
            {
                key: Part(**part)._replace(
                    replicates=vector(name, key, "replicates"),
                    champion_replicates=vector(name, key, "champion"),
                )
                for key, part in parts.items()
            },
        )
        for name, parts in values["answers"][0].items()
    }


def _floats(address: Tuple[str, str, str], values: Sequence[float]) -> Column:
    column = columns.pack(json.dumps(address), [float(value) for value in values])
    return column if values else column._replace(kind="d", data=b"")
