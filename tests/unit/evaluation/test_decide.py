# SPDX-License-Identifier: Apache-2.0
"""Three-valued verdicts and their evidence."""

import numpy as np
import pytest

from shipway.evaluation import columns
from shipway.evaluation.decide import Evidence, decide
from shipway.evaluation.gate_parser import parse_gate
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.slices import masks
from shipway.stats.auc import area, compare
from shipway.stats.auc_score import area_score
from shipway.stats.proportions import clopper_pearson, wilson
from shipway.stats.student import stretched_p_value, to_student


def labelled(hits, misses, negatives=0):
    """Positive rows of which `hits` are found, and negatives that are left alone."""
    target = np.array([1] * (hits + misses) + [0] * negatives)
    label = np.array([1] * hits + [0] * (misses + negatives))
    return Predictions(target, label, label.astype(float), ("0", "1"))


def scored(rows=2000, strength=2.0, seed=1, noise=0.0):
    draw = np.random.default_rng(seed)
    target = (np.arange(rows) % 4 == 0).astype(int)
    score = draw.normal(size=rows) + strength * target
    score += noise * np.random.default_rng(seed + 1).normal(size=rows)
    return columns.binary(target, score=score)


def verdict(text, challenger, champion=None, **more):
    (found,) = decide(parse_gate(text), Evidence("binary", challenger, champion, **more))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("recall >= 0.9", "passed"),
        ("recall > 0.9", "failed"),
        ("recall >= 0.91", "failed"),
        ("recall <= 0.9", "passed"),
        ("recall < 0.9", "failed"),
        ("recall >= 90%", "passed"),
    ],
)
def test_without_confidence_values_are_compared(text, expected):
    found = verdict(text, labelled(90, 10))
    assert (found.verdict, found.observed, found.rows) == (expected, 0.9, 100)
    assert found.reason.startswith("recall is 0.9; demanded")
    assert found.interval is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("recall >= 0.8 at 95%", "passed"),
        ("recall >= 0.9 at 95%", "inconclusive"),
        ("recall >= 0.96 at 95%", "failed"),
        ("recall <= 0.96 at 95%", "passed"),
        ("recall <= 0.9 at 95%", "inconclusive"),
        ("recall <= 0.8 at 95%", "failed"),
    ],
)
def test_with_confidence_the_bound_must_clear(text, expected):
    found = verdict(text, labelled(90, 10))
    assert found.verdict == expected
    sure = clopper_pearson(90, 100, 0.95, sides=1)
    assert (found.interval.low, found.interval.high) == (sure.low, sure.high)
    assert (found.interval.confidence, found.method) == (0.95, "Clopper-Pearson")
    assert found.interval.method == "Clopper-Pearson, one-sided"
    assert (found.rows_needed is None) == (expected != "inconclusive" or "0.9 " in text)


def test_with_fifty_hits_and_misses_a_share_is_bounded_by_wilson():
    found = verdict("recall >= 0.7 at 95%", labelled(200, 50))
    sure = wilson(200, 250, 0.95, sides=1)
    assert (found.interval.low, found.interval.high) == (sure.low, sure.high)
    assert (found.verdict, found.method) == ("passed", "Wilson")


def test_inconclusive_says_how_many_more_rows_would_settle_it():
    found = verdict("recall >= 0.85 at 95%", labelled(90, 10, negatives=100))
    assert found.verdict == "inconclusive"
    rows = 200 + found.rows_needed
    larger = verdict("recall >= 0.85 at 95%", labelled(int(rows * 0.45), int(rows * 0.05)))
    assert larger.verdict == "passed"
    assert f"about {found.rows_needed:,} more rows would settle it" in found.reason


def test_on_the_bound_no_number_of_rows_helps():
    found = verdict("recall >= 0.9 at 95%", labelled(90, 10))
    assert found.rows_needed is None
    assert "no number of rows" in found.reason


def test_the_area_is_judged_by_delong():
    model = scored(rows=5000)
    sure = area(model.target == 1, model.score).bounds(0.95, sides=1)
    for text, expected in [
        (f"roc_auc >= {sure.low - 0.001} at 95%", "passed"),
        (f"roc_auc >= {sure.low + 0.001} at 95%", "inconclusive"),
        (f"roc_auc >= {sure.high + 0.001} at 95%", "failed"),
    ]:
        found = verdict(text, model)
        assert (found.verdict, found.method) == (expected, "DeLong")


def test_an_area_from_few_rows_is_judged_more_carefully():
    model = scored(rows=300)
    measured = area(model.target == 1, model.score)
    plain = measured.bounds(0.95, sides=1)
    score = area_score(measured.value, measured.positives, measured.negatives, 0.95, sides=1)
    found = verdict("roc_auc >= 0.5 at 95%", model)
    assert found.method == "DeLong, widened"
    assert found.interval.low == min(plain.low, score.low)
    assert found.interval.high == max(plain.high, score.high)
    end = verdict(f"roc_auc >= {found.interval.low:.9f} at 95%", model)
    assert end.p_value == pytest.approx(0.05, abs=1e-6)


def test_a_better_area_needs_fewer_rows():
    model = scored(rows=400)
    value = area(model.target == 1, model.score).value
    near = verdict(f"roc_auc >= {value - 0.005} at 95%", model)
    far = verdict(f"roc_auc >= {value - 0.015} at 95%", model)
    assert near.verdict == far.verdict == "inconclusive"
    assert near.rows_needed > 5 * far.rows_needed > 0


def test_a_challenger_is_compared_with_the_champion_on_the_same_rows():
    champion, challenger = scored(), scored(noise=0.3)
    found = verdict("roc_auc >= champion - 0.02 at 95%", challenger, champion)
    apart = compare(champion.target == 1, challenger.score, champion.score)
    sure = apart.bounds(0.95, sides=1)
    assert found.verdict == "passed"
    assert found.champion == pytest.approx(apart.second.value)
    assert found.bound == pytest.approx(apart.second.value - 0.02)
    reach = (apart.value - sure.low) * to_student(1.0, apart.freedom)
    assert found.interval.low == pytest.approx(apart.value - reach, abs=1e-5)
    plain = apart.p_value(-0.02, "greater")
    assert found.p_value == stretched_p_value(plain, apart.freedom) > plain
    assert found.demanded == f">= champion - 0.02 at 95% = {found.bound:.6g}"
    assert "a difference of" in found.reason


def test_a_worse_challenger_fails_and_a_close_one_is_inconclusive():
    champion = scored(rows=800)
    assert verdict("roc_auc >= champion - 0.02 at 95%", scored(800, noise=2), champion).verdict == (
        "failed"
    )
    close = verdict("roc_auc >= champion - 0.015 at 95%", scored(800, noise=0.3), champion)
    assert close.verdict == "inconclusive"
    assert close.rows_needed > 0


def test_the_same_model_again_passes_but_is_not_better():
    model = scored()
    assert verdict("roc_auc >= champion - 0.001 at 95%", model, model).verdict == "passed"
    assert verdict("roc_auc >= champion at 95%", model, model).verdict == "passed"
    assert verdict("roc_auc > champion at 95%", model, model).verdict == "failed"


def test_margins_are_relative_to_the_champions_value():
    found = verdict("recall >= champion - 10%", labelled(80, 20), labelled(88, 12))
    assert found.bound == pytest.approx(0.792)
    assert (found.verdict, found.demanded) == ("passed", ">= champion - 10% = 0.792")
    found = verdict("recall >= champion - 0.08", labelled(80, 20), labelled(88, 12))
    assert found.verdict == "passed", "equal up to rounding is equal"


def test_no_champion_counts_only_until_something_was_live():
    first = verdict("roc_auc >= champion at 95%", scored())
    assert (first.verdict, first.no_champion) == ("passed", True)
    assert "no champion yet" in first.reason
    later = verdict("roc_auc >= champion at 95%", scored(), ever_live=True)
    assert (later.verdict, later.no_champion) == ("failed", False)


def test_without_champion_an_undefined_metric_fails_all_the_same():
    found = verdict("precision >= champion", labelled(0, 5))
    assert (found.verdict, found.no_champion) == ("failed", False)


def test_a_champion_without_value_can_not_be_compared():
    found = verdict("precision >= champion", labelled(3, 2), labelled(0, 5))
    assert found.verdict == "failed"
    assert "of the champion has no value" in found.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("own >= 1", "own has no value: it was neither measured nor reported"),
        ("precision >= 0", "no row is predicted positive"),
        ("recall[country=XX] >= 0", "there are no rows of country=XX"),
        ("recall[city=*] >= 0", "there are no rows of city=*"),
        ("recall[amount > 5] >= 0", "there are no rows of amount > 5"),
        ("max_error >= 0 at 95%", "max_error has no value"),
    ],
)
def test_what_is_missing_fails(text, reason):
    found = verdict(text, labelled(0, 5), slices={"country": {"DE": np.ones(5, bool)}})
    assert found.verdict == "failed"
    assert reason in found.reason


def test_every_value_of_a_column_has_its_own_verdict():
    model = labelled(90, 10)
    country = ["DE"] * 50 + ["FR"] * 49 + ["NO"]
    found = decide(
        parse_gate("recall[country=*] >= 0.85"),
        Evidence("binary", model, slices={"country": masks("country", country)}),
    )
    assert [(each.slice, each.verdict, each.rows) for each in found] == [
        ("country=DE", "passed", 50),
        ("country=FR", "failed", 49),
        ("country=NO", "failed", 1),
    ]
    one = verdict("recall[country=DE] >= 0.85", model, slices={"country": masks("c", country)})
    assert (one.slice, one.rows) == ("country=DE", 50)


def test_a_tiny_slice_is_inconclusive_with_confidence():
    rows = masks("country", ["DE"] * 3 + ["FR"] * 97)
    found = verdict("recall[country=DE] >= 0.6 at 95%", labelled(100, 0), slices={"country": rows})
    assert found.verdict == "inconclusive"
    assert found.rows_needed == 2


def test_a_tiny_slice_can_not_be_compared_with_the_champion():
    champion, challenger = scored(40), scored(40, noise=0.2)
    rows = {"n": masks("n", ["few"] * 8 + ["many"] * 32)}
    found = verdict("roc_auc[n=few] >= champion - 0.3 at 95%", challenger, champion, slices=rows)
    assert found.verdict == "inconclusive"
    assert found.rows_needed > 0


def test_the_rows_of_an_expression_are_a_slice():
    rows = {"amount >= 1000": {"amount >= 1000": np.arange(100) < 50}}
    found = verdict("recall[amount>=1000] >= 1", labelled(90, 10), slices=rows)
    assert (found.verdict, found.slice, found.rows) == ("passed", "amount >= 1000", 50)


def test_reported_values_are_points():
    evidence = Evidence("binary", None, reported={"roc_auc": 0.93, "own": 4.0, "bad": float("nan")})
    assert decide(parse_gate("own >= 4"), evidence)[0].verdict == "passed"
    assert decide(parse_gate("roc_auc >= 0.94"), evidence)[0].verdict == "failed"
    assert "NaN" in decide(parse_gate("bad >= 0"), evidence)[0].reason
    (found,) = decide(parse_gate("roc_auc >= 0.9 at 95%"), evidence)
    assert (found.verdict, found.observed) == ("failed", 0.93)
    assert "no confidence bound" in found.reason


def test_reported_values_are_compared_with_the_champions_reported_values():
    evidence = Evidence("binary", None, reported={"own": 4.0}, champion_reported={"own": 5.0})
    assert decide(parse_gate("own >= champion - 1"), evidence)[0].verdict == "passed"
    assert decide(parse_gate("own >= champion"), evidence)[0].verdict == "failed"


def test_place_and_consequence_pass_through():
    (found,) = decide(
        parse_gate("recall >= 1"), Evidence("binary", labelled(1, 1)), on_fail="warn", line=17
    )
    assert (found.on_fail, found.line, found.metric) == ("warn", 17, "recall")
