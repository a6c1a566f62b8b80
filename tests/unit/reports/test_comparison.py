# SPDX-License-Identifier: Apache-2.0
"""Two versions side by side, as a page and as Markdown."""

import re

import msgspec
from made_up import EVALUATION, EVIL, VERSION, poison
from test_html import Page

from shipway.records.compared import Comparison, MetricPair
from shipway.records.comparison import CalibrationBin, Curve, Flips, Histogram
from shipway.records.training import Interval
from shipway.reports.comparison import comparison_markdown, headline, render_comparison

SURE = Interval(0.004, 0.02, 0.95, "DeLong, paired")
UNSURE = Interval(-0.01, 0.03, 0.95, "Tango")
DRAWN = msgspec.structs.replace(
    EVALUATION.drawn,
    calibration=(CalibrationBin(0.1, 0.12, 90, 0.07, 0.2), CalibrationBin(0.8, 0.7, 10, 0.4, 0.9)),
    scores=Histogram((0.0, 0.5, 1.0), (2, 8), (85, 5)),
    costs=Curve((0.0, 0.5, 1.0), (0.9, 0.2, 0.4)),
)
COMPARED = Comparison(
    first=msgspec.structs.replace(VERSION, number=4),
    second=VERSION,
    same_rows=True,
    dataset="test",
    rows=29800,
    metrics=(
        MetricPair("roc_auc", "", 0.9487, 0.9513, 0.0026, 29800, None, None, SURE, 0.001),
        MetricPair("recall", "", 0.81, 0.82, 0.01, 29800, None, None, UNSURE, 0.06),
        MetricPair("f1", "", None, 0.6, None, 29800),
        MetricPair("recall", "country=DE", 0.8, 0.82, 0.02, 5120),
    ),
    flips=Flips(29800, changed=310, mended=190, broken=110),
    first_drawn=EVALUATION.drawn,
    second_drawn=DRAWN,
    second_threshold=0.3,
    differs=("params.max_iter: 60 → 80",),
)


def test_the_page_shows_both_versions_and_what_changed():
    page = Page(render_comparison(COMPARED))
    for said in (
        "fraud-detector@5 against fraud-detector@4",
        "+0.0040 to +0.0200",
        "310 of 29,800 rows (1.04%) are predicted differently than by fraud-detector@4",
        "wrong before, right now 190",
        "changed, and as wrong as before 10",
        "Scores of fraud-detector@5",
        "threshold 0.3",
        "Cost by threshold",
        "Calibration",
        "Confusion matrix of fraud-detector@4",
        "country=DE",
        "params.max_iter: 60 → 80",
    ):
        assert said in page.text
    assert "script" not in page.tags


def test_only_what_is_more_than_chance_after_correction_is_said_to_be():
    assert headline(COMPARED) == "More than chance, of 2 metrics compared: roc_auc +0.0026"
    twice = tuple(msgspec.structs.replace(COMPARED.metrics[1], p_value=0.03) for _ in range(2))
    assert headline(msgspec.structs.replace(COMPARED, metrics=twice[:1])).startswith("More than")
    assert headline(msgspec.structs.replace(COMPARED, metrics=twice)).startswith("No difference is")
    untested = msgspec.structs.replace(COMPARED, metrics=COMPARED.metrics[2:])
    assert headline(untested).startswith("No difference could be tested")
    elsewhere = msgspec.structs.replace(COMPARED, same_rows=False)
    assert headline(elsewhere).startswith("Evaluated on different rows")


def test_markdown_has_a_table_and_folds_the_slices():
    text = comparison_markdown(COMPARED)
    assert text.startswith("### fraud-detector@")
    assert "| `roc_auc` | 0.9487 | 0.9513 | +0.0026 | +0.0040 to +0.0200 | 0.001 |" in text
    assert "<details><summary>1 value of slices</summary>" in text
    assert "310 of 29,800 predictions changed (1.04%): 190 wrong before, right now" in text


def test_what_records_hold_stays_text():
    poisoned = poison(COMPARED)
    assert EVIL not in render_comparison(poisoned)
    outside_code = re.sub("`[^`]*`", "", comparison_markdown(poisoned))
    assert not re.search(r"(?<!\\)<img", outside_code)
