# SPDX-License-Identifier: Apache-2.0
"""The pages on checking a table say what really happens."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from shipway.cli.main import run
from shipway.spec.checks_file import read_checks_text

DOCS = Path(__file__).resolve().parents[3] / "docs"
CHECK, PYTHON = (DOCS / "check.md").read_text(), (DOCS / "python-api.md").read_text()


def blocks(page):
    return re.findall(r"```(\w+)\n(.*?)```", page, re.DOTALL)


def test_the_page_on_checking(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for kind, text in blocks(CHECK):
        if kind == "python":
            exec(text, names)
        elif kind == "console":
            command, _, printed = text.removeprefix("$ ").partition("\n")
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                assert run(shlex.split(command)[1:]) == 1
            assert out.getvalue() == printed, command


def test_the_page_on_python(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names, printed = {}, ""
    for kind, text in blocks(PYTHON):
        if kind == "python":
            assert not printed
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(text, names)
            printed = out.getvalue()
        else:
            assert (kind, printed) == ("text", text)
            printed = ""
    assert "3 of 9 checks failed" in (tmp_path / "orders.html").read_text()


@pytest.mark.parametrize("text", [text for kind, text in blocks(CHECK) if kind == "yaml"])
def test_the_keys_of_that_file_alone(text):
    assert read_checks_text(text, Path("checks.yaml")).spec.report.rows == "values"
