# SPDX-License-Identifier: Apache-2.0
"""Small repositories for the tests: written into a folder, then looked at."""

import subprocess
from pathlib import Path

from shipway.discovery.findings import RepositoryFindings
from shipway.discovery.repository import look

FIT = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
frame = pd.read_csv("data.csv")
model = LogisticRegression().fit(frame.drop(columns=["y"]), frame["y"])
"""


def write(root: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)


def look_at(root: Path, files: dict[str, str | bytes], git: bool = False) -> RepositoryFindings:
    """Write `files` below `root` and look; with `git`, everything not ignored is tracked."""
    write(root, files)
    if git:
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        subprocess.run(["git", "add", "."], cwd=root, check=True)
    return look(root)
