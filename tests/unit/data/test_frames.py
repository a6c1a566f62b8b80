# SPDX-License-Identifier: Apache-2.0
"""Tables of polars, and what is no table; those of pandas and pyarrow: tests/integration."""

import numpy as np
import polars as pl
import pytest

from shipway.base.errors import InputError
from shipway.data.frames import lazy_frame, name_of


def test_tables_of_polars_are_taken_as_they_are():
    frame = pl.DataFrame({"a": [1, 2]})
    lazy = frame.lazy()
    assert lazy_frame(lazy) is lazy
    assert lazy_frame(frame).collect().equals(frame)
    assert (name_of(frame), name_of(lazy)) == ("polars.DataFrame", "polars.LazyFrame")


@pytest.mark.parametrize("thing", [{"a": [1]}, np.zeros((2, 2)), "data.csv", None, [1]])
def test_anything_else_is_no_table(thing):
    with pytest.raises(InputError, match="expected a DataFrame of pandas or polars"):
        lazy_frame(thing)


def test_a_column_is_no_table():
    with pytest.raises(InputError) as caught:
        lazy_frame(pl.Series("a", [1]))
    assert caught.value.cure == "Take several columns: frame[[name]]."
