# SPDX-License-Identifier: Apache-2.0
"""Counts into fixed cells: as a loop over the rows would count, and the same for any division."""

import math

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.data import binning
from shipway.data.binning import Bins, Looked, count_into
from shipway.data.profile_subjects import subjects_of

numbers = st.one_of(
    st.none(),
    st.sampled_from([0.0, -0.0, 1.0, 2.5, math.nan, math.inf, -math.inf]),
    st.floats(-3, 3),
)
words = st.one_of(st.none(), st.sampled_from(["a", "b", "ä", "", "x" * 300]))
tables = st.lists(st.tuples(numbers, words, st.booleans() | st.none()), min_size=1, max_size=40)
STARTS = np.array([-1.0, 0.0, math.nextafter(0.0, 1), 2.5])


def counted(rows, bins=None):
    schema = {"x": pl.Float64, "w": pl.String, "t": pl.Boolean}
    frame = pl.DataFrame(rows, schema=schema, orient="row").lazy()
    bins = bins or {"x": Bins(STARTS), "w": Bins(), "t": Bins()}
    return count_into(Looked(*subjects_of(frame, {}, text=False)), bins), bins


@settings(max_examples=60, deadline=None)
@given(tables)
def test_counts_are_those_of_a_loop(rows):
    (total, found), _ = counted(rows)
    assert total == len(rows)
    there = [x for x, *_ in rows if x is not None and not math.isnan(x)]
    cells = [0] * (len(STARTS) + 1)
    for x in there:
        cells[sum(x >= start for start in STARTS)] += 1
    assert found["x"].cells.tolist() == cells
    assert found["x"].missing == len(rows) - len(there)
    texts = [w[:200] for _, w, _ in rows if w is not None]
    assert found["w"].values == {text: texts.count(text) for text in texts}
    assert found["w"].hashed.sum() == found["w"].present == len(texts)
    truths = ["true" if t else "false" for *_, t in rows if t is not None]
    assert found["t"].values == {text: truths.count(text) for text in truths}


@settings(max_examples=60, deadline=None)
@given(tables, st.data(), st.booleans())
def test_any_division_of_the_rows_gives_the_same_counts(rows, data, crowded):
    limit = 2 if crowded else 10_000
    cut = data.draw(st.integers(0, len(rows)))
    original, binning.MOST_VALUES = binning.MOST_VALUES, limit
    try:
        bins = {"x": Bins(STARTS), "w": Bins(keep=frozenset("a")), "t": Bins()}
        (_, whole), _ = counted(rows, bins)
        (_, first), _ = counted(rows[:cut], bins)
        (_, second), _ = counted(rows[cut:], bins)
    finally:
        binning.MOST_VALUES = original
    for name, bin_ in bins.items():
        one, other = first[name], second[name]
        binning.MOST_VALUES = limit
        joined = one.union(other, bin_)
        binning.MOST_VALUES = original
        assert joined.rows == whole[name].rows
        assert joined.present == whole[name].present
        assert joined.cells.tolist() == whole[name].cells.tolist()
        assert joined.hashed.tolist() == whole[name].hashed.tolist()
        assert (joined.values, joined.crowded) == (whole[name].values, whole[name].crowded)


def test_a_crowded_column_keeps_what_the_reference_has(monkeypatch):
    monkeypatch.setattr(binning, "MOST_VALUES", 3)
    rows = [(None, str(number), None) for number in range(20)] + [(None, "7", None)]
    (_, found), _ = counted(rows, {"w": Bins(keep=frozenset({"7", "none"}))})
    assert found["w"].crowded
    assert found["w"].values == {"7": 2}
    assert found["w"].hashed.sum() == 21


def test_no_rows_and_no_columns():
    (rows, found), _ = counted([])
    assert rows == 0
    assert found["x"].cells.tolist() == [0] * 5
    assert found["w"].values == {}
    (rows, found), _ = counted([(1.0, "a", True)], {"nobody": Bins()})
    assert (rows, found) == (1, {})


def test_dates_are_counted_as_seconds():
    frame = pl.DataFrame({"d": ["1970-01-02", "1970-01-03", None]}).lazy()
    _, found = count_into(
        Looked(*subjects_of(frame, {}, text=True)), {"d": Bins(np.array([86_400.0, 86_401.0]))}
    )
    assert found["d"].cells.tolist() == [0, 1, 1]
    assert found["d"].missing == 1
