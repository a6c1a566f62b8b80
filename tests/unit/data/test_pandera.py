# SPDX-License-Identifier: Apache-2.0
"""Schemas of pandera, as the project's Python tells them, become demands; the rest is listed."""

import polars as pl
import pytest

from shipway.data.checks import check_tables
from shipway.data.own_checks import FoundByFunction, FoundRow, OwnAnswers, OwnChecks
from shipway.data.pandera import joined, translate, type_of
from shipway.spec.demands import FunctionSpec, LengthSpec, PanderaSpec, RuleSpec, Terms
from shipway.spec.types import Amount, ColumnSpec, DataSpec


def no_line(*keys):
    return 0


def check(name, warns=False, **statistics):
    ignores = statistics.pop("ignores_missing", True)
    return {
        "name": name,
        "statistics": statistics,
        "warns": warns,
        "ignores_missing": ignores,
        "says": f"{name}(…)",
    }


def column(name, *checks, type=None, nullable=True, **more):  # noqa: A002
    plain = {"unique": False, "required": True, "regex": False, "others": []}
    return {
        **plain,
        "name": name,
        "type": type,
        "nullable": nullable,
        "checks": list(checks),
        **more,
    }


def schema(*columns, **more):
    plain = {"name": "", "checks": [], "unique": [], "strict": "false", "others": []}
    return {**plain, "columns": list(columns), **more}


def translated(*checks, **more):
    found = translate(schema(column("x", *checks, **more)), ["x"])
    return found.columns["x"], found.rules, [each.why for each in found.untranslated]


@pytest.mark.parametrize(
    ("given", "spec", "rules"),
    [
        (check("greater_than_or_equal_to", min_value=0), ColumnSpec(min=0.0), []),
        (check("less_than_or_equal_to", max_value=2.5), ColumnSpec(max=2.5), []),
        (check("greater_than", min_value=0), ColumnSpec(), [RuleSpec("x > 0")]),
        (
            check("less_than", max_value=1, warns=True),
            ColumnSpec(),
            [RuleSpec("x < 1", on_fail="warn")],
        ),
        (check("not_equal_to", value="a"), ColumnSpec(), [RuleSpec("x != 'a'")]),
        (check("equal_to", value=True), ColumnSpec(values=("true",)), []),
        (check("isin", allowed_values=["a", 1]), ColumnSpec(values=("a", "1")), []),
        (
            check("notin", forbidden_values=["it's", 2]),
            ColumnSpec(),
            [RuleSpec("x not in ['it''s', 2]")],
        ),
        (
            check("in_range", min_value=0, max_value=9, include_min=True, include_max=False),
            ColumnSpec(min=0.0),
            [RuleSpec("x < 9")],
        ),
        (
            check("greater_than_or_equal_to", min_value={"moment": "2024-01-01"}),
            ColumnSpec(min="2024-01-01"),
            [],
        ),
        (check("str_length", min_value=1, max_value=None), ColumnSpec(length=LengthSpec(1)), []),
        (check("str_length", exact_value=2), ColumnSpec(length=LengthSpec(2, 2)), []),
        (
            check("isin", allowed_values=["a"], warns=True),
            ColumnSpec(values=("a",), terms={"values": Terms(on_fail="warn")}),
            [],
        ),
    ],
)
def test_built_in_checks(given, spec, rules):
    assert translated(given) == (spec, rules, [])


@pytest.mark.parametrize(
    ("kind", "statistics", "good", "bad"),
    [
        ("str_matches", {"pattern": "[A-Z]+"}, ["AB", "Ab\n"], ["aB"]),
        ("str_contains", {"pattern": "b|c"}, ["abd", "\nc"], ["ad"]),
        ("str_startswith", {"string": "a."}, ["a.b", "a.\n"], ["ab", "xa."]),
        ("str_endswith", {"string": "a."}, ["a.", "\na."], ["ab", "a.x"]),
    ],
)
def test_checks_of_texts_look_where_pandera_looks(kind, statistics, good, bad):
    spec, _, _ = translated(check(kind, **statistics), type="String")
    frame = pl.LazyFrame({"x": [*good, *bad]})
    data = DataSpec(all="t", columns={"x": spec})
    found, _ = check_tables({"all": frame}, data, line_of=no_line, now=None)
    (pattern,) = [each for each in found if each.check == "pattern"]
    assert [example.value for example in pattern.examples] == bad


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (check("plausible"), "a check of one's own"),
        (check("unique_values_eq", values=[1]), "a check of one's own"),
        (check("isin", allowed_values=[1], ignores_missing=False), "missing values too"),
        (check("str_matches", pattern="a(?=b)"), "without look-around"),
        (check("not_equal_to", value=None), "can't be written in a rule"),
    ],
)
def test_what_can_not_be_translated_is_said(given, why):
    spec, rules, whys = translated(given)
    assert (spec, rules) == (ColumnSpec(), [])
    assert len(whys) == 1
    assert why in whys[0]


def test_two_demands_of_one_kind_are_not_both_made():
    low = check("greater_than_or_equal_to", min_value=0)
    spec, _, whys = translated(low, check("in_range", min_value=1, max_value=2))
    assert (spec.min, spec.max) == (0.0, 2.0)
    assert whys == ["a second demand on min"]


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        ("Int64", "integer"),
        ("uint8", "integer"),
        ("float32", "float"),
        ("String", "string"),
        ("string[python]", "string"),
        ("bool", "boolean"),
        ("Categorical(ordering='physical')", "category"),
        ("Date", "date"),
        ("datetime64[ns, UTC]", "datetime"),
        ("Datetime(time_unit='us', time_zone=None)", "datetime"),
        ("object", None),
        (None, None),
    ],
)
def test_types(dtype, kind):
    assert type_of(dtype) == kind


def test_columns_by_pattern_and_columns_that_need_not_be_there():
    given = schema(
        column("x_.*", check("greater_than_or_equal_to", min_value=0), regex=True),
        column("maybe", required=False, nullable=False),
        column("sure", unique=True, nullable=False, type="object"),
    )
    names = ["x_1", "x_2", "y", "sure"]
    found = translate(given, names)
    data = joined(DataSpec(columns={"y": ColumnSpec(min=1.0)}), found, names)
    assert set(data.columns) == {"x_1", "x_2", "y", "sure"}
    assert data.columns["sure"] == ColumnSpec(unique=True, max_missing=Amount(0))
    assert [each.what for each in found.untranslated] == ["the type object"]
    assert "maybe" in joined(DataSpec(), found, [*names, "maybe"]).columns


def own(given, data, tables, **more):
    return OwnChecks(OwnAnswers(schema=given, **more), data, tables)


def test_what_the_spec_says_counts_and_it_is_told_what_does_not():
    given = schema(
        column("x", check("greater_than_or_equal_to", min_value=5), type="float64"),
        unique=["x", "y"],
        checks=[check("total")],
        others=["the index"],
    )
    data = DataSpec(
        all="t", columns={"x": ColumnSpec(min=1.0, sensitive=True)}, pandera=PanderaSpec("a:S")
    )
    checks = own(given, data, {"all": ["x", "y"]})
    assert checks.data.columns["x"] == ColumnSpec(min=1.0, sensitive=True, type="float")
    assert checks.data.duplicates.columns == ("x", "y")
    told = {each.expected: (each.verdict, each.on_fail) for each in checks.results(no_line)}
    assert told == dict.fromkeys(["total(…)", "the index", "min 5"], ("inconclusive", "warn"))


def test_lines_of_demands_of_the_schema_are_where_it_is_named():
    given = schema(column("x", check("greater_than", min_value=5), nullable=False), column("z"))
    data = DataSpec(columns={"x": ColumnSpec(max=9.0)}, rules=("x > 1",))
    lines = {("data", "pandera"): 7, ("data", "columns", "x", "max"): 3, ("data", "rules", 0): 4}
    place = own(given, data, {"all": ["x"]}).line_of(lambda *keys: lines.get(keys, 0))
    assert place("data", "columns", "x", "max") == 3
    assert place("data", "columns", "x", "max_missing") == 7
    assert place("data", "columns", "z") == 7
    assert [place("data", "rules", number) for number in (0, 1)] == [4, 7]


def test_a_strict_schema_knows_all_columns():
    data = DataSpec(pandera=PanderaSpec("a:S", untranslated="stop"))
    tables = {"train": ["x"], "test": ["x", "y"]}
    found = list(own(schema(column("x"), strict="true"), data, tables).results(no_line))
    assert [(each.dataset, each.verdict) for each in found] == [
        ("train", "passed"),
        ("test", "failed"),
    ]
    (told,) = own(schema(strict="filter"), data, tables).results(no_line)
    assert (told.expected, told.on_fail) == ("strict: filter", "stop")


def test_findings_of_functions():
    rows = (FoundRow(4, {"id": 7}, {"x": -1.0}),)
    found = FoundByFunction("train", "a:f", "", "No debts", 10, 1, 2, ("x",), rows)
    data = DataSpec(checks=(FunctionSpec("a:f", Amount(0.05, True), "warn"),))
    (result,) = own(None, data, {"train": ["x"]}, functions=(found,)).results(no_line)
    assert (result.column, result.verdict, result.on_fail) == ("x", "failed", "warn")
    assert result.expected == "a:f (No debts), at most 5%"
    assert result.observed == "1 of 10 rows (10.00%); 2 not decided, values are missing"
    assert [(e.row, e.key, e.value) for e in result.examples] == [(4, {"id": 7}, -1.0)]
