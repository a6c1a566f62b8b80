# SPDX-License-Identifier: Apache-2.0
"""Demands on data: each way to write them, and every mistake with its place."""

from pathlib import Path

import pytest

from shipway.spec.demands import (
    DisguisedSpec,
    DuplicatesSpec,
    FunctionSpec,
    LeakageSpec,
    LengthSpec,
    PanderaSpec,
    RuleSpec,
    Terms,
)
from shipway.spec.mistakes import SpecError
from shipway.spec.reader import read_text
from shipway.spec.target import with_target
from shipway.spec.types import Amount, DataSpec, ModelSpec

HEAD = "shipway: 1\nproject: p\n"
MODEL = "model: {name: m, task: binary, target: y, positive: yes}\n"


def document(data, head=HEAD):
    return read_text(f"{head}data: {{train: a, test: b, {data}}}\n", Path("shipway.yaml"))


def column(text):
    return document(f"columns: {{c: {{{text}}}}}").spec.data.columns["c"]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("length: 2", "length: {min: 2, max: 2}"),
        ("disguised_missing: false", "disguised_missing: {}"),
        ("min: 0", "min: {value: 0}"),
        ("unique: true", "unique: {}"),
        ("values: [a]", "values: {value: [a]}"),
    ],
)
def test_short_forms(short, long):
    said, meant = column(short), column(long)
    assert said.terms_of(short.split(":")[0]) == meant.terms_of(short.split(":")[0]) == Terms()
    for name in said.__struct_fields__:
        if name != "terms":
            assert getattr(said, name) == getattr(meant, name)


def test_every_demand_may_have_terms():
    terms = "at_most: 1%, on_fail: warn"
    found = column(
        f"type: {{value: float, {terms}}}, min: {{value: 0, {terms}}}, "
        f"outliers: {{method: z, factor: 3, {terms}}}, "
        f"unique: {{{terms}}}, max_missing: {{value: 5, on_fail: warn}}, "
        f"sorted: {{value: ascending, {terms}}}, pattern: {{value: 'a+', {terms}}}"
    )
    assert (found.type, found.min, found.unique, found.sorted) == ("float", 0, True, "ascending")
    for key in ("type", "min", "outliers", "unique", "sorted", "pattern"):
        assert found.terms_of(key) == Terms(Amount(0.01, True), "warn"), key
    assert found.terms_of("max_missing") == Terms(on_fail="warn")
    assert found.max_missing == Amount(5)
    assert found.terms_of("max") == Terms()


def test_a_demand_with_terms_keeps_its_line():
    text = HEAD + "data:\n  train: a\n  columns:\n    c:\n      min:\n        value: 0\n"
    found = read_text(text + "        at_most: 1%\n", Path("shipway.yaml"))
    assert found.line_of("data", "columns", "c", "min") == 8
    assert found.line_of("data", "columns", "c", "min", "at_most") == 9


def test_demands_on_tables():
    data = document(
        "duplicates: 1%, rules: [a > 1, {rule: b > 1, at_most: 3, on_fail: warn}], "
        "order: {between: [train, test], time: t}, target: {column: y, min_positives: 5, "
        "positive: 1}, features: {identifiers: {value: false, on_fail: warn}, leakage: false}, "
        "pandera: a.b:Schema, checks: [a:f, {function: a:g, at_most: 2}], rows: {min: 1, on_fail: "
        "warn}"
    ).spec.data
    assert data.duplicates == DuplicatesSpec(at_most=Amount(0.01, True))
    assert data.rules == ("a > 1", RuleSpec("b > 1", Amount(3), "warn"))
    assert data.features.identifiers is False
    assert data.features.terms == {"identifiers": Terms(on_fail="warn")}
    assert data.features.leakage == LeakageSpec()
    assert data.pandera == PanderaSpec("a.b:Schema")
    assert data.checks == ("a:f", FunctionSpec("a:g", Amount(2)))
    assert data.rows.on_fail == "warn"
    assert column("disguised_missing: {markers: [9]}").disguised_missing == DisguisedSpec(("9",))
    assert column("length: {max: 3}").length == LengthSpec(max=3)


def test_the_model_says_which_column_is_the_target():
    model = ModelSpec("m", "binary", "y", positive="yes")
    found = with_target(document("target: {min_positives: 3}", HEAD + MODEL).spec.data, model)
    assert (found.target.column, found.target.positive) == ("y", "yes")
    assert with_target(DataSpec(), model).target is None


@pytest.mark.parametrize(
    ("marked", "what", "cure"),
    [
        ("columns: {c: {min: ▸{at_most: 1%}}}", "columns.c.min: the key 'value' is missing", ""),
        ("columns: {c: {constant: ▸{on_fail: warn}}}", "the key 'value' is missing", ""),
        ("columns: {c: {min: {value: ▸x, at_most: 1}, type: float}}", "a number", ""),
        ("columns: {c: {min: {value: 0, at_most: ▸0.1}}}", "a share such as 1%", "Write 10%."),
        ("columns: {c: {min: {value: 0, at_most: ▸150%}}}", "from 0% to 100%", ""),
        ("columns: {c: {min: {value: 0, on_fail: ▸wran}}}", "one of: stop, warn", "'warn'"),
        ("columns: {c: {min: {value: 0, ▸atmost: 1}}}", "unknown key 'atmost'", "'at_most'"),
        ("columns: {c: {▸terms: {}}}", "unknown key 'terms'", ""),
        ("columns: {c: {sensitive: ▸{on_fail: warn}}}", "expected true or false", ""),
        ("columns: {c: {constant: {value: false, at_most: ▸1}}}", "no single row is to blame", ""),
        ("columns: {c: {max_missing: {value: 1, at_most: ▸1}}}", "no single row is to blame", ""),
        ("columns: {c: {length: {min: ▸5, max: 2}}}", "length.min: 5 is above max 2", ""),
        ("columns: {c: {distinct: {min: ▸5, max: 2}}}", "distinct.min: 5 is above max 2", ""),
        ("columns: {c: {distinct: ▸{}}}", "says neither min nor max", ""),
        ("columns: {c: {length: ▸-1}}", "length.min: found '-1'", ""),
        ("columns: {c: {type: integer, length: ▸2}}", "means nothing for type integer", ""),
        ("columns: {c: {type: string, decimals: ▸2}}", "means nothing for type string", ""),
        ("columns: {c: {decimals: ▸16}}", "from 0 to 15", ""),
        ("columns: {c: {sorted: ▸up}}", "one of: ascending, descending", ""),
        ("columns: {c: {seen_in: ▸trian}}", "there is no table 'trian'", "Did you mean 'train'?"),
        ("columns: {c: {disguised_missing: ▸true}}", "expected false, or a mapping", ""),
        ('columns: {c: {pattern: "a▸(?=b)"}}', "without look-around", ""),
        ('columns: {c: {pattern: ▸"(a)\\\\1"}}', "back-references", ""),
        ("rules: [{rule: a >▸, at_most: 1}]", "ends too early", ""),
        ("rules: [▸{at_most: 1}]", "the key 'rule' is missing", ""),
        ("order: ▸{between: [train, test]}", "which column holds the time", "time: COLUMN"),
        ("time: t, order: {between: [train, ▸tset]}", "no table 'tset'", "Did you mean 'test'?"),
        ("target: ▸{min_share: 1%}", "which column it is", "column: COLUMN"),
        ("target: {column: y, min_positives: ▸1}", "which class is positive", "positive: CLASS"),
        ("target: {column: y, min_share: ▸150%}", "from 0% to 100%", ""),
        ("features: {leakage: ▸false}", "needs the target", "column: COLUMN"),
        ("features: {identifiers: {value: false, at_most: ▸1}}", "no single row is to blame", ""),
        ("duplicates: ▸x", "a share such as 1%", ""),
        ("checks: [▸f]", "module:name", ""),
        ("pandera: ▸schema", "module:name", ""),
    ],
)  # fmt: skip
def test_a_mistake_says_where_what_and_how(marked, what, cure):
    before, _, after = marked.partition("▸")
    with pytest.raises(SpecError) as caught:
        document(before + after)
    (found,) = caught.value.mistakes
    offset = len("data: {train: a, test: b, ") + 1
    assert found.where == f"shipway.yaml:3:{offset + len(before)}"
    assert what in str(found)
    assert cure in str(found)


@pytest.mark.parametrize(
    ("task", "marked", "what"),
    [
        ("regression", "target: {min_share: ▸1%}", "it has no classes"),
        ("binary", "target: {column: ▸z, min_share: 1%}", "not the target of the model, 'y'"),
        ("multiclass", "target: {min_positives: ▸3}", "which class is positive"),
    ],
)
def test_the_target_fits_the_model(task, marked, what):
    before, _, after = marked.partition("▸")
    with pytest.raises(SpecError) as caught:
        positive = ", positive: 1" if task == "binary" else ""
        document(before + after, f"{HEAD}model: {{name: m, task: {task}, target: y{positive}}}\n")
    (found,) = caught.value.mistakes
    assert found.where.startswith("shipway.yaml:4:")
    assert what in str(found)
