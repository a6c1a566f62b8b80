# SPDX-License-Identifier: Apache-2.0
"""JSON lines: one object a line, plain or compressed; the values have the types that JSON gives.

All lines say together which columns there are and of which type; a key that a line does not have is
missing there. A column with texts and numbers in it is text.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from shipway.adapters.tables.blame import unreadable
from shipway.adapters.tables.join import concatenate
from shipway.adapters.tables.json_faults import first_fault, repeated_key
from shipway.adapters.tables.markers import without_markers
from shipway.adapters.tables.partitions import with_partitions
from shipway.adapters.tables.text_files import encoding_of, head_of, in_utf8
from shipway.base.errors import InputError
from shipway.data.layout import PLAIN, Layout

HEAD = 1 << 16
LARGEST = 2**63 - 1


class JsonLinesFormat:
    """Scans JSON lines; markers of missing values hold as in Parquet."""

    is_text = False

    def scan(
        self, files: Sequence[Path], nulls: Sequence[str], layout: Layout = PLAIN
    ) -> pl.LazyFrame:
        """All files as one lazy frame; each is read once to learn its columns.

        InputError, with the line, for what is not one JSON object a line; with the row for a whole
        number beyond 64 bits.
        """
        frames = _alike([self._open(file, layout) for file in files])
        frames = with_partitions(files, frames, layout, text=False)
        return without_markers(concatenate(files, frames), nulls)

    def explain(
        self, files: Sequence[Path], error: Exception, layout: Layout = PLAIN
    ) -> InputError:
        """The first line that can't be read, or else polars' own words."""
        for file in files:
            fault = first_fault(file, _readable(file, layout))
            if fault is not None:
                return fault
        return unreadable(
            "JSON lines", files, error, lambda file: pl.scan_ndjson(_readable(file, layout))
        )

    def _open(self, file: Path, layout: Layout) -> pl.LazyFrame:
        path = _readable(file, layout)
        try:
            schema = pl.scan_ndjson(path, infer_schema_length=None).collect_schema()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self.explain([file], error, layout) from None
        frame = pl.scan_ndjson(path, schema=schema)
        for name, dtype in schema.items():
            if dtype in (pl.Int128, pl.UInt128):
                raise _too_large(file, frame, name)
        return frame


def _readable(file: Path, layout: Layout) -> Path:
    """The file, or its copy in UTF-8; InputError for one that is plainly something else."""
    head = head_of(file, HEAD)
    encoding = encoding_of(head, layout.encoding)
    text = head.decode(encoding, "replace").lstrip()
    if text.startswith("["):
        raise InputError(
            "this is one JSON document, not one object a line",
            where=str(file),
            cure="Write JSON lines: jq -c '.[]' FILE > NEW",
        )
    if not text.startswith("{"):
        raise InputError(
            "this is not JSON lines: it does not begin with {",
            where=f"{file}:1",
            cure="Write one JSON object a line.",
        )
    twice = repeated_key(text.partition("\n")[0].encode())
    if twice is not None:
        raise InputError(
            f"the first object has the key {twice!r} twice",
            where=f"{file}:1",
            cure="Give each column its own name.",
        )
    return in_utf8(file, encoding)


def _alike(frames: Sequence[pl.LazyFrame]) -> list[pl.LazyFrame]:
    """All frames with all columns: a key may be missing in a whole file as well as in a line."""
    if len(frames) == 1:
        return list(frames)
    schemas = [frame.collect_schema() for frame in frames]
    known = dict.fromkeys(name for schema in schemas for name in schema.names())
    return [
        frame.with_columns(pl.lit(None).alias(name) for name in known if name not in schema)
        for frame, schema in zip(frames, schemas, strict=True)
    ]


def _too_large(file: Path, frame: pl.LazyFrame, name: str) -> InputError:
    outside = (pl.col(name) > LARGEST) | (pl.col(name) < -LARGEST - 1)
    found = frame.select(outside.arg_true().first()).collect(engine="streaming").item()
    return InputError(
        f"column {name!r} has a whole number beyond 64 bits in row {int(found or 0) + 1:,}",
        where=str(file),
        cure="Write such numbers as text, in quotes.",
    )
