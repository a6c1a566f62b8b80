# SPDX-License-Identifier: Apache-2.0
"""What uv says, which pins that blames, the smallest set to loosen, and the patch for it."""

import itertools
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.adapters.environments.hitting import smallest_sets
from shipway.adapters.environments.patching import patch_of
from shipway.adapters.environments.relaxing import Change, ladder
from shipway.adapters.environments.requirements import read_inputs
from shipway.adapters.environments.uvwords import Need, last_trouble, spoken_of, understand

CONFLICT = """\
error: No solution found when resolving dependencies
  cause: Because pandas==2.2.0 depends on numpy{python_full_version < '3.12'}>=1.23.2,<2 and you \
require pandas==2.2.0, we can conclude that you require numpy>=1.23.2,<2.
         And because you require numpy==1.21.0, we can conclude that your requirements are \
unsatisfiable."""
TAGS = """\
error: No solution found when resolving dependencies
  cause: Because tensorflow==2.4.1 has no wheels with a matching Python ABI tag (e.g., `cp311`) \
and you require tensorflow==2.4.1, we can conclude that your requirements are unsatisfiable.
hint: You require CPython 3.11 (`cp311`), but we only found wheels for `tensorflow` (v2.4.1) with \
the following Python ABI tags: `cp36m`, `cp37m`, `cp38`"""
PLATFORM = """\
  cause: Because pywin32==306 has no wheels with a matching platform tag (e.g., \
`manylinux_2_36_x86_64`) and you require pywin32==306, we can conclude that your requirements are \
unsatisfiable.
hint: Wheels are available for `pywin32` (v306) on the following platforms: `win32`, `win_amd64`"""
PYTHON = """\
  cause: Because the current Python version (3.9.18) does not satisfy Python>=3.11 and \
networkx==3.6 depends on Python>=3.11, we can conclude that networkx==3.6 cannot be used."""
UNKNOWN = "Because scikit-lern was not found in the package registry and you require scikit-lern"
BUILD = """\
error: Failed to build `numpy==1.19.5`
  cause: The build backend returned an error
         scalartypes.c.src:2998:12: error: too few arguments to function ‘_Py_HashDouble’
         scalartypes.c.src:2969:1: warning: control reaches end of non-void function
         error: Command "gcc -Wall" failed with exit status 1

hint: Build failures usually indicate a problem with the package or the build environment"""


def test_what_uv_says_is_understood():
    assert understand(CONFLICT).needs == (Need("pandas", "==2.2.0", "numpy", ">=1.23.2,<2"),)
    assert understand(TAGS).tags == "3.6, 3.7, 3.8"
    assert understand(TAGS).no_wheels == ("tensorflow",)
    assert understand(PLATFORM).platforms == "win32, win_amd64"
    assert understand(PYTHON).pythons[0].range == ">=3.11"
    assert understand(UNKNOWN).unknown == ("scikit-lern",)
    assert understand(BUILD).build_name == "numpy"


def test_a_build_died_of_its_last_error():
    assert "too few arguments to function" in last_trouble(BUILD)


def test_packages_are_told_from_words():
    names = ["numpy", "pandas", "build", "six", "requirements"]
    assert spoken_of(CONFLICT, names) == ["numpy", "pandas"]
    assert spoken_of(BUILD, ["build"]) == []


@pytest.mark.parametrize(
    ("specifier", "wider"),
    [
        ("==1.21.3", ["~=1.21.3", ">=1.21.3,<2", ">=1.21.3", ""]),
        ("==1.21", [">=1.21,<2", ">=1.21", ""]),
        ("==1.21.*", [">=1.21,<2", ">=1.21", ""]),
        ("~=1.21", [">=1.21,<2", ">=1.21", ""]),
        (">=1.2,<1.5", [">=1.2", ""]),
        ("<1.5", [""]),
        (">=9", [""]),
        ("==2.0+cpu", [">=2.0,<3", ">=2.0", ""]),
    ],
)
def test_a_pin_is_widened_step_by_step(specifier, wider):
    assert ladder(specifier) == wider


@given(st.lists(st.frozensets(st.integers(0, 6), min_size=1, max_size=4), max_size=6))
def test_the_smallest_sets_are_the_smallest(conflicts):
    found = smallest_sets(conflicts, 3)
    assert found
    for chosen in found:
        assert all(chosen & conflict for conflict in conflicts)
    sizes = (
        size
        for size in range(8)
        for chosen in itertools.combinations(range(7), size)
        if all(set(chosen) & conflict for conflict in conflicts)
    )
    assert len(found[0]) == next(sizes)


def test_many_conflicts_end_in_reasonable_time():
    conflicts = [frozenset(range(n, n + 9)) for n in range(0, 150, 3)]
    (chosen, *_) = smallest_sets(conflicts, 4)
    assert all(chosen & conflict for conflict in conflicts)


FILES = {
    "requirements.txt": b"# ours\r\nnumpy==1.21.0  # caf\xe9\r\n"
    b"six==1 \\\r\n  --hash=sha256:00\r\nx==2",
    "wide.txt": "numpy==1.21.0\r\nsix\r\n".encode("utf-16"),
    "pyproject.toml": b"[project]\ndependencies = [\n  'numpy==1.21.0',\n]\n",
    "deep/Pipfile": b'[packages]\nnumpy = "==1.21.0"\n',
}
EXPECTED = {
    "requirements.txt": b"# ours\r\nnumpy>=1.21.0,<2  # caf\xe9\r\nsix>=1\r\nx>=2",
    "wide.txt": "numpy>=1.21.0,<2\r\nsix\r\n".encode("utf-16"),
    "pyproject.toml": b"[project]\ndependencies = [\n  'numpy>=1.21.0,<2',\n]\n",
    "deep/Pipfile": b'[packages]\nnumpy = ">=1.21.0,<2"\n',
}
WIDER = {"numpy": "numpy>=1.21.0,<2", "six": "six>=1", "x": "x>=2"}


@pytest.mark.parametrize("prefix", ["", "models/fraud"])
@pytest.mark.parametrize("name", FILES)
def test_git_takes_the_patch_and_bytes_stay_as_they_were(tmp_path, prefix, name):
    folder = tmp_path / prefix
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(FILES[name])
    pinned = [one for one in read_inputs(folder, [name]).statements if one.parts.specifier]
    changes = [Change(one, WIDER[one.name]) for one in pinned]
    patch = patch_of(changes, folder, prefix)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=patch, check=True)
    assert path.read_bytes() == EXPECTED[name]


def test_a_line_that_goes(tmp_path):
    (tmp_path / "r.txt").write_text("six\npkg-resources==0.0.0\nidna\n")
    inputs = read_inputs(tmp_path, ["r.txt"])
    patch = patch_of([Change(inputs.problems[0].statement, "")], tmp_path, "")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=patch, check=True)
    assert (tmp_path / "r.txt").read_text() == "six\nidna\n"
