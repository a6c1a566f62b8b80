# SPDX-License-Identifier: Apache-2.0
"""Metrics in a file that a training wrote: JSON by dotted paths, CSV by its last row.

metrics.json   {"eval": {"auc": 0.9}, "folds": [{"auc": 0.8}, {"auc": 0.9}]}
               eval.auc, and where `map` asks for them folds.0.auc and folds.-1.auc
metrics.csv    epoch,loss,auc          the numbers of the last row, or
               name,value              one metric a row, with or without a head
"""

from collections.abc import Mapping
from pathlib import Path

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.spec.types import TrainSpec
from shipway.stages import mlflow_runs

DELIMITERS = ",;\t"
SHOWN = 20


def declared_files(spec: TrainSpec) -> list[str]:
    """Files that the training writes for its metrics: outputs, never inputs or code."""
    source = spec.metrics
    if source is None:
        return []
    runs = [mlflow_runs.FOLDER, mlflow_runs.DATABASE] if source.mlflow else []
    return [*filter(None, (source.json, source.csv)), *runs]


def read_json(path: Path, name: str, where: str) -> object:
    """The content of a JSON file, NaN and infinity included; InputError when it is none."""
    import json

    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is not JSON: {error}", where=where) from None


def from_json(value: object, names: Mapping[str, str], file: str, where: str) -> dict[str, float]:
    """All numbers in nested mappings, by their dotted path; or those that `names` asks for."""
    if not names:
        return _flat(value)
    return {ours: _at(value, theirs, file, where) for ours, theirs in names.items()}


def read_csv(path: Path, name: str, where: str) -> dict[str, float]:
    """The numbers of a CSV file by name: the last row's, or of a table of names and values."""
    import csv
    import io

    try:
        text = path.read_text(encoding="utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = max(DELIMITERS, key=first.count)
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    except (ValueError, csv.Error) as error:
        raise InputError(f"{name} is not CSV: {error}", where=where) from None
    found = _named_values(rows) or _last_row(rows)
    if not found:
        raise InputError(
            f"{name} has no metrics",
            where=where,
            cure="Give it a head with their names and one row or more of numbers, or two columns, "
            "name and value.",
        )
    return found


def renamed(
    found: Mapping[str, float], names: Mapping[str, str], source: str, where: str
) -> dict[str, float]:
    """What `names` (ours: theirs) asks for of `found`; all of it when it asks for nothing."""
    if not names:
        return dict(found)
    for theirs in names.values():
        if theirs not in found:
            raise _unknown(theirs, sorted(found), source, where)
    return {ours: found[theirs] for ours, theirs in names.items()}


def _named_values(rows: list[list[str]]) -> dict[str, float]:
    """`name,value` rows; nothing when the table is of another form."""
    if not rows or any(len(row) != 2 for row in rows):
        return {}
    body = rows if _number(rows[0][1]) is not None else rows[1:]
    if any(_number(name) is not None or _number(value) is None for name, value in body):
        return {}
    return {name.strip(): float(value) for name, value in body}


def _last_row(rows: list[list[str]]) -> dict[str, float]:
    if len(rows) < 2:
        return {}
    pairs = ((name.strip(), _number(cell)) for name, cell in zip(rows[0], rows[-1], strict=False))
    return {name: value for name, value in pairs if name and value is not None}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _flat(value: object, prefix: str = "") -> dict[str, float]:
    if isinstance(value, dict):
        found: dict[str, float] = {}
        for name, item in value.items():
            found |= _flat(item, f"{prefix}.{name}" if prefix else str(name))
        return found
    if isinstance(value, int | float) and not isinstance(value, bool) and prefix:
        return {prefix: float(value)}
    return {}


def _at(value: object, path: str, file: str, where: str) -> float:
    """The number at a dotted path; keys may have dots themselves, lists are counted from 0."""
    for found in _all_at(value, path):
        if isinstance(found, bool):
            continue
        if isinstance(found, int | float):
            return float(found)
        number = _number(found) if isinstance(found, str) else None
        if number is not None:
            return number
    raise _unknown(path, sorted(_flat(value)), file, where)


def _all_at(value: object, path: str) -> list[object]:
    if not path:
        return [value]
    words = path.split(".")
    found: list[object] = []
    if isinstance(value, dict):
        for length in range(len(words), 0, -1):
            key = ".".join(words[:length])
            if key in value:
                found += _all_at(value[key], ".".join(words[length:]))
    elif isinstance(value, list):
        index = words[0]
        if index.lstrip("-").isdigit() and -len(value) <= int(index) < len(value):
            found += _all_at(value[int(index)], ".".join(words[1:]))
    return found


def _unknown(name: str, known: list[str], source: str, where: str) -> InputError:
    guess = did_you_mean(name, known) if len(known) > SHOWN else ""
    shown = ", ".join(known[:SHOWN]) + (", …" if len(known) > SHOWN else "")
    cure = f"It has: {shown or 'none'}."
    return InputError(
        f"{source} has no number {name!r}", where=where, cure="\n".join(filter(None, [guess, cure]))
    )
