# SPDX-License-Identifier: Apache-2.0
"""Each check has a page, and each page an example that says what really happens."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from shipway.cli.main import run
from shipway.spec.demands import ColumnSpec
from shipway.spec.types import DataSpec

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "checks"
WITH_TESTS_OF_ITS_OWN = ("README.md", "drift.md")
PAGES = sorted(page for page in FOLDER.glob("*.md") if page.name not in WITH_TESTS_OF_ITS_OWN)
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.DOTALL | re.MULTILINE)
AGE = re.compile(r"newest is \S+ old")


class Terminal(io.StringIO):
    """Values are shown on a terminal alone."""

    def isatty(self):
        return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_example_gives_what_the_page_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    asked = 0
    for kind, name, text in BLOCK.findall(page.read_text()):
        if name:
            (tmp_path / name).write_text(text)
        elif kind == "python":
            exec(text, {})
        else:
            assert kind == "console"
            command, _, printed = text.removeprefix("$ ").partition("\n")
            out = Terminal()
            with contextlib.redirect_stdout(out):
                code = run(shlex.split(command)[1:])
            assert AGE.sub("", out.getvalue()) == AGE.sub("", printed), command
            assert code == (0 if "passed: " in printed else 1)
            asked += 1
    assert asked == 1


def test_the_index_names_every_page():
    index = (FOLDER / "README.md").read_text()
    assert set(re.findall(r"\((\S+\.md)\)", index)) - {"../check.md"} == {
        page.name for page in FOLDER.glob("*.md") if page.name != "README.md"
    }


def test_every_demand_has_a_page():
    index = (FOLDER / "README.md").read_text()
    no_demands = {
        *("sensitive", "terms", "id", "time", "ignore", "nulls", "columns"),
        *("all", "train", "validation", "test", "split", "extra", "snapshot"),
    }
    fields = {*ColumnSpec.__struct_fields__, *DataSpec.__struct_fields__} - no_demands
    assert {name for name in fields if f"`{name}`" not in index} == set()
