# SPDX-License-Identifier: Apache-2.0
"""The project's tables, read in the form that the user's function asks for.

    def train(train: pd.DataFrame, validation: pl.LazyFrame, merchants: Path): ...

Read with what the project has installed (`tables_pandas`, `tables_polars`). Nothing is installed
for it, and nothing of Shipway's own environment is used.
"""

from __future__ import annotations

import pathlib
import typing
from typing import Any

from shipway_runtime.errors import UserError
from shipway_runtime.formats import TableFiles
from shipway_runtime.frames import available

CURE = "Add polars, or pandas with pyarrow, to the project's requirements."
# How annotations are written where they can't be evaluated (`if TYPE_CHECKING:` imports).
SHORT_NAMES = {"pd": "pandas", "pl": "polars"}


def form_of(annotation: Any) -> str | None:
    """What an annotation asks for: pandas, polars, lazy, path, text, paths; None for others."""
    if isinstance(annotation, str):
        return _form_of_text(annotation)
    if annotation in (pathlib.Path, pathlib.PurePath):
        return "path"
    if annotation is str:
        return "text"
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) in (list, tuple):
        return "paths" if arguments and form_of(arguments[0]) in ("path", "text") else None
    if arguments:
        return next((form for form in map(form_of, arguments) if form is not None), None)
    room = getattr(annotation, "__module__", "").split(".")[0]
    return _form_of_class(room, getattr(annotation, "__name__", ""))


def _form_of_text(text: str) -> str | None:
    first = text.strip("'\" ").replace("Optional[", "").split("|")[0].strip(" ]")
    if first in ("str", "Path", "pathlib.Path"):
        return "text" if first == "str" else "path"
    room, _, name = first.rpartition(".")
    return _form_of_class(SHORT_NAMES.get(room, room), name)


def _form_of_class(room: str, name: str) -> str | None:
    forms = {
        ("pandas", "DataFrame"): "pandas",
        ("polars", "DataFrame"): "polars",
        ("polars", "LazyFrame"): "lazy",
    }
    return forms.get((room, name))


def default_form() -> str:
    """The form of a parameter without annotation: a table where one can be made, else a path."""
    return available("pandas", "polars") or "path"


def read(name: str, table: TableFiles, form: str) -> Any:
    """The dataset `name` in a form of `form_of`; UserError with the cure when it can't be read."""
    if form == "paths":
        return [pathlib.Path(path) for path in table.paths]
    if form in ("path", "text"):
        return _only_path(name, table) if form == "path" else str(_only_path(name, table))
    try:
        if form == "pandas":
            from shipway_runtime import tables_pandas

            return tables_pandas.read(table)
        from shipway_runtime import tables_polars

        return tables_polars.read(table, lazy=form == "lazy")
    except ImportError as error:
        raise UserError("data", f"{name} can't be read: {error}", CURE) from error


def installed(name: str) -> str:
    """The library to read the dataset `name` with: pandas or polars; UserError for none."""
    found = available("pandas", "polars")
    if found is None:
        raise UserError("data", f"{name} can't be read: neither polars nor pandas is there", CURE)
    return found


def read_for(kind: str, name: str, table: TableFiles) -> Any:
    """The dataset `name` as a DataFrame of the `kind` that a model is given, else of any."""
    return read(name, table, kind if kind in ("pandas", "polars") else installed(name))


def _only_path(name: str, table: TableFiles) -> pathlib.Path:
    if len(table.paths) != 1:
        raise UserError(
            "data",
            f"{name} has {len(table.paths)} files, but the function asks for one path",
            "Annotate the parameter as list[Path], or as a DataFrame.",
        )
    return pathlib.Path(table.paths[0])
