# SPDX-License-Identifier: Apache-2.0
"""The commands of docs/process.md, one after the other, in a copy of the example."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPWAY = Path(sys.executable).parent / "shipway"
PAGE = (ROOT / "docs" / "process.md").read_text()
STEPS = (
    "Version control",
    "Environment",
    "Data validation",
    "Unit tests",
    "Training",
    "Evaluation",
    "Artifact storage",
    "Registration",
    "deployment environment",
    "Packaging",
    "Deployment",
    "Verification",
    "Monitoring",
    "Retraining",
)


def commands():
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL):
        yield from (line[2:] for line in block.splitlines() if line.startswith("$ "))


@pytest.mark.parametrize("step", STEPS)
def test_each_step_has_a_command_or_says_not_yet(step):
    section = next(part for part in PAGE.split("\n## ")[1:] if step in part.partition("\n")[0])
    assert "```console" in section or "Not yet" in section


def test_the_commands_of_the_page_work_in_their_order(tmp_path):
    project = tmp_path / "fraud-detection"
    shutil.copytree(ROOT / "examples" / "fraud-detection", project)
    env = os.environ | {
        "PATH": f"{SHIPWAY.parent}{os.pathsep}{os.environ['PATH']}",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    name = ["-c", "user.name=reader", "-c", "user.email=reader@localhost"]
    for git in (["init", "-q", "-b", "main"], ["add", "-A"], [*name, "commit", "-q", "-m", "x"]):
        subprocess.run(["git", *git], cwd=project, check=True)
    try:
        for command in commands():
            done = subprocess.run(
                shlex.split(command), cwd=project, env=env, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    finally:
        subprocess.run([SHIPWAY, "stop", "production"], cwd=project, env=env, capture_output=True)
