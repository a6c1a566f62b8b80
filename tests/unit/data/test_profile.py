# SPDX-License-Identifier: Apache-2.0
"""What a profile says, beside the same said the slow way; and that no division changes it."""

import datetime
import itertools
import math
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.data import profile_parts, profile_reading
from shipway.data.profile import finished, profile_table, questions
from shipway.data.profile_parts import measure, merge
from shipway.data.profile_recount import merge_answers, recount
from shipway.data.profile_subjects import subjects_of
from shipway.records.profile import PROBABILITIES
from shipway.spec.types import ColumnSpec, DataSpec

CELLS = st.one_of(
    st.none(),
    st.floats(width=32),
    st.sampled_from([0.0, -0.0, 1.0, 2.5, math.nan, math.inf, -math.inf]),
)


def profile(columns, **more):
    frame = columns if isinstance(columns, pl.DataFrame) else pl.DataFrame(columns)
    return profile_table(frame.lazy(), name="t", **more)


def only(values, **more):
    (column,) = profile({"x": values}, **more).columns
    return column


def big_table(rows=40_000, seed=1):
    chance = np.random.default_rng(seed)
    gaps = pl.Series(chance.random(rows) < 0.05)
    skewed = pl.Series(np.where(chance.random(rows) < 0.3, 0.0, chance.lognormal(3, 2, rows)))
    return pl.DataFrame(
        {
            "number": pl.Series(chance.normal(size=rows)).set(gaps, None),
            "skewed": skewed,
            "whole": chance.integers(-50_000, 50_000, rows),
            "few": chance.integers(0, 20, rows),
            "words": [f"w{n if n > 400 else 7}" for n in chance.integers(0, 20_000, rows)],
            "when": pl.Series(chance.integers(0, 10**15, rows)).cast(pl.Datetime("us")),
            "truth": chance.random(rows) < 0.2,
        }
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(CELLS, max_size=40))
def test_a_column_of_floats_agrees_with_the_slow_way(cells):
    found = only(pl.Series(cells, dtype=pl.Float64))
    there = [cell for cell in cells if cell is not None and not math.isnan(cell)]
    finite = [cell for cell in there if math.isfinite(cell)]
    assert found.missing == len(cells) - len(there)
    assert found.nan == sum(cell is not None and math.isnan(cell) for cell in cells)
    assert found.not_finite == len(there) - len(finite)
    assert (found.distinct, found.distinct_exact) == (len(set(there)), True)
    assert found.zeros == sum(cell == 0 for cell in there)
    assert found.negatives == sum(cell < 0 for cell in there)
    assert dict(found.top) == {
        cell if math.isfinite(cell) else str(cell): there.count(cell) for cell in there
    }
    if not finite:
        assert (found.mean, found.low, found.quantiles, found.histogram) == (None, None, (), None)
        return
    assert (found.low, found.high) == (min(finite), max(finite))
    assert found.mean == pytest.approx(np.mean(finite), rel=1e-9, abs=1e-9)
    if len(finite) > 1:
        assert found.sd == pytest.approx(np.std(finite, ddof=1), rel=1e-6, abs=1e-6)
    assert found.quantiles == pytest.approx(
        np.quantile(finite, PROBABILITIES).tolist(), rel=1e-9, abs=1e-9
    )
    for histogram in (found.histogram, found.deciles):
        counted(histogram, there)


def counted(histogram, values):
    """That each bin holds what lies between its edges."""
    edges = histogram.edges
    assert list(edges) == sorted(edges)
    assert histogram.below == sum(value < edges[0] for value in values)
    assert histogram.above == sum(value > edges[-1] for value in values)
    for number, count in enumerate(histogram.counts):
        last = number == len(histogram.counts) - 1
        low, high = edges[number], edges[number + 1]
        assert count == sum(low <= v < high or (last and v == high) for v in values)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=1, max_size=40))
def test_a_column_of_text_agrees_with_the_slow_way(cells):
    found = only(pl.Series(cells, dtype=pl.String))
    there = [cell for cell in cells if cell is not None]
    assert found.missing == len(cells) - len(there)
    assert found.distinct == len(set(there))
    assert dict(found.top) == {cell: there.count(cell) for cell in there}
    lengths = [len(cell) for cell in there]
    assert found.lengths == (
        (min(lengths), pytest.approx(np.mean(lengths)), max(lengths)) if there else None
    )


def divided(frame, places, target):
    """The profile of `frame` from stretches that end at `places`, merged out of order."""
    subjects, ready = subjects_of(frame.lazy(), {}, text=False)
    ends = [0, *sorted(places), frame.height]
    stretches = [
        (ready.slice(start, end - start), start) for start, end in itertools.pairwise(ends)
    ]
    whole = merge([measure(part, subjects, first) for part, first in reversed(stretches)])
    asked = questions(subjects, whole)
    answers = merge_answers([recount(part, asked) for part, _ in stretches])
    return finished("t", subjects, whole, answers, target)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 40_000), max_size=5))
def test_how_the_rows_are_divided_changes_nothing(places):
    frame = big_table()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(profile_parts, "MOST_SAMPLED", 5_000)
        whole = divided(frame, [], "truth")
        parts = divided(frame, places, "truth")
    for one, other in zip(whole.columns, parts.columns, strict=True):
        assert other.mean == pytest.approx(one.mean)
        assert other.sd == pytest.approx(one.sd)
        assert pinned(other) == pinned(one)


def pinned(column):
    """All but the two numbers whose last digits may differ."""
    return [getattr(column, n) for n in column.__struct_fields__ if n not in ("mean", "sd")]


def test_what_is_estimated_is_as_near_as_it_says(monkeypatch):
    monkeypatch.setattr(profile_parts, "MOST_SAMPLED", 5_000)
    frame = big_table()
    found = profile(frame)
    for name in ("number", "skewed", "whole"):
        column, values = found.column(name), frame[name].drop_nulls().sort().to_numpy()
        assert 0 < column.rank_error < 0.01
        for probability, quantile in zip(PROBABILITIES, column.quantiles, strict=True):
            below = (values < quantile).mean() - probability
            above = probability - (values <= quantile).mean()
            assert max(below, above) <= column.rank_error + 1e-12
        counted_fast(column.histogram, values)
        counted_fast(column.deciles, values)
        assert not column.distinct_exact
        assert column.distinct == pytest.approx(frame[name].drop_nulls().n_unique(), rel=0.04)
    assert found.column("skewed").top[0] == (0.0, int((frame["skewed"] == 0).sum()))
    assert found.column("words").top[0] == ("w7", int((frame["words"] == "w7").sum()))
    assert found.column("few").rank_error == 0


def counted_fast(histogram, values):
    edges = np.array(histogram.edges)
    assert sum(histogram.counts) + histogram.below + histogram.above == len(values)
    inside = values[(values >= edges[0]) & (values <= edges[-1])]
    assert histogram.counts == tuple(np.histogram(inside, edges)[0].tolist())


def test_the_same_table_has_the_same_profile_each_time():
    assert profile(big_table(), target="truth") == profile(big_table(), target="truth")


def test_types_are_said_in_the_words_of_the_spec():
    frame = pl.DataFrame(
        {
            "i": [1],
            "f": [1.5],
            "s": ["a"],
            "b": [True],
            "d": [datetime.date(2024, 2, 29)],
            "t": [datetime.datetime(2024, 2, 29, 12)],
            "c": pl.Series(["x"], dtype=pl.Categorical),
            "n": pl.Series([None], dtype=pl.Null),
        }
    )
    types = {column.name: column.type for column in profile(frame).columns}
    assert types == {
        "i": "integer", "f": "float", "s": "string", "b": "boolean", "d": "date",
        "t": "datetime", "c": "category", "n": "string",
    }  # fmt: skip


def test_text_is_read_as_what_it_holds_or_as_it_is_declared():
    cells = {"day": ["2024-01-01", "2024-01-31"], "code": ["1", "2"], "size": ["3", "x"]}
    data = DataSpec(
        columns={"code": ColumnSpec(type="category"), "size": ColumnSpec(type="integer")}
    )
    found = profile(cells, text=True, data=data)
    day, code, size = found.columns
    assert (day.type, day.low, day.high) == ("date", "2024-01-01", "2024-01-31")
    assert (code.type, code.top) == ("category", (("1", 1), ("2", 1)))
    assert (size.type, size.unreadable, size.missing, size.high) == ("integer", 1, 0, 3)


def test_nested_columns_are_said_to_be_counted_only():
    frame = pl.DataFrame({"l": [[1], None], "s": [{"a": 1}, {"a": 2}], "x": [1, 2]})
    nested, struct, plain = profile(frame, target="x").columns
    assert (nested.type, nested.missing, nested.distinct) == ("list(int64)", 1, 0)
    assert "only missing ones" in struct.note
    assert plain.distinct == 2
    assert profile(frame, target="s").column("x").relation is None


def test_integers_beyond_64_bits_decimals_and_time_zones():
    zone = pl.Series([datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.UTC)] * 2)
    frame = pl.DataFrame(
        {
            "huge": pl.Series([2**100, 1], dtype=pl.Int128),
            "unsigned": pl.Series([2**64 - 1, 0], dtype=pl.UInt64),
            "money": pl.Series([Decimal("1.10"), Decimal("2.20")]),
            "zoned": zone.dt.convert_time_zone("Europe/Oslo"),
        }
    )
    huge, unsigned, money, zoned = profile(frame).columns
    assert (huge.type, huge.high, huge.distinct) == ("integer", float(2**100), 2)
    assert (unsigned.high, unsigned.low) == (2**64 - 1, 0)
    assert (money.type, money.mean) == ("float", pytest.approx(1.65))
    assert (zoned.type, zoned.low) == ("datetime", "2024-01-01T12:00:00")


@pytest.mark.parametrize(
    "values", [[-1.7e308, 1.7e308], [5e-324, 1e-323], [2**53, 2**53 + 1], [-(2**62), 2**62]]
)
def test_extreme_numbers_have_histograms(values):
    found = only(values)
    assert sum(found.histogram.counts) == 2
    assert sum(found.deciles.counts) == 2
    assert all(math.isfinite(edge) for edge in found.histogram.edges)


def test_no_rows_no_columns_and_no_values():
    empty = profile(pl.DataFrame(schema={"x": pl.Float64, "s": pl.String}), target="s")
    assert [(c.rows, c.missing, c.distinct) for c in empty.columns] == [(0, 0, 0)] * 2
    assert profile(pl.DataFrame()).columns == ()
    assert only(pl.Series([None, None], dtype=pl.Int64)).missing == 2


def test_two_thousand_columns():
    frame = pl.DataFrame({f"x{n}": [n, n + 1, None] for n in range(2_000)})
    found = profile(frame, target="x0")
    assert len(found.columns) == 2_000
    assert found.columns[-1].high == 2_000


def test_a_cell_with_a_whole_document_is_cut_where_it_is_shown():
    found = only(["x" * 1_000_000, "y"])
    assert found.lengths == (1, 500_000.5, 1_000_000)
    assert max(len(value) for value, _ in found.top) == 200


def test_a_target_that_is_no_column():
    with pytest.raises(InputError, match="there is no column 'amont'") as caught:
        profile({"amount": [1]}, target="amont")
    assert "amount" in caught.value.cure


def test_names_of_columns_are_only_names():
    found = profile({"0": [1.0], "0g": [2.0], "x.low": ["a"], "": [True]})
    assert [column.low for column in found.columns] == [1.0, 2.0, None, None]


def test_without_values_nothing_shows_one():
    found = profile({"iban": ["DE1", "DE2"], "age": [31, 47]}, target="age")
    hidden = found.without_values({"iban", "age"})
    for column in hidden.columns:
        assert column.withheld
        assert (column.low, column.high, column.mean, column.top) == (None, None, None, ())
        assert (column.quantiles, column.histogram, column.deciles) == ((), None, None)
        assert (column.rows, column.distinct, column.missing) == (2, 2, 0)


@pytest.mark.parametrize("cells", [1, 100_000])
def test_stored_rows_are_read_together_a_few_columns_at_a_time(monkeypatch, tmp_path, cells):
    monkeypatch.setattr(profile_parts, "MOST_SAMPLED", 5_000)
    monkeypatch.setattr(profile_reading, "CELLS", cells)
    frame = big_table()
    frame.write_parquet(tmp_path / "t.parquet", row_group_size=15_000)
    stored = pl.scan_parquet(tmp_path / "t.parquet")
    by_groups = profile_table(stored, name="t", target="truth", step=15_000)
    for one, other in zip(profile(frame, target="truth").columns, by_groups.columns, strict=True):
        assert pinned(other) == pinned(one)
