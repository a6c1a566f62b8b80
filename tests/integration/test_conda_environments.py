# SPDX-License-Identifier: Apache-2.0
"""Environments as py-rattler really makes them, from a channel that these tests write."""

import base64
import functools
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from conda_channel import BUILT_IN, MINOR, Channel, write_channel
from shipway.adapters.environments.conda import CondaEnvironments
from shipway.adapters.environments.interface import worker_environment
from shipway.base.errors import InputError, OutsideError
from shipway.spec.types import EnvironmentSpec

pytest.importorskip("rattler")
SPEC = EnvironmentSpec(conda="environment.yml")


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def channel(tmp_path) -> Path:
    write_channel(tmp_path / "channel")
    return tmp_path / "channel"


@pytest.fixture
def project(tmp_path, channel) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    ask_for(folder, "tiny")
    return folder


def ask_for(folder: Path, *packages: str, pip: tuple[str, ...] = (), channel: str = "") -> None:
    lines = [f"channels: ['{channel or f'file://{folder.parent}/channel'}', nodefaults]"]
    lines += ["dependencies:", *(f"  - {package}" for package in packages)]
    lines += ["  - pip:", *(f"      - {one}" for one in pip)] if pip else []
    (folder / "environment.yml").write_text("\n".join(lines) + "\n")


def resolve(cache: Path, folder: Path, spec: EnvironmentSpec = SPEC):
    told: list[str] = []
    return CondaEnvironments(cache).resolve(folder, spec, told.append), told


def refused(cache: Path, folder: Path, spec: EnvironmentSpec = SPEC) -> InputError:
    with pytest.raises(InputError) as caught:
        resolve(cache, folder, spec)
    return caught.value


def ask(environment, program: str, *, tools: bool = False) -> str:
    env = worker_environment(environment, os.environ, tools=tools)
    command = [environment.interpreter, "-c", program]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def test_solve_lock_install_import(cache, project):
    ask_for(project, "tiny <2")
    environment, told = resolve(cache, project)
    pins = {package.name: package.version for package in environment.packages}
    assert (pins["tiny"], environment.kind) == ("1.0", "conda")
    assert environment.python == pins["python"]
    assert told[:2] == ["resolving environment.yml", "installing 2 packages"]
    assert ask(environment, "import tiny; print(tiny.version)") == "1.0\n"
    lock = json.loads(environment.lock)
    assert [package["name"] for package in lock["packages"]] == ["python", "tiny"]
    assert all(len(package["sha256"]) == 64 for package in lock["packages"])
    if sys.platform == "linux":
        assert lock["needs"] == ["__glibc >=2.17"]


def test_the_runtime_and_pytest_stand_beside_the_packages(cache, project):
    environment, _ = resolve(cache, project)
    assert (Path(environment.overlay) / "site/skops").is_dir()
    assert ask(environment, "import shipway_runtime; print(1)") == "1\n"
    assert ask(environment, "import pytest; print(1)", tools=True) == "1\n"
    with pytest.raises(subprocess.CalledProcessError):
        ask(environment, "import shipway")


def test_the_same_file_has_the_same_lock_and_is_installed_once(cache, project):
    first, _ = resolve(cache, project)
    again, told = resolve(cache, project)
    assert again == first
    assert told == ["resolving environment.yml"]
    ask_for(project, "tiny", "data")
    assert resolve(cache, project)[0].digest != first.digest


def test_without_the_channel_what_was_installed_is_used_and_made_again(cache, project, channel):
    environment, _ = resolve(cache, project)
    shutil.rmtree(channel)
    told: list[str] = []
    adapter = CondaEnvironments(cache)
    assert adapter.ensure(environment, told.append) == environment
    assert told == []
    shutil.rmtree(Path(environment.interpreter).parent.parent)
    assert adapter.ensure(environment, told.append) == environment
    assert told == ["installing 2 packages"]
    assert ask(environment, "import tiny; print(tiny.version)") == "2.0\n"
    with pytest.raises(OutsideError, match="the channels can't be asked"):
        resolve(cache, project)


def test_an_environment_of_another_platform_is_not_made(cache, project):
    import msgspec

    environment, _ = resolve(cache, project)
    lock = json.loads(environment.lock)
    elsewhere = json.dumps(lock | {"platform": "win-64"})
    with pytest.raises(InputError, match="was made for win-64"):
        CondaEnvironments(cache).ensure(
            msgspec.structs.replace(environment, lock=elsewhere), lambda line: None
        )
    demanding = json.dumps(lock | {"needs": ["__cuda >=99"]})
    with pytest.raises(InputError, match="needs __cuda >=99, which this machine does not have"):
        CondaEnvironments(cache).ensure(
            msgspec.structs.replace(environment, lock=demanding), lambda line: None
        )


def test_a_conflict_is_explained_with_its_lines(cache, project):
    ask_for(project, "tiny >=2", "needy")
    error = refused(cache, project)
    assert error.where == "environment.yml:3:5"
    assert "tiny <2, for which no candidates were found" in error.what
    assert "Asked for in environment.yml:3:5: tiny >=2" in error.what
    assert "Asked for in environment.yml:4:5: needy" in error.what
    assert "There is tiny 1.0, 2.0." in error.what


@pytest.mark.parametrize(
    ("package", "where", "said"),
    [
        ("nothere", "environment.yml:3:5", "There is no nothere in file://"),
        ("tiny ==9", "environment.yml:3:5", "There is tiny 1.0, 2.0."),
        ("gpu", "environment.yml:3:5", "the machine itself"),
        ("windows", "environment.yml:3:5", "There is windows only for win-64"),
        ("tiny =>2", "environment.yml:3:5", "'tiny =>2' names no package"),
    ],
)
def test_what_can_not_be_had_is_named_with_what_there_is(cache, project, package, where, said):
    if sys.platform == "win32" and package == "windows":
        pytest.skip("it is there")
    ask_for(project, package)
    error = refused(cache, project)
    assert error.where == where
    assert said in str(error)


def test_the_python_of_the_spec_is_asked_for(cache, project):
    version = ".".join(map(str, sys.version_info[:2]))
    environment, _ = resolve(
        cache, project, EnvironmentSpec(conda="environment.yml", python=version)
    )
    assert environment.python.startswith(version)
    error = refused(cache, project, EnvironmentSpec(conda="environment.yml", python=">=3.99"))
    assert error.where == "environment.python"
    assert "Asked for in environment.python: python >=3.99" in error.what


def test_variables_and_activation_reach_the_projects_processes(cache, project):
    ask_for(project, "data")
    with (project / "environment.yml").open("a") as stream:
        stream.write("variables: {GREETING: hi}\n")
    environment, _ = resolve(cache, project)
    program = (
        "import os; print(os.environ['GREETING'], os.environ['CONDA_PREFIX']);"
        "print(open(os.environ['TINY_DATA'] + '/where.txt').read())"
    )
    prefix = Path(environment.interpreter).parent.parent
    assert ask(environment, program).splitlines()[:2] == [f"hi {prefix}", f"{prefix}/share"]


def test_what_pip_adds_is_locked_against_the_conda_packages(cache, project, tmp_path):
    sys.path.insert(0, str(Path(__file__).parent))
    from test_environments import write_wheel

    write_wheel(tmp_path / "wheels", "shipwaytesta", "1.0", "tiny>=1")
    links = ("--no-index", f"--find-links {tmp_path}/wheels")
    ask_for(project, "tiny", pip=(*links, "shipwaytesta"))
    environment, told = resolve(cache, project)
    pins = {package.name: package.version for package in environment.packages}
    assert (pins["tiny"], pins["shipwaytesta"]) == ("2.0", "1.0")
    pip = json.loads(environment.lock)["pip"]
    assert "shipwaytesta==1.0 \\\n    --hash=sha256:" in pip
    assert "tiny" not in pip.replace(str(tmp_path), "")
    assert "resolving the requirements of pip" in told
    assert ask(environment, "import shipwaytesta, tiny; print(tiny.version)") == "2.0\n"
    ask_for(project, "tiny", pip=(*links, "shipwaytestz"))
    error = refused(cache, project)
    assert error.where == "environment.yml:5:9"
    assert "shipwaytestz was not found" in error.what
    assert str(cache) not in error.what


def test_pip_may_replace_what_conda_chose_and_says_so(cache, project, tmp_path):
    sys.path.insert(0, str(Path(__file__).parent))
    from test_environments import write_wheel

    write_wheel(tmp_path / "wheels", "tiny", "1.5")
    ask_for(project, "tiny", pip=("--no-index", f"--find-links {tmp_path}/wheels", "tiny<2"))
    environment, told = resolve(cache, project)
    assert "pip's requirements replace conda's tiny 2.0" in told
    assert [p.version for p in environment.packages if p.name == "tiny"] == ["1.5"]
    assert ask(environment, "import tiny; print(tiny.version)") == "1.5\n"


def test_a_password_of_a_package_index_is_refused(cache, project):
    ask_for(project, "tiny", pip=("--index-url https://me:hunter2@example.invalid/simple", "six"))
    error = refused(cache, project)
    assert error.where == "environment.yml:5:9"
    assert "hunter2" not in str(error)


def test_a_package_that_changed_since_it_was_locked_is_not_installed(tmp_path, project, channel):
    ask_for(project, "tiny <2")
    environment, _ = resolve(tmp_path / "one", project)
    _reopened(channel).module("tiny", "1.0", depends=["python >=3.8"])
    with pytest.raises(OutsideError, match=r"tiny-1\.0-0\.tar\.bz2 is not what was locked"):
        CondaEnvironments(tmp_path / "two").ensure(environment, lambda line: None)


def _reopened(folder: Path) -> Channel:
    """The channel as it is, to which more is added."""
    channel = object.__new__(Channel)
    channel.folder, channel.address = folder, f"file://{folder}"
    return channel


class Guarded(http.server.SimpleHTTPRequestHandler):
    """Serves a folder to those who know the password or the token."""

    def do_GET(self):
        known = f"Basic {base64.b64encode(b'me:hunter2').decode()}"
        if self.path.startswith("/t/hunter2/"):
            self.path = self.path.removeprefix("/t/hunter2")
        elif self.headers.get("Authorization") != known:
            self.send_error(401)
            return
        super().do_GET()

    def log_message(self, *words):
        pass


@pytest.fixture
def guarded(channel):
    handler = functools.partial(Guarded, directory=str(channel))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("form", ["http://me:${CONDA_PASS}@%s", "http://%s/t/${CONDA_PASS}"])
def test_a_password_reaches_the_channel_and_nothing_else(
    tmp_path, project, guarded, monkeypatch, form
):
    template = form % guarded
    ask_for(project, "tiny", channel=template)
    assert "the environment variable CONDA_PASS is not set" in str(refused(tmp_path / "c", project))
    monkeypatch.setenv("CONDA_PASS", "hunter2")
    environment, told = resolve(tmp_path / "c", project)
    assert "hunter2" not in environment.lock + "".join(told)
    assert f"{template}/noarch/tiny-2.0-0.tar.bz2" in environment.lock
    prefix = Path(environment.interpreter).parent.parent
    assert not [p for p in (prefix / "conda-meta").iterdir() if "hunter2" in p.read_text()]
    shutil.rmtree(tmp_path / "c")
    made = CondaEnvironments(tmp_path / "c").ensure(environment, lambda line: None)
    assert ask(made, "import tiny; print(tiny.version)") == "2.0\n"


def test_a_wrong_password_is_the_channels_answer(tmp_path, project, guarded, monkeypatch):
    monkeypatch.setenv("CONDA_PASS", "letmein99")
    ask_for(project, "tiny", channel=f"http://me:${{CONDA_PASS}}@{guarded}")
    with pytest.raises(OutsideError, match="the channel refused") as caught:
        resolve(tmp_path / "c", project)
    assert "letmein99" not in str(caught.value)


def test_a_channel_that_does_not_answer_is_named(cache, project):
    ask_for(project, "tiny", channel="http://127.0.0.1:9/channel")
    with pytest.raises(OutsideError) as caught:
        resolve(cache, project)
    assert "Check the network, and the channels http://127.0.0.1:9/channel." in str(caught.value)


KILLED = """
import sys, time
from pathlib import Path
from shipway.adapters.environments import conda
from shipway.spec.types import EnvironmentSpec

def die_in_the_middle(*arguments):
    print("half", flush=True)
    time.sleep(60)

conda.keep_variables = die_in_the_middle
adapter = conda.CondaEnvironments(Path(sys.argv[1]))
adapter.resolve(Path(sys.argv[2]), EnvironmentSpec(conda="environment.yml"), lambda line: None)
"""


def test_an_installation_that_was_killed_half_way_is_made_again(tmp_path, project):
    argv = [sys.executable, "-c", KILLED, str(tmp_path / "c"), str(project)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)
    (half,) = (tmp_path / "c/environments").glob("*/")
    assert not (half / "complete").exists()
    (half / "lib" / f"python{MINOR}" / "site-packages" / "tiny.py").unlink()
    environment, told = resolve(tmp_path / "c", project)
    assert Path(environment.interpreter).parent.parent == half
    assert "installing 2 packages" in told
    assert ask(environment, "import tiny; print(tiny.version)") == "2.0\n"


def test_two_at_once_install_it_once(tmp_path, project):
    told: list[str] = []
    begun = time.monotonic()
    makers = [
        threading.Thread(
            target=CondaEnvironments(tmp_path / "c").resolve, args=(project, SPEC, told.append)
        )
        for _ in range(2)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert told.count("installing 2 packages") == 1
    assert time.monotonic() - begun < 120


def test_folders_that_packages_were_built_in_are_rewritten(cache, project):
    ask_for(project, "data")
    environment, _ = resolve(cache, project)
    text = (Path(environment.interpreter).parent.parent / "share/tiny/where.txt").read_text()
    assert BUILT_IN not in text
