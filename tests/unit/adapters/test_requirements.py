# SPDX-License-Identifier: Apache-2.0
"""Requirements as people write them: encodings, options, projects, Poetry, Pipenv."""

from pathlib import Path

import pytest

from shipway.adapters.environments import foreign, locks, problems, projects, pythons
from shipway.adapters.environments.ranges import python_marker, specifier_of
from shipway.adapters.environments.requirements import closure, logical_lines, read_inputs
from shipway.adapters.environments.statements import Statement, parse
from shipway.adapters.environments.textfiles import decode
from shipway.base.errors import InputError
from shipway.records.source import LockedPackage
from shipway.spec.types import EnvironmentSpec


def write(folder: Path, **files: str | bytes) -> None:
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def texts(folder: Path, *names: str) -> list[str]:
    return [one.text for one in read_inputs(folder, names).statements]


@pytest.mark.parametrize(
    "content",
    [
        "numpy==1.2\r\nsix\r\n".encode("utf-16"),
        "numpy==1.2\nsix".encode("utf-16-be"),
        b"\xfe\xff" + "numpy==1.2\nsix\n".encode("utf-16-be"),
        b"\xef\xbb\xbfnumpy==1.2\nsix\n",
        b"# caf\xe9\nnumpy==1.2   # na\xefve\nsix\n",
    ],
)
def test_any_encoding_is_read_and_written_back(tmp_path, content):
    write(tmp_path, r__txt=content)
    assert texts(tmp_path, "r.txt") == ["numpy==1.2", "six"]
    found = decode(content, "r.txt")
    assert found.encode(found.text) == content


def test_a_byte_that_is_no_text_is_found():
    with pytest.raises(InputError) as caught:
        decode(b"six\nna\xefve==1\n", "r.txt")
    assert caught.value.where == "r.txt:2:3"
    assert str(caught.value) == "r.txt:2:3: not UTF-8: byte 0xef\nSave it as UTF-8."


def test_lines_know_where_they_stand():
    text = "# a\n\nsix==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\nclick  # c\n"
    found = list(logical_lines(text))
    assert [(first, last) for first, last, _ in found] == [(3, 5), (6, 6)]
    assert found[1][2] == "click"


def test_statements_of_included_files(tmp_path):
    (tmp_path / "deps").mkdir()
    (tmp_path / "deps/base.txt").write_text(
        "\npandas[excel]==2.2.0; python_version>'3'\n-c../c.txt\n"
    )
    write(tmp_path, r__txt="-rdeps/base.txt\n--hash-mode\n", c__txt="numpy<2\n")
    with pytest.raises(InputError, match="the option --hash-mode is not understood"):
        read_inputs(tmp_path, ["r.txt"])
    write(tmp_path, r__txt="-rdeps/base.txt\n--trusted-host x\n--pre\n")
    inputs = read_inputs(tmp_path, ["r.txt"])
    assert [one.shown for one in inputs.statements] == [
        "deps/base.txt:2: pandas[excel]==2.2.0; python_version>'3'",
        "c.txt:1: numpy<2",
    ]
    assert [one.kind for one in inputs.statements] == ["requirement", "constraint"]
    assert inputs.files == ["r.txt", "deps/base.txt", "c.txt"]
    assert inputs.options == ["--pre"]


def test_an_include_from_the_network_is_refused(tmp_path):
    write(tmp_path, r__txt="-r https://example.org/r.txt\n")
    with pytest.raises(InputError, match="on the network"):
        read_inputs(tmp_path, ["r.txt"])


def test_a_password_in_an_address_is_not_shown(tmp_path):
    write(tmp_path, r__txt="x @ git+https://u:hunter2@example.org/x\n")
    with pytest.raises(InputError) as caught:
        read_inputs(tmp_path, ["r.txt"])
    assert "hunter2" not in str(caught.value)


def test_the_parts_of_a_requirement():
    parts = parse("pandas [excel] >=2, <3 ; sys_platform == 'linux'")
    assert (parts.name, parts.extras) == ("pandas", "[excel]")
    assert (parts.specifier, parts.marker) == (">=2, <3", "sys_platform == 'linux'")
    assert parts.with_specifier("") == "pandas[excel]; sys_platform == 'linux'"
    assert parse("x @ https://a/x.whl").url == "https://a/x.whl"
    assert parse("https://a/x-1.0.whl").name == ""
    assert parse("git+https://a/x@main").name == ""


@pytest.mark.parametrize(
    ("text", "said", "becomes"),
    [
        ("sklearn", "that is scikit-learn", "scikit-learn"),
        ("sklearn==0.0", "that is scikit-learn", "scikit-learn"),
        ("pywin32==306", "Windows only", "pywin32==306; sys_platform == 'win32'"),
        ("numpy @ file:///tmp/build/numpy_1", "a place on the machine that wrote it", "numpy"),
        ("numpy=1.19=py37_0", "conda writes it so", "numpy==1.19"),
        ("pkg-resources==0.0.0", "is no package", ""),
        ("../lib", "is a folder or file of this machine", None),
        ("numpy>>1", "can't be read as a requirement", None),
        ("git+file:///home/me/x", "is a folder or file of this machine", None),
    ],
)
def test_what_can_never_be_met_is_known_before_anybody_is_asked(text, said, becomes):
    found = problems.problem_of(Statement(text, "r.txt", 1), "linux")
    assert found is not None
    assert said in found.what
    assert found.becomes == becomes
    assert found.cure


@pytest.mark.parametrize(
    "text", ["pywin32; sys_platform == 'win32'", "scikit-learn==1.5", "six", "x @ https://a/x.whl"]
)
def test_what_may_be_met_is_no_problem(text):
    assert problems.problem_of(Statement(text, "r.txt", 1), "linux") is None


def test_windows_packages_are_right_on_windows():
    assert problems.problem_of(Statement("pywin32==306", "r.txt", 1), "win32") is None


PROJECT = """\
[project]
name = "mine"
requires-python = ">=3.10"
dependencies = [
    "six==1.16",
]
[project.optional-dependencies]
cli = ["click"]
all = ["mine[cli]", "idna"]
[dependency-groups]
dev = ["pytest", {include-group = "docs"}]
docs = ["jinja2"]
"""


def test_a_project_with_extras_and_groups(tmp_path):
    write(tmp_path, pyproject__toml=PROJECT)
    assert texts(tmp_path, "pyproject.toml") == ["six==1.16"]
    assert texts(tmp_path, "pyproject.toml[all]") == ["six==1.16", "idna", "click"]
    assert texts(tmp_path, "pyproject.toml:dev") == ["pytest", "jinja2"]
    assert read_inputs(tmp_path, ["pyproject.toml"]).statements[0].where == "pyproject.toml:5"
    with pytest.raises(InputError, match="no extra 'gui'"):
        read_inputs(tmp_path, ["pyproject.toml[gui]"])
    with pytest.raises(InputError, match="no dependency group 'de'"):
        read_inputs(tmp_path, ["pyproject.toml:de"])


def test_the_project_itself_brings_what_it_needs(tmp_path):
    write(tmp_path, pyproject__toml=PROJECT, r__txt="-e .[cli]\nnumpy\n")
    assert texts(tmp_path, "r.txt") == ["six==1.16", "click", "numpy"]
    assert closure(tmp_path, ["r.txt"]) == ["r.txt", "pyproject.toml"]
    write(tmp_path, pyproject__toml="[tool.black]\n")
    with pytest.raises(InputError) as caught:
        read_inputs(tmp_path, ["r.txt"])
    assert caught.value.where == "r.txt:1"
    assert "Remove the line" in caught.value.cure


def test_a_setup_file_is_read_and_not_executed(tmp_path):
    text = (
        "from setuptools import setup\nNEEDS = [\n    'six==1.16',\n]\n"
        "setup(name='p', install_requires=NEEDS, extras_require={'cli': ['click']},\n"
        "      python_requires='>=3.9')\nraise SystemExit('executed')\n"
    )
    write(tmp_path, setup__py=text)
    inputs = read_inputs(tmp_path, ["setup.py[cli]"])
    assert [one.shown for one in inputs.statements] == [
        "setup.py:3: six==1.16",
        "setup.py:5: click",
    ]
    assert projects.python_of(tmp_path, "setup.py") == ">=3.9"


def test_a_setup_file_that_computes_is_left_to_uv(tmp_path):
    write(tmp_path, setup__py="setup(install_requires=open('r.in').read().split())\n")
    inputs = read_inputs(tmp_path, ["setup.py"])
    assert (inputs.statements, inputs.native[0].built) == ([], True)
    assert not inputs.only_names()


def test_setup_cfg(tmp_path):
    write(tmp_path, setup__cfg="[options]\ninstall_requires =\n  six==1.16  # old\n  idna\n")
    found = read_inputs(tmp_path, ["setup.cfg"]).statements
    assert [one.shown for one in found] == ["setup.cfg:3: six==1.16", "setup.cfg:4: idna"]


@pytest.mark.parametrize(
    ("poetry", "ours"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^1", ">=1,<2"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1", ">=1,<2"),
        ("1.2.*", "==1.2.*"),
        ("1.2.3", "==1.2.3"),
        ("*", ""),
        (">= 1.2, < 2", ">=1.2,<2"),
        (">=1.2 <2", ">=1.2,<2"),
        ("~=1.2", "~=1.2"),
    ],
)
def test_ranges_of_poetry(poetry, ours):
    assert specifier_of(poetry) == ours


def test_a_range_of_pythons_as_a_marker():
    assert python_marker("^3.9") == "python_version >= '3.9' and python_version < '4'"


POETRY = """\
[tool.poetry]
name = "p"
[tool.poetry.dependencies]
python = "^3.9"
six = "^1.15"
click = {version = "~8.1", optional = true}
gg = {git = "https://example.org/gg.git", tag = "v1"}
[tool.poetry.extras]
cli = ["click"]
[tool.poetry.group.dev.dependencies]
pytest = "*"
"""
POETRY_LOCK = """\
[[package]]
name = "six"
version = "1.16.0"
files = [{file = "six.whl", hash = "sha256:aa"}]
"""


def test_poetry(tmp_path):
    write(tmp_path, pyproject__toml=POETRY)
    plain = ["six>=1.15,<2", "gg @ git+https://example.org/gg.git@v1"]
    assert texts(tmp_path, "pyproject.toml") == plain
    assert texts(tmp_path, "pyproject.toml[cli]")[1] == "click>=8.1,<8.2"
    assert texts(tmp_path, "pyproject.toml:dev") == ["pytest"]
    write(tmp_path, poetry__lock=POETRY_LOCK)
    inputs = read_inputs(tmp_path, ["poetry.lock"])
    assert inputs.files == ["pyproject.toml", "poetry.lock"]
    locked = inputs.statements[-1]
    assert (locked.text, locked.kind, locked.hashes) == ("six==1.16.0", "locked", ("sha256:aa",))
    spec = EnvironmentSpec(requirements=("poetry.lock",))
    assert pythons.wanted_python(tmp_path, spec) == ">=3.9,<4"


def test_a_range_that_cant_be_said_is_named(tmp_path):
    write(tmp_path, pyproject__toml=POETRY.replace("^1.15", "^1.15 || ^2"))
    with pytest.raises(InputError) as caught:
        read_inputs(tmp_path, ["pyproject.toml"])
    assert "six: can't read the version ^1.15 || ^2" in caught.value.what
    assert caught.value.where == "pyproject.toml:5"


def test_a_poetry_lock_alone_is_refused(tmp_path):
    write(tmp_path, poetry__lock=POETRY_LOCK)
    with pytest.raises(InputError, match="poetry export"):
        read_inputs(tmp_path, ["poetry.lock"])


PIPFILE = """\
[[source]]
url = "https://pypi.example.org/simple"
[packages]
six = "*"
click = {version = "<8.2", extras = ["x"], markers = "os_name == 'posix'"}
[requires]
python_version = "3.10"
"""
PIPFILE_LOCK = (
    '{"_meta": {"sources": []}, "default": {"six": {"hashes": ["sha256:aa"], '
    '"version": "==1.16.0"}}, "develop": {}}'
)


def test_pipenv(tmp_path):
    write(tmp_path, Pipfile=PIPFILE)
    inputs = read_inputs(tmp_path, ["Pipfile"])
    assert [one.text for one in inputs.statements] == ["six", "click[x]<8.2; (os_name == 'posix')"]
    assert inputs.indexes == ["--extra-index-url https://pypi.example.org/simple"]
    spec = EnvironmentSpec(requirements=("Pipfile",))
    assert pythons.wanted_python(tmp_path, spec) == "3.10"
    (tmp_path / "Pipfile.lock").write_text(PIPFILE_LOCK)
    inputs = read_inputs(tmp_path, ["Pipfile"])
    assert [(one.text, one.hashes) for one in inputs.statements] == [
        ("six==1.16.0", ("sha256:aa",))
    ]
    assert inputs.files == ["Pipfile", "Pipfile.lock"]
    (tmp_path / "Pipfile.lock").write_text("{")
    with pytest.raises(InputError, match="not a lock of Pipenv"):
        read_inputs(tmp_path, ["Pipfile"])


def test_is_poetry_only_without_a_standard_table(tmp_path):
    assert not foreign.is_poetry(tmp_path)
    write(tmp_path, pyproject__toml=POETRY + '[project]\ndependencies = ["six"]\n')
    assert not foreign.is_poetry(tmp_path)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("3.11.4\n", "3.11"), ("3.12", "3.12"), ("myenv\n", ""), ("pypy3.9-7\n", "")],
)
def test_a_python_version_file(tmp_path, text, wanted):
    (tmp_path / ".python-version").write_text(text)
    assert pythons.wanted_python(tmp_path, EnvironmentSpec()) == wanted
    assert pythons.wanted_python(tmp_path, EnvironmentSpec(python="3.9")) == "3.9"


def test_a_lock_trusts_no_more_files_than_the_projects_own_lock():
    lock = "click==8.1 \\\n    --hash=sha256:bb\n"
    lock += "six==1.16 \\\n    --hash=sha256:aa \\\n    --hash=sha256:ab\n"
    known = locks.known_hashes([Statement("six==1.16", "p.lock", 1, hashes=("sha256:ab",))])
    kept = locks.keep_hashes(lock, known, "p.lock")
    assert kept == "click==8.1 \\\n    --hash=sha256:bb\nsix==1.16 \\\n    --hash=sha256:ab\n"
    known = {("six", "1.16"): {"sha256:zz"}}
    with pytest.raises(InputError, match=r"six==1\.16: the index has none of the files"):
        locks.keep_hashes(lock, known, "p.lock")


def test_a_package_from_git_is_locked_by_its_commit():
    commit = "a" * 40
    lock = f"gg @ git+https://example.org/gg@{commit}\n"
    assert locks.locked_packages(lock) == (LockedPackage("gg", commit),)
