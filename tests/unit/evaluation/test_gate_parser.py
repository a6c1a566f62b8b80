# SPDX-License-Identifier: Apache-2.0
"""Gates as they are written, and errors that point at the character."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.evaluation.gate_parser import GateError, parse_gate, render_gate, slice_source
from shipway.evaluation.gate_words import in_words
from shipway.evaluation.gates import Bound, Gate, GateSlice
from shipway.spec.expressions import parse, render


@pytest.mark.parametrize(
    ("text", "metric", "operator", "bound", "part", "confidence"),
    [
        ("roc_auc >= 0.92 at 95%", "roc_auc", ">=", Bound(0.92), None, 0.95),
        ("roc_auc>=.92", "roc_auc", ">=", Bound(0.92), None, None),
        ("recall >= 60%", "recall", ">=", Bound(0.6), None, None),
        ("log_loss < 1e-1", "log_loss", "<", Bound(0.1), None, None),
        ("r2 > -0.5", "r2", ">", Bound(-0.5), None, None),
        ("mae <= champion", "mae", "<=", Bound(0, True), None, None),
        ("mae <= champion+1%", "mae", "<=", Bound(0.01, True, True), None, None),
        (
            "roc_auc >= champion - 0.02 at 97.5 %",
            "roc_auc", ">=", Bound(-0.02, True), None, 0.975,
        ),
        ("recall[country=*] >= 0.60 at 80%", "recall", ">=", Bound(0.6), GateSlice("country"), 0.8),
        ("recall[country = DE]>=0.6", "recall", ">=", Bound(0.6), GateSlice("country", "DE"), None),
        (
            "recall[`card type`='a]=b'] >= 0.6",
            "recall", ">=", Bound(0.6), GateSlice("card type", "a]=b"), None,
        ),
        (
            "recall[amount>=1000 and country in ['DE']] >= 0.6",
            "recall", ">=", Bound(0.6),
            GateSlice("amount >= 1000 and country in ['DE']", expression=True), None,
        ),
        ("recall[big] >= 0.6", "recall", ">=", Bound(0.6), GateSlice("big", named=True), None),
        ("f1[`very big`] > 0", "f1", ">", Bound(0), GateSlice("very big", named=True), None),
        ("f1[mark='*'] > 0", "f1", ">", Bound(0), GateSlice("mark", "*"), None),
        ("f1[land=New Zealand] > 0", "f1", ">", Bound(0), GateSlice("land", "New Zealand"), None),
        ("predict_ms.p99 <= 5", "predict_ms.p99", "<=", Bound(5), None, None),
        ("val/auc >= 0.5", "val/auc", ">=", Bound(0.5), None, None),
        ("map@0.5:0.95 >= 0.5", "map@0.5:0.95", ">=", Bound(0.5), None, None),
    ],
)  # fmt: skip
def test_gates_are_read(text, metric, operator, bound, part, confidence):
    gate = parse_gate(text)
    assert (gate.text, gate.metric, gate.operator) == (text, metric, operator)
    assert (gate.bound, gate.slices, gate.confidence) == (
        bound,
        () if part is None else (part,),
        confidence,
    )


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("recall@precision=0.9 >= 0.5", "recall@precision=0.9"),
        ("recall @ precision = 0.9>=0.5", "recall@precision=0.9"),
        ("recall@class='Iris setosa' >= 0.5", "recall@class='Iris setosa'"),
        ("recall@class=`it's` >= 0.5", "recall@class='it''s'"),
        ("ndcg@k=10, by=query >= 0.5", "ndcg@k=10,by=query"),
        ("churn@more_than=0.5 <= 0.1", "churn@more_than=0.5"),
        ("top_k_accuracy@k=5[c=*] >= 0.5", "top_k_accuracy@k=5"),
    ],
)
def test_metrics_with_options(text, metric):
    assert parse_gate(text).metric == metric


@pytest.mark.parametrize(
    ("text", "form", "metric", "columns"),
    [
        ("difference(recall, country) <= 0.1", "difference", "recall", ("country",)),
        ("ratio( recall ,country, `card type`) >= 80%", "ratio", "recall",
         ("country", "card type")),
        ("difference(ndcg@k=10,by=query, country) < 1", "difference", "ndcg@k=10,by=query",
         ("country",)),
        ("invariance(gender) <= 0.01", "invariance", "", ("gender",)),
        ("increasing (amount) >= 1", "increasing", "", ("amount",)),
        ("decreasing('days since') >= 0.9 at 95%", "decreasing", "", ("days since",)),
        ("difference >= 1", "metric", "difference", ()),
    ],
)  # fmt: skip
def test_forms(text, form, metric, columns):
    gate = parse_gate(text)
    assert (gate.form, gate.metric, gate.columns) == (form, metric, columns)


def test_several_slices_stand_between_commas():
    text = "f1[country=*, channel='a,b', x in ['c', 'd'] and (y > 1), big] >= 0.5 at 90%"
    assert parse_gate(text).slices == (
        GateSlice("country"),
        GateSlice("channel", "a,b"),
        GateSlice("x in ['c', 'd'] and y > 1", expression=True),
        GateSlice("big", named=True),
    )
    both = parse_gate("difference(recall, gender)[country=DE] <= 0.1")
    assert (both.columns, both.slices) == (("gender",), (GateSlice("country", "DE"),))


@pytest.mark.parametrize(
    ("text", "at", "problem", "expected"),
    [
        ("", 0, "ends too early", "a metric's name"),
        ("0.9 <= roc_auc", 0, "'0.9' can't stand here", "a metric's name"),
        ("roc_auc", 7, "ends too early", ">=, >, <= or <"),
        ("roc_auc => 0.9", 8, "'=>' can't stand here", ">=, >, <= or <"),
        ("roc_auc == 0.9", 8, "'==' can't stand here", ">=, >, <= or <"),
        ("roc_auc >>= 0.9", 8, "'>>' is no comparison", ">=, >, <= or <"),
        ("roc_auc >= ", 11, "ends too early", "a number"),
        ("roc_auc >= best", 11, "'best' is no bound", "champion"),
        ("roc_auc >= 0.9.1", 11, "can't stand here", "a number"),
        ("roc_auc >= 1e999", 11, "can't stand here", "a number"),
        ("roc_auc >= 1e999%", 11, "can't stand here", "a number"),
        ("roc_auc >= champion -", 21, "ends too early", "a number or a percentage"),
        ("roc_auc >= champion - -1", 22, "can't stand here", "a number or a percentage"),
        ("roc_auc >= champion 0.2", 20, "can't stand here", "+, - or 'at N%'"),
        ("roc_auc >= 0.9 95%", 15, "'95%' can't stand here", "'at N%' or the end"),
        ("roc_auc >= 0.9 at", 17, "ends too early", "such as 95%"),
        ("roc_auc >= 0.9 at 0.95", 18, "is a percentage", "Did you mean 95%?"),
        ("roc_auc >= 0.9 at 97.5", 18, "is a percentage", "Did you mean 97.5%?"),
        ("roc_auc >= 0.9 at 3", 18, "is a percentage", "such as 95%"),
        ("roc_auc >= 0.9 at 40%", 18, "lies above 50% and below 100%", "such as 95%"),
        ("roc_auc >= 0.9 at 100%", 18, "no number of rows gives a confidence of 100%", "95%"),
        ("roc_auc >= 0.9 at 0%", 18, "a confidence of 0% demands nothing", "Without 'at'"),
        ("roc_auc >= 0.9 at -5%", 18, "lies above 50% and below 100%", "such as 95%"),
        ("roc_auc >= 0.9 at 95% please", 22, "'please' can't stand here", "the end"),
        ("recall[country=DE >= 0.9", 6, "never closed", "]"),
        ("recall[country=] >= 0.9", 15, "no value after =", "*"),
        ("recall[] >= 0.9", 7, "this slice is empty", "column=value"),
        ("recall[a=1, ] >= 0.9", 11, "this slice is empty", "column=value"),
        ("recall[a=1, a=2] >= 0.9", 12, "a stands here twice", "another column"),
        ("recall[a=O'Brien] >= 0.9", 10, "this ' is never closed", "other quotes"),
        ("recall[a=1 and b=2] >= 0.9", 16, "'=' can't stand in a value", "written =="),
        ("recall[a+b=3] >= 0.9", 10, "'=' is not used here", "back-quotes"),
        ("recall[amount >] >= 0.9", 15, "ends too early", "a column"),
        ("recall[a=1][b=2] >= 0.9", 11, "'[b=2]' can't stand here", ">=, >, <= or <."),
        ("recall@ >= 0.9", 8, "'>=' can't stand here", "an option"),
        ("recall@k=>= 0.9", 9, "'>=' can't stand here", "a value"),
        ("recall@class=Iris setosa >= 0.9", 18, "'setosa' can't stand here", ">=, >, <= or <"),
        ("recall@k=1,k=2 >= 0.9", 11, "k stands here twice", "another option"),
        ("recall@class='a >= 0.9", 13, "this ' is never closed", "another '"),
        ("difference(recall) <= 0.1", 17, "can't stand here", "difference(recall, country)"),
        ("difference(recall[a=b], c) <= 0.1", 17, "can't stand here", "a comma and a column"),
        ("difference(recall, ) <= 0.1", 19, "')' can't stand here", "the name of a column"),
        ("difference(recall, a, a) <= 0.1", 22, "a stands here twice", "another column"),
        ("ratio(, a) <= 0.1", 6, "can't stand here", "a metric's name"),
        ("invariance(a, b) <= 0.1", 12, "can't stand here", "Expected )."),
        ("invariance(a <= 0.1", 13, "'<=' can't stand here", "Expected )."),
        ("increasing() >= 1", 11, "can't stand here", "the name of a column"),
        ("x" * 2000, 0, "too long", "Split"),
    ],
)
def test_what_can_not_be_read_is_pointed_at(text, at, problem, expected):
    with pytest.raises(GateError) as caught:
        parse_gate(text, where="shipway.yaml:20:7")
    error = caught.value
    assert error.at == at
    assert problem in error.problem
    assert expected in error.expected
    assert error.where == "shipway.yaml:20:7"
    assert error.what.splitlines()[-1].strip() == "^"


WORDS = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
NAMES = WORDS | st.text(min_size=1, max_size=8).filter(str.strip)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
CONDITIONS = st.sampled_from(
    ["amount >= 1000", "a in ['x', 'y,z']", "b is null or not c", "d > 1.5"]
)


def rendered(condition):
    return render(parse(condition))


SLICES = (
    st.builds(GateSlice, NAMES, st.none() | NAMES.map(str.strip))
    | st.builds(lambda text: GateSlice(rendered(text), expression=True), CONDITIONS)
    | st.builds(lambda name: GateSlice(name, named=True), NAMES)
)


@st.composite
def subjects(draw):
    metric = draw(WORDS)
    options = draw(st.dictionaries(WORDS, NAMES, max_size=2))
    if options:
        written = (
            f"{key}='{value.replace(chr(39), 2 * chr(39))}'" for key, value in options.items()
        )
        metric = f"{metric}@{','.join(written)}"
    form = draw(st.sampled_from(["metric", "difference", "ratio", "invariance", "increasing"]))
    if form == "metric":
        return form, metric, ()
    if form in ("difference", "ratio"):
        return form, metric, tuple(draw(st.lists(NAMES, min_size=1, max_size=2, unique=True)))
    return form, "", (draw(NAMES),)


@st.composite
def gates(draw):
    """Any gate, as parsing its own text gives it."""
    form, metric, columns = draw(subjects())
    champion = draw(st.booleans())
    bound = Bound(draw(NUMBERS), champion, champion and draw(st.booleans()))
    parts = draw(st.lists(SLICES, max_size=3, unique_by=lambda part: part.source))
    level = draw(st.none() | st.floats(0.5, 1, exclude_min=True, exclude_max=True))
    operator = draw(st.sampled_from([">=", ">", "<=", "<"]))
    return Gate("", metric, operator, bound, tuple(parts), level, form, columns)


def essence(gate):
    return msgspec.structs.replace(gate, text="", slice_at=0, bound_at=0, confidence_at=0)


@given(gates())
def test_a_gate_that_is_written_and_read_is_the_same(gate):
    text = render_gate(gate)
    read = parse_gate(text)
    # The metric's options may be written with fewer quotes.
    assert essence(read) == msgspec.structs.replace(gate, metric=read.metric)
    assert render_gate(read) == render_gate(parse_gate(render_gate(read)))
    assert essence(parse_gate(render_gate(read))) == essence(read)
    assert in_words(read)


@given(gates(), st.data())
def test_a_gate_with_an_error_in_it_is_pointed_at_inside(gate, data):
    text = render_gate(gate)
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 3))
    put = data.draw(st.text(max_size=2) | st.sampled_from(["[", "]", "'", "=", "%", "(", "@", ","]))
    read_or_refuse(text[:at] + put + text[at + cut :])
    read_or_refuse(text[:at])


@given(
    st.text(max_size=40)
    | st.from_regex(r"[a-z]{1,3}\[?[a-z=*']{0,4}\]? ?[<>=]{0,2} ?[0-9.%a-z -]{0,12}")
)
def test_any_text_is_a_gate_or_a_clear_error(text):
    read_or_refuse(text)


def read_or_refuse(text):
    try:
        gate = parse_gate(text)
    except GateError as error:
        assert 0 <= error.at <= len(text)
        assert error.problem
        assert error.expected
        assert error.what.splitlines()[-1].strip() == "^"
    else:
        assert gate.text == text
        assert essence(parse_gate(render_gate(gate))) == essence(gate)
        assert in_words(gate)


def test_bounds_are_written_and_computed():
    assert str(parse_gate("a >= champion - 0.020").bound) == "champion - 0.02"
    assert str(parse_gate("a >= champion + 1%").bound) == "champion + 1%"
    assert str(parse_gate("a >= champion").bound) == "champion"
    assert parse_gate("a >= champion - 0.5% at 97.5%").demand == ">= champion - 0.5% at 97.5%"
    assert Bound(-0.02, True).against(0.9) == pytest.approx(0.88)
    assert Bound(-0.01, True, True).against(0.9) == pytest.approx(0.891)
    assert Bound(0.1, True, True).against(-2.0) == pytest.approx(-1.8)


def test_slices_to_report_are_columns_or_conditions():
    assert slice_source("`card type`") == GateSlice("card type")
    assert slice_source("amount>=1000") == GateSlice("amount >= 1000", expression=True)
