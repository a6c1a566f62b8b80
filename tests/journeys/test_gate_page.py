# SPDX-License-Identifier: Apache-2.0
"""docs/gate.md: its files are made and its commands carried out, in a folder with nothing else."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from test_process_page import commands, stands_in

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "gate.md").read_text()
EXIT_CODES = {"passed": 0, "failed": 1, "inconclusive": 1}


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_does_what_it_says(project):
    subprocess.run([sys.executable, "-c", blocks("python")[0]], cwd=project.folder, check=True)
    project.write("gates.yaml", blocks("yaml")[0])
    for command, quoted in commands(PAGE):
        ended = project.shipway(*shlex.split(command)[1:])
        for line in quoted:
            assert stands_in(line, ended.out), f"{line!r} is not in:\n{ended.text}"
        assert ended.code == EXIT_CODES[quoted[-1].partition(":")[0]]


def test_the_snippets_are_commands_that_there_are(project):
    subprocess.run([sys.executable, "-c", blocks("python")[0]], cwd=project.folder, check=True)
    project.write("gates.yaml", blocks("yaml")[0])
    action, stage = blocks("yaml")[1:]
    (gate,) = re.findall(r"shipway (gate .*?SUMMARY\")", action, re.DOTALL)
    words = shlex.split(gate.replace("$GITHUB_STEP_SUMMARY", "summary.md"))
    assert project.shipway(*words).code == 0
    assert project.read("summary.md").startswith("### ✅ Gates passed, on 5,000 rows\n")
    (gate,) = re.findall(r"cmd: shipway (.*)", stage)
    assert project.shipway(*shlex.split(gate)).code == 0


def test_all_fields_of_a_gate_are_named():
    from shipway.records.training import GateResult

    left_out = {"demanded", "metric", "no_champion"}
    for name in set(GateResult.__struct_fields__) - left_out:
        assert f"`{name}`" in PAGE, name
