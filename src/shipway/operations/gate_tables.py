# SPDX-License-Identifier: Apache-2.0
"""Tables of predictions for `shipway gate`: read, and the champion's rows put beside ours."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.spec.types import DataSpec

if TYPE_CHECKING:
    import polars as pl

SHOWN = 3


def read_table(path: Path, columns: Iterable[str]) -> "pl.DataFrame":
    """All rows; InputError for a file that can't be read, is empty or lacks one of `columns`."""
    from shipway.adapters.tables import table_format
    from shipway.data.columns import typed
    from shipway.data.locate import find_files
    from shipway.data.opening import open_table, reading

    files = [path] if path.is_file() else find_files(Path(), str(path))
    table = open_table(path.name, files, DataSpec(), table_format)
    with reading([table]):
        frame = typed(table.frame, {}, text=table.is_text).collect()
    for column in columns:
        if column not in frame.columns:
            cure = did_you_mean(column, frame.columns)
            raise InputError(f"there is no column {column!r}", where=str(path), cure=cure)
    if not frame.height:
        raise InputError("there are no rows in this file", where=str(path))
    return frame


def paired(
    ours: "pl.DataFrame",
    other: "pl.DataFrame",
    target: str,
    key: str | None,
    paths: tuple[Path, Path],
) -> "pl.DataFrame":
    """The other table's rows in the order of ours, with the same targets.

    Rows pair by `key`, or by position. `paths` are the files of both, ours first. InputError where
    a key is missing or names several rows, and where the rows or their targets are not the same.
    """
    where = str(paths[1])
    if key is not None:
        other = _by_key(ours, other, key, paths)
    elif other.height != ours.height:
        raise InputError(
            f"{other.height} rows, but the challenger has {ours.height}",
            where=where,
            cure="Give both the same rows, or name their key: --key COLUMN.",
        )
    if not _same(ours[target], other[target]):
        cure = "The rows are others or in another order; name their key: --key COLUMN."
        raise InputError(
            "the targets are not those of the challenger, row by row",
            where=where,
            cure=cure if key is None else "Both files must tell the truth of the same rows.",
        )
    return other


def _same(ours: "pl.Series", other: "pl.Series") -> bool:
    """Whether both hold the same values, 1 and 1.0 being the same."""
    if ours.dtype.is_numeric() and other.dtype.is_numeric():
        return ours.eq_missing(other).all()
    return ours.equals(other)


def _by_key(
    ours: "pl.DataFrame", other: "pl.DataFrame", key: str, paths: tuple[Path, Path]
) -> "pl.DataFrame":
    for path, table in zip(paths, (ours, other), strict=True):
        _refuse_unusable(table, key, path)
    if ours[key].dtype != other[key].dtype:
        raise InputError(
            f"the key {key!r} is {other[key].dtype} here and {ours[key].dtype} there",
            where=str(paths[1]),
        )
    missing = ours.join(other, on=key, how="anti")
    extra = other.join(ours, on=key, how="anti")
    if missing.height or extra.height:
        examples = [*missing[key].head(SHOWN), *extra[key].head(SHOWN)]
        raise InputError(
            f"{missing.height} rows of the challenger are missing, and {extra.height} are not "
            f"among its rows (such as {key} {examples[0]})",
            where=str(paths[1]),
            cure="Predict the same rows with both.",
        )
    return ours.select(key).join(other, on=key, how="left", maintain_order="left")


def _refuse_unusable(table: "pl.DataFrame", key: str, path: Path) -> None:
    repeated = table.height - table[key].n_unique()
    absent = table[key].null_count()
    if not repeated and not absent:
        return
    what = f"the key {key!r} is missing in {absent} rows"
    if repeated:
        twice = table[key].filter(table[key].is_duplicated()).head(1).to_list()
        what = f"the key {key!r} names {repeated} rows twice (such as {twice[0]})"
    raise InputError(what, where=str(path), cure="Name a column that tells all rows apart.")
