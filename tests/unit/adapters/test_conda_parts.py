# SPDX-License-Identifier: Apache-2.0
"""Locks, the choice between uv and conda, and what packages set when they are activated."""

import importlib.util

import msgspec
import pytest

from shipway.adapters import environments
from shipway.adapters.environments import conda_calls, conda_lock
from shipway.adapters.environments.choosing import ChosenEnvironments, kind_of
from shipway.adapters.environments.conda import CondaEnvironments
from shipway.adapters.environments.conda_activation import keep_variables
from shipway.adapters.environments.conda_file import CondaFile, Line
from shipway.adapters.environments.conda_pip import pip_packages
from shipway.adapters.environments.conda_worker import Result
from shipway.adapters.environments.fake import FakeEnvironments
from shipway.adapters.environments.interface import worker_environment
from shipway.base.errors import InputError, OutsideError
from shipway.records.source import LockedPackage
from shipway.spec.types import EnvironmentSpec
from shipway_runtime.formats import read_variables

TINY = conda_lock.CondaPackage("tiny", "1.0", "0", 0, "noarch", "file:///c/tiny.conda", "ab" * 32)
FILE = CondaFile("environment.yml", (Line("conda-forge", "environment.yml:2:5"),))


def silent(line):
    pass


def test_equal_locks_are_equal_texts_and_are_read_again():
    python = msgspec.structs.replace(
        TINY, name="python", version="3.11.7", depends=("__glibc >=2",)
    )
    one = conda_lock.make_lock((TINY, python), {"B": "2", "A": "1"})
    two = conda_lock.make_lock((python, TINY), {"A": "1", "B": "2"})
    assert conda_lock.write_lock(one) == conda_lock.write_lock(two)
    assert conda_lock.read_lock(conda_lock.write_lock(one)) == two
    assert (one.needs, one.python()) == (("__glibc >=2",), "3.11.7")


def test_a_lock_of_something_else_is_refused():
    with pytest.raises(InputError, match="no lock of a conda environment"):
        conda_lock.read_lock("numpy==2.0\n")
    later = '{"lock": "conda-9", "platform": "linux-64", "needs": [], "packages": []}'
    with pytest.raises(InputError, match="Use a newer Shipway"):
        conda_lock.read_lock(later)
    with pytest.raises(InputError, match="brings Python"):
        conda_lock.make_lock((TINY,), {}).python()


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("linux", "x86_64", "linux-64"),
        ("linux", "aarch64", "linux-aarch64"),
        ("darwin", "arm64", "osx-arm64"),
        ("darwin", "x86_64", "osx-64"),
        ("linux", "ppc64le", "linux-ppc64le"),
    ],
)
def test_platforms_by_condas_names(monkeypatch, system, machine, name):
    monkeypatch.setattr(conda_lock.sys, "platform", system)
    monkeypatch.setattr(conda_lock.platform, "machine", lambda: machine)
    assert conda_lock.this_platform() == name


def test_the_spec_chooses_what_is_resolved_and_the_record_what_is_made_again(tmp_path, monkeypatch):
    assert kind_of(EnvironmentSpec(conda="e.yml")) == "conda"
    assert kind_of(EnvironmentSpec(requirements=("r.txt",))) == kind_of(None) == "uv"
    fake = {"uv": f"{__name__}:Other", "conda": f"{__name__}:Other", "fake": f"{__name__}:Other"}
    monkeypatch.setattr("shipway.adapters.environments.choosing.CATALOGUE", fake)
    monkeypatch.setattr("shipway.base.catalogue.importlib.import_module", lambda name: Names)
    chosen = ChosenEnvironments(tmp_path, "conda")
    made = chosen.resolve(tmp_path, EnvironmentSpec(), silent)
    assert chosen.ensure(msgspec.structs.replace(made, kind="uv"), silent).kind == "uv"
    with pytest.raises(InputError, match="no kind 'mamba' among the environments"):
        chosen.ensure(msgspec.structs.replace(made, kind="mamba"), silent)


class Names:
    Other = staticmethod(lambda cache: FakeEnvironments())


def test_the_extra_is_named_when_it_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError) as caught:
        CondaEnvironments(tmp_path).resolve(tmp_path, EnvironmentSpec(conda="e.yml"), silent)
    assert caught.value.cure == "pip install 'shipway[conda]'"


def test_the_catalogue_has_it():
    assert environments.CATALOGUE["conda"].endswith(":CondaEnvironments")


def test_files_that_a_lock_follows_from(tmp_path):
    text = "dependencies:\n  - tiny\n  - pip: [six]\n"
    (tmp_path / "environment.yml").write_text(text)
    spec = EnvironmentSpec(conda="environment.yml")
    adapter = CondaEnvironments(tmp_path / "cache")
    assert adapter.fingerprint_files(spec) == ["environment.yml"]
    assert adapter.fingerprint_files(spec, tmp_path) == ["environment.yml"]


def explained(said, failed="channel", **more):
    lines = [Line("tiny=1.0=py3_0", "environment.yml:5:5"), Line("needy", "environment.yml:6:5")]
    return conda_calls._explain_solve(Result(failed=failed, said=said, **more), FILE, lines)


@pytest.mark.parametrize(
    ("said", "kind", "hint"),
    [
        ("tcp connect error: Connection refused", OutsideError, "Check the network, and the"),
        ("HTTP status client error (401 Unauthorized)", OutsideError, "the channel refused"),
        ("failed to write: No space left on device", OutsideError, "the disk is full"),
        ("hash mismatch when extracting x", OutsideError, "not what was locked"),
    ],
)
def test_whose_fault_it_is(said, kind, hint):
    error = explained(said)
    assert type(error) is kind
    assert hint in str(error)
    assert said in str(error)


def test_an_exported_build_of_another_platform_has_its_own_cure():
    said = "Cannot solve the request because of: No candidates were found for tiny ==1.0 py3_0."
    error = explained(said, "solve", offers={"tiny": ("1.0", "2.0")})
    assert error.where == "environment.yml:5:5"
    assert "There is tiny 1.0, 2.0." in error.what
    assert "--from-history" in error.cure


def test_a_package_that_only_another_platform_has():
    said = "No candidates were found for needy *."
    error = explained(said, "solve", offers={"needy": ("only for win-64",)})
    assert f"There is needy only for win-64, this is {conda_lock.this_platform()}." in error.what
    assert explained(said, "solve", offers={"needy": ()}).cure.endswith(
        "move needy below `- pip:`."
    )


def test_pins_of_a_lock():
    lock = "-i https://a.example\nTyping_Extensions==4.1 \\\n    --hash=sha256:00\nx @ https://b\n"
    assert pip_packages(lock) == (LockedPackage("typing-extensions", "4.1"),)


def test_activation_scripts_and_the_files_own_variables(tmp_path):
    scripts = tmp_path / "etc/conda/activate.d"
    scripts.mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    (scripts / "a.sh").write_text(
        'echo noise\nexport DATA="$CONDA_PREFIX/share"\nexport B="$A\n2"\n'
    )
    keep_variables(tmp_path, {"A": "1"})
    found = read_variables(str(tmp_path / "bin/python"))
    assert (found["DATA"], found["A"], found["B"]) == (f"{tmp_path}/share", "1", "1\n2")
    assert found["CONDA_PREFIX"] == str(tmp_path)
    assert not {"PATH", "HOME", "SHLVL", "PWD"} & set(found)


def test_an_activation_script_that_fails_is_named(tmp_path):
    scripts = tmp_path / "etc/conda/activate.d"
    scripts.mkdir(parents=True)
    (scripts / "a.sh").write_text("echo it is broken >&2\nexit 3\n")
    with pytest.raises(InputError, match="it is broken"):
        keep_variables(tmp_path, {})


def test_processes_get_them_but_the_runtimes_own_win(tmp_path):
    (tmp_path / "bin").mkdir()
    keep_variables(tmp_path, {"A": "1", "PYTHONPATH": "/theirs"})
    made = FakeEnvironments(tmp_path / "overlay").resolve(tmp_path, EnvironmentSpec(), silent)
    mine = msgspec.structs.replace(made, interpreter=str(tmp_path / "bin/python"))
    given = worker_environment(mine, {"A": "0", "CONDA_PREFIX": "/mine", "PATH": "/bin"})
    assert (given["A"], given["CONDA_PREFIX"]) == ("1", str(tmp_path))
    assert given["PYTHONPATH"] == f"{made.overlay}/runtime"
    assert given["PATH"] == f"{tmp_path}/bin:/bin"
