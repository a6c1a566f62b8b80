# SPDX-License-Identifier: Apache-2.0
"""The page on labels says what really happens."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from shipway.cli.main import run
from shipway.evaluation.gate_parser import parse_gate
from shipway.evaluation.label_plans import METHODS
from shipway.spec.reader import read_text

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "labels.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
HEAD = """\
shipway: 1
project: small
data: {test: t.csv}
model: {name: small, task: binary, target: y, positive: 1}
"""


@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if kind == "console"])
def test_the_commands_print_what_the_page_says(text):
    command, _, printed = text.removeprefix("$ ").partition("\n")
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        code = run(shlex.split(command)[1:])
    assert out.getvalue() + errors.getvalue() == printed
    assert code == (2 if printed.startswith("error") else 0)


def test_the_spec_can_be_read():
    (text,) = [text for kind, text in BLOCKS if kind == "yaml"]
    spec = read_text(HEAD + text, Path("shipway.yaml")).spec
    assert [parse_gate(each.gate).bound.champion for each in spec.evaluate.gates] == [True]


def test_every_method_is_described():
    page = PAGE.lower()
    assert all(part.lower() in page for each in METHODS for part in each.name.split(", ")[:1])
