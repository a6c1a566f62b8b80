# SPDX-License-Identifier: Apache-2.0
"""Verdicts on whole tables: no alarm without a change, one with it, an answer to everything."""

import math

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.data import binning
from shipway.data.binning import Looked
from shipway.data.drift import Demand, compare
from shipway.data.profile import profile_table
from shipway.data.profile_subjects import subjects_of
from shipway.data.references import from_profile, from_table

METHODS = ("psi", "js", "ks", "chi2", "auto")


def looked(frame):
    return Looked(*subjects_of(frame.lazy(), {}, text=False))


def drift(before, now, *, stored=False, **asked):
    demand = Demand(**asked)
    if stored:
        profile = profile_table(before.lazy(), name="before")
        reference = from_profile(
            "before", msgspec.convert(msgspec.to_builtins(profile), type(profile))
        )
    else:
        reference = from_table("before", looked(before), cells=demand.cells)
    return compare(reference, "now", looked(now), demand)


def column(report, name="x"):
    return next(column for column in report.columns if column.column == name)


def mixed(rows, seed, shift=0.0):
    """Smooth, heavy with zeros, discrete, with gaps, categories frequent and rare, names."""
    rng = np.random.default_rng(seed)
    tail = np.array([1 / (rank + 3 * shift + 1) for rank in range(200)])
    return pl.DataFrame(
        {
            "smooth": rng.normal(shift, 1, rows),
            "zeros": np.where(rng.random(rows) < 0.5 - shift / 4, 0.0, rng.exponential(1, rows)),
            "whole": rng.poisson(3 + shift, rows),
            "gaps": np.where(rng.random(rows) < 0.1 + shift / 3, np.nan, rng.normal(size=rows)),
            "land": rng.choice(["DE", "FR", "NO"], rows, p=[0.5 - shift / 3, 0.3, 0.2 + shift / 3]),
            "tail": rng.choice([f"v{n}" for n in range(200)], rows, p=tail / tail.sum()),
            "truth": rng.random(rows) < 0.3 + shift / 3,
            "name": [f"n{number}" for number in rng.integers(0, 10**9, rows)],
        }
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize(("before", "now"), [(60, 90), (1_000, 300), (1_200, 1_500)])
def test_tables_of_one_distribution_rarely_alarm(method, stored, before, now):
    """At no effect at all, what fails is what is significant: at most 5 % of the comparisons.

    Of frequent values that a stored profile chose, some were frequent by luck: there the smallest
    effect that is allowed has to do its part.
    """
    runs = 25
    alarms = 0
    for seed in range(runs):
        report = drift(
            mixed(before, seed), mixed(now, 1_000 + seed),
            stored=stored, method=method, at_most=0.05 if stored else 0.0,
        )  # fmt: skip
        alarms += report.verdict != "passed"
    assert alarms / runs <= 0.05 + 2.2 * math.sqrt(0.05 * 0.95 / runs)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("stored", [False, True])
def test_a_shift_is_seen_in_each_column(method, stored):
    report = drift(
        mixed(2_000, 1), mixed(1_500, 2, shift=0.8), stored=stored, method=method, at_most=0.1
    )
    failed = {each.column for each in report.columns if each.verdict == "failed"}
    assert failed >= {"smooth", "zeros", "whole", "gaps", "land", "truth"}
    assert "name" not in failed
    assert report.verdict == "failed"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("stored", [False, True])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_there_is_an_answer_for_every_pair_of_tables(method, stored, data):
    cells = st.one_of(st.none(), st.sampled_from([0.0, 1.0, math.nan, math.inf, -math.inf, 1e308]))
    words = st.one_of(st.none(), st.sampled_from(["a", "b", "", "ß"]))
    tables = [
        pl.DataFrame(
            data.draw(st.lists(st.tuples(cells, words, st.booleans()), max_size=12)),
            schema={"x": pl.Float64, "w": pl.String, "t": pl.Boolean},
            orient="row",
        )
        for _ in range(2)
    ]
    report = drift(*tables, stored=stored, method=method)
    empty = not tables[0].height or not tables[1].height
    assert report.verdict == "inconclusive" if empty else report.verdict in ("passed", "failed")
    for each in report.columns:
        assert (each.effect is None) == empty
        for number in (each.effect, each.p, each.adjusted):
            assert number is None or (math.isfinite(number) and number >= 0)
        assert (each.p or 0) <= 1 and (each.adjusted or 0) <= 1
        assert sum(cell.current for cell in each.cells) in (0, tables[1].height)


def test_effect_and_significance_are_both_asked_for():
    rng = np.random.default_rng(1)
    before, now = (pl.DataFrame({"x": rng.normal(shift, 1, 100_000)}) for shift in (0, 0.05))
    trifle = column(drift(before, now))
    assert trifle.verdict == "passed"
    assert trifle.p is not None and trifle.p < 1e-6
    few = [pl.DataFrame({"x": rng.normal(size=25)}) for _ in range(2)]
    chance = column(drift(*few))
    assert chance.effect is not None and chance.effect > 0.2
    assert chance.verdict == "passed"
    assert chance.note == "too few rows to tell it from chance"


def test_ks_over_cells_is_close_to_that_of_all_values():
    from scipy.stats import ks_2samp

    rng = np.random.default_rng(1)
    before, now = rng.normal(size=30_000), rng.normal(0.2, 1.1, 20_000)
    found = column(drift(pl.DataFrame({"x": before}), pl.DataFrame({"x": now}), method="ks"))
    exact = ks_2samp(before, now).statistic
    assert exact - 1 / 150 <= found.effect <= exact


def test_psi_is_that_of_deciles_by_hand():
    rng = np.random.default_rng(1)
    before, now = rng.normal(size=10_000), rng.normal(0.3, 1, 10_000)
    cuts = np.sort(before)[np.arange(1, 10) * 1_000]
    r, c = (np.bincount(np.searchsorted(cuts, v, "right")) / 10_000 for v in (before, now))
    found = column(drift(pl.DataFrame({"x": before}), pl.DataFrame({"x": now})))
    assert found.effect == pytest.approx(np.sum((c - r) * np.log(c / r)))


def test_new_and_vanished_categories_are_named_and_count():
    before = pl.DataFrame({"x": ["DE"] * 500 + ["FR"] * 300 + ["NO"] * 200})
    now = pl.DataFrame({"x": ["DE"] * 500 + ["FR"] * 300 + ["XX"] * 180 + ["YY"] * 20})
    found = column(drift(before, now))
    assert (found.verdict, found.new, found.new_rows) == ("failed", ("XX", "YY"), 200)
    assert found.vanished == ("NO",)


def test_names_that_never_repeat_are_no_categories():
    found = column(drift(*(mixed(500, seed) for seed in (1, 2))), "name")
    assert (found.verdict, found.new, found.vanished, found.cells) == ("passed", (), (), ())


def test_a_flood_of_new_values_is_seen_beyond_what_can_be_counted(monkeypatch):
    monkeypatch.setattr(binning, "MOST_VALUES", 50)
    before = pl.DataFrame({"x": ["a", "b"] * 300})
    now = pl.DataFrame({"x": [f"v{number}" for number in range(600)]})
    for stored in (False, True):
        found = column(drift(before, now, stored=stored))
        assert found.verdict == "failed"
        assert "more different values" in found.note


def test_many_values_in_both_are_compared_by_their_hash(monkeypatch):
    monkeypatch.setattr(binning, "MOST_VALUES", 50)
    names = [f"v{number}" for number in range(400)]
    before, same = (pl.DataFrame({"x": names * times}) for times in (2, 3))
    other = pl.DataFrame({"x": names[:40] * 20})
    assert column(drift(before, same)).verdict == "passed"
    assert column(drift(before, same)).note == "compared by hash"
    assert column(drift(before, other)).verdict == "failed"


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        ([1.0] * 80, [1.0] * 90, "passed"),
        ([1.0] * 80, [2.0] * 90, "failed"),
        ([None] * 80, [None] * 90, "passed"),
        ([None] * 80, [2.0] * 90, "failed"),
        ([2.0] * 80, [None] * 90, "failed"),
        ([2.0] * 80, [2.0] * 45 + [None] * 45, "failed"),
        ([1.0], [1.0], "passed"),
        ([1.0], [2.0], "passed"),
        ([1.0, 2.0, 3.0], [7.0] * 3, "passed"),
        (["a"] * 80, ["b"] * 80, "failed"),
        ([True] * 80, [False] * 80, "failed"),
    ],
)
def test_constant_empty_and_tiny_columns(before, now, verdict, stored):
    dtype = next((type(v) for v in (*before, *now) if v is not None), float)
    frames = [pl.DataFrame({"x": pl.Series(each, dtype=dtype)}) for each in (before, now)]
    assert column(drift(*frames, stored=stored)).verdict == verdict


def test_missing_values_are_part_of_the_effect_and_told():
    before = pl.DataFrame({"x": [1.0, 2.0, 3.0, None] * 100})
    now = pl.DataFrame({"x": [1.0, None, None, None] * 100})
    found = column(drift(before, now))
    assert (found.reference_missing, found.current_missing) == (0.25, 0.75)
    assert found.verdict == "failed"
    assert found.cells[0].label == "missing"


def test_a_table_without_rows_is_inconclusive():
    full = mixed(200, 1)
    for pair in ((full, full.head(0)), (full.head(0), full), (full.head(0), full.head(0))):
        report = drift(*pair)
        assert report.verdict == "inconclusive"
        assert {each.note for each in report.columns} == {"no rows to compare"}


def test_columns_that_are_gone_new_or_of_another_kind():
    before = pl.DataFrame({"gone": [1, 2], "kind": [1.0, 2.0], "same": ["a", "b"]})
    now = pl.DataFrame({"same": ["a", "b"], "kind": ["1", "x"], "new": [1, 2]})
    report = drift(before, now)
    said = {each.column: (each.verdict, each.note) for each in report.columns}
    assert said["gone"] == ("failed", "the column is gone")
    assert said["kind"] == ("failed", "was float, is string")
    assert said["new"] == ("passed", "new: the reference has no such column")
    assert said["same"][0] == "passed"
    assert [each.column for each in report.columns] == ["gone", "kind", "same", "new"]


def test_whole_numbers_and_floats_are_of_one_kind():
    before, now = pl.DataFrame({"x": [1, 2] * 50}), pl.DataFrame({"x": [1.0, 2.0] * 50})
    assert column(drift(before, now)).effect == 0


def test_dates_row_numbers_and_what_is_set_aside_are_compared_only_by_name():
    def table(start):
        days = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 1, 1), eager=True)
        return pl.DataFrame(
            {
                "day": days.extend_constant(days[0], 499).dt.offset_by(f"{start}d"),
                "row": range(start, start + 500),
                "skipped": [start] * 500,
                "x": [1.0] * 500,
            }
        )

    quiet = drift(table(0), table(500), without={"skipped": "it is ignored"})
    assert quiet.verdict == "passed"
    assert [each.column for each in quiet.columns] == ["x"]
    assert set(quiet.left_out) == {"day", "row", "skipped"}
    named = drift(
        table(0), table(500),
        without={"skipped": "it is ignored"}, columns=("day", "row", "skipped"),
    )  # fmt: skip
    assert [each.verdict for each in named.columns] == ["failed"] * 3
    assert named.left_out == {}


def test_a_column_that_nobody_has_fails_when_it_is_named():
    frame = pl.DataFrame({"x": [1.0, 2.0]})
    found = column(drift(frame, frame, columns=("y",)), "y")
    assert (found.verdict, found.note) == ("failed", "neither table has such a column")


def test_the_target_is_marked():
    frame = mixed(100, 1)
    assert [e.column for e in drift(frame, frame, target="land").columns if e.target] == ["land"]


def test_a_stored_profile_and_its_table_say_the_same():
    before, now = mixed(3_000, 1), mixed(2_000, 2, shift=0.3)
    effects = [
        {each.column: each.effect for each in drift(before, now, stored=stored).columns}
        for stored in (False, True)
    ]
    for name in ("smooth", "zeros", "whole", "gaps", "land", "truth"):
        assert effects[0][name] == pytest.approx(effects[1][name], rel=0.15, abs=0.01), name
