# SPDX-License-Identifier: Apache-2.0
"""Console scripts of a project that is not installed."""

import os
import subprocess
import sys

import pytest

from shipway.base.errors import InputError
from shipway.stages.scripts import declared_scripts, write_scripts

PYPROJECT = '[project]\nname = "p"\n[project.scripts]\nmy-train = "pkg.cli:main"\n'
POETRY = '[tool.poetry.scripts]\nmy-train = "pkg.cli:main"\n'
SETUP_CFG = "[options.entry_points]\nconsole_scripts =\n    my-train = pkg.cli:main\n"
SETUP_PY = "setup(entry_points={'console_scripts': ['my-train=pkg.cli:main']})\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", PYPROJECT),
        ("pyproject.toml", POETRY),
        ("setup.cfg", SETUP_CFG),
        ("setup.py", SETUP_PY),
    ],
)
def test_a_declared_script_can_be_called(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/cli.py").write_text(
        "import sys\ndef main():\n    print(sys.argv[1:])\n    return 3\n"
    )
    place = write_scripts(tmp_path, tmp_path / "bin", sys.executable)
    assert place is not None
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([str(place / "my-train"), "--x"], env=env, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (3, "['--x']\n")


def test_a_project_without_scripts(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.black]\n")
    assert write_scripts(tmp_path, tmp_path / "bin", sys.executable) is None
    assert not (tmp_path / "bin").exists()


def test_a_project_file_that_is_no_toml(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project\n")
    with pytest.raises(InputError, match="not valid TOML"):
        declared_scripts(tmp_path)
