# SPDX-License-Identifier: Apache-2.0
"""Metrics in what a training prints: patterns, and scikit-learn's own table."""

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.stages.printed import Printed
from shipway.stages.report_table import ReportTable


@pytest.mark.parametrize(
    ("pattern", "line", "found"),
    [
        ("ROC AUC: {a}", "ROC AUC: 0.9312", 0.9312),
        ("ROC AUC: {a}", "  roc  auc :0.9312  (test)", 0.9312),
        ("ROC AUC: {a}", "ROC AUC: 93.1 %", 0.931),
        ("Accuracy: {a}%", "Accuracy: 93.1%.", 0.931),
        ("loss {a}", "loss -2.5E-4", -2.5e-4),
        ("AUC: {a}", "AUC: np.float64(0.77)", 0.77),
        ("AUC: {a}", "AUC: [0.77]", 0.77),
        ("sales {a}", "sales 1,234.5", 1234.5),
        ("{a} is the AUC", "so 0.8 is the AUC", 0.8),
        ("AUC {a}", "\x1b[32mAUC\x1b[0m 0.5, AUC 0.6", 0.6),
        ("Epoch {_}/{_} - auc: {a}", "Epoch 3/10 - auc: .5", 0.5),
        ("AUC: {a}", "AUC: 1.2.3", None),
        ("AUC: {a}", "AUC: 0.9x", None),
        ("AUC {a}", "MAUC 0.9", None),
        ("AUC {a}", "AUC is 0.9", None),
    ],
)
def test_what_a_pattern_finds(pattern, line, found):
    expected = {} if found is None else {"a": found}
    assert Printed([pattern]).line(line) == expected


def test_nan_is_a_number_too():
    assert math.isnan(Printed(["MSE {m}"]).line("mse nan")["m"])


def test_several_patterns_and_several_numbers():
    printed = Printed(["train {a} test {b}", "F1 = {f1}"])
    assert printed.line("Train 0.9 Test 0.8") == {"a": 0.9, "b": 0.8}
    assert printed.line("F1=0.7") == {"f1": 0.7}
    printed.check()


def test_of_two_patterns_the_one_that_says_more_is_meant():
    for patterns in (
        ["auc {auc}", "train auc {train_auc}"],
        ["train auc {train_auc}", "auc {auc}"],
    ):
        printed = Printed(patterns)
        assert printed.line("auc 0.8") == {"auc": 0.8}
        assert printed.line("train auc 0.9") == {"train_auc": 0.9}
    printed = Printed(["auc {auc}", "train auc {train_auc}"])
    assert printed.line("train auc 0.9, auc 0.8") == {"train_auc": 0.9, "auc": 0.8}
    assert Printed(["auc {auc}"]).line("train auc 0.9") == {"auc": 0.9}


def test_a_pattern_that_matched_nothing_has_a_neighbour():
    printed = Printed(["ROC AUC: {auc}"], ["shipway.yaml:9:5"])
    for line in ("3 rows", "ROC-AUC = 0.9 on test", "took 12 s"):
        printed.line(line)
    with pytest.raises(InputError, match=r"printed nothing like 'ROC AUC: \{auc\}'") as caught:
        printed.check()
    assert caught.value.where == "shipway.yaml:9:5"
    assert "ROC-AUC = 0.9 on test" in caught.value.cure
    with pytest.raises(InputError) as caught:
        Printed(["AUC {a}"]).check()
    assert caught.value.cure == "It printed no line with a number."


@pytest.mark.parametrize(
    ("pattern", "said"),
    [("ROC AUC", "names no metric"), ("A {_}", "names no metric"), ("{} is", "no name"),
     ("{a b}", "no name"), ("clasification_report", "names no metric")],
)  # fmt: skip
def test_patterns_that_mean_nothing(pattern, said):
    with pytest.raises(InputError, match=said) as caught:
        Printed([pattern])
    assert ("classification_report" in caught.value.cure) == pattern.startswith("clas")


@given(st.text())
def test_no_line_is_too_wild(text):
    Printed(["{a} {b}: {c}", "x {d}", "classification_report"]).line(text)


@pytest.mark.parametrize("text", ["1 " * 30000, "[" * 65000, "a(" * 30000, "1,111" * 10000])
def test_no_line_is_too_long(text):
    begun = time.monotonic()
    Printed(["{a} {b} {c}"]).line(text)
    assert time.monotonic() - begun < 1


REPORT = """
              precision    recall  f1-score   support

   not fraud     0.9800    0.9900    0.9849       900
       fraud     0.9000    0.8000    0.8471       100

    accuracy                         0.9710      1000
   macro avg     0.9400    0.8950    0.9160      1000
weighted avg     0.9720    0.9710    0.9711      1000
finished in     1.0000    2.0000    3.0000         4
"""


def test_the_table_of_scikit_learn():
    printed = Printed(["classification_report"], positive="fraud")
    for line in REPORT.splitlines():
        assert printed.line(line) == {}
    printed.check()
    found = printed.table_values()
    assert found["accuracy"] == 0.971
    assert found["precision"] == found["precision.fraud"] == 0.9
    assert (found["recall"], found["f1"]) == (0.8, 0.8471)
    assert found["recall.not_fraud"] == 0.99
    assert (found["f1_macro"], found["f1_weighted"]) == (0.916, 0.9711)
    assert not any("finished" in name for name in found)


def test_the_table_that_the_installed_scikit_learn_prints():
    from sklearn.metrics import classification_report

    for options in ({}, {"digits": 4}, {"labels": [0, 1], "target_names": ["no", "a b"]}):
        table = ReportTable("1")
        text = classification_report([0, 1, 1, 0, 2], [0, 1, 0, 0, 1], zero_division=0, **options)
        for line in text.splitlines():
            table.line(line)
        assert {"f1_macro", "recall_weighted", "precision_macro"} <= table.values.keys()


def test_the_last_table_counts():
    table = ReportTable()
    for line in (REPORT + "\n" + REPORT.replace("0.9710", "0.5000")).splitlines():
        table.line(line)
    assert table.values["accuracy"] == 0.5


def test_no_table_is_said():
    printed = Printed(["classification_report"], ["shipway.yaml:9:5"])
    printed.line("accuracy 0.9")
    with pytest.raises(InputError, match="no table"):
        printed.check()
