# SPDX-License-Identifier: Apache-2.0
"""The same demands for patito, without shares of missing values and outliers.

A missing value is allowed or not there; constraints are expressions over rows.
"""

import datetime
import sys
from typing import Literal

import patito as pt
import polars as pl

Country = Literal["DE", "FR", "NO", "SE", "PL", "ES"]
BEGIN, END = datetime.datetime(2020, 1, 1), datetime.datetime(2030, 1, 1)


def fields():
    bounds = {"ge": -1000, "le": 2000}
    yield "id", (str, pt.Field(unique=True))
    for number in range(8):
        yield f"f{number}", (float | None, pt.Field(dtype=pl.Float64, **bounds))
    for number in range(5):
        yield f"i{number}", (int | None, pt.Field(dtype=pl.Int64, **bounds))
    for number in range(5):
        yield f"c{number}", (Country, pt.Field(dtype=pl.String))
    inside = pt.field.is_between(BEGIN, END)
    yield "t1", (datetime.datetime, pt.Field(constraints=inside))
    ordered = pl.col("t2") >= pl.col("t1")
    yield "t2", (datetime.datetime, pt.Field(constraints=[inside, ordered]))
    yield "b", (bool, pt.Field())


def model():
    made = dict(fields())
    space = {"__annotations__": {name: kind for name, (kind, _) in made.items()}}
    space |= {name: field for name, (_, field) in made.items()}
    return type(pt.Model)("Table", (pt.Model,), {"__module__": __name__, **space})


model().validate(pl.read_parquet(sys.argv[1]))
print("passed")
