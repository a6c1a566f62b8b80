# SPDX-License-Identifier: Apache-2.0
"""The files of a model that the user's own `predict` reads: `files/` of the model directory.

They keep their paths relative to `shipway.yaml`. `entries` are what `train.model` names, in its
order: files, or folders.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Iterator

from shipway_runtime.errors import UserError
from shipway_runtime.flavours import Trust

FILES = "files"
PICKLES = (".pkl", ".pickle", ".joblib")
SKOPS = ".skops"


def is_pickle(path: Path) -> bool:
    """Whether a file looks like a pickle: by its name or its first two bytes."""
    if path.suffix in PICKLES:
        return True
    with path.open("rb") as stream:
        start = stream.read(2)
    return len(start) == 2 and start[0] == 0x80 and 2 <= start[1] <= 5


def refuse_pickles(folder: Path, trust: Trust) -> None:
    """UserError for the first pickle below `folder`, unless they are allowed."""
    from shipway_runtime.flavours.sklearn import require_pickle

    for path in _below(folder):
        if is_pickle(path):
            require_pickle(path, trust)


def load_entry(path: Path, trust: Trust) -> Any:
    """The object in a pickle or skops file; for anything else its path."""
    from shipway_runtime.flavours import sklearn

    if path.is_file() and path.suffix == SKOPS:
        return sklearn.read_skops(path.read_bytes(), trust)
    if path.is_file() and is_pickle(path):
        return sklearn.read_pickle(path, trust)
    return path


def offer_files(folder: Path) -> None:
    """Let the model's files be found where the user's command wrote them.

    A function opens `models/clf.pkl` by that path, relative to the folder in which it was written
    (the spec's, or `train.folder`); in a new process they are linked there, unless a file stands
    there already.
    """
    root = Path(sys.path[0] or os.curdir)
    bases = [Path()]
    bases += [Path(p).relative_to(root) for p in sys.path[1:4] if Path(p).is_relative_to(root)]
    for path in _below(folder):
        relative = path.relative_to(folder)
        for base in bases:
            if relative.is_relative_to(base):
                _link(root / relative.relative_to(base), path)


def _link(place: Path, path: Path) -> None:
    if os.path.lexists(place):
        return
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(path.resolve())
    except OSError:
        return


def entry_paths(folder: Path, entries: tuple[str, ...]) -> list[Path]:
    """Where the entries lie in a model directory; of an older one, its files."""
    if entries:
        return [folder / entry for entry in entries]
    return list(_below(folder))


def one_path(paths: list[Path], name: str) -> Path:
    """The only entry; UserError when there are several."""
    if len(paths) != 1:
        raise UserError(
            "load",
            f"`load({name})` is given one path, but the model has {len(paths)} files",
            "Let it take `folder`, `paths`, or one parameter for each file.",
        )
    return paths[0]


def _below(folder: Path) -> Iterator[Path]:
    """All files, sorted; none when there is no such folder."""
    if folder.is_dir():
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())
