# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCES = sorted((ROOT / "src").rglob("*.py"))


def test_the_dependency_rule_holds():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("command", [["--version"], ["--help"]])
def test_nothing_heavy_is_imported_at_start(command):
    probe = (
        "import sys, io, contextlib\n"
        "from shipway.cli.main import run\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        f"    run({command!r})\n"
        "print(' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"polars", "numpy", "scipy", "sklearn", "rich", "jinja2", "yaml", "msgspec"}


def test_every_file_says_its_licence_and_what_it_is_for():
    for path in SOURCES:
        first, second, *_ = path.read_text().splitlines()
        assert first == "# SPDX-License-Identifier: Apache-2.0", path
        assert second.startswith(('"""', 'r"""')), path


def test_no_file_grows_beyond_reason():
    long = [path for path in SOURCES if len(path.read_text().splitlines()) > 400]
    assert long == []
