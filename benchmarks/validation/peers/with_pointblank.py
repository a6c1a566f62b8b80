# SPDX-License-Identifier: Apache-2.0
"""The same demands for pointblank on polars, without outliers.

Bounds that follow from the column itself are not among what it says.
"""

import datetime
import sys

import pointblank as pb
import polars as pl

FLOATS = [f"f{number}" for number in range(8)]
INTEGERS = [f"i{number}" for number in range(5)]
CATEGORIES = [f"c{number}" for number in range(5)]
NUMBERS = FLOATS + INTEGERS
COUNTRIES = ["DE", "FR", "NO", "SE", "PL", "ES"]

frame = pl.read_parquet(sys.argv[1])
others = ["id", *CATEGORIES, "t1", "t2", "b"]
few = pb.Thresholds(error=0.05)
schema = pb.Schema(columns=[(name, str(dtype)) for name, dtype in frame.schema.items()])
result = (
    pb.Validate(frame)
    .col_schema_match(schema)
    .col_vals_not_null(NUMBERS, thresholds=few)
    .col_vals_not_null(others)
    .col_vals_ge(NUMBERS, -1000, na_pass=True)
    .col_vals_le(NUMBERS, 2000, na_pass=True)
    .col_vals_in_set(CATEGORIES, COUNTRIES)
    .col_vals_ge(["t1", "t2"], datetime.datetime(2020, 1, 1))
    .col_vals_le(["t1", "t2"], datetime.datetime(2030, 1, 1))
    .col_vals_ge("t2", pb.col("t1"))
    .rows_distinct(columns_subset="id")
    .interrogate(collect_extracts=False)
)
steps = [step for step in result.validation_info if step.assertion_type != "col_vals_not_null"]
broken = [step.assertion_type for step in steps if not step.all_passed]
broken += [step.assertion_type for step in result.validation_info if step.error]
print(broken or "passed")
sys.exit(bool(broken))
