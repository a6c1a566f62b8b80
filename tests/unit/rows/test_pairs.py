# SPDX-License-Identifier: Apache-2.0
import datetime

import polars as pl
import pytest

from shipway.base.errors import InputError
from shipway.rows.pairs import Pairing, by_key, differing

NAMES = Pairing("new.csv", "old.csv")
FRAME = pl.DataFrame({"id": [1, 2, 3]})


@pytest.mark.parametrize("keys", [pl.Series([3, 1, 2], dtype=pl.UInt8), ["3", "1", "2"], [3, 1, 2]])
def test_rows_come_in_the_order_of_the_first_table(keys):
    table = pl.DataFrame({"id": keys, "p": [0.3, 0.1, 0.2]})
    assert by_key("id", FRAME, table, NAMES)["p"].to_list() == [0.1, 0.2, 0.3]


def test_more_rows_are_allowed_or_not():
    table = pl.DataFrame({"id": [9, 3, 2, 1]})
    assert by_key("id", FRAME, table, NAMES).height == 3
    with pytest.raises(InputError, match=r"1 of 4 rows are not in new\.csv; the first: id 9"):
        by_key("id", FRAME, table, Pairing("new.csv", "old.csv", more=False))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([1, 2, 4], "1 of 3 rows of new.csv are not in it, and 1 of its rows are not in new.csv"),
        ([1, 2, 2], "1 values of id stand in several rows of old.csv; the first: 2"),
        ([1, None, 2], "1 rows of old.csv have no id; the first is row 1"),
        ([1.0, float("nan"), 2.0], "1 rows of old.csv have no id; the first is row 1"),
        ([[1], [2], [3]], "id holds lists or mappings in old.csv"),
        ([datetime.timedelta(n) for n in range(3)], "id is of type Int64 in new.csv, and Duration"),
    ],
)
def test_what_does_not_pair(keys, message):
    with pytest.raises(InputError) as caught:
        by_key("id", FRAME, pl.DataFrame({"id": keys}), NAMES)
    assert message in caught.value.what


def test_keys_are_counted_alone_where_they_may_not_be_shown():
    hidden = Pairing("new.csv", "old.csv", shown=False, more=False)
    for keys in ([71, 72], [71, 71], [1, 2, 3, 71]):
        with pytest.raises(InputError) as caught:
            by_key("id", FRAME, pl.DataFrame({"id": keys}), hidden)
        assert "71" not in str(caught.value)


@pytest.mark.parametrize(
    ("ours", "theirs", "rows"),
    [
        ([0, 1, 1], [0.0, 1.0, 0.0], [2]),
        ([0, 1], ["0", "1"], []),
        ([False, True], [0, 1], []),
        ([False, True], [1, 1], [0]),
        (["a", None, "b"], ["a", None, None], [2]),
        ([0.1, 2**0.5], [0.1, 2**0.5], []),
    ],
)
def test_targets_that_differ(ours, theirs, rows):
    found = differing(pl.Series(ours, strict=False), pl.Series(theirs, strict=False))
    assert found.to_list() == rows
