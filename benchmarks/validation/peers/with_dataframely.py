# SPDX-License-Identifier: Apache-2.0
"""The same demands for dataframely, without shares of missing values and outliers.

A missing value is allowed or not there, and a rule looks at rows: bounds that follow from the
column itself are not among what it says.
"""

import datetime
import sys

import dataframely as dy
import polars as pl

COUNTRIES = ["DE", "FR", "NO", "SE", "PL", "ES"]
FLOAT = {"nullable": True, "min": -1000.0, "max": 2000.0}
INTEGER = {"nullable": True, "min": -1000, "max": 2000}
MOMENT = {"min": datetime.datetime(2020, 1, 1), "max": datetime.datetime(2030, 1, 1)}


def category():
    return dy.String(nullable=False, check=lambda text: text.is_in(COUNTRIES))


class Table(dy.Schema):
    id = dy.String(primary_key=True)
    f0, f1, f2, f3 = (dy.Float64(**FLOAT) for _ in range(4))
    f4, f5, f6, f7 = (dy.Float64(**FLOAT) for _ in range(4))
    i0, i1, i2, i3, i4 = (dy.Int64(**INTEGER) for _ in range(5))
    c0, c1, c2, c3, c4 = (category() for _ in range(5))
    t1 = dy.Datetime(nullable=False, **MOMENT)
    t2 = dy.Datetime(nullable=False, **MOMENT)
    b = dy.Bool(nullable=False)

    @dy.rule()
    def ordered(cls) -> pl.Expr:  # noqa: N805 - a class method to dataframely
        return pl.col("t2") >= pl.col("t1")


Table.validate(pl.read_parquet(sys.argv[1]))
print("passed")
