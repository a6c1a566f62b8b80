# SPDX-License-Identifier: Apache-2.0
"""Which files a table is made of: found by path or glob, told apart by the ending of their names.

Nothing here reads a table, so that an unchanged run can name its data without loading polars.
`${NAME}` in a path is resolved to find a file, but stays in the file's written name, which is what
records hold.
"""

import os
from collections.abc import Callable, Sequence
from glob import has_magic
from pathlib import Path

from shipway.base.checkouts import check_file_fetched, empty_submodule_of, submodule_missing
from shipway.base.errors import InputError, NotAvailableYetError
from shipway.base.names import did_you_mean
from shipway.data.layout import path_of
from shipway.spec.types import DataSpec, TableSpec
from shipway.spec.variables import resolve, variables

SUFFIXES = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".csv.zst": "csv",
    ".tsv": "csv",
    ".tsv.gz": "csv",
    ".tsv.zst": "csv",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".jsonl.zst": "jsonl",
    ".ndjson": "jsonl",
    ".ndjson.gz": "jsonl",
    ".ndjson.zst": "jsonl",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
}
OTHERS = {
    ".json": "Write one object a line, as JSON lines: jq -c '.[]' FILE > FILE.jsonl",
    ".xlsx": "Save the sheet as CSV.",
    ".xls": "Save the sheet as CSV.",
    ".zip": "Unpack it, or compress the table itself: .csv.gz, .csv.zst.",
    ".parquet.gz": "Parquet is compressed inside: unpack it.",
}
MAIN = ("all", "train", "validation", "test")


def declared_tables(data: DataSpec) -> dict[str, str]:
    """Path or glob of each table that the spec names, extra ones included."""
    return {name: path_of(table) for name, table in written_tables(data).items()}


def written_tables(data: DataSpec) -> dict[str, str | TableSpec]:
    """Each table as the spec writes it: a path, or a path with its dialect."""
    main = {name: table for name in MAIN if (table := getattr(data, name)) is not None}
    return {**main, **data.extra}


def locate_tables(
    folder: Path, data: DataSpec, where: Callable[..., str] = lambda *keys: ""
) -> dict[str, dict[Path, str]]:
    """The files of each table, sorted, with their written names.

    `where` gives the place of a key path in the spec. InputError when a file is missing.
    """
    found: dict[str, dict[Path, str]] = {}
    for name, pattern in declared_tables(data).items():
        place = where("data", name) if name in MAIN else where("data", "extra", name)
        files = find_files(folder, pattern, where=place)
        found[name] = {path: _written(folder, pattern, path) for path in files}
    return found


def data_files(
    folder: Path, data: DataSpec, where: Callable[..., str] = lambda *keys: ""
) -> dict[Path, str]:
    """All files of all tables, each once and sorted, with their written names."""
    found: dict[Path, str] = {}
    for files in locate_tables(folder, data, where).values():
        found |= files
    return dict(sorted(found.items()))


def _written(folder: Path, pattern: str, path: Path) -> str:
    """`path` relative to `folder`, with the variables of `pattern` as they are written."""
    parts = pattern.split("/")
    last = max((n for n, part in enumerate(parts) if variables(part)), default=-1)
    if last < 0:
        return Path(os.path.relpath(path, folder)).as_posix()
    head = "/".join(parts[: last + 1])
    below = path.relative_to(folder / resolve(head, os.environ))
    return head if below == Path() else f"{head}/{below.as_posix()}"


def written_path(folder: Path, name: str) -> Path:
    """The file of that written name."""
    return folder / resolve(name, os.environ)


def find_files(folder: Path, pattern: str, *, where: str = "") -> list[Path]:
    """The files that `pattern` (a path or a glob, relative to `folder`) names, sorted.

    InputError when there is none, with the nearest name that exists; hidden files never match a
    glob.
    """
    pattern = resolve(pattern, os.environ, where)
    if "://" in pattern:
        raise NotAvailableYetError(
            f"{pattern}: data of a run can't be read from a bucket yet",
            where=where,
            cure="Fetch it into the repository's folder first, and name that file or glob here."
            " `shipway check URL` reads it where it is.",
        )
    if has_magic(pattern):
        return _matching(folder, pattern, where)
    path = folder / pattern
    if path.is_dir():
        raise InputError(
            f"{pattern} is a folder",
            where=where,
            cure=f"Name its files: {pattern.rstrip('/')}/*.parquet",
        )
    if not path.is_file():
        _check_submodule(path, where)
        cure = _by_dvc(folder, pattern) or _nearest(folder, pattern)
        raise InputError(f"{pattern} does not exist", where=where, cure=cure)
    return [path]


def _matching(folder: Path, pattern: str, where: str) -> list[Path]:
    base = Path(pattern)
    root = Path(base.anchor) if base.is_absolute() else folder
    relative = str(base.relative_to(base.anchor)) if base.is_absolute() else pattern
    found = sorted(
        path for path in root.glob(relative) if path.is_file() and not path.name.startswith(".")
    )
    if not found:
        _check_submodule(root / relative, where)
        raise InputError(
            f"no file matches {pattern}", where=where, cure=_nearest(folder, str(base.parent / "x"))
        )
    return found


def _by_dvc(folder: Path, pattern: str) -> str:
    """How to get a file that DVC keeps and that nobody pulled yet; or that a folder of it holds."""
    for place in (Path(pattern), *Path(pattern).parents):
        if place.name and (folder / f"{place}.dvc").is_file():
            return f"DVC keeps it: dvc pull {place}.dvc"
    return ""


def _check_submodule(path: Path, where: str) -> None:
    missing = empty_submodule_of(Path(os.path.normpath(path)))
    if missing:
        raise submodule_missing(missing, where)


def _nearest(folder: Path, pattern: str) -> str:
    """A hint for a path that is not there: the nearest name in the deepest folder that exists."""
    path = Path(pattern)
    for depth in range(1, len(path.parts) + 1):
        parent = folder.joinpath(*path.parts[: depth - 1])
        part = path.parts[depth - 1]
        if parent.is_dir() and not (parent / part).exists():
            names = sorted(entry.name for entry in parent.iterdir() if entry.name[0] != ".")
            prefix = "/".join(path.parts[: depth - 1])
            return did_you_mean(part, names[:50]) + (f" (in {prefix}/)" if prefix and names else "")
    return ""


def format_of(files: Sequence[Path], *, where: str = "") -> str:
    """The kind of table that `files` are, by their endings; InputError when unknown or mixed, and
    for a pointer of Git LFS.
    """
    for file in files:
        check_file_fetched(file)
    kinds = {file: _kind(file) for file in files}
    unknown = [file for file, kind in kinds.items() if kind is None]
    if unknown:
        raise InputError(
            f"{unknown[0].name}: this kind of file is not known",
            where=where,
            cure=_other(unknown[0]) or f"Tables end in one of {', '.join(SUFFIXES)}.",
        )
    found = sorted({kind for kind in kinds.values() if kind is not None})
    if len(found) != 1:
        raise InputError(f"one table can't be made of {' and '.join(found)} files", where=where)
    return found[0]


def _kind(file: Path) -> str | None:
    name = file.name.lower()
    return next((kind for suffix, kind in SUFFIXES.items() if name.endswith(suffix)), None)


def _other(file: Path) -> str:
    name = file.name.lower()
    return next((cure for suffix, cure in OTHERS.items() if name.endswith(suffix)), "")
