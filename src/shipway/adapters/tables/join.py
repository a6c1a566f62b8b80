# SPDX-License-Identifier: Apache-2.0
"""Several files of one table, joined in the order given."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from shipway.adapters.tables.blame import said
from shipway.base.errors import InputError


def concatenate(files: Sequence[Path], frames: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    """The rows of all frames below each other, with the columns in the order of the first one.

    Number types are widened where the files differ. InputError, naming the file, when one has
    other columns than the first, or a column of a type that does not go with the first's.
    """
    if len(frames) == 1:
        return frames[0]
    schemas = [frame.collect_schema() for frame in frames]
    names = schemas[0].names()
    for file, schema in zip(files[1:], schemas[1:], strict=True):
        _same_columns(files[0], names, file, schema.names())
    joined = pl.concat([frame.select(names) for frame in frames], how="vertical_relaxed")
    try:
        joined.collect_schema()
    except pl.exceptions.PolarsError as error:
        raise InputError(
            f"the files of one table have columns of different types: {said(error)}",
            where=", ".join(str(file) for file in files[:3]),
            cure="Write all of them with the same types.",
        ) from None
    return joined


def _same_columns(first: Path, names: list[str], file: Path, others: list[str]) -> None:
    missing = [name for name in names if name not in others]
    added = [name for name in others if name not in names]
    if missing or added:
        what = [f"lacks {', '.join(missing)}"] if missing else []
        what += [f"also has {', '.join(added)}"] if added else []
        raise InputError(
            f"{' and '.join(what)}, compared with {first.name}",
            where=str(file),
            cure="Files of one table have the same columns.",
        )
