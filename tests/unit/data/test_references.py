# SPDX-License-Identifier: Apache-2.0
"""What a table or a stored profile fixes for those that are compared with it."""

import math

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.data.binning import Looked, count_into
from shipway.data.profile import profile_table
from shipway.data.profile_subjects import subjects_of
from shipway.data.references import (
    FINE,
    from_profile,
    from_table,
    read_profile,
    starts_of,
)
from shipway.records.profile import Profile


def table_of(frame, cells=10):
    return from_table("r", Looked(*subjects_of(frame.lazy(), {}, text=False)), cells=cells)


def profile_of(frame):
    profile = profile_table(frame.lazy(), name="r")
    return from_profile("r", read_profile(msgspec.json.encode(profile), "p.json"))


def test_a_smooth_column_has_ten_even_cells():
    values = np.sort(np.random.default_rng(1).normal(size=10_000))
    starts = starts_of(values, 10)
    shares = np.diff(np.searchsorted(values, starts), prepend=0, append=len(values))
    assert len(starts) == 9
    assert shares.min() > 990


def test_few_values_have_a_cell_each():
    starts = starts_of(np.repeat([1.0, 2.0, 5.0], [70, 20, 10]), 10)
    assert starts.tolist() == [
        edge for value in (1.0, 2.0, 5.0) for edge in (value, math.nextafter(value, math.inf))
    ]


def test_a_frequent_value_has_its_own_cell():
    values = np.sort(np.r_[np.zeros(5_000), np.random.default_rng(1).exponential(size=5_000)])
    starts = starts_of(values, 10)
    assert starts[:2].tolist() == [0.0, math.nextafter(0.0, 1)]
    shares = np.diff(np.searchsorted(values, starts), prepend=0, append=len(values))
    assert shares[1] == 5_000


@given(st.lists(st.floats(allow_nan=False), max_size=60), st.integers(1, FINE))
def test_starts_ascend_whatever_the_values(values, cells):
    starts = starts_of(np.sort(np.array(values, dtype=float)), cells)
    assert (np.diff(starts) > 0).all() or len(starts) < 2 or not np.isfinite(starts).all()
    assert len(np.unique(starts)) == len(starts)


@settings(max_examples=40, deadline=None)
@example([0.0, 1.0, float("inf"), 5e-324], 1)
@given(
    st.lists(
        st.one_of(st.none(), st.sampled_from([0.0, 1.0, math.inf]), st.floats(-5, 5)), min_size=1
    ),
    st.integers(1, 30),
)
def test_a_profile_counts_the_rows_of_its_table(values, times):
    frame = pl.DataFrame({"x": pl.Series(values * times, dtype=pl.Float64)})
    known = profile_of(frame).columns["x"]
    assert known.counts.cells.sum() == known.counts.present == frame["x"].count()
    assert known.bins.starts is not None
    assert len(known.counts.cells) == len(known.bins.starts) + 1
    assert (np.diff(known.bins.starts) > 0).all()
    assert (known.counts.cells >= 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_the_cells_of_a_profile_are_where_its_rows_are(seed):
    """Counting the table again into the cells of its profile gives the counts of the profile."""
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {
            "smooth": rng.normal(size=3_000),
            "zeros": np.where(rng.random(3_000) < 0.4, 0.0, rng.exponential(size=3_000)),
            "capped": np.minimum(rng.exponential(size=3_000), 1.0),
            "whole": rng.poisson(200, 3_000),
            "few": rng.integers(0, 6, 3_000),
            "same": np.ones(3_000),
        }
    )
    reference = profile_of(frame)
    bins = {name: known.bins for name, known in reference.columns.items()}
    _, found = count_into(Looked(*subjects_of(frame.lazy(), {}, text=False)), bins)
    for name, known in reference.columns.items():
        assert found[name].cells.tolist() == known.counts.cells.tolist(), name


def test_counters_are_seen_and_other_numbers_are_not():
    rng = np.random.default_rng(1)
    frame = pl.DataFrame(
        {
            "number": rng.permutation(2_000) + 17,
            "sparse": rng.choice(10**9, 2_000, replace=False),
            "age": rng.integers(0, 90, 2_000),
        }
    )
    for reference in (table_of(frame), profile_of(frame)):
        assert [n for n, known in reference.columns.items() if known.counter] == ["number"]


def test_what_can_not_be_compared_has_a_reason():
    frame = pl.DataFrame({"l": [[1], [2]], "x": [1.0, 2.0]})
    for reference in (table_of(frame), profile_of(frame)):
        assert "can't be compared" in reference.columns["l"].unknown
        assert reference.columns["x"].unknown == ""
    withheld = profile_table(frame.lazy(), name="r").without_values({"x"})
    assert "withholds" in from_profile("r", withheld).columns["x"].unknown


def test_a_profile_of_many_values_knows_the_frequent_ones():
    names = ["often"] * 300 + ["rare"] * 20 + [f"n{number}" for number in range(600)]
    known = profile_of(pl.DataFrame({"w": names})).columns["w"]
    assert not known.complete
    assert known.counts.values == {"often": 300}
    assert table_of(pl.DataFrame({"w": names})).columns["w"].complete


def test_truth_values_have_one_name_in_both():
    frame = pl.DataFrame({"t": [True, False, None, True]})
    for reference in (table_of(frame), profile_of(frame)):
        assert reference.columns["t"].counts.values == {"true": 2, "false": 1}
        assert reference.columns["t"].counts.missing == 1


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"type": "check-report"}'])
def test_what_is_no_profile_is_an_error_that_names_it(content):
    with pytest.raises(InputError, match="no profile") as caught:
        read_profile(content, "old.json")
    assert caught.value.where == "old.json"


def test_an_empty_profile():
    reference = from_profile("r", Profile("r", 0, ()))
    assert (reference.rows, dict(reference.columns)) == (0, {})
