# SPDX-License-Identifier: Apache-2.0
"""Takes over the model that the user's own command wrote: one file, several, or folders of them.

Without `train.predict` a single pickle or skops file is asked itself. Several files make a model
only together, and only the user knows how: they need a function.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Sequence

from shipway_runtime.errors import UserError
from shipway_runtime.flavours import Trust
from shipway_runtime.flavours.model_files import SKOPS, is_pickle, load_entry

PREDICT_CURE = (
    "Name a function of yours: `train.predict: module:function` (rows in, predictions out)."
)
OWN_CLASS = re.compile(
    r"(?:Can't get attribute|module '__main__' has no attribute) '(\w+)'"
    r"(?: on <module '__main__'|$)"
)


class Taken(NamedTuple):
    """A model as it was written: its entries, and all files, by relative path."""

    entries: tuple[str, ...]
    files: Mapping[str, Path]


def take(names: Sequence[str]) -> Taken:
    """The model's files (by the bare name those outside of the current folder).

    UserError for a file that is not there and for an empty folder.
    """
    here = Path.cwd()
    entries, files = [], {}
    for name in names:
        path = here / name
        found = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        if not found:
            raise UserError(
                "model-missing",
                f"the command did not write {name}",
                "Correct `train.model`, or let the command write the model there.",
            )
        inside = path.resolve().is_relative_to(here.resolve())
        entry = path.relative_to(here).as_posix() if inside else path.name
        entries.append(entry)
        for one in found:
            rest = one.relative_to(path).as_posix()
            files[entry if one == path else f"{entry}/{rest}"] = one
    return Taken(tuple(entries), files)


def refuse_pickles(taken: Taken, trust: Trust) -> None:
    """UserError for the first pickle, unless they are allowed."""
    from shipway_runtime.flavours.sklearn import require_pickle

    for path in taken.files.values():
        if is_pickle(path):
            require_pickle(path, trust)


def read_estimator(taken: Taken, trust: Trust) -> Any:
    """The estimator in the only file; UserError when there is none, or more than it."""
    if len(taken.files) > 1:
        raise _several(taken, trust)
    name, path = next(iter(taken.files.items()))
    if not (path.suffix == SKOPS or is_pickle(path)):
        raise UserError("predict-missing", f"how to predict with {name} is not known", PREDICT_CURE)
    model = load_entry(path, trust)
    if not _predicts(model):
        raise UserError(
            "predict-missing",
            f"{path.name} holds a {type(model).__name__}, which has no method `predict`",
            PREDICT_CURE,
        )
    return model


def hint(error: BaseException) -> str:
    """The cure for a pickle that names a class of the script itself; empty for other errors."""
    found = OWN_CLASS.search(str(error))
    if not found:
        return ""
    return (
        f"The model was pickled by a script that defines {found[1]} itself: where it is read, "
        f"there is no such script. Move {found[1]} to a module of its own, and import it in the "
        "script."
    )


def _predicts(value: Any) -> bool:
    return callable(getattr(value, "predict", None))


def _several(taken: Taken, trust: Trust) -> UserError:
    """What the files hold, and the function to write."""
    values = {name: _look(path, trust) for name, path in taken.files.items()}
    able = [name for name, value in values.items() if _predicts(value)]
    holds = "; ".join(f"{name} is {_described(value)}" for name, value in values.items())
    lines = []
    if len(able) == 1:
        others = ", ".join(name for name in taken.files if name != able[0])
        lines.append(
            f"Only {able[0]} has `predict`, and nothing would use {others}. If it takes the raw "
            f"rows, write `model: {able[0]}`; else:"
        )
    lines += [_example(list(taken.entries))]
    return UserError(
        "predict-missing",
        f"the model is several files, and how they predict together is not known: {holds}",
        "\n".join(lines),
    )


def _look(path: Path, trust: Trust) -> Any:
    """What a file holds, as far as it may be looked at: its path when it may not."""
    try:
        return load_entry(path, trust)
    except Exception:  # whatever is wrong with it is not what this is about
        return path


def _described(value: Any) -> str:
    return "a file" if isinstance(value, Path) else f"a {type(value).__name__}"


def _example(entries: list[str]) -> str:
    """A function that the user can begin with: the files first, then the rows."""
    names = [re.sub(r"\W", "_", Path(entry).stem) or "part" for entry in entries]
    if len(set(names)) < len(names):
        names = [f"{name}_{number}" for number, name in enumerate(names)]
    return (
        "Write a function that joins them, for instance in serving.py:\n"
        f"    def predict({', '.join(names)}, rows):\n"
        f"        return {names[-1]}.predict({names[0]}.transform(rows))\n"
        "and name it: `train.predict: serving:predict`. It is given what is in the files, and the "
        "rows."
    )
