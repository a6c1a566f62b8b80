# SPDX-License-Identifier: Apache-2.0
"""Tables that a command line names: paths, globs, and URLs, which are fetched for the command.

    with given_table([place("s3://bucket/day=*/*.csv")], spec, folder) as given:
        open_table("all", given.files, data, table_format, given.layout)

The dialect of a text table is what the call says, or what `shipway.yaml` says of the same file, or
what the file tells. Errors name the URL, not the place that it was fetched to.
"""

import dataclasses
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from shipway.base.errors import InputError, ShipwayError
from shipway.data.layout import PLAIN, Layout, layout_of
from shipway.data.locate import find_files, written_tables
from shipway.spec.types import DataSpec, TableSpec

Place = Path | str
"""Where a table lies: a path or a glob, or the text of a URL."""


@dataclasses.dataclass(frozen=True)
class Given:
    """The files of a table, each once, in the order given, and how they are written."""

    files: tuple[Path, ...]
    layout: Layout = PLAIN

    def state(self) -> list[tuple[int, ...]]:
        """What changes when somebody writes to one of the files."""
        return [_state(file) for file in self.files]


def place(text: str) -> Place:
    """What stands on a command line: a URL keeps its slashes."""
    return text if "://" in text else Path(text)


@contextmanager
def given_table(
    names: Sequence[Place],
    data: DataSpec | None = None,
    folder: Path | None = None,
    dialect: Layout = PLAIN,
) -> Iterator[Given]:
    """The table that `names` make up together; what was fetched for it goes at the end.

    `data` is the spec's, whose paths are relative to `folder`. InputError for what is not there,
    OutsideError for what can't be fetched.
    """
    urls = [name for name in names if isinstance(name, str) and _is_url(name)]
    with tempfile.TemporaryDirectory(prefix="shipway-fetched-") as scratch:
        fetched = Path(scratch)
        found: dict[Path, str] = {}
        for name in names:
            found |= _fetch(name, fetched) if name in urls else _local(name)
        layout = _layout(names, found, data, folder or Path(), dialect)
        with _told_by_url(fetched):
            yield Given(tuple(found), layout)


def _is_url(name: str) -> bool:
    from shipway.clients.buckets import is_url

    return is_url(name)


def _local(name: Place) -> dict[Path, str]:
    path = Path(name)
    files = [path] if path.is_file() else find_files(Path(), str(name))
    return {file: str(file) for file in files}


def _fetch(url: Place, folder: Path) -> dict[Path, str]:
    from shipway.clients.buckets import fetch_objects, find_objects

    objects = find_objects(str(url))
    size, free = sum(each.size for each in objects), shutil.disk_usage(folder).free
    if size > free:
        raise InputError(
            f"{size / 1e9:,.1f} GB are to be fetched, {folder.parent} has {free / 1e9:,.1f} GB",
            where=str(url),
            cure="Name fewer files, or another place for temporary ones: TMPDIR=FOLDER",
        )
    root = folder / objects[0].root.replace("://", "/")
    files = fetch_objects(objects, root)
    return dict(zip(files, (each.key for each in objects), strict=True))


@contextmanager
def _told_by_url(folder: Path) -> Iterator[None]:
    """Errors that name a fetched file name its URL."""
    try:
        yield
    except ShipwayError as error:
        scheme, _, rest = error.where.partition(f"{folder}/")[2].partition("/")
        if scheme and rest:
            error.where = f"{scheme}://{rest}"
        raise


def _layout(
    names: Sequence[Place],
    found: dict[Path, str],
    data: DataSpec | None,
    folder: Path,
    dialect: Layout,
) -> Layout:
    pattern = str(names[0]) if len(names) == 1 else "*"
    told = layout_of(pattern, found.values())
    if not dialect.told() and data is not None:
        dialect = _declared(data, folder, next(iter(found)))
    return dataclasses.replace(dialect, partitions=told.partitions)


def _declared(data: DataSpec, folder: Path, file: Path) -> Layout:
    """The dialect of the table of the spec that the file belongs to."""
    for table in written_tables(data).values():
        if isinstance(table, TableSpec):
            with suppress(InputError):
                if file.resolve() in [each.resolve() for each in find_files(folder, table.path)]:
                    return layout_of(table, [])
    return PLAIN


def _state(file: Path) -> tuple[int, ...]:
    try:
        seen = file.stat()
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror}", where=str(file)) from None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns
