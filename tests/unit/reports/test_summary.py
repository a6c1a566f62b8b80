# SPDX-License-Identifier: Apache-2.0
import pytest

from shipway.records.base import Record, Skipped
from shipway.records.training import (
    ChosenThreshold,
    Evaluation,
    GateResult,
    Metric,
    TestReport,
    TrainedModel,
)
from shipway.reports.summary import found

from .made_up import FOUND, RESULTS

METRICS = (Metric("a", 0.5, 9), Metric("b", None, 9), Metric("c", 0.25, 9, "x=1"),
           Metric("d", 0.125, 9), Metric("e", 1.0, 9))  # fmt: skip
GATES = (GateResult("a >= 1", "failed", 0.5, "", ""), GateResult("d >= 0", "passed", 0.125, "", ""))


@pytest.mark.parametrize("stage", RESULTS)
def test_one_short_line_for_each_stage(stage):
    text = found(RESULTS[stage])
    assert text == FOUND[stage] or stage in ("validate", "package")
    assert "\n" not in text
    assert 0 < len(text) <= 80


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (Skipped("no 'data' in the spec"), "no 'data' in the spec"),
        (TestReport(3, 1, 2), "3 passed, 1 failed, 2 skipped"),
        (TestReport(0, 0, 0), "0 passed"),
        (Evaluation("m", "t", "t", 9, METRICS), "a 0.5, d 0.125"),
        (Evaluation("m", "t", "t", 9, METRICS, GATES), "a 0.5, d 0.125, 1 of 2 gates passed"),
        (
            TrainedModel(
                f"sha256:{'a' * 64}",
                "sklearn",
                threshold=ChosenThreshold(0.04246, "f1", 0.5, 0.04, 0.05, 99),
            ),
            "model aaaaaaaaaaaa, threshold 0.04246",
        ),
        (Record(), ""),
    ],
)
def test_what_counts_is_said(record, text):
    assert found(record) == text
