# SPDX-License-Identifier: Apache-2.0
"""docs/process.md: its commands one after the other, in a copy of the example."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "process.md").read_text()
EXAMPLE = ROOT / "examples" / "fraud-detection"
STEPS = (
    "Version control",
    "Environment",
    "Data validation",
    "Unit tests",
    "Training",
    "Evaluation",
    "Artifact storage",
    "Registration",
    "Deployment environment",
    "Packaging",
    "Deployment",
    "Verification",
    "Monitoring",
    "Retraining",
)


def commands(page: str) -> list[tuple[str, list[str]]]:
    """Each command of the page, with the lines that are quoted below it."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def stands_in(quoted: str, text: str) -> bool:
    """Whether a line of `text` is the quoted one; `…` stands for any characters."""
    pattern = ".*".join(re.escape(part) for part in one_blank(quoted).split("…"))
    return any(re.fullmatch(pattern, one_blank(line)) for line in text.splitlines())


def one_blank(line: str) -> str:
    return " ".join(line.split())


def test_the_page_has_the_steps_in_their_order():
    assert re.findall(r"^## \d+\. (.*)$", PAGE, re.MULTILINE) == list(STEPS)


@pytest.mark.parametrize("step", STEPS)
def test_each_step_has_a_command_or_says_not_yet(step):
    section = next(part for part in PAGE.split("\n## ") if part.partition("\n")[0].endswith(step))
    assert "```console" in section or "not yet" in section.lower()


@pytest.mark.parametrize(
    ("quoted", "line", "same"),
    [
        ("✓ test … passed", "✓ test              2.15 s  run     8 passed", True),
        ("✓ test … passed", "✗ test              2.15 s  run     1 failed", False),
        ("passed: …", "passed: 34 of 34 checks passed", True),
        ("✓ validate … 125,000 rows, …", "✓ validate  0.7 s  run  125,000 rows, 70 checks", True),
        ("✓ validate … 125,000 rows, …", "✓ validate  0.7 s  run  124,999 rows, 70 checks", False),
    ],
)
def test_quoted_lines_are_compared_but_for_what_differs(quoted, line, same):
    assert stands_in(quoted, f"another line\n{line}\n") is same


def test_the_commands_of_the_page_print_what_it_quotes(project):
    shutil.copytree(EXAMPLE, project.folder, dirs_exist_ok=True)
    project.repository()
    for command, quoted in commands(PAGE):
        program, *words = shlex.split(command)
        assert program == "shipway", command
        ended = project.shipway(*words)
        assert ended.code == 0, f"{command}\n{ended.text}"
        for line in quoted:
            assert stands_in(line, ended.out), f"{command}\n{line!r} is not in:\n{ended.text}"
