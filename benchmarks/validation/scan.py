# SPDX-License-Identifier: Apache-2.0
"""A bare scan: polars reads all columns of a table and counts what is missing in them.

The streaming engine reads; the largest value of each column makes sure that all cells are decoded.
Nothing is demanded and nothing is judged: no validator can be faster with the same reader.
"""

import sys

import polars as pl


def main() -> None:
    """Scan the file that is named."""
    path = sys.argv[1]
    if path.endswith(".csv"):
        frame = pl.scan_csv(path, try_parse_dates=True)
    else:
        frame = pl.scan_parquet(path)
    missing = pl.all().null_count().name.suffix(".missing")
    frame.select(missing, pl.all().max()).collect(engine="streaming")


if __name__ == "__main__":
    main()
