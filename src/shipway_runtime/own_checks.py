# SPDX-License-Identifier: Apache-2.0
"""Checks of the project's own: `python -m shipway_runtime.own_checks REQUEST.json`.

It runs in the project's environment, next to the user's code, and writes one JSON file: what a
schema of pandera says (`pandera_schema`), and what functions found that return polars expressions,
true for good rows:

    def plausible() -> pl.Expr:
        return pl.col("settled_at") >= pl.col("created_at")

A function may also return several by name. All of them are evaluated in one query for each table.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any, Mapping, Sequence

from shipway_runtime import calls, formats, pandera_schema
from shipway_runtime.errors import UserError
from shipway_runtime.formats import Failure
from shipway_runtime.predictor import extend_path
from shipway_runtime.takeover import hint

MOST = 5
ROW = "\0row"
CURE = "Add polars to the project's requirements."
SHAPE = (
    "Return a polars expression that is true for good rows, or a dict of them by name:\n"
    '    def plausible():\n        return pl.col("amount") >= 0'
)


def main(arguments: Sequence[str]) -> int:
    """Carry out the request in the file that `arguments` names; the exit code.

    Its keys: `pandera` (module:Schema or null), `functions` (module:function, a list), `tables`
    (paths of Parquet files by name), `id`, `sys_path`, `result`.
    """
    request = formats.read(Path(arguments[0]))
    folders = [os.path.abspath(folder) for folder in request["sys_path"]]  # noqa: PTH100
    extend_path(folders)
    answer: dict[str, Any] = {}
    try:
        if request.get("pandera"):
            answer["schema"] = pandera_schema.describe(_find(request["pandera"], "data.pandera"))
        answer["functions"] = _evaluate(request)
    except UserError as error:
        answer = {"error": Failure(error.kind, error.message, cure=error.cure)}
    except calls.RaisedError as error:
        frames = calls.user_traceback(error.error, [*folders, str(Path.cwd())])
        text = str(error.error).split("\n")[0]
        message = f"{error.where} raised {type(error.error).__name__}: {text}".rstrip(": ")
        answer = {"error": Failure("raised", message, frames, hint(error.error))}
    sys.stdout.flush()
    formats.write(Path(request["result"]), answer)
    return 1 if "error" in answer else 0


def _find(address: str, where: str) -> Any:
    """What stands at `module:name`."""
    module, _, name = address.partition(":")
    try:
        found = calls.call(f"importing {address}", importlib.import_module, module)
    except calls.RaisedError as raised:
        missing = getattr(raised.error, "name", None) or ""
        if isinstance(raised.error, ModuleNotFoundError) and module.startswith(missing):
            raise UserError(
                "entry", f"{where}: there is no module {missing!r}", "Is the name right?"
            ) from None
        raise
    for part in name.split("."):
        if not hasattr(found, part):
            raise UserError("entry", f"{where}: {module} has no {name!r}", "Is the name right?")
        found = getattr(found, part)
    return found


def _evaluate(request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the functions found in each table."""
    if not request["functions"]:
        return []
    try:
        import polars as pl
    except ImportError as error:
        raise UserError("data", f"data.checks can't be evaluated: {error}", CURE) from error
    checks = [
        (address, name, description, expression)
        for address in request["functions"]
        for name, description, expression in _expressions(address, pl)
    ]
    return [
        found
        for table, path in request["tables"].items()
        for found in _check_table(pl, table, path, checks, request.get("id"))
    ]


def _expressions(address: str, pl: Any) -> list[tuple[str, str, Any]]:
    """Name, description and expression of each check that a function gives."""
    function = _find(address, "data.checks")
    if not callable(function):
        raise UserError("returned", f"data.checks: {address} is no function", SHAPE)
    returned = calls.call(address, function)
    lines = (getattr(function, "__doc__", None) or "").strip().splitlines()
    description = lines[0].strip() if lines else ""
    found = returned if isinstance(returned, dict) else {"": returned}
    for value in found.values():
        if not isinstance(value, pl.Expr):
            raise UserError("returned", f"{address} returned {type(value).__name__}", SHAPE)
    return [(str(name), description, value) for name, value in found.items()]


def _check_table(
    pl: Any, table: str, path: str, checks: Sequence[tuple[str, str, str, Any]], key: Any
) -> list[dict[str, Any]]:
    frame = pl.scan_parquet(path)
    names = frame.collect_schema().names()
    good = {f"\0check {number}": check[3] for number, check in enumerate(checks)}
    where = f"checking {table} with {', '.join(dict.fromkeys(check[0] for check in checks))}"
    marked = frame.with_columns(**good)
    schema = _asked(where, marked.collect_schema)
    for number, name in enumerate(good):
        check = checks[number]
        if schema[name] != pl.Boolean:
            what = f"{check[0]} returned an expression of {schema[name]}, not of true and false"
            raise UserError("returned", what, SHAPE)
    counts = [
        one
        for name in good
        for one in (
            (~pl.col(name)).sum().alias(name + "failing"),
            pl.col(name).is_null().sum().alias(name + "missing"),
        )
    ]
    query = marked.select(pl.len().alias("\0rows"), *counts)
    found = _asked(where, query.collect).row(0, named=True)
    return [
        {
            "table": table,
            "function": address,
            "name": name,
            "description": description,
            "rows": found["\0rows"],
            "failing": found[f"\0check {number}failing"] or 0,
            "missing": found[f"\0check {number}missing"] or 0,
            "columns": _read(expression, names),
            "examples": _examples(marked, f"\0check {number}", _read(expression, names), key)
            if found[f"\0check {number}failing"]
            else [],
        }
        for number, (address, name, description, expression) in enumerate(checks)
    ]


def _asked(where: str, ask: Any) -> Any:
    """What polars answers; its own errors are the expression's, and need no frames of polars."""
    try:
        return calls.call(where, ask)
    except calls.RaisedError as raised:
        if type(raised.error).__module__.split(".")[0] != "polars":
            raise
        first = str(raised.error).strip().split("\n")[0]
        raise UserError("returned", f"{where}: {first}") from raised


def _read(expression: Any, names: Sequence[str]) -> list[str]:
    """The columns of the table that an expression reads."""
    return [name for name in dict.fromkeys(expression.meta.root_names()) if name in names]


def _examples(marked: Any, column: str, read: Sequence[str], key: Any) -> list[dict[str, Any]]:
    """The first rows for which `column` is false, with the columns that it reads."""
    import polars as pl

    shown = list(dict.fromkeys([*read, *([key] if key in marked.collect_schema() else [])]))
    numbered = marked.with_row_index(ROW).filter(~pl.col(column)).head(MOST).select(ROW, *shown)
    rows = numbered.collect().to_dicts()
    return [
        {
            "row": row[ROW],
            "key": {key: _plain(row[key])} if key in row else {},
            "value": {name: _plain(row[name]) for name in read},
        }
        for row in rows
    ]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
