# SPDX-License-Identifier: Apache-2.0
"""`make lock`: resolve the lock files in requirements/ anew."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"
BOOTSTRAP = "uv>=0.9\nhatchling>=1.27\neditables>=0.5\n"
OPTIONS = (
    *("--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-header", "--no-annotate", "--quiet", "--upgrade"),
)


def compile_lock(sources: list[str], name: str) -> None:
    """Write requirements/NAME from `sources`."""
    target = ROOT / "requirements" / name
    subprocess.run([UV, "pip", "compile", *OPTIONS, *sources, "-o", target], cwd=ROOT, check=True)


def main() -> None:
    """All three locks: what a user needs, what a developer needs, what installs both."""
    compile_lock(["pyproject.toml"], "core.txt")
    compile_lock(["pyproject.toml", "--group", "dev"], "dev.txt")
    with tempfile.NamedTemporaryFile("w", suffix=".in") as stream:
        stream.write(BOOTSTRAP)
        stream.flush()
        compile_lock([stream.name], "bootstrap.txt")


if __name__ == "__main__":
    main()
