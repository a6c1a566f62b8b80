# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.spec.expressions import (
    Arithmetic,
    Boolean,
    Column,
    Comparison,
    ExpressionError,
    Implication,
    Logical,
    Membership,
    Missing,
    Moment,
    Negate,
    Not,
    Number,
    Text,
    columns,
    in_words,
    is_condition,
    parse,
    render,
)

A, B, C = Column("a"), Column("b"), Column("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("settled_at >= created_at", Comparison(">=", Column("settled_at"), Column("created_at"))),
        (
            "status == 'paid' -> amount > 0",
            Implication(
                Comparison("==", Column("status"), Text("paid")),
                Comparison(">", Column("amount"), Number(0)),
            ),
        ),
        ("a + b * c", Arithmetic("+", A, Arithmetic("*", B, C))),
        ("a - b - c", Arithmetic("-", Arithmetic("-", A, B), C)),
        ("a - (b - c)", Arithmetic("-", A, Arithmetic("-", B, C))),
        ("a or b and not c", Logical("or", (A, Logical("and", (B, Not(C)))))),
        ("a -> b -> c", Implication(A, Implication(B, C))),
        ("a < b <= 3", Logical("and", (Comparison("<", A, B), Comparison("<=", B, Number(3))))),
        ("a not in ['x', \"it's\"]", Membership(A, (Text("x"), Text("it's")), negated=True)),
        ("a in [-1, 2.5, true]", Membership(A, (Number(-1), Number(2.5), Boolean(True)))),
        ("a is not null", Missing(A, negated=True)),
        ("a is None", Missing(A)),
        ("`card ``type` == 'it''s'", Comparison("==", Column("card `type"), Text("it's"))),
        ("customer.age > 1e-4", Comparison(">", Column("customer.age"), Number(1e-4))),
        ("a >= 2026-01-31", Comparison(">=", A, Moment("2026-01-31"))),
        ("a < 2026-01-31T12:30:00Z", Comparison("<", A, Moment("2026-01-31T12:30:00Z"))),
        ("a > 2026 - 01 - 01", parse("a > (2026 - 1) - 1")),
        ("a == True", Comparison("==", A, Boolean(True))),
        ("-a < -5", Comparison("<", Negate(A), Number(-5))),
        ("größe > 0", Comparison(">", Column("größe"), Number(0))),
        ("a == b + c +/- 0.01", Comparison("==", A, Arithmetic("+", B, C), tolerance=0.01)),
    ],
)
def test_texts_mean_their_trees(text, tree):
    assert parse(text) == tree


def test_trees_that_differ_are_not_equal():
    assert parse("a > 1") != parse("a > 2")
    assert parse("a > 1") != parse("a >= 1")
    assert parse("a and b") != parse("a or b")
    assert parse("a") != Text("a")


def test_positions_point_into_the_text_and_are_no_part_of_the_meaning():
    tree = parse("amount   >  10")
    assert isinstance(tree, Comparison)
    assert (tree.left.at, tree.at, tree.right.at) == (0, 9, 12)
    assert tree == parse("amount > 10")
    assert hash(tree) == hash(parse("amount > 10"))


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("", 0, "empty"),
        ("a =  3", 2, "Write ==."),
        ("a AND b", 2, "small letters"),
        ("card type > 1", 5, "back-quotes"),
        ("(a > 1", 6, "Expected an operator or )"),
        ("a >", 3, "ends too early"),
        ("a == null", 5, "is null"),
        ("a > 5%", 5, "0.05"),
        ("1st > 2", 0, "back-quotes"),
        ("a > 1 and 5", 10, "neither true nor false"),
        ("a > 'x", 4, "never closed"),
        ("a <> b", 2, "Write !=."),
        ("a && b", 2, "Write and."),
        ("a ** 2 > 4", 2, "no powers"),
        ("a in []", 6, "can't stand in this list"),
        ("a in [1 2]", 8, "Expected , or ]"),
        ("a in [b]", 6, "can't stand in this list"),
        ("a > 2026-02-30", 4, "no date 2026-02-30"),
        ("'x' + a > 1", 0, "no number"),
        ("(a > 1) * 2 > 1", 3, "no number"),
        ("a > 1e999", 4, "too large"),
        ("a is 5", 5, "is null or is not null"),
        ("a not 5", 6, "Expected in."),
        ("a == not b", 5, "parentheses"),
        ("a # b", 2, "'#' is not used here"),
        ("a ≥ 3", 2, "Write >=."),
        ("a <= b +/- 1", 7, "a <= b + 0.01"),
        ("a == b +/- c", 11, "Expected a number"),
        ("a == b ± 1", 7, "Write +/-."),
        ("(" * 50 + "a" + ")" * 50, 41, "nested too deeply"),
    ],
)
def test_errors_point_at_the_character(text, at, says):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.at == at
    assert says in str(caught.value)
    assert caught.value.exit_code == 2


def test_an_error_shows_the_line_and_a_caret():
    with pytest.raises(ExpressionError) as caught:
        parse("amount = 3")
    assert "  amount = 3\n         ^" in str(caught.value)


def test_columns_come_once_in_order_of_appearance():
    assert columns(parse("b > a and b < `c d` -> e in [1]")) == ("b", "a", "c d", "e")


@pytest.mark.parametrize(
    ("text", "yes"),
    [("a > 1", True), ("a", True), ("a is null", True), ("a + 1", False), ("'a'", False)],
)
def test_conditions_are_told_from_values(text, yes):
    assert is_condition(parse(text)) is yes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("amount >= 0", "amount is at least 0"),
        ("status == 'paid' -> amount > 0", "where status equals 'paid': amount is above 0"),
        ("not (a or b)", "it is not so that (a or b)"),
        ("a + 1 < b * (c - 2)", "a plus 1 is below b times (c minus 2)"),
        ("a in ['x', 'y'] and (b or c)", "a is one of 'x', 'y' and (b or c)"),
        ("a is not null", "a is present"),
        ("a == b +/- 0.5", "a differs from b by at most 0.5"),
        ("a != b +/- 0.5", "a differs from b by more than 0.5"),
    ],
)
def test_in_words(text, words):
    assert in_words(parse(text)) == words


NAMES = st.text(min_size=1, max_size=6)
LITERALS = st.one_of(
    st.builds(Number, st.integers(-(10**20), 10**20)),
    st.builds(Number, st.floats(allow_nan=False, allow_infinity=False)),
    st.builds(Text, st.text(max_size=6)),
    st.builds(Boolean, st.booleans()),
    st.builds(Moment, st.dates().map(lambda day: day.isoformat())),
)
COLUMNS = st.builds(Column, NAMES)
VALUES = st.recursive(
    st.one_of(COLUMNS, st.builds(Number, st.integers(-9, 9))),
    lambda inner: st.one_of(
        st.builds(Negate, inner), st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner)
    ),
    max_leaves=6,
)
OPERATORS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
SIMPLE = st.one_of(
    COLUMNS,
    st.builds(Boolean, st.booleans()),
    st.builds(Comparison, OPERATORS, VALUES, st.one_of(VALUES, LITERALS)),
    st.builds(
        Membership, VALUES, st.lists(LITERALS, min_size=1, max_size=3).map(tuple), st.booleans()
    ),
    st.builds(
        Comparison,
        st.sampled_from(["==", "!="]),
        VALUES,
        VALUES,
        tolerance=st.one_of(st.integers(0, 9), st.floats(0, 9)),
    ),
    st.builds(Missing, VALUES, st.booleans()),
)
CONDITIONS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(
            Logical,
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=3).map(tuple),
        ),
        st.builds(Implication, inner, inner),
        st.builds(Comparison, OPERATORS, inner, inner),
        st.builds(Missing, inner, st.booleans()),
    ),
    max_leaves=8,
)


@given(CONDITIONS)
@settings(deadline=None)
def test_what_is_rendered_is_read_back(tree):
    assert parse(render(tree)) == tree
    assert in_words(tree)


@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(
                [
                    "a",
                    "1",
                    "'",
                    "`",
                    "(",
                    ")",
                    "[",
                    "]",
                    ",",
                    "->",
                    "-",
                    "<",
                    "==",
                    "not",
                    "in",
                    "is",
                    "and",
                    "or",
                    "null",
                    ".",
                    "%",
                    "2026-01-01",
                    "1e9",
                ]
            )
        ).map(" ".join),
    )
)
@example("-" * 10_001)
@example("not " * 500 + "a")
@example("a+" * 3000 + "a")
@example("a->" * 100 + "a")
@example("9" * 5000)
@settings(deadline=None)
def test_any_text_is_read_or_refused(text):
    try:
        tree = parse(text)
    except InputError as error:
        assert str(error)
    else:
        assert parse(render(tree)) == tree
