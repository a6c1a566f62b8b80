# SPDX-License-Identifier: Apache-2.0
"""The same demands for Great Expectations on pandas.

It has no outliers by quartiles: the nearest that it says is a bound on z-scores.
"""

import sys

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd

FLOATS = [f"f{number}" for number in range(8)]
INTEGERS = [f"i{number}" for number in range(5)]
CATEGORIES = [f"c{number}" for number in range(5)]
COUNTRIES = ["DE", "FR", "NO", "SE", "PL", "ES"]


def expectations(frame):
    for name in frame.columns:
        share = 0.95 if name in FLOATS + INTEGERS else 1.0
        yield gxe.ExpectColumnValuesToBeOfType(column=name, type_=frame[name].dtype.name)
        yield gxe.ExpectColumnValuesToNotBeNull(column=name, mostly=share)
    for name in FLOATS + INTEGERS:
        yield gxe.ExpectColumnValuesToBeBetween(column=name, min_value=-1000)
        yield gxe.ExpectColumnValuesToBeBetween(column=name, max_value=2000)
        yield gxe.ExpectColumnValueZScoresToBeLessThan(column=name, threshold=6, double_sided=True)
    for name in CATEGORIES:
        yield gxe.ExpectColumnValuesToBeInSet(column=name, value_set=COUNTRIES)
    for name in ("t1", "t2"):
        yield gxe.ExpectColumnValuesToBeBetween(column=name, min_value=pd.Timestamp("2020-01-01"))
        yield gxe.ExpectColumnValuesToBeBetween(column=name, max_value=pd.Timestamp("2030-01-01"))
    yield gxe.ExpectColumnValuesToBeInSet(column="b", value_set=[True, False])
    yield gxe.ExpectColumnValuesToBeUnique(column="id")
    yield gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="t2", column_B="t1", or_equal=True)
    yield gxe.ExpectTableRowCountToBeBetween(min_value=1)


frame = pd.read_parquet(sys.argv[1])
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("table")
batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
suite = gx.ExpectationSuite("suite", expectations=list(expectations(frame)))
result = batch.validate(suite, result_format="BASIC")
broken = [each for each in result.results if not each.success]
for each in broken[:3]:
    print(each.expectation_config.type, each.expectation_config.kwargs, each.exception_info)
print("passed" if result.success else "failed")
sys.exit(not result.success)
