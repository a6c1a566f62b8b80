# SPDX-License-Identifier: Apache-2.0
"""Tables read by the project's own polars: CSV, JSON lines, Parquet, Arrow."""

from __future__ import annotations

from typing import Any

from shipway_runtime.formats import TableFiles
from shipway_runtime.partitions import values_of

UTF8 = ("utf-8", "utf-8-sig", "ascii")


def read(table: TableFiles, lazy: bool) -> Any:
    """All files of the table below each other; columns of folders come last.

    A LazyFrame where `lazy` asks for it; what is not UTF-8 is read into memory all the same.
    """
    import polars as pl

    parts = [_scan(path, table) for path in table.paths]
    values = values_of(table)
    if values:
        parts = [_with_values(part, each) for part, each in zip(parts, values)]  # noqa: B905 - Python 3.9
    how = "diagonal_relaxed" if table.format == "jsonl" else "vertical_relaxed"
    whole = parts[0] if len(parts) == 1 else pl.concat(parts, how=how)  # type: ignore[arg-type]
    return whole if lazy else whole.collect()


def _scan(path: str, table: TableFiles) -> Any:
    import polars as pl

    if table.format == "csv":
        options: dict[str, Any] = {
            "separator": table.delimiter,
            "null_values": ["", *table.nulls],
            "infer_schema_length": None,
        }
        if table.decimal == ",":
            options["decimal_comma"] = True
        if table.encoding not in UTF8:
            return pl.read_csv(path, encoding=table.encoding, **options).lazy()
        return pl.scan_csv(path, **options)
    if table.format == "jsonl":
        return _scan_json(path, table.encoding)
    if table.format == "arrow":
        return pl.scan_ipc(path)
    return pl.scan_parquet(path, hive_partitioning=False)


def _scan_json(path: str, encoding: str) -> Any:
    import io
    import pathlib

    import polars as pl

    if encoding == "utf-8":
        return pl.scan_ndjson(path, infer_schema_length=None)
    text = pathlib.Path(path).read_text(encoding=encoding)
    return pl.read_ndjson(io.BytesIO(text.encode()), infer_schema_length=None).lazy()


def _with_values(frame: Any, values: Any) -> Any:
    import polars as pl

    own = frame.collect_schema().names()
    added = [
        pl.lit(value, dtype=pl.Int64 if isinstance(value, int) else None).alias(name)
        for name, value in values.items()
        if name not in own
    ]
    return frame.with_columns(added)
