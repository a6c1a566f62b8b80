# SPDX-License-Identifier: Apache-2.0
"""Golden predictions: what counts as the same answer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.delivery.golden import differences, read_golden, same_answer
from shipway.storage.interface import CorruptedError


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        (1, 1, True),
        (1, 1.0, True),
        (1, 2, False),
        (2**60, 2**60 + 1, False),
        ("1", 1, False),
        ("a", "a", True),
        (True, True, True),
        (True, 1, False),
        (0, False, False),
        (None, None, True),
        (None, 0, False),
        (0.5, 0.5 * (1 + 9e-7), True),
        (0.5, 0.5 * (1 + 2e-6), False),
        (0.0, 1e-13, True),
        (0.0, 1e-9, False),
        ([0.1, 0.9], [0.1, 0.9], True),
        ([0.1, 0.9], [0.9, 0.1], False),
        ([0.1], [0.1, 0.9], False),
        ({"label": "a", "score": 0.3}, {"label": "a", "score": 0.3000000001}, True),
        ({"label": "a"}, {"label": "a", "more": 1}, False),
        ([], {}, False),
    ],
)
def test_labels_are_equal_and_numbers_are_close(expected: Any, found: Any, same: bool) -> None:
    assert same_answer(expected, found) is same


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_any_answer_is_itself_and_comparing_never_fails(one: Any, other: Any) -> None:
    assert same_answer(one, one)
    assert same_answer(one, other) in (True, False)


def test_differing_rows_are_numbered() -> None:
    assert differences(["a", "b", "c"], ["a", "x", "c"]) == [1]
    assert differences(["a", "b"], ["a"]) == [0, 1]
    assert differences(["a", "b"], None) == [0, 1]


def test_golden_json_is_read() -> None:
    golden = read_golden(b'{"rows":[{"a":1,"b":null}],"predictions":["x"],"scores":null}')
    assert (golden.rows, golden.predictions, golden.scores) == ([{"a": 1, "b": None}], ["x"], None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"rows":[]}',
        b'{"rows":[{}],"predictions":[]}',
        b'{"rows":[{}],"predictions":[1],"scores":[]}',
    ],
)
def test_golden_json_that_is_wrong_is_an_error(data: bytes) -> None:
    with pytest.raises(CorruptedError, match=r"golden\.json"):
        read_golden(data)
