# SPDX-License-Identifier: Apache-2.0
"""The example of the page on drift gives what the page says."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from shipway.cli.main import run
from shipway.spec.availability import unavailable
from shipway.spec.reader import read_text

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "checks" / "drift.md").read_text()


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


def commands():
    """Each command of the page with the lines that it prints."""
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            yield command, printed


def test_the_commands_print_what_the_page_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (script,) = blocks("python")
    exec(script, {})
    for command, printed in commands():
        words, _, target = command.partition(" > ")
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            run(shlex.split(words)[1:])
        if target:
            (tmp_path / target).write_text(out.getvalue())
        else:
            assert out.getvalue() == printed, command


@pytest.mark.parametrize("text", blocks("yaml"))
def test_the_spec_can_be_read_and_carried_out(text):
    document = read_text(text, Path("shipway.yaml"))
    assert document.spec.data is not None and document.spec.data.drift is not None
    assert not unavailable(document)
