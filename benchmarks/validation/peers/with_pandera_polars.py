# SPDX-License-Identifier: Apache-2.0
"""The same demands for pandera on polars.

Shares of missing values and outliers are checks of our own: pandera knows neither.
"""

import datetime
import sys

import pandera.polars as pa
import polars as pl

FLOATS = [f"f{number}" for number in range(8)]
INTEGERS = [f"i{number}" for number in range(5)]
CATEGORIES = [f"c{number}" for number in range(5)]
COUNTRIES = ["DE", "FR", "NO", "SE", "PL", "ES"]
RANGE = (datetime.datetime(2020, 1, 1), datetime.datetime(2030, 1, 1))


def few_missing(data):
    return data.lazyframe.select(pl.col(data.key).null_count() <= 0.05 * pl.len())


def no_outliers(data):
    value = pl.col(data.key)
    first, third = value.quantile(0.25), value.quantile(0.75)
    reach = 6 * (third - first)
    return data.lazyframe.select(value.is_between(first - reach, third + reach) | value.is_null())


def number(dtype):
    checks = [
        pa.Check.ge(-1000),
        pa.Check.le(2000),
        pa.Check(few_missing),
        pa.Check(no_outliers),
    ]
    return pa.Column(dtype, checks, nullable=True)


def schema():
    moment = [pa.Check.ge(RANGE[0]), pa.Check.le(RANGE[1])]
    columns = {"id": pa.Column(pl.String, unique=True)}
    columns |= {name: number(pl.Float64) for name in FLOATS}
    columns |= {name: number(pl.Int64) for name in INTEGERS}
    columns |= {name: pa.Column(pl.String, pa.Check.isin(COUNTRIES)) for name in CATEGORIES}
    columns |= {name: pa.Column(pl.Datetime("us"), moment) for name in ("t1", "t2")}
    columns["b"] = pa.Column(pl.Boolean, pa.Check.isin([True, False]))
    ordered = pa.Check(lambda data: data.lazyframe.select(pl.col("t2") >= pl.col("t1")))
    return pa.DataFrameSchema(columns, checks=ordered)


schema().validate(pl.read_parquet(sys.argv[1]), lazy=True)
print("passed")
