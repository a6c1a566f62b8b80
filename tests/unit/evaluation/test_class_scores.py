# SPDX-License-Identifier: Apache-2.0
import pytest

from shipway.base.errors import InputError
from shipway.evaluation.class_scores import class_columns

COLUMNS = ["id", "p_cat", "p_big dog", "p_", "P(cat)", "P(owl)"]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("p", {"cat": "p_cat", "big dog": "p_big dog"}),
        ("p_{class}", {"cat": "p_cat", "big dog": "p_big dog"}),
        ("P({class})", {"cat": "P(cat)", "owl": "P(owl)"}),
    ],
)
def test_each_class_has_its_column(written, found):
    assert class_columns(written, COLUMNS) == found


@pytest.mark.parametrize("written", ["q", "q_{class}", "p_{class}_x"])
def test_columns_that_are_not_there(written):
    with pytest.raises(InputError, match=r"has no column .*CLASS"):
        class_columns(written, COLUMNS)
