# SPDX-License-Identifier: Apache-2.0
"""The projects that are run: the same steps written for Shipway, for DVC and for make."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@localhost")
STATE = {
    "shipway": (".shipway",),
    "dvc": (".dvc/cache", ".dvc/tmp", "dvc.lock", "out"),
    "make": ("out",),
}
CHUNK = 16 << 20


def ten_steps(folder: Path) -> None:
    """Ten independent steps, each of which reads one small file and touches another."""
    numbers = range(10)
    ours = [
        f"  s{n}: {{command: touch out/{n}, inputs: [in.txt], outputs: [out/{n}]}}" for n in numbers
    ]
    dvc = [f"  s{n}: {{cmd: touch out/{n}, deps: [in.txt], outs: [out/{n}]}}" for n in numbers]
    rules = [f"out/{n}: in.txt\n\t@mkdir -p out\n\t@touch out/{n}" for n in numbers]
    outputs = " ".join(f"out/{n}" for n in numbers)
    folder.mkdir(parents=True)
    (folder / "in.txt").write_text("one\n")
    (folder / "Makefile").write_text("\n".join([f"all: {outputs}", *rules, ""]))
    _write(folder, ours, dvc, ignored=())


def many_files(folder: Path, count: int) -> None:
    """One step whose input is a folder of `count` small files."""
    inputs = folder / "files"
    for number in range(count):
        place = inputs / f"{number // 100:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.txt").write_text(f"row {number}\n" * 10)
    _one_step(folder, "files")


def large_file(folder: Path, size: int) -> None:
    """One step whose input is a file of `size` bytes, all of them really written."""
    folder.mkdir(parents=True)
    block = os.urandom(CHUNK)
    with (folder / "large.bin").open("wb") as stream:
        for _ in range(size // CHUNK):
            stream.write(block)
    _one_step(folder, "large.bin")


def forget(folder: Path, tool: str) -> Callable[[], None]:
    """Takes away all that `tool` remembers of its runs in `folder`."""

    def act() -> None:
        for name in STATE[tool]:
            path = folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        (folder / "out").mkdir(exist_ok=True)

    return act


def prepare_dvc(folder: Path, dvc: Path) -> None:
    """Make `folder` a DVC project as well; nothing is sent to its makers."""
    for words in (("init", "-q"), ("config", "core.analytics", "false")):
        subprocess.run([dvc, *words], cwd=folder, check=True, capture_output=True)


def _one_step(folder: Path, name: str) -> None:
    ours = [f"  s: {{command: 'true', inputs: [{name}]}}"]
    dvc = [f"  s: {{cmd: 'true', deps: [{name}]}}"]
    _write(folder, ours, dvc, ignored=(name,))


def _write(folder: Path, ours: list[str], dvc: list[str], ignored: tuple[str, ...]) -> None:
    head = ["shipway: 1", "project: bench", "steps:"]
    (folder / "shipway.yaml").write_text("\n".join([*head, *ours, ""]))
    (folder / "dvc.yaml").write_text("\n".join(["stages:", *dvc, ""]))
    (folder / ".gitignore").write_text("\n".join([*ignored, ""]))
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "Begin")):
        subprocess.run([*GIT, *words], cwd=folder, check=True, capture_output=True)
