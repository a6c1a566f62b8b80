# SPDX-License-Identifier: Apache-2.0
"""The page on gates: its specs can be carried out, its commands print what it says."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from shipway.cli.main import run
from shipway.evaluation.gate_parser import parse_gate
from shipway.evaluation.gate_subjects import BEHAVIOUR, GROUPED
from shipway.evaluation.plan import problems
from shipway.spec.reader import read_text

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "gates.md").read_text()
AROUND = """\
shipway: 1
project: shop
model: {name: shop, task: binary, target: is_fraud, positive: 1}
data: {train: a.csv, test: b.csv}
train: {function: shop:train}
"""


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", blocks("yaml"))
def test_the_specs_can_be_carried_out(text):
    spec = read_text(AROUND + text, Path("shipway.yaml")).spec
    assert spec.evaluate.gates
    assert problems(spec.evaluate, "binary", model=spec.model, data=spec.data) == ()


@pytest.mark.parametrize("text", blocks("console"))
def test_the_commands_print_what_the_page_says(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    command, _, printed = text.removeprefix("$ ").partition("\n")
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        run(shlex.split(command)[1:])
    assert out.getvalue().removeprefix("error: ") == printed


def test_the_slices_of_the_table_can_be_read():
    written = re.findall(r"^\| `(recall\[.*\])` \|", PAGE, re.MULTILINE)
    assert [len(parse_gate(f"{each} > 0").slices) for each in written] == [1, 1, 2, 1, 1]


def test_every_form_has_an_example():
    shown = [gate for text in blocks("yaml") for gate in re.findall(r"- (.*)", text)]
    for form in (*GROUPED, *BEHAVIOUR):
        assert any(gate.startswith(f"{form}(") for gate in shown), form
