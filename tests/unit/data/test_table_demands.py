# SPDX-License-Identifier: Apache-2.0
"""Demands on whole tables and across them, against naive readings and however they are divided."""

import datetime
import itertools
import random
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.data.checks import check_tables
from shipway.data.leakage import BETWEEN, given_away
from shipway.data.stretches import Stretch
from shipway.data.sums import find_formula
from shipway.data.target_checks import is_positive
from shipway.spec.demands import (
    DuplicatesSpec,
    FeaturesSpec,
    LeakageSpec,
    OrderSpec,
    RuleSpec,
    TargetSpec,
    Terms,
)
from shipway.spec.types import Amount, ColumnSpec, DataSpec

sys.path.insert(0, str(Path(__file__).parent))
from dirty import NOW, no_line, text_frame

CUTS = st.lists(st.integers(0, 20), max_size=4)
STEPS = st.sampled_from([None, 3])


def divided(frame, cuts, step):
    edges = sorted({0, *(min(cut, frame.height) for cut in cuts), frame.height})
    pairs = list(itertools.pairwise(edges)) or [(0, 0)]
    return [Stretch(frame[a:b].lazy(), step) for a, b in pairs]


def results(frames, text=(), **data):
    found, _ = check_tables(frames, DataSpec(**data), line_of=no_line, now=NOW, text=text)
    return found


def only(frames, check, **data):
    return [each for each in results(frames, **data) if each.check == check]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([None, 1]), st.sampled_from([None, "a", "b"])), max_size=9),
    st.sampled_from([(), ("a",), ("a", "b")]), CUTS, STEPS,
)  # fmt: skip
def test_rows_that_repeat_an_earlier_one(rows, columns, cuts, step):
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.String}, orient="row")
    keys = [tuple(row[:1]) if columns == ("a",) else row for row in rows]
    expected = [number for number, key in enumerate(keys) if key in keys[:number]]
    demand = {"duplicates": DuplicatesSpec(columns)}
    (whole,) = only({"all": frame.lazy()}, "duplicates", **demand)
    assert whole.failing == len(expected)
    assert [example.row for example in whole.examples] == expected[:5]
    assert only({"all": divided(frame, cuts, step)}, "duplicates", **demand) == [whole]


def test_duplicates_leave_ignored_columns_out_and_want_their_columns():
    frame = pl.LazyFrame({"n": [1, 2, 3], "a": [1, 1, 1]})
    demand = DuplicatesSpec(at_most=Amount(0.5, True), on_fail="warn")
    (found,) = only({"all": frame}, "duplicates", duplicates=demand, ignore=("n",))
    assert (found.failing, found.verdict, found.on_fail) == (2, "failed", "warn")
    (absent,) = only({"all": frame}, "duplicates", duplicates=DuplicatesSpec(("z",)))
    assert (absent.verdict, absent.observed) == ("failed", "there is no column 'z'")


def test_a_rule_has_terms():
    rules = (RuleSpec("a > 1", Amount(0.4, True)), RuleSpec("a > 2", on_fail="warn"))
    first, second = only({"all": pl.LazyFrame({"a": [1, 2, 3]})}, "rule", rules=rules)
    assert (first.verdict, first.failing, first.expected) == ("passed", 1, "a > 1, at most 40%")
    assert (second.verdict, second.on_fail) == ("failed", "warn")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([None, 0, 1, 2]), max_size=15), st.integers(0, 4),
    st.sampled_from([0.1, 0.3]), CUTS, STEPS,
)  # fmt: skip
def test_classes_of_the_target(values, wanted, share, cuts, step):
    frame = pl.DataFrame({"y": pl.Series(values, dtype=pl.Int8)})
    target = TargetSpec("y", min_positives=wanted, min_share=share)
    found = {each.check: each for each in results({"all": frame.lazy()}, target=target)}
    given_ = [value for value in values if value is not None]
    assert found["min_positives"].verdict == ("passed" if given_.count(1) >= wanted else "failed")
    shares = [given_.count(value) / len(given_) for value in set(given_)]
    balanced = not values or (len(shares) > 1 and min(shares) >= share)
    assert found["min_share"].verdict == ("passed" if balanced else "failed")
    again = results({"all": divided(frame, cuts, step)}, target=target)
    assert {each.check: each for each in again} == found


@pytest.mark.parametrize(
    ("value", "positive", "same"),
    [
        (1, None, True), (1.0, None, True), (True, None, True), ("1", None, True),
        (0, None, False), ("yes", None, False), ("yes", "yes", True), (1.0, "1", True),
        (True, "true", True), (True, "1", True), (2, "02", True), ("02", "2", False),
    ],
)  # fmt: skip
def test_which_class_is_positive(value, positive, same):
    assert is_positive(value, positive) is same


def features(frame, demand, check, **data):
    frames = {"all": frame if isinstance(frame, list) else frame.lazy()}
    found = only(frames, check, features=demand, target=TargetSpec("y"), **data)
    return {each.column: each.verdict for each in found}, found


def table(rows=400, seed=1):
    """A clean table: numbers, categories and a sentence that say nothing about y."""
    pick = random.Random(seed)
    y = [int(pick.random() < 0.2) for _ in range(rows)]
    return pl.DataFrame(
        {
            "y": y,
            "amount": [round(pick.expovariate(0.01), 2) for _ in y],
            "age": [pick.randint(18, 90) for _ in y],
            "country": [pick.choice(["DE", "FR", "NO"]) for _ in y],
            "note": [f"paid {pick.random()} at the till" for _ in y],
        }
    )


def test_identifiers_are_features_that_differ_in_every_row():
    clean = table()
    rows = clean.height
    frame = clean.with_columns(
        number=pl.Series(range(rows)),
        code=pl.Series([f"C{n:05}" for n in range(rows)]),
        again=pl.Series([n if n > 10 else 0 for n in range(rows)]),
    )
    demand = FeaturesSpec(identifiers=False)
    verdicts, found = features(frame, demand, "identifiers")
    bad = {name for name, verdict in verdicts.items() if verdict == "failed"}
    assert bad == {"number", "code", "again"}
    assert "amount" not in verdicts, "a number with a point is no identifier"
    assert features(divided(frame, [100, 250], 64), demand, "identifiers")[1] == found
    ignored, _ = features(frame, demand, "identifiers", id="code", ignore=("number", "again"))
    assert set(ignored.values()) == {"passed"}


def test_identifiers_among_many_rows_are_counted_exactly():
    frame = pl.DataFrame({"y": [0, 1] * 10_000, "n": range(20_000)})
    warned = FeaturesSpec(identifiers=False, terms={"identifiers": Terms(on_fail="warn")})
    _, (found,) = features(frame, warned, "identifiers")
    assert (found.verdict, found.on_fail) == ("failed", "warn")
    assert found.observed == "20,000 different values in 20,000 rows"


def test_constant_features():
    verdicts, _ = features(
        table().with_columns(c=pl.lit(1)), FeaturesSpec(constant=False), "constant"
    )
    assert [name for name, verdict in verdicts.items() if verdict == "failed"] == ["c"]


def test_a_feature_that_gives_the_class_away():
    clean = table()
    y = clean["y"]
    frame = clean.with_columns(
        copy=y,
        words=y.replace_strict({0: "rejected", 1: "paid"}),
        status=pl.Series([f"s{n % 7}" if v else f"t{n % 5}" for n, v in enumerate(y)]),
        score=clean["amount"] + y * 1e6,
        near=pl.Series([v if n % 10 else 1 - v for n, v in enumerate(y)]),
        number=pl.Series([f"n{n}" for n in range(len(y))]),
    )
    demand = FeaturesSpec(leakage=LeakageSpec())
    verdicts, found = features(frame, demand, "leakage")
    bad = {name for name, verdict in verdicts.items() if verdict == "failed"}
    assert bad == {"copy", "words", "status", "score"}
    assert features(divided(frame, [3, 210], 50), demand, "leakage")[1] == found
    assert set(features(clean, demand, "leakage")[0].values()) == {"passed"}
    loose, _ = features(frame, FeaturesSpec(leakage=LeakageSpec(0.2)), "leakage")
    assert loose["near"] == "failed"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=1, max_size=25))
def test_what_a_feature_gives_by_the_other_rows(rows):
    labels = [label for label, _ in rows]
    most = max(labels.count(label) for label in "ab")
    usual = min(label for label in "ab" if labels.count(label) == most)
    right = 0
    for number, (label, value) in enumerate(rows):
        others = [one for n, (one, v) in enumerate(rows) if v == value and n != number]
        if not others:
            right += label == usual
            continue
        mine = others.count(label)
        right += all(mine > others.count(other) for other in "ab" if other != label)
    expected = max(0, (right - most) / (len(rows) - most)) if len(rows) > most else 0
    pairs = {}
    for label, value in rows:
        pairs[label + BETWEEN + value] = pairs.get(label + BETWEEN + value, 0) + 1
    assert given_away(pairs) == pytest.approx(expected)


def numbers(rows=300, seed=2):
    pick = np.random.default_rng(seed)
    casual, registered = pick.integers(0, 300, rows), pick.integers(0, 900, rows)
    return pl.DataFrame(
        {
            "hour": np.arange(rows) % 24,
            "casual": casual,
            "registered": registered,
            "temperature": pick.normal(12, 8, rows).round(2),
        }
    )


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (pl.col("casual") + pl.col("registered"), "casual + registered"),
        (pl.sum_horizontal("hour", "casual", "temperature"), "hour + casual + temperature"),
        (pl.col("temperature") * 1.8 + 32, "1.8 * temperature + 32"),
        (pl.col("registered") * 1.0, "registered"),
    ],
)
def test_a_number_that_is_a_sum_of_features(formula, said):
    frame = numbers().with_columns(y=formula)
    demand = FeaturesSpec(leakage=LeakageSpec())
    _, found = features(frame, demand, "leakage")
    (sums,) = [each for each in found if each.column == "y"]
    assert (sums.verdict, sums.observed) == ("failed", f"{said} gives it in 300 of 300 rows")
    assert [example.row for example in sums.examples] == [0, 1, 2, 3, 4]
    assert features(divided(frame, [7, 200], 64), demand, "leakage")[1] == found


def test_a_sum_that_holds_in_the_first_rows_only_is_no_leak():
    frame = numbers(6000).with_columns(y=pl.col("casual") + pl.col("registered"))
    broken = frame.with_row_index().with_columns(
        y=pl.when(pl.col("index") > 5000).then(7).otherwise("y")
    )
    demand = FeaturesSpec(leakage=LeakageSpec())
    _, found = features(broken.drop("index"), demand, "leakage")
    (sums,) = [each for each in found if each.column == "y"]
    assert (sums.verdict, sums.failing) == ("passed", 5001)


def test_noise_has_no_formula():
    pick = np.random.default_rng(3)
    matrix = pick.normal(size=(200, 12))
    names = [f"x{n}" for n in range(12)]
    assert find_formula(matrix, pick.normal(size=200), names) is None
    five = find_formula(matrix, matrix[:, :5].sum(axis=1), names)
    assert five is not None and five.columns == ("x0", "x1", "x2", "x3", "x4")
    assert find_formula(matrix[:5], matrix[:5, 0], names) is None


def test_values_that_another_table_never_had():
    frames = {
        "train": pl.LazyFrame({"c": ["DE", "FR", None]}),
        "test": pl.LazyFrame({"c": ["DE", "XX", None, "XX", "YY"]}),
    }
    columns = {"c": ColumnSpec(seen_in="train")}
    (found,) = only(frames, "seen_in", train="a", test="b", columns=columns)
    assert (found.dataset, found.verdict, found.failing) == ("test", "failed", 3)
    assert (found.detail, [e.row for e in found.examples]) == ("XX, YY", [1, 3, 4])
    assert found.observed.startswith("2 new values in 3 of 5 rows")
    few = {"c": ColumnSpec(seen_in="train", terms={"seen_in": Terms(Amount(0.6, True), "warn")})}
    (found,) = only(frames, "seen_in", train="a", test="b", columns=few)
    assert (found.verdict, found.on_fail, found.examples) == ("passed", "warn", ())


def test_values_are_compared_as_what_they_are():
    frames = {"train": text_frame(c=["1", "2"]), "test": pl.LazyFrame({"c": [1, 2, 3]})}
    columns = {"c": ColumnSpec(seen_in="train")}
    (found,) = only(frames, "seen_in", text=["train"], train="a", test="b", columns=columns)
    assert found.failing == 1
    with pytest.raises(InputError, match="no table 'trian'"):
        only(frames, "seen_in", columns={"c": ColumnSpec(seen_in="trian")})


DAY = datetime.datetime(2024, 1, 1)


@settings(max_examples=40, deadline=None)
@given(*[st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=1, max_size=8)] * 2)
def test_the_second_table_comes_after_the_first(before, after):
    def column(days):
        moments = [None if day is None else DAY + datetime.timedelta(day) for day in days]
        return pl.LazyFrame({"t": pl.Series(moments, dtype=pl.Datetime("us"))})

    frames = {"train": column(before), "test": column(after)}
    order = OrderSpec(("train", "test"), "t")
    (found,) = only(frames, "order", train="a", test="b", order=order)
    known = [day for day in before if day is not None]
    if not known:
        assert (found.verdict, found.observed) == ("failed", "no row of train has a time")
        return
    expected = [row for row, day in enumerate(after) if day is not None and day < max(known)]
    assert (found.failing, found.verdict) == (len(expected), "failed" if expected else "passed")
    assert [example.row for example in found.examples] == expected[:5]
    assert ("not decided" in found.observed) == (None in after)


def test_order_reads_dates_and_numbers_of_text_tables():
    order = OrderSpec(("train", "test"))
    frames = {"train": text_frame(t=["2024-01-02"]), "test": text_frame(t=["2024-01-01"])}
    (found,) = only(frames, "order", text=["train", "test"], time="t", order=order)
    assert found.failing == 1
    frames = {"train": text_frame(t=["9"]), "test": text_frame(t=["10"])}
    (found,) = only(frames, "order", text=["train", "test"], time="t", order=order)
    assert found.failing == 0
    frames = {"train": pl.LazyFrame({"t": [1]}), "test": pl.LazyFrame({"t": ["2024-01-01"]})}
    (found,) = only(frames, "order", time="t", order=order)
    assert (found.verdict, found.observed) == ("failed", "t is integer in train, string in test")
