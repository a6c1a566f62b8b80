# SPDX-License-Identifier: Apache-2.0
"""The same demands for pandera on pandas.

Shares of missing values and outliers are checks of our own: pandera knows neither. Integers with
gaps are floats in pandas.
"""

import sys

import pandas as pd
import pandera.pandas as pa

FLOATS = [f"f{number}" for number in range(8)]
INTEGERS = [f"i{number}" for number in range(5)]
CATEGORIES = [f"c{number}" for number in range(5)]
COUNTRIES = ["DE", "FR", "NO", "SE", "PL", "ES"]


def few_missing(values):
    return values.isna().mean() <= 0.05


def no_outliers(values):
    first, third = values.quantile(0.25), values.quantile(0.75)
    reach = 6 * (third - first)
    return values.between(first - reach, third + reach) | values.isna()


def number():
    checks = [
        pa.Check.ge(-1000),
        pa.Check.le(2000),
        pa.Check(few_missing, ignore_na=False),
        pa.Check(no_outliers),
    ]
    return pa.Column(float, checks, nullable=True)


def schema(strings, moments):
    moment = [pa.Check.ge(pd.Timestamp("2020-01-01")), pa.Check.le(pd.Timestamp("2030-01-01"))]
    columns = {"id": pa.Column(strings, unique=True)}
    columns |= {name: number() for name in FLOATS + INTEGERS}
    columns |= {name: pa.Column(strings, pa.Check.isin(COUNTRIES)) for name in CATEGORIES}
    columns |= {name: pa.Column(moments, moment) for name in ("t1", "t2")}
    columns["b"] = pa.Column(bool, pa.Check.isin([True, False]))
    return pa.DataFrameSchema(columns, checks=pa.Check(lambda frame: frame["t2"] >= frame["t1"]))


frame = pd.read_parquet(sys.argv[1])
schema(frame["id"].dtype, frame["t1"].dtype).validate(frame, lazy=True)
print("passed")
