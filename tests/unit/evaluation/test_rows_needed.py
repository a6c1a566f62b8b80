# SPDX-License-Identifier: Apache-2.0
"""How many rows a gate will need: against simulation and by its own logic."""

import numpy as np
import pytest

from shipway.evaluation.cost import Costs
from shipway.evaluation.gate_parser import parse_gate
from shipway.evaluation.known import Known
from shipway.evaluation.rows_needed import rows_needed
from shipway.stats.proportions import wilson


def needed(text, task="binary", **options):
    gate = parse_gate(text)
    kind = Known(task, costs=Costs()).metric(gate.metric) if gate.metric else None
    return rows_needed(gate, kind, task, **options)


@pytest.mark.parametrize(
    ("text", "task", "unit"),
    [
        ("accuracy >= 0.7 at 90%", "binary", "rows"),
        ("specificity >= 0.7 at 90%", "binary", "negative rows"),
        ("precision[a=b] >= 0.7 at 90%", "binary", "rows predicted positive of the slice"),
        ("recall[a=*] >= champion at 90%", "binary", "positive rows of each slice"),
        ("recall@class=cat >= 0.7 at 90%", "multiclass", "rows of cat"),
        ("precision@class=cat >= 0.7 at 90%", "multiclass", "rows predicted cat"),
        ("selection_rate@class=cat >= 0.7 at 90%", "multiclass", "rows"),
        ("roc_auc >= 0.8 at 90%", "binary", "rows"),
        ("roc_auc >= champion - 0.01 at 90%", "binary", "rows"),
        ("brier <= 0.2 at 90%", "binary", "rows"),
        ("churn <= 0.2 at 90%", "binary", "rows"),
        ("increasing(a) >= 0.9 at 90%", "binary", "rows"),
        ("difference(recall, a) <= 0.15 at 90%", "binary",
         "positive rows of both groups together"),
        ("ratio(recall, a) >= 0.8 at 90%", "binary", "positive rows of both groups together"),
        ("recall >= champion - 2% at 90%", "binary", "positive rows"),
    ],
)  # fmt: skip
def test_smaller_distances_need_more_rows(text, task, unit):
    found = needed(text, task, base_rate=0.3, rows=3000)
    assert found.unit == unit
    counts = [need.counted for need in found.needs if need.counted is not None]
    assert len(counts) >= 3
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 4 * counts[2]
    detectable = found.detectable
    assert 0 < detectable.distance < 1
    assert (detectable.rows or detectable.counted) <= 3000
    doubled = needed(text, task, base_rate=0.3, rows=12000).detectable
    assert doubled.distance < detectable.distance


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("recall >= 0.7", "binary"),
        ("f1 >= 0.7 at 95%", "binary"),
        ("rmse <= 3 at 95%", "regression"),
        ("difference(f1, a) <= 0.1 at 95%", "binary"),
        ("difference(recall, a) <= champion at 95%", "binary"),
        ("brier <= champion at 95%", "binary"),
        ("invariance(a) <= 0.1", "binary"),
        ("own >= 1 at 95%", "binary"),
    ],
)
def test_where_there_is_no_formula(text, task):
    gate = parse_gate(text)
    kind = Known(task, may_report=True).metric(gate.metric) if gate.metric else None
    assert rows_needed(gate, kind, task) is None


def test_a_share_passes_as_often_as_promised():
    draw = np.random.default_rng(7)
    for need in needed("recall >= 0.7 at 95%").needs[1:]:
        hits = draw.binomial(need.counted, need.value, 4000)
        passed = [wilson(int(each), need.counted, 0.95, 1).low >= 0.7 for each in hits]
        assert np.mean(passed) == pytest.approx(0.8, abs=0.03)


def test_values_that_there_are_not_have_no_rows():
    found = needed("recall >= 0.97 at 95%")
    assert [need.counted is None for need in found.needs] == [False, False, True, True]
    assert needed("recall >= 0.97 at 95%", rows=2).detectable is None


def test_a_budget_needs_more_rows():
    plain, paid = needed("recall >= 0.7 at 95%"), needed("recall >= 0.7 at 95%", level=0.9998)
    assert paid.needs[0].counted > 2 * plain.needs[0].counted
