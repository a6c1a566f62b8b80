# SPDX-License-Identifier: Apache-2.0
"""Gates and rules in words."""

import pytest

from shipway.base.errors import InputError
from shipway.operations.explain import explain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("roc_auc >= 0.9", "area under the ROC curve (roc_auc) must be at least 0.9"),
        ("own >= champion", "own must be at least the champion's"),
        ("own[country=*] >= 1", "of each group of rows with the same country"),
        ("predict_ms.p99 <= 5", "predict_ms.p99 must be at most 5"),
        ("val/auc >= 50%", "val/auc must be at least 0.5"),
        ("amount >= 0", "For each row: amount is at least 0."),
        ("status == 'paid' -> amount > 0", "For each row: where status equals 'paid': amount is"),
        ("a > 1 and b > 2", "a is above 1 and b is above 2"),
    ],
)
def test_gates_and_rules_in_words(text, words):
    assert words in explain(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("roc_auc >= ", "this gate ends too early"),
        ("amount >= champion at", "this gate ends too early"),
        ("amount >", "the expression ends too early"),
        ("", "empty"),
    ],
)
def test_what_is_neither_is_explained_by_the_likelier_kind(text, message):
    with pytest.raises(InputError, match=message):
        explain(text)
