# SPDX-License-Identifier: Apache-2.0
"""`shipway init`: a first `shipway.yaml` for the repository in a folder."""

import re
from pathlib import Path

from shipway.base.errors import InputError
from shipway.base.files import write_atomic
from shipway.engine.wiring import SPEC_NAME

LATER = """
# A model needs a name, data and a training function; uncomment and fill in:
# model: {name: NAME, task: binary, target: COLUMN, positive: 1}
# data:
#   train: data/train.parquet
#   test: data/test.parquet
# train: {function: package.module:function, params: {}}
# evaluate:
#   metrics: [roc_auc]
#   gates: [roc_auc >= 0.80]
# deploy:
#   production: {target: local}
"""


def init(folder: Path) -> Path:
    """Write the file; its path. InputError when there is one already."""
    path = folder / SPEC_NAME
    if not folder.is_dir():
        raise InputError("there is no such folder", where=str(folder))
    if path.exists():
        raise InputError(
            "there is one already", where=str(path), cure="Edit it, or remove it first."
        )
    write_atomic(path, first_spec(folder).encode())
    return path


def first_spec(folder: Path) -> str:
    """The text of a spec that runs: what the folder shows, and the rest as comments."""
    lines = ["shipway: 1", f"project: {project_name(folder)}"]
    requirements = [n for n in ("requirements.txt", "pyproject.toml") if (folder / n).is_file()]
    if requirements:
        lines.append(f"environment: {{requirements: {requirements[0]}}}")
    if _has_tests(folder):
        lines.append("tests: pytest -q")
    else:
        lines += ["steps:", "  hello: {command: python3 --version}"]
    return "\n".join(lines) + "\n" + LATER


def project_name(folder: Path) -> str:
    """The folder's name in the letters that every store and platform takes."""
    name = re.sub(r"[^a-z0-9._-]+", "-", folder.resolve().name.lower()).strip("-._")
    return name[:63] or "project"


def _has_tests(folder: Path) -> bool:
    tests = folder / "tests"
    return tests.is_dir() and any(tests.rglob("test_*.py"))
