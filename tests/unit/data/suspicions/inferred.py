# SPDX-License-Identifier: Apache-2.0
"""Tables for inference: clean ones of every kind, and a way to look at any."""

import datetime
import random
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from shipway.adapters.tables import table_format
from shipway.data.examination import Examined, examine
from shipway.data.opening import open_table
from shipway.spec.types import DataSpec


def examined(file: Path, target: str | None = None) -> Examined:
    """What is found in a file."""
    return examine(
        lambda nulls: open_table("all", [file], DataSpec(nulls=nulls), table_format), target=target
    )


def look_at(
    folder: Path, columns: dict[str, Any], target: str | None = None, *, parquet: bool = False
) -> dict[tuple[str, str], str]:
    """Evidence by kind and column of a table with these columns."""
    found = examined(written(folder, pl.DataFrame(columns, strict=False), parquet), target)
    return {(each.kind, each.column): each.evidence for each in found.suspicions}


def written(folder: Path, frame: pl.DataFrame, parquet: bool = False) -> Path:
    """The frame in a file."""
    path = folder / ("table.parquet" if parquet else "table.csv")
    frame.write_parquet(path) if parquet else frame.write_csv(path)
    return path


def clean(seed: int) -> pl.DataFrame:
    """A table without anything odd: other sizes, means and spreads for each seed."""
    chance = np.random.default_rng(seed)
    rows = int(chance.integers(300, 3000))
    day = datetime.date(2020, 1, 1)
    cities = ["Berlin", "Paris", "Madrid", "Rome", "Vienna", "Prague", "Lisbon"]
    weights = chance.dirichlet(np.full(len(cities), 20))
    counts = chance.poisson(float(chance.uniform(0.5, 40)), rows)
    words = random.Random(seed)
    return pl.DataFrame(
        {
            "order_id": [f"o{number:06}" for number in range(rows)],
            "amount": np.round(chance.lognormal(3, float(chance.uniform(0.3, 2)), rows), 2),
            "height": chance.normal(float(chance.uniform(50, 500)), 15, rows),
            "temperature": np.round(chance.normal(5, 9, rows), 1),
            "share": chance.uniform(0, 1, rows),
            "visits": counts,
            "score": chance.integers(1, 11, rows),
            "weight": chance.exponential(20, rows),
            "age": np.clip(chance.normal(45, 12, rows), 18, 200).astype(int)
            + chance.integers(0, 3, rows),
            "city": chance.choice(cities, rows, p=weights),
            "kind": chance.choice(["new", "used", "rented"], rows, p=[0.5, 0.3, 0.2]),
            "active": chance.choice([True, False], rows),
            "on_sale": chance.integers(0, 2, rows),
            "seen": [day + datetime.timedelta(int(n)) for n in chance.integers(0, 900, rows)],
            "at": [
                datetime.datetime(2021, 1, 1) + datetime.timedelta(seconds=int(n))
                for n in chance.integers(0, 10**7, rows)
            ],
            "note": ["".join(words.choices("abcdefgh ", k=12)).strip() + "x" for _ in range(rows)],
            "code": [f"{n:05}" for n in chance.integers(0, 99999, rows)],
            "balance": np.round(chance.laplace(200, 300, rows), 2),
            "year": chance.integers(1990, 2024, rows),
        }
    )
