# SPDX-License-Identifier: Apache-2.0
import importlib.util
import re
from pathlib import Path

import pytest

from shipway.cli.commands import COMMANDS
from shipway.spec.reader import read_text

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("examples/*/*.md")])


def generator():
    spec = importlib.util.spec_from_file_location("docs_tool", ROOT / "tools" / "docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", [p.name for p in generator().pages()])
def test_generated_pages_are_current(path):
    pages = {page.name: (page, text) for page, text in generator().pages().items()}
    page, text = pages[path]
    assert page.read_text() == text, "write it again: make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_named_exist(page):
    for command in re.findall(r"(?:^\s*\$? ?|`)shipway ([a-z]+)", page.read_text(), re.MULTILINE):
        assert command in COMMANDS, command


def test_the_first_spec_of_the_readme_is_one():
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    spec = read_text(text, Path("shipway.yaml")).spec
    assert spec.project == "fraud-detection"
    assert len(text.splitlines()) <= 15
