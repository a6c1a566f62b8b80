# SPDX-License-Identifier: Apache-2.0
"""Environments as uv really makes them, from packages that these tests build themselves."""

import base64
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from shipway.adapters.environments.interface import worker_environment
from shipway.adapters.environments.relaxing import Relaxing, Unrelaxable
from shipway.adapters.environments.requirements import read_inputs
from shipway.adapters.environments.uv import UvEnvironments
from shipway.base.errors import InputError, OutsideError
from shipway.spec.types import EnvironmentSpec

SPEC = EnvironmentSpec(requirements=("requirements.txt",))


def write_wheel(folder: Path, name: str, version: str, requires: str = "") -> None:
    """A wheel whose one module tells its version."""
    info = f"{name}-{version}.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    files = {
        f"{name}.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_hash(text)},{len(text)}\n" for path, text in files.items())
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def project(tmp_path) -> Path:
    wheels = tmp_path / "wheels"
    write_wheel(wheels, "shipwaytesta", "1.0", "shipwaytestb>=1")
    write_wheel(wheels, "shipwaytestb", "1.5")
    write_wheel(wheels, "shipwaytestb", "2.0")
    write_wheel(wheels, "click", "6.7")
    folder = tmp_path / "project"
    folder.mkdir()
    require(folder, "shipwaytesta")
    return folder


def require(folder: Path, *needs: str) -> None:
    lines = ["--no-index", f"--find-links {folder.parent}/wheels", *needs]
    (folder / "requirements.txt").write_text("\n".join(lines) + "\n")


def resolve(cache: Path, folder: Path, spec: EnvironmentSpec = SPEC):
    told: list[str] = []
    return UvEnvironments(cache).resolve(folder, spec, told.append), told


def ask(environment, program: str, *, tools: bool = False) -> str:
    env = worker_environment(environment, os.environ, tools=tools)
    command = [environment.interpreter, "-c", program]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def test_one_lock_and_one_environment(cache, project):
    environment, told = resolve(cache, project)
    pins = {package.name: package.version for package in environment.packages}
    assert pins == {"shipwaytesta": "1.0", "shipwaytestb": "2.0"}
    assert "--hash=sha256:" in environment.lock
    assert "installing 2 packages" in told
    assert ask(environment, "import shipwaytestb; print(shipwaytestb.version)") == "2.0\n"
    again, told = resolve(cache, project)
    assert again == environment
    assert told == ["resolving requirements.txt"]


def test_the_runtime_stands_beside_the_projects_packages(cache, project):
    environment, _ = resolve(cache, project)
    overlay = Path(environment.overlay)
    assert (overlay / "runtime/shipway_runtime/worker.py").is_file()
    assert (overlay / "site/skops").is_dir()
    program = "import shipway_runtime, sys; print('numpy' in sys.modules)"
    assert ask(environment, program) == "False\n"
    with pytest.raises(subprocess.CalledProcessError):
        ask(environment, "import shipway")
    with pytest.raises(subprocess.CalledProcessError):
        ask(environment, "import pytest")
    assert ask(environment, "import pytest; print(pytest.__file__)", tools=True).startswith(
        f"{overlay}/tools"
    )


def test_an_environment_is_made_again_when_it_is_gone_or_half_made(cache, project):
    environment, _ = resolve(cache, project)
    folder = Path(environment.interpreter).parents[1]
    (folder / "complete").unlink()
    (folder / "lib").rename(folder / "lib-lost")
    told: list[str] = []
    assert UvEnvironments(cache).ensure(environment, told.append) == environment
    assert told == ["installing 2 packages"]
    assert ask(environment, "import shipwaytestb; print(shipwaytestb.version)") == "2.0\n"


def test_several_files_and_constraints(cache, project):
    (project / "limits.txt").write_text("shipwaytestb<2\n")
    require(project, "-c limits.txt", "shipwaytesta")
    (project / "more.txt").write_text("shipwaytestb\n")
    spec = EnvironmentSpec(requirements=("requirements.txt", "more.txt"))
    environment, _ = resolve(cache, project, spec)
    assert environment.packages[1].version == "1.5"


def test_a_project_file_without_its_own_package(cache, project):
    (project / "pyproject.toml").write_text(
        "[project]\nname = 'p'\nversion = '1'\nrequires-python = '>=3.9'\n"
        "dependencies = ['shipwaytesta']\n"
        f"[tool.uv]\nno-index = true\nfind-links = ['{project.parent}/wheels']\n"
    )
    spec = EnvironmentSpec(requirements=("pyproject.toml",))
    environment, _ = resolve(cache, project, spec)
    assert [package.name for package in environment.packages] == ["shipwaytesta", "shipwaytestb"]
    subprocess.run(["uv", "lock", "-q"], cwd=project, check=True, env=_with_uv())
    locked, _ = resolve(cache, project, spec)
    assert [package.name for package in locked.packages] == ["shipwaytesta", "shipwaytestb"]
    assert ask(locked, "import shipwaytestb; print(shipwaytestb.version)") == "2.0\n"


def _with_uv() -> dict[str, str]:
    from uv import find_uv_bin

    return {**os.environ, "PATH": f"{Path(find_uv_bin()).parent}:{os.environ['PATH']}"}


def test_no_requirements_is_an_empty_environment(cache, tmp_path):
    environment, _ = resolve(cache, tmp_path, EnvironmentSpec())
    assert (environment.lock, environment.packages) == ("", ())
    assert ask(environment, "print(1)") == "1\n"


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        (["shipwaytestc"], "no index that was asked has a package 'shipwaytestc'"),
        (["shipwaytestb==9"], "shipwaytestb==9"),
        (["shipwaytestb>>1"], "can't be read as a requirement"),
        (["click==6.7"], "click==6.7: at least 7.0 is needed"),
        (["./vendor"], "vendor"),
    ],
)
def test_requirements_that_cant_be_met(cache, project, needs, said):
    require(project, *needs)
    with pytest.raises(InputError) as caught:
        resolve(cache, project)
    assert said in caught.value.what
    assert caught.value.cure


def test_an_index_that_cant_be_reached(cache, project, monkeypatch):
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    (project / "requirements.txt").write_text("-i http://127.0.0.1:9/simple\nshipwaytestz\n")
    with pytest.raises(OutsideError, match="can't be reached"):
        resolve(cache, project)


def test_a_python_that_is_not_there(cache, project, monkeypatch):
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    spec = EnvironmentSpec(requirements=("requirements.txt",), python="3.99")
    with pytest.raises(InputError, match=r"no Python 3\.99"):
        resolve(cache, project, spec)


def test_a_contradiction_is_explained_by_its_lines(cache, project):
    write_wheel(project.parent / "wheels", "shipwaytestd", "3.0", "shipwaytestb<2")
    (project / "base.txt").write_text("\nshipwaytestd==3.0\n")
    require(project, "-r base.txt", "shipwaytestb==2.0  # new")
    with pytest.raises(InputError) as caught:
        resolve(cache, project)
    assert caught.value.where == "base.txt:2"
    said = caught.value.what
    assert "the requirements contradict each other on Python 3." in said
    assert "base.txt:2: shipwaytestd==3.0, which needs shipwaytestb<2" in said
    assert "requirements.txt:4: shipwaytestb==2.0" in said
    assert "shipwaytestb: 2.0 exists" in said or "shipwaytestb: the newest" in said
    assert "shipway run --relax" in caught.value.cure


def test_the_fewest_pins_are_loosened_and_little(cache, project):
    wheels = project.parent / "wheels"
    write_wheel(wheels, "shipwayteste", "1.0", "shipwaytestb<2")
    write_wheel(wheels, "shipwaytestf", "1.0", "shipwaytestb<2")
    needs = ["shipwaytestb==2.0", "shipwayteste==1.0", "shipwaytestf==1.0", "shipwaytesta==0.9"]
    require(project, *needs)
    inputs = read_inputs(project, SPEC.requirements)
    search = Relaxing(inputs, sys.executable, lambda line: None)
    changes = [(one.statement.text, one.becomes, one.takes) for one in search.find()]
    assert changes == [
        ("shipwaytestb==2.0", "shipwaytestb", "1.5"),
        ("shipwaytesta==0.9", "shipwaytesta>=0.9,<1", ""),
    ] or changes == [
        ("shipwaytestb==2.0", "shipwaytestb", "1.5"),
        ("shipwaytesta==0.9", "shipwaytesta>=0.9", "1.0"),
    ]
    assert search.exact


def test_requirements_that_resolve_need_no_change(project):
    inputs = read_inputs(project, SPEC.requirements)
    assert Relaxing(inputs, sys.executable, lambda line: None).find() == []


def test_a_package_that_nobody_has_is_no_matter_of_pins(project):
    require(project, "shipwaytestz==1", "shipwaytestb==2.0")
    inputs = read_inputs(project, SPEC.requirements)
    with pytest.raises(Unrelaxable, match="shipwaytestz"):
        Relaxing(inputs, sys.executable, lambda line: None).find()


def test_a_folder_of_wheels_in_the_project(cache, project):
    write_wheel(project / "vendor", "shipwaytestg", "1.0")
    (project / "requirements.txt").write_text("--no-index\n-f vendor\nshipwaytestg\n")
    environment, _ = resolve(cache, project)
    assert "-f vendor" in environment.lock
    assert str(project) not in environment.lock
    assert ask(environment, "import shipwaytestg; print(shipwaytestg.version)") == "1.0\n"


def test_a_setup_file_that_computes_is_asked_in_a_copy(cache, project):
    (project / "setup.py").write_text(
        "from setuptools import setup\n"
        "setup(name='p', version='1', install_requires=open('needs.in').read().split())\n"
    )
    (project / "needs.in").write_text("shipwaytestb==1.5\n")
    before = sorted(path.name for path in project.iterdir())
    (project / "wheels.txt").write_text(f"--find-links {project.parent}/wheels\n")
    spec = EnvironmentSpec(requirements=("setup.py", "wheels.txt"))
    try:
        environment, _ = resolve(cache, project, spec)
    except OutsideError:
        pytest.skip("setuptools, which builds it, can't be fetched")
    assert [package.version for package in environment.packages] == ["1.5"]
    assert sorted(path.name for path in project.iterdir()) == sorted([*before, "wheels.txt"])
