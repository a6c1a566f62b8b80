# SPDX-License-Identifier: Apache-2.0
"""Arrow IPC files (Feather 2): typed columns, read only where they are needed."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from shipway.adapters.tables.blame import unreadable
from shipway.adapters.tables.ends import check_ends
from shipway.adapters.tables.join import concatenate
from shipway.adapters.tables.markers import without_markers
from shipway.adapters.tables.partitions import with_partitions
from shipway.base.errors import InputError
from shipway.data.layout import PLAIN, Layout

MAGIC = b"ARROW1"
OTHERS = {
    b"\xff\xff\xff\xff": "an Arrow stream, without the index that a file has",
    b"FEA1": "Feather of version 1",
}


class ArrowFormat:
    """Scans Arrow files; markers of missing values hold as in Parquet."""

    is_text = False

    def scan(
        self, files: Sequence[Path], nulls: Sequence[str], layout: Layout = PLAIN
    ) -> pl.LazyFrame:
        """All files as one lazy frame; InputError for a file that is no whole Arrow file."""
        frames = with_partitions(files, [_open(file) for file in files], layout, text=False)
        return without_markers(concatenate(files, frames), nulls)

    def explain(
        self, files: Sequence[Path], error: Exception, layout: Layout = PLAIN
    ) -> InputError:
        """The file whose ends are wrong, or that can't be read to its end."""
        for file in files:
            check_ends(file, MAGIC, "Arrow")
        return unreadable("Arrow", files, error, _scan)


def _scan(file: Path) -> pl.LazyFrame:
    return pl.scan_ipc(file, glob=False, hive_partitioning=False)


def _open(file: Path) -> pl.LazyFrame:
    _refuse_others(file)
    check_ends(file, MAGIC, "Arrow")
    frame = _scan(file)
    try:
        frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable("Arrow", [file], error, _scan) from None
    return frame


def _refuse_others(file: Path) -> None:
    with file.open("rb") as stream:
        head = stream.read(4)
    if head in OTHERS:
        raise InputError(
            f"this is {OTHERS[head]}", where=str(file), cure="Write it as an Arrow file or Parquet."
        )
