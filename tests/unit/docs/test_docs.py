# SPDX-License-Identifier: Apache-2.0
import importlib.util
import re
from importlib import import_module
from pathlib import Path

import pytest

from shipway.cli.commands import COMMANDS
from shipway.cli.parser import overview, parser_of
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_that_are_named_exist(page):
    used = re.findall(r"(?:^\s*\$? ?|`)shipway ([a-z]+)([^`\n]*)", page.read_text(), re.MULTILINE)
    for command, rest in used:
        known = parser_of(command, import_module(f"shipway.cli.commands.{command}")).format_help()
        for option in re.findall(r"(?<![\w-])--[a-z-]+", rest.partition(" #")[0]):
            assert f"{option} " in known or f"{option}]" in known, f"shipway {command} {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_targets_of_make_that_are_named_exist(page):
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"(?:^    |`|&& )make ([a-z]+)", page.read_text(), re.MULTILINE):
        assert f"\n{target}:" in makefile, target


def test_the_help_in_the_readme_is_what_the_command_prints():
    assert f"```\n{overview()}```" in (ROOT / "README.md").read_text()


def test_every_page_is_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index, page.name


def test_the_first_spec_of_the_readme_is_one():
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    spec = read_text(text, Path("shipway.yaml")).spec
    assert spec.project == "fraud-detection"
    assert len(text.splitlines()) <= 15
