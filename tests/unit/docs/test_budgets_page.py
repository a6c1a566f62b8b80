# SPDX-License-Identifier: Apache-2.0
"""The page on budgets says what the code does."""

import re
from pathlib import Path

import pytest

from shipway.cli.commands.budget import HEADER
from shipway.data.rowsketch import FEWEST, KEPT, RELATED
from shipway.spec.reader import read_text
from shipway.stats.budget import effective_confidence

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "budgets.md").read_text()
HEAD = """\
shipway: 1
project: small
data: {test: t.csv}
model: {name: small, task: binary, target: y, positive: 1}
"""


def test_the_spec_can_be_read():
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    spec = read_text(HEAD + text, Path("shipway.yaml")).spec
    assert spec.evaluate.test_set_budget.uses == 8


@pytest.mark.parametrize("adaptivity", ["none", "firstChange", "full"])
def test_the_levels_are_those_of_the_gates(adaptivity):
    (row,) = re.findall(rf"^\| `{adaptivity}` \|.*$", PAGE, re.MULTILINE)
    assert f"{effective_confidence(0.95, 8, adaptivity) * 100:.3f} %" in row


def test_the_numbers_of_recognition_are_those_of_the_code():
    assert f"{KEPT:,} smallest" in PAGE
    assert f"From {RELATED:.0%}".replace("%", " %") in PAGE
    assert FEWEST == 5
    assert "fewer than five" in PAGE


def test_the_table_has_the_columns_of_the_command():
    for name in HEADER:
        assert name in PAGE
