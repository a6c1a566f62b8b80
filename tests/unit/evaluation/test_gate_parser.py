# SPDX-License-Identifier: Apache-2.0
"""Gates as they are written, and errors that point at the character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.evaluation.gate_parser import GateError, parse_gate, slice_source
from shipway.evaluation.gate_words import in_words
from shipway.evaluation.gates import Bound, GateSlice, check, unavailable
from shipway.evaluation.plan import problems, sources
from shipway.spec.evaluation import EvaluateSpec, GateSpec, SliceSpec


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
        ("predict_ms.p99 <= 5", "predict_ms.p99", "<=", Bound(5), None, None),
        ("val/auc >= 0.5", "val/auc", ">=", Bound(0.5), None, None),
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
        ("roc_auc >= champion -", 21, "ends too early", "a number or a percentage"),
        ("roc_auc >= champion - -1", 22, "can't stand here", "a number or a percentage"),
        ("roc_auc >= champion 0.2", 20, "can't stand here", "+, - or 'at N%'"),
        ("roc_auc >= 0.9 95%", 15, "'95%' can't stand here", "'at N%' or the end"),
        ("roc_auc >= 0.9 at", 17, "ends too early", "such as 95%"),
        ("roc_auc >= 0.9 at 0.95", 18, "is a percentage above 50%", "such as 95%"),
        ("roc_auc >= 0.9 at 40%", 18, "is a percentage above 50%", "such as 95%"),
        ("roc_auc >= 0.9 at 100%", 18, "is a percentage above 50%", "such as 95%"),
        ("roc_auc >= 0.9 at 95% please", 22, "'please' can't stand here", "the end"),
        ("recall[country=DE >= 0.9", 6, "never closed", "]"),
        ("recall[country=] >= 0.9", 15, "no value after =", "*"),
        ("recall[country] >= 0.9", 14, "which values of country?", "column=*"),
        ("recall[amount >] >= 0.9", 15, "ends too early", "a column"),
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


@given(
    st.text(max_size=40)
    | st.from_regex(r"[a-z]{1,3}\[?[a-z=*']{0,4}\]? ?[<>=]{0,2} ?[0-9.%a-z -]{0,12}")
)
def test_any_text_is_a_gate_or_a_clear_error(text):
    try:
        gate = parse_gate(text)
    except GateError as error:
        assert 0 <= error.at <= len(text)
        assert error.expected
    else:
        assert gate.text == text
        assert in_words(gate)


@pytest.mark.parametrize(
    ("text", "task", "reason"),
    [
        ("roc_auc >= 0.9 at 95%", "binary", None),
        ("roc_auc >= champion - 0.02 at 95%", "binary", None),
        ("roc_auc >= champion - 1% at 95%", "binary", None),
        ("recall >= 0.9 at 95%", "binary", None),
        ("precision[country=*] >= 0.9 at 95%", "binary", None),
        ("accuracy >= 0.9 at 95%", "multiclass", None),
        ("f1 >= champion", "binary", None),
        ("mae <= champion + 1%", "regression", None),
        ("recall >= champion at 95%", "binary", "'at 95%' for recall against the champion"),
        ("f1 >= 0.9 at 95%", "binary", "'at 95%' for f1 is not available yet"),
        ("mae <= 3 at 95%", "regression", "not available yet"),
        ("roc_auc_ovr >= 0.9 at 95%", "multiclass", "not available yet"),
        ("my_metric >= 0.9 at 95%", "binary", "not available yet"),
        ("predict_ms.p99 <= 5", "binary", "gates on predict_ms.p99 are not available yet"),
        ("image_mb <= 400", "regression", "not available yet"),
    ],
)
def test_what_can_not_be_decided_yet_is_said(text, task, reason):
    found = unavailable(parse_gate(text), task)
    assert found is None if reason is None else reason in found


def test_a_gate_on_an_unknown_metric_names_the_nearest():
    with pytest.raises(InputError) as caught:
        check(parse_gate("rocauc >= 0.9"), "binary", may_report=False)
    assert caught.value.cure == "Did you mean 'roc_auc'?"
    check(parse_gate("rocauc >= 0.9"), "binary", may_report=True)
    check(parse_gate("predict_ms <= 5"), "binary", may_report=False)


def test_bounds_are_written_and_computed():
    assert str(parse_gate("a >= champion - 0.020").bound) == "champion - 0.02"
    assert str(parse_gate("a >= champion + 1%").bound) == "champion + 1%"
    assert str(parse_gate("a >= champion").bound) == "champion"
    assert parse_gate("a >= champion - 0.5% at 97.5%").demand == ">= champion - 0.5% at 97.5%"
    assert Bound(-0.02, True).against(0.9) == pytest.approx(0.88)
    assert Bound(-0.01, True, True).against(0.9) == pytest.approx(0.891)
    assert Bound(0.1, True, True).against(-2.0) == pytest.approx(-1.8)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("roc_auc >= 0.92", "area under the ROC curve (roc_auc) must be at least 0.92."),
        ("roc_auc >= 0.92 at 95%", "one-sided lower 95% confidence bound of the measured value"),
        ("mae < champion - 1%", "less than the champion's on the same rows less 1% of it."),
        ("roc_auc >= champion - 0.02 at 95%", "of the paired difference clears this"),
        ("recall[country=DE] > 0.5", "of the rows where country is DE must be more than 0.5"),
        ("recall[country=*] > 0.5", "of each group of rows with the same country"),
        ("recall[amount >= 9] > 0.5", "of the rows where amount is at least 9"),
        ("mae <= champion", "Until something has been live there is no champion"),
    ],
)
def test_gates_in_words(text, words):
    assert words in in_words(parse_gate(text))


def test_all_problems_are_found_at_once():
    spec = EvaluateSpec(
        metrics=("recall", "recal"),
        slices=(SliceSpec("country"), SliceSpec("amount >")),
        gates=(GateSpec("roc_auc >= 0.9"), GateSpec("f1 >= 1 at 95%"), GateSpec("f1 = 2")),
    )
    found = problems(spec, "binary")
    assert [(each.keys[1:], each.kind) for each in found] == [
        (("metrics", 1), "mistake"),
        (("slices", 1), "mistake"),
        (("gates", 1), "not-yet"),
        (("gates", 2), "mistake"),
    ]
    assert "Leave 'at' out" in found[2].cure
    assert problems(EvaluateSpec(metrics=("own",), gates=(GateSpec("own > 1"),)), "binary",
                    may_report=True) == ()  # fmt: skip


def test_the_masks_that_are_needed_are_named_once():
    wanted = [SliceSpec("country"), SliceSpec("amount>=1000")]
    found = sources(wanted, ["recall[country=*] >= 0.5", "f1[`a b`=x] > 0"])
    assert [(part.source, part.expression) for part in found] == [
        ("country", False),
        ("amount >= 1000", True),
        ("a b", False),
    ]
    assert slice_source("`card type`").source == "card type"
