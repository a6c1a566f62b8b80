# SPDX-License-Identifier: Apache-2.0
"""Names of metrics with options: what can be read, and what is said about what can't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.evaluation.metric_forms import FORMS
from shipway.evaluation.metric_names import split
from shipway.evaluation.metrics import KINDS, find

from .made_up import COSTS, kinds


@pytest.mark.parametrize(
    ("name", "base", "options"),
    [
        ("recall", "recall", {}),
        (" recall ", "recall", {}),
        ("recall@precision=0.9", "recall", {"precision": "0.9"}),
        ("ndcg@k=10, by=query_id", "ndcg", {"k": "10", "by": "query_id"}),
        ("recall@class='Iris, setosa'", "recall", {"class": "Iris, setosa"}),
        ("recall@class='it''s'", "recall", {"class": "it's"}),
        ('recall@class="a b"', "recall", {"class": "a b"}),
        ("recall@class=`x`", "recall", {"class": "x"}),
        ("recall@class=São Paulo", "recall", {"class": "São Paulo"}),
        ("predict_ms.p99", "predict_ms", {"statistic": "p99"}),
    ],
)
def test_what_a_name_says(name, base, options):
    assert split(name) == (base, options)


@pytest.mark.parametrize(
    "name",
    ["", "@", "9recall", "recall@", "recall@precision", "recall@precision=", "recall@=0.9",
     "recall@k=1,", "recall@k=1,k=2", "recall@class='a", "predict_ms.", "recall@k=1@fpr"],
)  # fmt: skip
def test_names_that_can_t_be_read(name):
    with pytest.raises(InputError):
        find(name, "binary", where="shipway.yaml:9:3")


@given(st.text(max_size=30))
def test_any_text_is_a_metric_or_a_mistake(text):
    try:
        assert find(text, "binary").name == text.strip()
    except InputError as error:
        assert error.what


@pytest.mark.parametrize(
    ("name", "what", "cure"),
    [
        ("roc_auk", "there is no metric 'roc_auk' for binary models", "Did you mean 'roc_auc'?"),
        ("recall@precison=0.9", "recall has no option 'precison'", "Did you mean 'precision'?"),
        ("roc_auc@k=3", "roc_auc has no option 'k'", "It takes no options."),
        ("recall@precision=2", "precision of recall can't be '2'", "It is a share between 0 and 1"),
        ("recall@k=2.5", "k of recall can't be '2.5'", "It is a whole number of at least 1."),
        ("fbeta@beta=-1", "beta of fbeta can't be '-1'", "It is a number above 0."),
        ("f1@threshold=nan", "threshold of f1 can't be 'nan'", "It is a number."),
        ("calibration_error@strategy=equal", "strategy of calibration_error can't be 'equal'",
         "Did you mean 'quantile'?"),
        ("fbeta", "fbeta needs an option", "Write one of: fbeta@beta=…"),
        ("recall@k=2,fpr=0.1", "these options of recall don't go together", "recall@k=…,by=…"),
        ("cost", "cost needs to know what mistakes cost", "cost: {fp: 1, fn: 20}"),
        ("predict_ms.p42", "statistic of predict_ms can't be 'p42'", "p99"),
    ],
)  # fmt: skip
def test_what_is_said_about_mistakes(name, what, cure):
    with pytest.raises(InputError) as caught:
        find(name, "binary", where="shipway.yaml:9:3")
    assert caught.value.what == what
    assert cure in caught.value.cure
    assert caught.value.where == "shipway.yaml:9:3"


def test_options_choose_the_form_of_a_metric():
    assert find("recall", "binary").family == "share"
    assert find("recall@precision=90%", "binary").number("precision") == 0.9
    assert find("recall@threshold=0.3", "binary").needs == "scores"
    assert find("precision@k=5", "binary").key == "precision@k"
    assert find("precision@k=5,by=q", "binary").key == "precision@k,by"
    assert find("recall@class=DE", "multiclass").text("class") == "DE"
    assert find("calibration_error@bins=15", "binary").count("bins") == 15
    assert find("predict_ms", "regression").options == {"statistic": "p99"}
    with pytest.raises(InputError):
        find("f1", "multiclass")


@pytest.mark.parametrize("task", FORMS)
def test_every_kind_is_told_apart(task):
    keys = [form.key for form in FORMS[task]]
    shown = {(form.key, tuple(option.key for option in form.options)) for form in FORMS[task]}
    assert len(shown) == len(keys)
    assert all(kind.costs == (COSTS[task] if kind.base == "cost" else None) for kind in kinds(task))
    assert all(not kind.name.count("@") for kind in KINDS[task].values())
