# SPDX-License-Identifier: Apache-2.0
"""However a table is divided into files and groups of rows, the checks say the same."""

import itertools
import math
import pickle
import statistics
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.data import candidates, distinct, sampling
from shipway.data.check import Check, Measure, Repeats, always
from shipway.data.checks import check_tables
from shipway.data.partials import measure_part, merge
from shipway.data.stretches import Stretch
from shipway.spec.types import Amount, ColumnSpec, DataSpec, OutliersSpec, OverlapSpec

sys.path.insert(0, str(Path(__file__).parent))
from dirty import NOW, no_line

FLOATS = st.none() | st.sampled_from(
    [0.0, -0.0, 1.0, 1.5, 2.0, -7.25, 100.0, 1e9, math.nan, math.inf, -math.inf, 1e-9, 1e300]
)
INTEGERS = st.none() | st.sampled_from([0, 1, 2, 3, 5, 2**53, 2**53 + 1, 2**63 - 1, -(2**63)])
TEXTS = st.none() | st.sampled_from(["", "a", "b", " a", "ä", "x" * 40, "1", "NaN", "null", "\n"])
ROWS = st.lists(st.tuples(FLOATS, INTEGERS, TEXTS), min_size=1, max_size=40)
CUTS = st.lists(st.integers(0, 40), max_size=4)
STEPS = st.sampled_from([None, 1, 2, 3, 7, 50])
QUARTER = Amount(0.25, share=True)

COLUMNS = {
    "f": ColumnSpec(
        type="float",
        min=-1.0,
        max=1e6,
        max_missing=QUARTER,
        outliers=OutliersSpec("iqr", 1.5),
        unique=True,
    ),
    "i": ColumnSpec(
        type="integer",
        min=0,
        max=1000,
        values=("0", "1", "2", "3"),
        outliers=OutliersSpec("z", 2.0),
        unique=True,
    ),
    "t": ColumnSpec(type="string", pattern="[a-z]+", max_missing=Amount(2), unique=True),
}
RULES = ("f > 1 -> i >= 1", "i == 2 or t == 'a'")


def as_frame(rows):
    schema = {"f": pl.Float64, "i": pl.Int64, "t": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def divided(frame, cuts, step):
    places = sorted({0, frame.height, *(cut for cut in cuts if cut < frame.height)})
    pairs = itertools.pairwise(places)
    return [Stretch(frame[begin:end].lazy(), step) for begin, end in pairs]


def told(table, columns=COLUMNS, rules=RULES, text=False):
    data = DataSpec(all="x", columns=columns, rules=rules, id="t")
    names = {"all"} if text else ()
    results, _ = check_tables({"all": table}, data, line_of=no_line, now=NOW, text=names)
    return results


@settings(max_examples=120, deadline=None)
@given(ROWS, CUTS, STEPS)
def test_any_division_of_a_table_gives_the_same_results(rows, cuts, step):
    frame = as_frame(rows)
    assert told(divided(frame, cuts, step)) == told(frame.lazy())


@settings(max_examples=60, deadline=None)
@given(ROWS, CUTS)
def test_any_division_of_a_text_table_gives_the_same_results(rows, cuts):
    """The same cells as CSV would have them, those that can't be read included."""
    cells = [[None if cell in (None, "") else str(cell) for cell in row] for row in rows]
    frame = pl.DataFrame(cells, schema=dict.fromkeys("fit", pl.String), orient="row")
    mixed = frame.with_columns(f=pl.coalesce(pl.col("t").replace("a", "broken"), "f"))
    assert told(divided(mixed, cuts, None), text=True) == told(mixed.lazy(), text=True)


def offending(rows):
    """The rows that break each check, by a loop over the rows."""
    floats = [None if f is None or math.isnan(f) else f for f, _, _ in rows]
    numbers, texts = [i for _, i, _ in rows], [t for _, _, t in rows]
    finite = [f for f in floats if f is not None and math.isfinite(f)]
    low, high = fences(finite)
    present = [float(i) for i in numbers if i is not None]
    mean = math.fsum(present) / len(present) if present else 0.0
    sd = statistics.stdev(present) if len(present) > 1 else 0.0
    widest = 2 * sd * (1 + 1e-9)
    words = [t is not None and t.isascii() and t.isalpha() and t.islower() for t in texts]
    found = {
        ("f", "min"): [f is not None and (f < -1 or math.isinf(f)) for f in floats],
        ("f", "max"): [f is not None and (f > 1e6 or math.isinf(f)) for f in floats],
        ("f", "max_missing"): [f is None for f in floats],
        ("f", "outliers"): [
            f is not None and (math.isinf(f) or not low <= f <= high) for f in floats
        ],
        ("f", "unique"): repeated(floats),
        ("i", "min"): [i is not None and i < 0 for i in numbers],
        ("i", "max"): [i is not None and i > 1000 for i in numbers],
        ("i", "values"): [i is not None and i not in (0, 1, 2, 3) for i in numbers],
        ("i", "outliers"): [i is not None and abs(i - mean) > widest for i in numbers],
        ("i", "unique"): repeated(numbers),
        ("t", "pattern"): [
            t is not None and not word for t, word in zip(texts, words, strict=True)
        ],
        ("t", "max_missing"): [t is None for t in texts],
        ("t", "unique"): repeated(texts),
    }
    return {key: [row for row, bad in enumerate(flags) if bad] for key, flags in found.items()}


def fences(values):
    if not values:
        return -math.inf, math.inf
    ordered = sorted(values)

    def quantile(share):
        place = share * (len(ordered) - 1)
        below = math.floor(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (ordered[above] - ordered[below]) * (place - below)

    first, third = quantile(0.25), quantile(0.75)
    reach = 1.5 * (third - first)
    slack = 1e-12 * max(abs(first), abs(third), abs(reach))
    low, high = first - reach - slack, third + reach + slack
    return low, high


def repeated(values):
    seen = set()
    flags = []
    for value in values:
        flags.append(value is not None and value in seen)
        seen.add(value)
    return flags


@settings(max_examples=150, deadline=None)
@given(ROWS, STEPS)
def test_checks_agree_with_a_loop_over_the_rows(rows, step):
    found = {(r.column, r.check): r for r in told([Stretch(as_frame(rows).lazy(), step)])}
    for key, broken in offending(rows).items():
        result = found[key]
        assert result.failing == len(broken), key
        allowed = {("f", "max_missing"): len(rows) / 4, ("t", "max_missing"): 2}.get(key, 0)
        assert result.verdict == ("failed" if len(broken) > allowed else "passed"), key
        if result.verdict == "failed":
            assert [example.row for example in result.examples] == broken[:5], key


def test_a_million_rows_in_groups_of_columns(monkeypatch):
    """A table that is too wide to be read at once is read some columns at a time."""
    from shipway.data import queries

    frame = pl.DataFrame({f"x{n}": range(n, n + 50) for n in range(12)})
    columns = {
        name: ColumnSpec(max=55.0, outliers=OutliersSpec("iqr", 0.5)) for name in frame.columns
    }
    columns["x0"] = ColumnSpec(max=10.0, unique=True)
    data = {"columns": columns, "rules": ("x0 < x11", "x3 > 10")}
    whole = told(frame.lazy(), **data)
    monkeypatch.setattr(queries, "CELLS", 30)
    assert told([Stretch(frame.lazy(), 10)], **data) == whole


@settings(max_examples=40, deadline=None)
@given(keys=st.lists(st.none() | st.integers(0, 30), max_size=120), cuts=CUTS, step=STEPS)
def test_repeats_are_exact_when_hashes_collide_and_files_hold_them(keys, cuts, step):
    frame = pl.DataFrame({"k": keys}, schema={"k": pl.Int64})
    with pytest.MonkeyPatch.context() as patch:
        real = distinct.hash_keys

        def colliding(fetch, wanted):
            hashes, keyed = real(fetch, wanted)
            return (hashes % 4) << sampling.np.uint64(61), keyed

        for module in (distinct, candidates):
            patch.setattr(module, "hash_keys", colliding)
        patch.setattr(distinct, "RUN", 8)
        patch.setattr(candidates, "GROUP", 3)
        results = told(
            divided(frame, cuts, step) or [Stretch(frame.lazy())],
            columns={"k": ColumnSpec(unique=True)},
            rules=(),
        )
    result = next(r for r in results if r.check == "unique")
    broken = [row for row, bad in enumerate(repeated(keys)) if bad]
    assert result.failing == len(broken)
    assert [example.row for example in result.examples] == broken[:5]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=5), st.integers(5, 60))
def test_a_sample_is_the_same_for_any_division(sizes, size):
    total = sum(sizes)
    whole = _sampled(range(1), [total], size)
    assert _sampled(range(len(sizes)), sizes, size) == whole
    assert _sampled(reversed(range(len(sizes))), sizes, size) == whole
    assert len(whole) == min(size, total)


def _sampled(order, sizes, size):
    parts = []
    for number in order:
        begin = sum(sizes[:number])
        sample = sampling.RowSample.of(size)
        places, hashes = sample.chosen(begin, sizes[number])
        cells = pl.DataFrame({"x": begin + places}, schema={"x": pl.Int64})
        parts.append(sample.add(sizes[number], hashes, cells))
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.union(part)
    return joined.column("x").values.tolist()


def test_the_quartiles_of_a_sample_keep_to_their_stated_error():
    rows = 300_000
    sample = sampling.RowSample.of(20_000)
    for begin in range(0, rows, 50_000):
        places, hashes = sample.chosen(begin, 50_000)
        cells = pl.DataFrame({"x": pl.Series(begin + places).cast(pl.Float64)})
        sample = sample.add(50_000, hashes, cells)
    column = sample.pruned().column("x")
    assert 0 < column.rank_error() < 0.02
    for share in (0.25, 0.5, 0.75):
        assert abs(column.quantile(share) / rows - share) <= column.rank_error()


@settings(max_examples=60, deadline=None)
@given(
    one=st.lists(st.tuples(st.none() | st.integers(0, 9), TEXTS), max_size=30),
    other=st.lists(st.tuples(st.none() | st.integers(0, 9), TEXTS), min_size=1, max_size=30),
    key=st.sampled_from([None, ("k",), ("k", "t")]),
    cuts=CUTS,
    step=STEPS,
)
def test_overlap_agrees_with_a_loop_over_the_rows(one, other, key, cuts, step):
    frames = [
        pl.DataFrame(rows, schema={"k": pl.Int64, "t": pl.String}, orient="row")
        for rows in (one, other)
    ]
    tables = {
        name: divided(frame, cuts, step) or [Stretch(frame.lazy())]
        for name, frame in zip(("train", "test"), frames, strict=True)
    }
    demand = OverlapSpec(("train", "test"), key=key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "RUN", 8)
        patch.setattr(candidates, "GROUP", 3)
        results, _ = check_tables(
            tables, DataSpec(train="a", test="b", overlap=demand), line_of=no_line, now=NOW
        )
    result = next(each for each in results if each.check == "overlap")
    pick = (lambda row: row) if key is None else (lambda row: row[: len(key)])
    known = {pick(row) for row in one}
    broken = [
        number
        for number, row in enumerate(other)
        if pick(row) in known and (key is None or None not in pick(row))
    ]
    assert (result.failing, result.rows) == (len(broken), len(other))
    assert [example.row for example in result.examples] == broken[:5]


def test_partial_results_of_other_processes_merge(monkeypatch):
    """What is sent back is small and holds all that the whole table needs."""
    monkeypatch.setattr(distinct, "RUN", 8)
    frame = pl.DataFrame({"k": [*range(30), 3, 4], "x": [float(n) for n in range(32)]})
    checks = [
        Check("k", "unique", "", (), always(""), repeats=Repeats(("k",))),
        Check("x", "max", "", (), always(""), offending=pl.col("x") > 28, values=("x",)),
        Check("x", "sample", "", (), always(""), measures={"s": Measure(pl.col("x"), "sample")}),
    ]
    stretches = divided(frame, [11, 20], 4)
    begins = (0, 11, 20)
    parts = [
        pickle.loads(pickle.dumps(measure_part(stretch, checks, begin)))
        for stretch, begin in zip(stretches, begins, strict=True)
    ]
    whole = measure_part(Stretch(frame.lazy()), checks)
    for order in (parts, parts[::-1]):
        merged = merge(order)
        assert merged.keys[0].twice().tolist() == whole.keys[0].twice().tolist()
        assert len(merged.keys[0].twice()) == 2
        assert [example.row for example in merged.examples[1]] == [29, 30, 31]
        measured, expected = merged.measured(checks), whole.measured(checks)
        assert measured[1] == expected[1] == {"failing": 3}
        assert measured[2]["s"].values.tolist() == expected[2]["s"].values.tolist()
