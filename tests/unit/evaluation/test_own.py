# SPDX-License-Identifier: Apache-2.0
"""What the project's own metric functions said, for all rows and for some of them."""

import numpy as np
import pytest

from shipway.evaluation.own import OwnPart, OwnValues, rows_key

ROWS = np.arange(6)
EVEN = ROWS % 2 == 0


def test_a_value_for_each_row_follows_every_mask():
    own = OwnValues("higher", ROWS, np.array([1.0, 2, 3, 4, 5, 6]), np.array([0.0, 0, 0, 0, 0, 6]))
    assert own.measured().value == 3.5
    assert own.measured(champion=True).value == 1.0
    even = own.within(EVEN)
    assert even.measured().value == 3.0
    assert even.within(np.array([False, True, True])).measured().value == 4.0
    weighted = even.measured(np.array([1.0, 0.0, 3.0]))
    assert weighted.value == pytest.approx((1 + 15) / 4)


def test_a_number_is_known_of_the_rows_that_were_asked():
    parts = {
        rows_key(ROWS): OwnPart(10.0, champion=9.0),
        rows_key(ROWS[EVEN]): OwnPart(4.0, replicates=np.array([3.0, 5.0])),
        rows_key(ROWS[:1]): OwnPart(None, "mine:f raised ValueError: one class only"),
    }
    own = OwnValues("lower", ROWS, parts=parts)
    assert (own.measured().value, own.measured(champion=True).value) == (10.0, 9.0)
    even = own.within(EVEN)
    assert even.measured().value == 4.0
    assert list(even.part.replicates) == [3.0, 5.0]
    first = even.within(np.array([True, False, False])).measured()
    assert (first.value, first.note) == (None, "mine:f raised ValueError: one class only")
    other = own.within(~EVEN).measured()
    assert (other.value, other.note) == (None, "the function was not asked about these rows")


def test_rows_without_a_number_leave_the_mean_undefined():
    own = OwnValues("higher", ROWS, np.array([1.0, np.nan, 3, 4, np.inf, 6]))
    assert own.measured().note == "the function gave no finite number for 2 of its rows"
    assert own.within(np.array([True, False, True, True, False, True])).measured().value == 3.5
    assert own.measured(champion=True).note == "there is no champion"
    assert own.within(np.zeros(6, bool)).measured().note == "there are no rows"


def test_rows_that_weigh_nothing_have_no_mean():
    own = OwnValues("higher", ROWS, np.ones(6))
    assert own.measured(np.zeros(6)).note == "all weights are zero"


def test_the_name_of_rows_is_that_of_their_positions():
    assert rows_key(np.array([1, 2])) == rows_key(np.array([1, 2], dtype=np.int32))
    assert rows_key(np.array([1, 2])) != rows_key(np.array([1, 3]))
