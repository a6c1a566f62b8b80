# SPDX-License-Identifier: Apache-2.0
"""What stands behind a verdict, in short lines."""

from shipway.records.comparison import Flips
from shipway.records.training import BudgetUse, GateResult, Interval
from shipway.reports.evidence import ends, evidence, kinds_of_flips, use


def test_a_gate_tells_its_bounds_effect_level_and_what_is_missing():
    gate = GateResult(
        "recall >= champion - 0.02 at 95%", "inconclusive", 0.8, ">= 0.79", "why",
        interval=Interval(-0.03, 0.02, 0.99, "Tango, one-sided"), method="Tango", rows=400,
        rows_needed=1200, champion=0.81, p_value=0.2, effect=0.01, confidence=0.95, level=0.99,
    )  # fmt: skip
    assert evidence(gate) == [
        "difference −0.0300 to 0.0200 at 99%",
        "0.0100 on the right side of the bound",
        "decided at 99%: the test set is used more than once",
        "champion 0.8100",
        "p 0.200",
        "Tango, 400 rows",
        "about 1,200 more rows might settle it",
    ]


def test_a_plain_comparison_has_little_to_tell():
    gate = GateResult("f1 >= 0.5", "failed", 0.4, ">= 0.5", "why", bound=0.5)
    assert evidence(gate) == []


def test_the_use_of_a_test_set_is_told():
    assert use(BudgetUse(1)) == "used 1 time, this run included"
    spent = BudgetUse(8, 8, "none", spent=True, related="ab" * 32, advisory=True)
    assert use(spent) == (
        "use 8 of 8 (none), 0 left; spent; its rows were used before, as test set abababababab; "
        "advisory: more than the verdict was told"
    )


def test_flips_and_ends():
    assert [rows for _, rows in kinds_of_flips(Flips(10, 5, 3, 1))] == [3, 1, 1]
    assert ends(Interval(-0.5, 0.25, 0.95, "x")) == "−0.5000 to +0.2500"
