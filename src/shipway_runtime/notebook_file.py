# SPDX-License-Identifier: Apache-2.0
"""Notebook files: read in formats 3 and 4, given parameters, written with their outputs.

Parameters come in as papermill's do: a code cell with the tag `parameters` holds defaults, and the
values of the run are assigned in a cell behind it (or the first one, without such a cell).
"""

from __future__ import annotations

import ast
import difflib
import json
import keyword
import re
from pathlib import Path
from typing import Any, Mapping, NamedTuple

from shipway_runtime.errors import UserError

TAG, INJECTED = "parameters", "injected-parameters"
OLDEST, NEWEST = 3, 4
FOREIGN_KERNELS = ("ir", "bash", "scala", "xcpp17", "julia", "javascript")
WAY_OUT = "Train it by a command of its own instead: train.command."


class Cell(NamedTuple):
    """A code cell: its number among all cells of the user's file from 1 (0: ours), and its JSON."""

    number: int
    content: dict[str, Any]

    @property
    def source(self) -> str:
        """The code."""
        return joined(self.content.get("source", ""))


class Notebook:
    """A notebook of format 4 whose code cells can be run one after the other."""

    def __init__(self, name: str, document: dict[str, Any]) -> None:
        self.name = name
        self.document = document
        cells = document["cells"]
        self.total = len(cells)
        self.code = [Cell(number, cell) for number, cell in enumerate(cells, 1) if _is_code(cell)]
        for cell in self.code:
            cell.content["outputs"] = []
            cell.content["execution_count"] = None

    def inject(self, values: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        """Assign `values` (of `train.params`), and `known` ones that the notebook may use or not.

        UserError for a parameter that the cell of parameters does not have.
        """
        both = {**known, **values}
        if not both:
            return
        clash = sorted(set(known) & set(values))
        if clash:
            raise UserError(
                "params",
                f"{clash[0]} is the path of a dataset already",
                "Rename it in train.params.",
            )
        place = next(
            (index for index, cell in enumerate(self.code) if TAG in _tags(cell.content)), None
        )
        if place is not None:
            self._check(values, self.code[place])
        lines = [f"{_name(name)} = {value!r}" for name, value in both.items()]
        self._check_used(values, 0 if place is None else place + 1, tagged=place is not None)
        made: dict[str, Any] = {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {"tags": [INJECTED]},
            "outputs": [],
            "source": "\n".join(["# Parameters of this run", *lines]),
        }
        if self.document.get("nbformat_minor", 0) >= 5:
            made["id"] = INJECTED
        cells = self.document["cells"]
        if place is None:
            cells.insert(0, made)
            self.code.insert(0, Cell(0, made))
        else:
            cells.insert(cells.index(self.code[place].content) + 1, made)
            self.code.insert(place + 1, Cell(0, made))

    def _check(self, values: Mapping[str, Any], cell: Cell) -> None:
        names = _assigned(cell.source)
        if names is None:
            return
        for name in values:
            if name not in names:
                guess = difflib.get_close_matches(name, names, n=1)
                cure = f"Did you mean {guess[0]!r}? " if guess else ""
                raise UserError(
                    "params",
                    f"the cell of parameters of {self.name} (cell {cell.number}) has no {name!r}",
                    f"{cure}It has: {', '.join(sorted(names)) or 'none'}.",
                )

    def _check_used(self, values: Mapping[str, Any], first: int, *, tagged: bool) -> None:
        """UserError for a value that would change nothing: nobody uses it, or a cell from number
        `first` on begins by writing over it.
        """
        for name in values:
            word = re.compile(rf"\b{re.escape(name)}\b")
            cell = next((c for c in self.code[first:] if word.search(c.source)), None)
            if cell is not None and _is_overwritten(name, cell.source):
                raise UserError(
                    "params",
                    f"cell {cell.number} of {self.name} sets {name} again, so that "
                    f"train.params.{name} would change nothing",
                    f"Leave {name} out there: it has a cell of parameters."
                    if tagged
                    else f"Give that cell the tag `{TAG}`: the values of the run then come "
                    "behind it.",
                )
            if cell is None and not tagged:
                raise UserError(
                    "params",
                    f"no cell of {self.name} uses {name}, so that train.params.{name} would "
                    "change nothing",
                    "Correct its name in train.params, or take it away.",
                )

    def place(self, cell: Cell) -> str:
        """The cell as people count: `cell 3 of 12 (In [2])`."""
        if not cell.number:
            return "the cell with the parameters of this run"
        count = cell.content.get("execution_count")
        counted = f" (In [{count}])" if count else ""
        return f"cell {cell.number} of {self.total}{counted}"

    def write(self, path: Path, running: Cell | None = None) -> None:
        """Write the notebook as far as it is; `running` is noted for when the process dies."""
        metadata = self.document.setdefault("metadata", {})
        metadata.pop("shipway", None)
        if running is not None:
            metadata["shipway"] = {"running": self.place(running)}
        temporary = path.with_name(path.name + ".tmp")
        text = json.dumps(self.document, ensure_ascii=False, indent=1)
        temporary.write_text(text + "\n", encoding="utf-8", errors="surrogatepass")
        temporary.replace(path)


def read(path: Path, name: str) -> Notebook:
    """The notebook in a file; UserError when it is none, or none for Python."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UserError("notebook", f"{name} can't be read: {error.strerror}") from None
    except ValueError as error:
        raise UserError(
            "notebook",
            f"{name} is not a notebook: its JSON can't be read ({error})",
            "Does it hold marks of a merge conflict? Save it again in Jupyter.",
        ) from None
    return Notebook(name, _checked(document, name))


def _checked(document: Any, name: str) -> dict[str, Any]:
    version = document.get("nbformat") if isinstance(document, dict) else None
    if not isinstance(version, int):
        raise UserError(
            "notebook", f"{name} is not a notebook: it does not say its format (nbformat)"
        )
    if not OLDEST <= version <= NEWEST:
        raise UserError(
            "notebook",
            f"{name} has the notebook format {version}; formats 3 and 4 can be run",
            "Convert it: jupyter nbconvert --to notebook " + name,
        )
    try:
        if version == OLDEST:
            document = _upgraded(document)
        if not all(isinstance(cell, dict) for cell in document["cells"]):
            raise TypeError("a cell is no object")
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError("notebook", f"{name} is not a whole notebook: {error!r}") from None
    _check_language(document.get("metadata") or {}, name)
    return dict(document)


def _upgraded(document: dict[str, Any]) -> dict[str, Any]:
    """Format 3 as format 4: sheets become one list of cells, headings become Markdown."""
    cells = []
    for sheet in document["worksheets"]:
        for cell in sheet["cells"]:
            kind, metadata = cell["cell_type"], cell.get("metadata") or {}
            if kind == "code":
                made: dict[str, Any] = {
                    "source": cell.get("input", ""),
                    "outputs": [],
                    "execution_count": None,
                }
                cells.append({"cell_type": "code", "metadata": metadata, **made})
            elif kind == "heading":
                text = "#" * int(cell.get("level", 1)) + " " + joined(cell.get("source", ""))
                cells.append({"cell_type": "markdown", "metadata": metadata, "source": text})
            else:
                kind = kind if kind in ("markdown", "raw") else "markdown"
                source = cell.get("source", "")
                cells.append({"cell_type": kind, "metadata": metadata, "source": source})
    metadata = {k: v for k, v in (document.get("metadata") or {}).items() if k != "name"}
    return {"cells": cells, "metadata": metadata, "nbformat": NEWEST, "nbformat_minor": 0}


def _check_language(metadata: Mapping[str, Any], name: str) -> None:
    kernel = metadata.get("kernelspec") or {}
    language = kernel.get("language") or (metadata.get("language_info") or {}).get("name") or ""
    if language and not language.lower().startswith(("python", "ipython")):
        raise UserError("notebook", f"{name} is a notebook for {language}, not for Python", WAY_OUT)
    if not language and kernel.get("name") in FOREIGN_KERNELS:
        raise UserError(
            "notebook", f"{name} asks for the kernel {kernel['name']}, not for Python", WAY_OUT
        )


def joined(source: Any) -> str:
    """Text that stands as one string or as a list of lines."""
    return "".join(source) if isinstance(source, list) else str(source)


def _is_code(cell: Mapping[str, Any]) -> bool:
    return cell.get("cell_type") == "code"


def _tags(content: Mapping[str, Any]) -> Any:
    return (content.get("metadata") or {}).get("tags") or ()


def _name(name: str) -> str:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UserError(
            "params", f"{name!r} can't be a variable of a notebook", "Rename it in train.params."
        )
    return name


def _is_overwritten(name: str, source: str) -> bool:
    """Whether the code gives `name` a value of its own before anything could use it."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return False
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return isinstance(statement, ast.Assign) and _is_literal(statement.value)
        if any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(statement)):
            return False
    return False


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError):
        return False
    return True


def _assigned(source: str) -> set[str] | None:
    """Names that the code assigns; None when it is no plain Python (a magic stands in it)."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
