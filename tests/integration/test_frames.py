# SPDX-License-Identifier: Apache-2.0
"""shipway.check on tables of pandas, without and with pyarrow, and of pyarrow."""

import subprocess
import sys
from pathlib import Path

import pytest

PANDAS = """
import datetime, decimal, sys
import numpy as np, pandas as pd, polars as pl
from shipway.data.frames import lazy_frame, name_of
from shipway.base.errors import InputError
import shipway

day = pd.Timestamp("2026-01-02 03:04:05")
frame = pd.DataFrame({
    "i": np.array([1, 2, 3], "int32"),
    "f": [1.5, np.nan, np.inf],
    "b": [True, False, True],
    "t": ["x", None, "z"],
    "when": [day, pd.NaT, day],
    "zone": pd.Series([day, day, pd.NaT]).dt.tz_localize("Europe/Oslo"),
    "cat": pd.Categorical(["u", "v", None]),
    "Int": pd.array([1, None, 3], "Int64"),
    "Text": pd.array(["x", None, "z"], "string"),
    "Bool": pd.array([True, None, False], "boolean"),
    "mixed": [1, "two", None],
    "numbers": pd.Series([1, 2.5, None], dtype=object),
    "date": [datetime.date(2026, 1, 2), None, datetime.date(2026, 1, 3)],
    "money": [decimal.Decimal("1.50"), decimal.Decimal("2"), None],
    "none": pd.Series([None, None, None], dtype=object),
    "span": pd.to_timedelta([1, 2, None], unit="s"),
    "period": pd.period_range("2026-01", periods=3, freq="M"),
    7: [1, 2, 3],
})
frame.index = ["p", "q", "r"]
got = lazy_frame(frame).collect()
kinds = {name: kind for name, kind in got.schema.items()}
assert got.height == 3 and got.columns[-1] == "7", got
assert kinds["i"] == pl.Int32 and kinds["f"] == pl.Float64 and kinds["b"] == pl.Boolean
for name in ("t", "cat", "Text", "mixed", "period"):
    assert kinds[name] == pl.String, (name, kinds[name])
assert isinstance(kinds["when"], pl.Datetime) and kinds["zone"].time_zone == "UTC"
assert kinds["Int"] == pl.Int64 and kinds["Bool"] == pl.Boolean and kinds["date"] == pl.Date
assert kinds["numbers"] == pl.Float64 and isinstance(kinds["money"], pl.Decimal)
assert got["zone"][0].hour == 2, got["zone"]
assert got["mixed"].to_list() == ["1", "two", None]
assert got["t"].to_list() == ["x", None, "z"] and got["Int"].to_list() == [1, None, 3]
assert got["none"].null_count() == 3 and got["when"].null_count() == 1
assert got["numbers"].to_list() == [1.0, 2.5, None]
assert name_of(frame) == "pandas.DataFrame"
assert lazy_frame(pd.DataFrame(index=range(4))).select(pl.len()).collect().item() == 4

report = shipway.check(frame, {"columns": {
    "f": {"max_missing": 0}, "t": {"values": ["x", "z"]}, "zone": {"type": "datetime"},
    "mixed": {"type": "float"}, "cat": {"type": "category"},
}})
failed = {(c.column, c.check) for c in report.failed}
assert failed == {("f", "max_missing"), ("mixed", "type")}, repr(report)
for wrong in (frame["i"], frame[["i", "i"]]):
    try:
        lazy_frame(wrong)
    except InputError as error:
        assert "pandas.Series" in str(error) or "more than once" in str(error)
    else:
        raise AssertionError(wrong)
assert ("pyarrow" in sys.modules) == ("with" in sys.argv), "pyarrow"
print("good")
"""
ARROW = """
import pandas as pd, polars as pl, pyarrow as pa
import shipway
from shipway.data.frames import lazy_frame, name_of

table = pa.table({"a": [1, 2, None], "t": ["x", None, "z"]})
assert lazy_frame(table).collect().equals(pl.DataFrame({"a": [1, 2, None], "t": ["x", None, "z"]}))
assert name_of(table) == "pyarrow.Table"
backed = pd.DataFrame({"a": pd.array([1, None], "int64[pyarrow]"),
                       "t": pd.array(["x", None], "string[pyarrow]")})
got = lazy_frame(backed).collect()
assert got.equals(pl.DataFrame({"a": [1, None], "t": ["x", None]})), got
assert shipway.check(table, {"columns": {"a": {"min": 2}}}).verdict == "failed"
assert shipway.check(table.to_batches()[0], {"columns": {"a": {"min": 1}}}).verdict == "passed"
print("good")
"""


@pytest.fixture(scope="module")
def libraries(tmp_path_factory):
    """A folder with pandas and what it needs but NumPy, and one with pyarrow."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("pandas", "pyarrow")}
    for name, packages in (("pandas", ["pandas", "python-dateutil", "six", "pytz", "tzdata"]),
                           ("pyarrow", ["pyarrow"])):  # fmt: skip
        uv = [Path(sys.executable).parent / "uv", "pip", "install", "--quiet", "--no-deps"]
        target = ["--python", sys.executable, "--target", folders[name]]
        done = subprocess.run([*uv, *target, *packages], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"needs {name}: {done.stderr.strip()[:200]}")
    return folders


def python(program, folders, *arguments):
    """Run `program` with the packages in `folders` beside our own."""
    path = f"import sys; sys.path += {[str(folder) for folder in folders]!r}\n"
    command = [sys.executable, "-c", path + program, *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_pandas_without_pyarrow(libraries):
    done = python(PANDAS, [libraries["pandas"]])
    assert done.stdout == "good\n", done.stderr


def test_pandas_beside_pyarrow(libraries):
    program = PANDAS.replace("import datetime", "import pyarrow, datetime")
    done = python(program, libraries.values(), "with")
    assert done.stdout == "good\n", done.stderr


def test_tables_of_pyarrow(libraries):
    done = python(ARROW, libraries.values())
    assert done.stdout == "good\n", done.stderr
