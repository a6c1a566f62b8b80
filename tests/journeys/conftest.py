# SPDX-License-Identifier: Apache-2.0
"""Projects for the journeys. What a machine has once (environments, the key) is made once."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from journey import Project
from toy_project import write_toy

collect_ignore = ["shapes"]
# A journey is a user's at a laptop, wherever it is run: in CI a store that goes away with the
# checkout is refused.
CI_WORDS = (
    *("CI", "GITHUB_", "GITLAB_", "BRANCH_", "BUILD_", "SHIPWAY_", "GIT_"),
    *("TF_BUILD", "JENKINS_", "CODEBUILD_"),
)


@pytest.fixture(scope="session")
def surroundings(tmp_path_factory):
    """The environment variables of a user who has used nothing yet."""
    base = tmp_path_factory.getbasetemp()
    machine = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    environ = {k: v for k, v in os.environ.items() if not k.startswith(CI_WORDS)}
    environ |= {
        "XDG_CACHE_HOME": str(machine / "cache"),
        "XDG_CONFIG_HOME": str(machine / "config"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "NO_COLOR": "1",
    }
    for who in ("AUTHOR", "COMMITTER"):
        environ |= {f"GIT_{who}_NAME": "Ada", f"GIT_{who}_EMAIL": "ada@example.com"}
    return environ


@pytest.fixture
def project(tmp_path, surroundings):
    """An empty folder; at the end nothing that had to do with it runs any more."""
    made = Project(tmp_path / "project", surroundings)
    made.folder.mkdir()
    yield made
    made.stop_all()
    made.await_no_processes()


@pytest.fixture
def toy(project):
    """The toy project, committed, never run."""
    write_toy(project)
    project.repository()
    return project


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory, surroundings):
    """The toy project after its first run, its endpoint stopped; to be copied."""
    made = Project(tmp_path_factory.mktemp("once") / "project", surroundings)
    write_toy(made)
    made.repository()
    ended = made.run()
    made.stop_all()
    assert ended.code == 0, ended.text
    made.await_no_processes()
    shutil.rmtree(made.folder / ".shipway/local")
    return made.folder


@pytest.fixture
def trained(project, trained_once):
    """A copy of the toy project that was live once; the store is all that it remembers."""
    shutil.copytree(trained_once, project.folder, dirs_exist_ok=True, symlinks=True)
    return project


@pytest.fixture
def live(trained):
    """A copy of the toy project whose model is live."""
    ended = trained.run()
    assert ended.code == 0, ended.text
    return trained


def pytest_terminal_summary(terminalreporter):
    """What each shape of repository cost a stranger."""
    reports = terminalreporter.getreports("passed")
    rows = [value for one in reports for name, value in one.user_properties if name == "shape"]
    if not rows:
        return
    terminalreporter.section("from a stranger's repository to a live endpoint")
    terminalreporter.write_line(f"{'shape':20} lines  questions  runs  seconds  ends")
    for shape, lines, questions, runs, seconds, arrives in sorted(rows):
        terminalreporter.write_line(
            f"{shape:20} {lines:5} {questions:10} {runs:5} {seconds:8}  "
            f"{'live' if arrives else 'red, with advice'}"
        )
