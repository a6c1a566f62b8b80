# SPDX-License-Identifier: Apache-2.0
"""The groups of rows that gates and reports want, from a table."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from shipway.base.errors import InputError
from shipway.rows.slice_masks import slice_masks
from shipway.spec.evaluation import SliceSpec

FRAME = pl.DataFrame(
    {
        "country": ["DE", None, "FR", "DE"],
        "size": [1.0, float("nan"), 2.5, None],
        "new": [True, False, None, True],
        "day": [date(2026, 1, 1)] * 4,
        "amount": [5, 1500, None, 2000],
        "tags": [["a"], ["b"], [], None],
    }
)


def shown(gates, slices=(), frame=FRAME):
    return {
        source: {name: np.flatnonzero(mask).tolist() for name, mask in found.items()}
        for source, found in slice_masks(frame, slices, gates).items()
    }


def test_columns_of_every_type():
    assert shown(["f1[country=*, size=*] > 0", "f1[new=1] > 0", "f1[day=2026-01-01] > 0"]) == {
        "country": {"(missing)": [1], "DE": [0, 3], "FR": [2]},
        "size": {"(missing)": [1, 3], "1": [0], "2.5": [2]},
        "new": {"(missing)": [2], "false": [1], "true": [0, 3]},
        "day": {"2026-01-01": [0, 1, 2, 3]},
    }
    categories = FRAME.with_columns(pl.col("country").cast(pl.Categorical))
    assert shown(["f1[country=*] > 0"], frame=categories)["country"]["DE"] == [0, 3]


def test_conditions_and_names():
    slices = [SliceSpec("amount >= 1000", "big"), SliceSpec("country")]
    assert shown(["f1[big] > 0", "f1[amount < 9] > 0", "f1[other] > 0"], slices) == {
        "big": {"big": [1, 3]},
        "country": {"(missing)": [1], "DE": [0, 3], "FR": [2]},
        "amount < 9": {"amount < 9": [0]},
    }


def test_groups_that_are_compared():
    assert list(shown(["difference(f1, country, new) < 1", "invariance(day) < 1"])) == [
        "country",
        "new",
    ]


def test_a_column_that_is_not_there_gives_no_groups():
    assert shown(["f1[city=*] > 0"]) == {}


def test_a_table_without_rows():
    assert shown(["f1[country=*] > 0"], frame=FRAME.clear()) == {"country": {}}


def test_what_is_no_grouping():
    ids = pl.DataFrame({"id": range(300)})
    with pytest.raises(InputError, match="'id' has 300 different values"):
        slice_masks(ids, (), ["f1[id=*] > 0"])
    with pytest.raises(InputError, match="'tags' holds lists"):
        slice_masks(FRAME, (), ["f1[tags=*] > 0"])


def test_a_million_rows_take_a_byte_or_four_each():
    frame = pl.DataFrame({"country": [f"c{number % 50}" for number in range(1_000_000)]})
    (found,) = slice_masks(frame, (), ["f1[country=*] > 0"]).values()
    assert len(found) == 50
    assert found.codes.nbytes == 4_000_000
    assert (found.rows() == 20_000).all()
