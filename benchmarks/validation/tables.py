# SPDX-License-Identifier: Apache-2.0
"""The tables that are validated: 22 columns, made from a seed, and what is demanded of them."""

import datetime
from pathlib import Path

import numpy as np
import polars as pl

PIECE = 250_000
FLOATS = [f"f{number}" for number in range(8)]
INTEGERS = [f"i{number}" for number in range(5)]
CATEGORIES = [f"c{number}" for number in range(5)]
MOMENTS = ["t1", "t2"]
COLUMNS = ["id", *FLOATS, *INTEGERS, *CATEGORIES, *MOMENTS, "b"]
COUNTRIES = ("DE", "FR", "NO", "SE", "PL", "ES")
BEGIN = datetime.datetime(2024, 1, 1)
YEAR = 366 * 86400 * 10**6


def make_parquet(path: Path, rows: int) -> None:
    """A Parquet file of `rows` rows in groups of 250,000, made a piece at a time."""
    if path.exists():
        return
    pieces = []
    for number, begin in enumerate(range(0, rows, PIECE)):
        piece = path.with_name(f"{path.name}.{number}")
        _piece(begin, min(PIECE, rows - begin)).write_parquet(piece)
        pieces.append(piece)
    unfinished = path.with_name(f"{path.name}.unfinished")
    pl.scan_parquet(pieces).sink_parquet(unfinished, row_group_size=PIECE)
    unfinished.rename(path)
    for piece in pieces:
        piece.unlink()


def make_csv(path: Path, parquet: Path) -> None:
    """The same rows as CSV."""
    if not path.exists():
        unfinished = path.with_name(f"{path.name}.unfinished")
        pl.scan_parquet(parquet).sink_csv(unfinished)
        unfinished.rename(path)


def _piece(begin: int, rows: int) -> pl.DataFrame:
    chance = np.random.default_rng(begin)
    numbers = pl.int_range(begin, begin + rows, eager=True)
    columns: dict[str, pl.Series] = {"id": numbers.cast(pl.String) + "-k"}
    for place, name in enumerate(FLOATS):
        values = pl.Series(chance.normal(50 + place, 10, rows).round(4))
        columns[name] = values.set(pl.Series(chance.random(rows) < 0.01), None)
    for name in INTEGERS:
        values = pl.Series(chance.integers(0, 1000, rows))
        columns[name] = values.set(pl.Series(chance.random(rows) < 0.01), None)
    for name in CATEGORIES:
        columns[name] = pl.Series(np.array(COUNTRIES)[chance.integers(0, len(COUNTRIES), rows)])
    first = pl.Series(chance.integers(0, YEAR, rows)).cast(pl.Duration("us")) + BEGIN
    later = pl.Series(chance.integers(0, 10**9, rows)).cast(pl.Duration("us"))
    columns |= {"t1": first, "t2": first + later, "b": pl.Series(chance.random(rows) < 0.5)}
    return pl.DataFrame(columns)


def demands(unique: bool) -> str:
    """The demands as `shipway check --checks` takes them: 96 checks with the unique key."""
    number = "min: -1000, max: 2000, max_missing: 5%, outliers: {method: iqr, factor: 6}"
    lines = ["columns:", f"  id: {{type: string, max_missing: 0, unique: {str(unique).lower()}}}"]
    lines += [f"  {name}: {{type: float, {number}}}" for name in FLOATS]
    lines += [f"  {name}: {{type: integer, {number}}}" for name in INTEGERS]
    countries = ", ".join(COUNTRIES)
    lines += [
        f"  {name}: {{type: category, values: [{countries}], max_missing: 0}}"
        for name in CATEGORIES
    ]
    dates = "min: 2020-01-01, max: 2030-01-01, max_missing: 0"
    lines += [f"  {name}: {{type: datetime, {dates}}}" for name in MOMENTS]
    lines += ["  b: {type: boolean, values: [true, false], max_missing: 0}"]
    return "\n".join([*lines, "rules: [t2 >= t1]", "rows: {min: 1}", ""])
