# SPDX-License-Identifier: Apache-2.0
"""`make demo`: the example as a repository of its own in build/demo, and one `shipway run`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "fraud-detection"
DEMO = ROOT / "build" / "demo"
JOB = ("CI", "TF_BUILD", "JENKINS_URL", "CODEBUILD_BUILD_ID")
SHIPWAY = Path(sys.executable).parent / "shipway"


def main() -> int:
    """Make the demo anew, its old endpoint stopped first, and run it; the exit code of the run."""
    if (DEMO / "shipway.yaml").exists():
        subprocess.run([SHIPWAY, "stop", "production", "--project", DEMO], check=False)
    shutil.rmtree(DEMO, ignore_errors=True)
    shutil.copytree(EXAMPLE, DEMO, ignore=shutil.ignore_patterns(".shipway", "__pycache__"))
    make_repository()
    sys.stdout.flush()
    # The demo is its own whole world and nobody needs its store tomorrow, so it is no CI job: there
    # Shipway refuses a store that goes away with the checkout.
    env = {name: value for name, value in os.environ.items() if name not in JOB}
    return subprocess.run([SHIPWAY, "run", "--project", DEMO], env=env, check=False).returncode


def make_repository() -> None:
    """A Git repository with one commit on main; a name is lent to whoever has set none."""
    git("init", "-q", "-b", "main")
    git("add", "-A")
    configured = subprocess.run(
        ["git", "config", "user.email"], cwd=DEMO, capture_output=True, check=False
    )
    lent = (
        []
        if configured.returncode == 0
        else ["-c", "user.name=demo", "-c", "user.email=demo@localhost"]
    )
    git(*lent, "commit", "-q", "-m", "Detect fraud in card transactions")


def git(*words: str) -> None:
    """Run git in the demo."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *words], cwd=DEMO, env=env, check=True)


if __name__ == "__main__":
    sys.exit(main())
