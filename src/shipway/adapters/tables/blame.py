# SPDX-License-Identifier: Apache-2.0
"""Which of several files a failed read is to be blamed on. It only runs after a failure."""

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from shipway.base.errors import InputError


def first_unreadable(
    files: Sequence[Path], scan: Callable[[Path], pl.LazyFrame]
) -> tuple[Path, Exception] | None:
    """The first file of which not every cell can be read, with the error; each is read alone."""
    for file in files:
        try:
            scan(file).select(pl.all().null_count()).collect(engine="streaming")
        except (pl.exceptions.PolarsError, OSError) as error:
            return file, error
    return None


def said(error: Exception) -> str:
    """The first line of what an error of polars says."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def unreadable(
    kind: str, files: Sequence[Path], error: Exception, scan: Callable[[Path], pl.LazyFrame]
) -> InputError:
    """The error that names the file that can't be read as `kind`, or all where none is alone."""
    found = first_unreadable(files, scan)
    file, cause = found if found is not None else (None, error)
    return InputError(
        f"can't be read as {kind}: {said(cause)}",
        where=str(file) if file else ", ".join(str(each) for each in files[:3]),
        cure="The file is damaged; write it again." if file else "",
    )
