# SPDX-License-Identifier: Apache-2.0
"""Requirements files, versions, folders that are made once, variables of a project's Python."""

import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shipway.adapters import environments
from shipway.adapters.environments import locks, once, requirements, uvtool, versions
from shipway.adapters.environments.fake import FakeEnvironments
from shipway.adapters.environments.interface import worker_environment
from shipway.adapters.environments.old_pythons import refuse_old
from shipway.adapters.environments.pythons import project_python, wanted_python
from shipway.adapters.environments.statements import Statement
from shipway.adapters.environments.uv import UvEnvironments
from shipway.base import catalogue
from shipway.base.errors import InputError, OutsideError
from shipway.records.source import LockedPackage, PythonEnvironment
from shipway.spec.types import EnvironmentSpec


def silent(line: str) -> None:
    pass


@pytest.mark.parametrize("kind", sorted(environments.CATALOGUE))
def test_the_catalogue_names_classes_that_exist(kind):
    assert callable(catalogue.load("environments", environments.CATALOGUE, kind).resolve)


@pytest.mark.parametrize(
    ("version", "wanted", "fits"),
    [
        ("3.11.7", "3.11", True),
        ("3.11.7", "3.1", False),
        ("3.10.13", "3.1", False),
        ("3.11.7", ">=3.10,<3.13", True),
        ("3.13.0", ">=3.10,<3.13", False),
        ("3.11.0", "==3.11.*", True),
        ("3.12.1", "!=3.12.*", False),
        ("3.12.1", "~=3.11", True),
        ("3.12.1", "~=3.11.0", False),
        ("3.11.7", ">3.11", True),
        ("3.11.0", "<=3.11", True),
        ("3.11.7", "pypy@3.11", False),
    ],
)
def test_versions_of_python(version, wanted, fits):
    assert versions.satisfies(version, wanted) is fits


def test_a_pin_below_what_the_runtime_needs_is_named():
    pins = [LockedPackage("click", "6.7"), LockedPackage("skops", "0.16.0")]
    with pytest.raises(InputError, match=r"^requirements.txt: click 6\.7: at least 7\.0 is needed"):
        versions.check_minimums(pins, "requirements.txt")
    versions.check_minimums(pins[1:], "requirements.txt")
    pinned = Statement("Click==6.7", "requirements.txt", 3)
    with pytest.raises(InputError, match=r"^requirements.txt:3: Click==6\.7: at least 7\.0") as one:
        versions.check_minimums(pins, "requirements.txt", [pinned])
    assert "shipway run --relax" in one.value.cure
    pins.append(LockedPackage("scikit-learn", "1.0.2"))
    with pytest.raises(InputError, match=r"3: 2 requirements are too old\n  r.+3: Click==6\.7: at"):
        versions.check_minimums(pins, "requirements.txt", [pinned])


def test_included_files_belong_to_the_lock(tmp_path):
    (tmp_path / "deps").mkdir()
    (tmp_path / "requirements.txt").write_text("-r deps/base.txt  # ours\npandas\n")
    (tmp_path / "deps/base.txt").write_text("--constraint=limits.txt\nnumpy\n")
    (tmp_path / "deps/limits.txt").write_text("-r ../requirements.txt\n")
    spec = EnvironmentSpec(requirements=("requirements.txt",))
    found = UvEnvironments(tmp_path / "cache").fingerprint_files(spec, tmp_path)
    assert found == ["requirements.txt", "deps/base.txt", "deps/limits.txt"]


def test_a_projects_lock_file_belongs_to_the_lock(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'p'\nrequires-python = '>=3.9'\n")
    (tmp_path / "uv.lock").write_text("")
    spec = EnvironmentSpec(requirements=("pyproject.toml",))
    found = UvEnvironments(tmp_path / "cache").fingerprint_files(spec, tmp_path)
    assert found == ["pyproject.toml", "uv.lock"]
    assert wanted_python(tmp_path, spec) == ">=3.9"
    assert wanted_python(tmp_path, EnvironmentSpec(python="3.10", requirements=found)) == "3.10"
    assert wanted_python(tmp_path, EnvironmentSpec()) == ""


def test_a_project_file_that_is_no_toml(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project\n")
    with pytest.raises(InputError, match="not valid TOML"):
        wanted_python(tmp_path, EnvironmentSpec(requirements=("pyproject.toml",)))


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("pyproject.toml", "[project]\nname = 'x'\nrequires-python = '>=3.7,<3.9'\n", ":3"),
        (
            "pyproject.toml",
            "[tool.poetry]\nname='x'\n[tool.poetry.dependencies]\npython = '~3.8'\nsix='*'\n",
            ":4",
        ),
        ("Pipfile", "[packages]\nsix = '*'\n[requires]\npython_version = '3.8'\n", ":4"),
        ("setup.cfg", "[options]\npython_requires = ==3.6.*\ninstall_requires = six\n", ":2"),
    ],
)
def test_a_python_that_is_too_old_is_refused_before_it_is_looked_for(tmp_path, file, text, place):
    (tmp_path / file).write_text(text)
    told: list[str] = []
    spec = EnvironmentSpec(requirements=(file,))
    with pytest.raises(InputError, match=r"older than 3\.9, which Shipway's runtime") as caught:
        project_python(tmp_path, spec, told.append)
    assert caught.value.where == f"{file}{place}"
    assert told == []


@pytest.mark.parametrize("wanted", ["", "3.11", ">=3.7", "~=3.8", "<3.9.2,>=3.9", "nonsense"])
def test_a_python_that_may_be_young_enough_is_not(tmp_path, wanted):
    refuse_old(tmp_path, EnvironmentSpec(), wanted)


def test_a_missing_requirements_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.txt: the requirements file does not exist"):
        requirements.closure(tmp_path, ["nowhere.txt"])


def test_indexes_are_kept_and_their_passwords_are_not(tmp_path):
    text = "--extra-index-url=https://u:${TOKEN}@example.org/simple\n-i https://a.example\nsix\n"
    (tmp_path / "r.txt").write_text(text)
    assert requirements.read_inputs(tmp_path, ["r.txt"]).indexes == text.splitlines()[:2]
    (tmp_path / "r.txt").write_text("-i https://u:hunter2@example.org/simple\n")
    with pytest.raises(InputError) as caught:
        requirements.read_inputs(tmp_path, ["r.txt"])
    assert "hunter2" not in str(caught.value)


def test_an_index_with_its_password_is_refused_before_it_is_asked(tmp_path):
    (tmp_path / "r.txt").write_text("-i https://u:hunter2@example.invalid/simple\nsix\n")
    told = []
    with pytest.raises(InputError, match="with its password"):
        UvEnvironments(tmp_path / "cache").resolve(
            tmp_path, EnvironmentSpec(requirements=("r.txt",)), told.append
        )
    assert told == []


def test_a_lock_holds_neither_the_project_nor_anything_of_this_machine():
    text = "-e .\nclick==8.1.0 \\\n    --hash=sha256:00\nTyping_Extensions==4.1\n"
    lock = locks.clean_lock(text, ["-i https://a.example"], "requirements.txt")
    assert lock.splitlines()[:2] == ["-i https://a.example", "click==8.1.0 \\"]
    assert locks.locked_packages(lock) == (
        LockedPackage("click", "8.1.0"),
        LockedPackage("typing-extensions", "4.1"),
    )
    for line in ("./vendor/thing", "-e ../other", "thing @ file:///home/me/thing", "/abs/x.whl"):
        with pytest.raises(InputError, match="of this machine"):
            locks.clean_lock(line, [], "requirements.txt")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("error: Because numpy==99 was not found, unsatisfiable.", InputError),
        (
            "error: Request failed after 3 retries\n  cause: Failed to fetch: https://…",
            OutsideError,
        ),
        ("error: failed to write: No space left on device (os error 28)", OutsideError),
    ],
)
def test_whose_fault_it_is(said, kind):
    error = uvtool.explain(uvtool.UvError(said), "no", "requirements.txt", cure="Correct it.")
    assert type(error) is kind
    assert said.removeprefix("error: ").splitlines()[0] in str(error)
    assert error.cure


def test_a_folder_is_made_once(tmp_path):
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "content").touch()

    folder = tmp_path / "cache" / "x"
    assert once.make_once(folder, make) == once.make_once(folder, make) == folder
    assert made == [folder]
    once.make_once(folder, make, usable=lambda _: False)
    assert len(made) == 2


def test_what_an_interrupted_maker_left_is_removed(tmp_path):
    folder = tmp_path / "x"

    def die(folder: Path) -> None:
        (folder / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        once.make_once(folder, die)
    assert not once.is_complete(folder)
    once.make_once(folder, lambda folder: (folder / "whole").touch())
    assert sorted(path.name for path in folder.iterdir()) == ["complete", "whole"]


def _make_slowly(folder: Path, log: Path) -> None:
    def make(folder: Path) -> None:
        time.sleep(0.2)
        with log.open("a") as stream:
            stream.write("made\n")

    once.make_once(folder, make)


def test_two_processes_make_it_once(tmp_path):
    arguments = (tmp_path / "x", tmp_path / "log")
    spawn = multiprocessing.get_context("fork")
    makers = [spawn.Process(target=_make_slowly, args=arguments) for _ in range(3)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert arguments[1].read_text() == "made\n"


@pytest.fixture
def fake(tmp_path) -> PythonEnvironment:
    return FakeEnvironments(tmp_path / "overlay").resolve(tmp_path, EnvironmentSpec(), silent)


def test_nothing_of_shipways_own_environment_is_passed_on(fake):
    mine = {"VIRTUAL_ENV": "/x", "PYTHONPATH": "/y", "PYTHONHOME": "/z", "PATH": "/bin", "A": "1"}
    variables = worker_environment(fake, mine)
    assert not {"VIRTUAL_ENV", "PYTHONHOME", "SHIPWAY_TOOLS"} & set(variables)
    assert variables["PYTHONPATH"] == f"{fake.overlay}/runtime"
    assert variables["PATH"] == f"{Path(sys.executable).parent}:/bin"
    assert (variables["A"], variables["PYTHONHASHSEED"]) == ("1", "0")


def test_tools_stand_behind_everything_and_other_hooks_still_run(fake, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/sitecustomize.py").write_text("import sys\nsys.theirs = True\n")
    variables = worker_environment(fake, os.environ, tools=True)
    variables["PYTHONPATH"] += f":{tmp_path}/theirs"
    program = "import sys, shipway_runtime; print(sys.path[-1], sys.theirs)"
    said = subprocess.run(
        [fake.interpreter, "-c", program], env=variables, capture_output=True, text=True
    )
    assert (said.stdout.split(), said.stderr) == ([f"{fake.overlay}/tools", "True"], "")


def test_the_fake_can_be_steered_to_failure(tmp_path):
    fake = FakeEnvironments()
    fake.fail(OutsideError("no network"))
    with pytest.raises(OutsideError):
        fake.resolve(tmp_path, EnvironmentSpec(), silent)
    assert fake.resolve(tmp_path, EnvironmentSpec(), silent).overlay == ""
    assert fake.resolved == 1
