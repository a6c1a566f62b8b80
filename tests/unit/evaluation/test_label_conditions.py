# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.evaluation.label_conditions import accepted, evaluate_condition
from shipway.evaluation.label_parser import ConditionError, parse_condition


def read(text):
    return [
        (each.sum.parts, each.upward, each.strict, round(each.limit, 12), each.tolerance)
        for each in parse_condition(text).clauses
    ]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("n - o > 0.02 +/- 0.01", [({"n": 1, "o": -1}, True, True, 0.02, 0.01)]),
        ("n > 90% ± 1%", [({"n": 1}, True, True, 0.9, 0.01)]),
        ("d <= .1+/-.01", [({"d": 1}, False, False, 0.1, 0.01)]),
        ("n - 1.1 * o > 1e-2 +/- 0.01", [({"n": 1, "o": -1.1}, True, True, 0.01, 0.01)]),
        ("-o*2 + n*2 + 1 >= -.5 +/- .1", [({"n": 2, "o": -2}, True, False, -1.5, 0.1)]),
        ("2 * (n - (o - .1)) > 0 +/- .1", [({"n": 2, "o": -2}, True, True, -0.2, 0.1)]),
        (
            r"n - o > 0.02 +/- 0.01 /\ d < 0.1 +/- 0.02 and n > 0.5 +/- 0.1",
            [
                ({"n": 1, "o": -1}, True, True, 0.02, 0.01),
                ({"d": 1}, False, True, 0.1, 0.02),
                ({"n": 1}, True, True, 0.5, 0.1),
            ],
        ),
    ],
)
def test_a_condition_is_read(text, clauses):
    assert read(text) == clauses


@pytest.mark.parametrize(
    ("text", "at", "problem"),
    [
        ("", 0, "this condition ends too early"),
        ("n - o > 0.02", 12, "this condition ends too early"),
        ("n - o > 0.02 + 0.01", 13, "'+' can't stand here"),
        ("n +/- 0.1", 2, "'+/-' can't stand here"),
        ("n = 0.5 +/- 0.1", 2, "'=' can't stand here"),
        ("accuracy > 0.5 +/- 0.1", 0, "'accuracy' is no variable"),
        ("n * o > 0.1 +/- 0.01", 4, "only numbers multiply"),
        ("3 > 0.1 +/- 0.1", 0, "this compares no n, o or d"),
        ("n - n > 0.1 +/- 0.1", 0, "this compares no n, o or d"),
        ("(n > 0.1 +/- 0.1", 3, "'>' can't stand here"),
        ("(" * 30, 20, "too many parentheses in each other"),
        ("n > 0.5 +/- 0.1 or d < 1 +/- 0.1", 16, "'or' can't stand here"),
        ("n > 0.5 +/- 0.1 andd < 1 +/- 0.1", 16, "'andd' can't stand here"),
        ("n > 1e999 +/- 0.1", 4, "'1e999' can't stand here"),
        ("n > 0.5 +/- 0", 12, "a tolerance is above 0"),
        ("n > 0.5 +/- -0.1", 12, "a tolerance is above 0"),
        ("n > 0.5 +/- 1e-9", 12, "no test set is large enough for this tolerance"),
        ("1e300 * 1e300 * n > 0.5 +/- 0.1", 28, "no test set is large enough for this tolerance"),
        ("n > 0.5 +/- 1", 12, "this tolerance covers every value"),
        ("n >= 1 +/- 0.1", 5, "no test set can show this"),
        ("n - o < -1 +/- 0.1", 8, "no test set can show this"),
        ("n > -0.5 +/- 0.1", 4, "this holds for all models"),
        ("n + o < 2 +/- 0.1", 8, "this holds for all models"),
        ("n > 0.5 +/- 0.1 and " * 60, 1000, "this condition is too long"),
    ],
)
def test_an_error_points_at_the_character(text, at, problem):
    with pytest.raises(ConditionError) as caught:
        parse_condition(text)
    assert (caught.value.at, caught.value.problem) == (at, problem)
    assert caught.value.expected
    assert str(caught.value).splitlines()[2].rstrip().endswith("^")


def test_the_variables_are_named_with_what_they_mean():
    with pytest.raises(ConditionError, match=r"n \(accuracy of the new model\)"):
        parse_condition("x > 1 +/- 0.1")
    assert parse_condition("d < 0.1 +/- 0.01 and n > 0.5 +/- 0.1").variables == ("n", "d")


@given(st.text("nod0.1+-*/>=<()% and±xé\n", max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        condition = parse_condition(text)
    except ConditionError as error:
        assert 0 <= error.at <= len(text)
    else:
        assert condition.clauses


BETTER = parse_condition("n - o > 0.02 +/- 0.01")


@pytest.mark.parametrize(
    ("new", "old", "truth"),
    [
        ((0.90, 0.91), (0.85, 0.87), "true"),
        ((0.90, 0.91), (0.85, 0.88), "unknown"),
        ((0.90, 0.91), (0.89, 0.90), "false"),
        ((0.90, 0.91), (0.89 - 1e-9, 0.90), "unknown"),
    ],
)
def test_a_difference_is_known_as_well_as_its_parts(new, old, truth):
    assert evaluate_condition(BETTER, {"n": new, "o": old}) == truth


def test_the_mode_says_what_unknown_means():
    assert accepted("true", "fp-free") and not accepted("false", "fn-free")
    assert accepted("unknown", "fn-free") and not accepted("unknown", "fp-free")


@pytest.mark.parametrize(
    ("new", "changed", "truth"),
    [
        ((0.7, 0.8), (0.01, 0.05), "true"),
        ((0.5, 0.8), (0.01, 0.05), "unknown"),
        ((0.7, 0.8), (0.05, 0.20), "unknown"),
        ((0.5, 0.8), (0.20, 0.30), "false"),
        ((0.1, 0.2), (0.01, 0.05), "false"),
    ],
)
def test_a_conjunction_has_three_values(new, changed, truth):
    condition = parse_condition("n > 0.6 +/- 0.05 and d < 0.1 +/- 0.05")
    assert evaluate_condition(condition, {"n": new, "d": changed}) == truth


@pytest.mark.parametrize(
    ("text", "known", "truth"),
    [
        ("n > 0.5 +/- 0.1", (0.5, 0.5), "false"),
        ("n >= 0.5 +/- 0.1", (0.5, 0.5), "true"),
        ("n < 0.5 +/- 0.1", (0.5, 0.6), "false"),
        ("n <= 0.5 +/- 0.1", (0.5, 0.6), "unknown"),
        ("n <= 0.5 +/- 0.1", (0.4, 0.5), "true"),
    ],
)
def test_an_interval_that_ends_at_the_limit(text, known, truth):
    assert evaluate_condition(parse_condition(text), {"n": known}) == truth


def test_a_variable_without_interval_is_refused():
    with pytest.raises(ValueError, match="no interval for o"):
        evaluate_condition(BETTER, {"n": (0.5, 0.6)})


UNIT = st.floats(0, 1)


@given(UNIT, UNIT, UNIT, st.tuples(UNIT, UNIT, UNIT), st.floats(0, 0.2))
def test_what_is_said_holds_for_every_value_inside(new, old, changed, centre, half):
    condition = parse_condition("n - 1.1 * o > 0.02 +/- 0.01 and d < 0.3 +/- 0.01")
    known = {
        name: (middle - half, middle + half) for name, middle in zip("nod", centre, strict=True)
    }
    truth = evaluate_condition(condition, known)
    values = zip("nod", (new, old, changed), strict=True)
    if all(known[name][0] <= value <= known[name][1] for name, value in values):
        holds = new - 1.1 * old > 0.02 and changed < 0.3
        assert truth in ("unknown", "true" if holds else "false")
