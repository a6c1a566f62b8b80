# SPDX-License-Identifier: Apache-2.0
"""Gates and rules in words, and how many rows a gate needs."""

import json

import pytest

from shipway.base.errors import InputError
from shipway.cli.main import run
from shipway.operations.explain import ExplainRequest, explain

SPEC = """\
shipway: 1
project: shop
model: {name: shop, task: regression, target: price}
data: {train: a.csv, test: b.csv}
train: {function: shop:train}
evaluate:
  slices: [{where: amount >= 1000, name: big}]
  functions: {profit: {function: shop:profit, better: higher}}
  test_set_budget: {uses: 8, adaptivity: full}
"""


def explained(text, **options):
    return explain(ExplainRequest(text, **options))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("roc_auc >= 0.9", "The area under the ROC curve (roc_auc) must be at least 0.9."),
        ("roc_auc >= 0.92 at 95%", "one-sided lower 95% confidence bound of the measured value"),
        ("roc_auc >= champion - 0.02 at 95%", "(DeLong's method, paired)"),
        ("own >= champion", "own must be at least the champion's on the same rows."),
        ("own[country=*] >= 1", "of each group of rows with the same country must be at least 1"),
        ("recall[a=*, b=x, c > 1] > 0.5", "the same a and the rows where b is x and"),
        ("recall[big] > 0.5", "of the rows of the slice named big must be more than 0.5"),
        ("recall[a=*] > 0.5", "Each such group is judged for itself, and all have to pass."),
        ("predict_ms.p99 <= 5", "(predict_ms.p99) must be at most 5"),
        ("val/auc >= 50%", "val/auc must be at least 0.5"),
        ("mae < champion - 1%", "less than the champion's on the same rows less 1% of it."),
        ("mae <= champion", "Until something has been live there is no champion"),
        ("churn <= 5%", "Until something has been live there is no champion"),
        ("recall >= champion at 95%", "Tango's score interval"),
        ("precision >= champion at 95%", "a bootstrap of the answers of both models together"),
        ("recall >= champion - 2% at 95%", "the ratio of two shares of the same rows"),
        ("f1 >= 0.5 at 95%", "a bootstrap of the confusion table"),
        ("difference(recall, sex) <= 0.1", "the same sex: the largest value less the smallest"),
        ("ratio(f1, a, b)[c=d] >= 80%", "same a and b: the smallest value divided by the largest"),
        ("invariance(sex) <= 0.1", "The largest change of a row's score when only sex changes"),
        ("invariance(sex) <= 0.1 at 95%", "at most about 3 / n of them are not"),
        ("increasing(amount) >= 1", "share of rows whose score never falls as amount rises"),
        ("decreasing(amount) >= 1", "share of rows whose score never rises as amount rises"),
        ("cost <= 1", "mean cost of a row (cost) must be at most 1"),
        ("amount >= 0", "For each row: amount is at least 0."),
        ("status == 'paid' -> amount > 0", "For each row: where status equals 'paid': amount is"),
        ("a > 1 and b > 2", "a is above 1 and b is above 2"),
    ],
)  # fmt: skip
def test_gates_and_rules_in_words(text, words):
    assert words in explained(text).words


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("roc_auc >= ", "this gate ends too early"),
        ("amount >= champion at", "this gate ends too early"),
        ("invariance(a, b) <= 1", "can't stand here"),
        ("amount >", "the expression ends too early"),
        ("", "empty"),
        ("recall >= 60", "nothing reaches 60\n  recall >= 60\n            \\^"),
        ("max_error <= 3 at 95%", "the value of one row"),
        ("recall <= champion", "this passes when the model is worse"),
    ],
)
def test_what_is_neither_is_explained_by_the_likelier_kind(text, message):
    with pytest.raises(InputError, match=message):
        explained(text)


def test_a_name_that_is_nearly_a_metric_is_asked_about():
    found = explained("recal >= 0.8")
    assert (found.kind, found.notes) == (
        "rule",
        ("recal was read as a column. Did you mean the metric 'recall'?",),
    )
    assert "Did you mean 'recall'?" in explained("recal >= champion - 0.1").notes[0]
    with pytest.raises(InputError) as caught:
        explained("recal >= 0.8 at 95%")
    assert "Did you mean 'recall'?" in caught.value.cure


def test_the_rows_that_a_gate_needs():
    found = explained("recall >= 0.7 at 80%", base_rate=0.1, rows=5000)
    assert [need.counted for need in found.rows.needs] == [5892, 1458, 226, 53]
    assert [need.rows for need in found.rows.needs] == [58920, 14580, 2260, 530]
    assert found.rows.unit == "positive rows"
    assert found.rows.detectable.distance == pytest.approx(0.0337, abs=1e-3)
    assert found.rows.detectable.rows <= 5000
    assert explained("recall >= 0.7").notes == (
        "It has no 'at N%': no number of rows makes a comparison of measured values sure.",
    )
    assert "depends on predictions" in explained("f1 >= 0.7 at 80%").notes[0]
    assert explained("invariance(sex) <= 0.1 at 95%").notes == (
        "To show that at most 1% of all rows do not comply takes 299 rows that all do.",
    )


@pytest.mark.parametrize("options", [{"base_rate": 0.0}, {"base_rate": 1.5}, {"rows": 0}])
def test_what_can_not_be_counted(options):
    with pytest.raises(InputError):
        explained("recall >= 0.7 at 80%", **options)


def test_the_spec_of_the_project_is_asked(tmp_path):
    (tmp_path / "shipway.yaml").write_text(SPEC)
    big = explained("mae[big] <= 3 at 95%", project=tmp_path)
    assert big.task == "regression"
    assert "the rows of big (where amount is at least 1000)" in big.words
    assert "With fewer than 30 rows it is inconclusive." in big.words
    assert big.notes[0] == "The test-set budget raises its confidence to 99.9805% for each use."
    assert "what shop:profit says (profit)" in explained("profit > 1", project=tmp_path).words
    with pytest.raises(InputError, match="no slice named 'small'"):
        explained("mae[small] <= 3", project=tmp_path)
    with pytest.raises(InputError, match="recall has no option 'class'"):
        explained("recall@class=a >= 1", project=tmp_path, task="binary")
    assert (
        explained("recall@class=a >= 1", project=tmp_path, task="multiclass").task == "multiclass"
    )


def test_a_spec_that_can_not_be_read_is_not_asked(tmp_path):
    (tmp_path / "shipway.yaml").write_text("shipway: [")
    assert "can't be read" in explained("recall >= 0.5", project=tmp_path).notes[0]


def test_the_command(capsys, tmp_path):
    words = ["explain", "recall[country=*] >= 0.7 at 80%", "--project", str(tmp_path)]
    assert run([*words, "--base-rate", "5%", "--rows", "5000", "--task", "binary"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "beyond the bound  true value  positive rows of each slice  all rows" in lines[4]
    assert lines[5].split() == ["0.01", "0.71", "5,892", "117,840"]
    assert lines[-1].startswith("With 5,000 rows it passes 80% of the time where the truth lies")
    assert run([*words, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["rows"]["needs"][0]["counted"] == 5892
    assert printed["task"] == "binary"
