# SPDX-License-Identifier: Apache-2.0
"""The fast way of reading cells says nothing else than the patient one."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.data.parsing import parse_text
from shipway.data.plain_cells import read_plainly

NUMBERS = ["0", "1", "-7", "+3", "007", "1.0", "2.50", "1e3", " 4 ", "1,5", "abc", "NaN", "inf", ""]
MOMENTS = [
    "2024-01-02",
    "2024-01-02T03:04",
    "2024-01-02 03:04:05",
    "2024-01-02T03:04:05",
    "2024-01-02T03:04:05.678",
    "2024-01-02T03:04:05.678901",
    "2024-01-02T03:04:05.678901234",
    "2024-01-02T03:04:05Z",
    "2024-01-02T03:04:05+02:00",
    "2024-1-2",
    "2024-13-40",
    "02.01.2024",
    " 2024-01-02 ",
    "2024-01-02T3:04:05",
]
TRUTHS = ["true", "false", "True", "FALSE", "1", "0", " true", "yes", "tru"]
CELLS = st.none() | st.sampled_from([*NUMBERS, *MOMENTS, *TRUTHS]) | st.text(max_size=6)
KINDS = ["integer", "float", "boolean", "date", "datetime"]


def read(cells, kind):
    frame = pl.DataFrame({"x": cells}, schema={"x": pl.String})
    return frame.select(parse_text(pl.col("x"), kind)).to_series().to_list()


@settings(max_examples=80, deadline=None)
@pytest.mark.parametrize("kind", KINDS)
@given(cells=st.lists(CELLS, min_size=1, max_size=12))
def test_what_a_cell_reads_as_depends_on_nothing_but_the_cell(kind, cells):
    """So neither the cells around it nor the batch that it comes in decide how it is read."""
    alone = [read([cell], kind)[0] for cell in cells]
    assert repr(read(cells, kind)) == repr(alone)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [("integer", "12"), ("float", "1.5"), ("boolean", "true"), ("date", "2024-01-02")]
    + [("datetime", cell) for cell in MOMENTS[:7]],
)
def test_what_programs_write_is_read_the_fast_way(kind, cell):
    assert read_plainly(pl.Series("x", [None, cell]), kind).null_count() == 1


def test_a_column_without_any_cell_is_read_as_well():
    for kind in KINDS:
        assert read([None, None], kind) == [None, None]
        assert read([], kind) == []
