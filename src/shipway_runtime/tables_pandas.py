# SPDX-License-Identifier: Apache-2.0
"""Tables read by the project's own pandas: CSV, JSON lines, Parquet, Arrow.

Parquet wants pyarrow or fastparquet, Arrow wants pyarrow; where they are not there and polars is,
polars reads the file.
"""

from __future__ import annotations

from typing import Any

from shipway_runtime.formats import TableFiles
from shipway_runtime.frames import available
from shipway_runtime.partitions import values_of


def read(table: TableFiles) -> Any:
    """All files of the table below each other, as a DataFrame; columns of folders come last."""
    import pandas as pd

    parts = [_read(path, table) for path in table.paths]
    for part, values in zip(parts, values_of(table)):  # noqa: B905 - Python 3.9
        for name, value in values.items():
            if name not in part.columns:
                part[name] = value
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _read(path: str, table: TableFiles) -> Any:
    import pandas as pd

    if table.format == "csv":
        return pd.read_csv(
            path,
            sep=table.delimiter,
            encoding=table.encoding,
            decimal=table.decimal,
            na_values=["", *table.nulls],
            keep_default_na=False,
            low_memory=False,
        )
    if table.format == "jsonl":
        # Texts stay texts, also those that look like numbers or dates.
        return pd.read_json(
            path, lines=True, dtype=False, convert_dates=False, encoding=table.encoding
        )
    if table.format == "arrow" and available("pyarrow"):
        return pd.read_feather(path)
    if table.format == "parquet" and available("pyarrow", "fastparquet"):
        return _read_parquet(path)
    from shipway_runtime import tables_polars

    single = table._replace(paths=(path,), partitions=())
    return _from_polars(tables_polars.read(single, lazy=False))


def _read_parquet(path: str) -> Any:
    """The file alone: pyarrow would add columns for folders such as `year=2024` above it."""
    import pandas as pd

    if not available("pyarrow") or "=" not in path:
        return pd.read_parquet(path)
    with open(path, "rb") as stream:  # noqa: PTH123 - the text of a request
        return pd.read_parquet(stream)


def _from_polars(frame: Any) -> Any:
    """A pandas DataFrame without pyarrow, which polars' own `to_pandas` would need."""
    import pandas as pd

    return pd.DataFrame({column.name: column.to_numpy() for column in frame.get_columns()})
