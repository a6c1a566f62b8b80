# SPDX-License-Identifier: Apache-2.0
"""How the process of a project's own web application is made."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shipway_runtime import application
from shipway_runtime.application import Address, environment_of, offer_files, words_of
from shipway_runtime.service import BundleError, read_service

SOURCE = Path(application.__file__).resolve().parents[1]
HERE = Address("127.0.0.1", 30123)


@pytest.fixture
def bundle(tmp_path):
    """Makes a bundle whose application is `command`; its service."""

    def make(*command, env=None, folder="code"):
        (tmp_path / "code" / "web").mkdir(parents=True, exist_ok=True)
        (tmp_path / "model" / "files" / "models").mkdir(parents=True, exist_ok=True)
        (tmp_path / "model" / "files" / "models" / "clf.json").write_text("1")
        server = {"command": command, "port": 8000, "health": "/up", "folder": folder}
        server |= {"env": env or {}, "golden": [], "fixed_port": False}
        document = {"model": "toy", "version": 3, "sys_path": ["code", "code"], "server": server}
        (tmp_path / "service.json").write_text(json.dumps(document))
        return read_service(tmp_path)

    return make


def words(service):
    return words_of(service.application, service, HERE, os.environ)


def variables(service, **base):
    return environment_of(service.application, service, HERE, base)


def test_only_the_places_of_a_command_are_filled(bundle):
    service = bundle("python", "app.py", "--port={port}", "{host}", "{other}", '{"a": 1}', "8000")
    [python, *rest] = words(service)
    assert python == sys.executable
    assert rest == ["app.py", "--port=30123", "127.0.0.1", "{other}", '{"a": 1}', "8000"]


def test_a_script_of_the_projects_packages_is_found_without_a_bin_folder(bundle, monkeypatch):
    monkeypatch.setattr(application, "_in_venv", lambda: False)
    [python, option, code, word] = words(bundle("uvicorn", "--version"))
    assert (python, option, word) == (sys.executable, "-c", "--version")
    said = subprocess.run([python, option, code, word], capture_output=True, text=True)
    assert "uvicorn" in said.stdout.lower()


def test_a_program_that_is_not_there_is_named(bundle):
    with pytest.raises(BundleError, match=r"'uvicor' was not found.*requirements"):
        words(bundle("uvicor", "api:app"))


def test_a_path_is_taken_as_it_is(bundle):
    assert words(bundle("./start.sh")) == ["./start.sh"]


def test_the_port_is_told_to_whoever_reads_one(bundle):
    env = variables(bundle("python"))
    names = ("PORT", "UVICORN_PORT", "FLASK_RUN_PORT", "STREAMLIT_SERVER_PORT")
    assert {env[name] for name in names} == {"30123"}
    assert env["UVICORN_HOST"] == "127.0.0.1"
    assert env["GUNICORN_CMD_ARGS"] == "--bind=127.0.0.1:30123"


def test_variables_of_the_spec_come_last_and_may_name_the_model(bundle):
    service = bundle("python", env={"MODEL": "{model_dir}/models/clf.json", "PORT": "1"})
    env = variables(service, MODEL="other")
    assert Path(env["MODEL"]).read_text() == "1"
    assert env["PORT"] == "1"
    assert env["SHIPWAY_MODEL"] == "toy@3"


def test_the_application_finds_the_project_and_not_shipway(bundle):
    service = bundle("python")
    path = os.pathsep.join([str(SOURCE), "/opt/site"])
    env = variables(service, PYTHONPATH=path, SHIPWAY_OVERLAY="/overlay")
    assert env["PYTHONPATH"].split(os.pathsep)[-1] == "/opt/site"
    assert str(SOURCE) not in env["PYTHONPATH"]
    assert env["PYTHONPATH"].startswith(str(service.folder / "code"))
    assert "SHIPWAY_OVERLAY" not in env


def test_the_models_files_stand_where_training_wrote_them(bundle):
    service = bundle("python")
    place = service.folder / "code" / "models" / "clf.json"
    offer_files(service)
    offer_files(service)
    assert place.read_text() == "1"
    assert not Path(os.readlink(place)).is_absolute()


def test_a_file_of_the_project_is_not_replaced(bundle):
    service = bundle("python")
    place = service.folder / "code" / "models" / "clf.json"
    place.parent.mkdir()
    place.write_text("mine")
    offer_files(service)
    assert place.read_text() == "mine"


def test_a_folder_outside_of_the_bundle_is_refused(bundle):
    with pytest.raises(BundleError, match="leaves the bundle"):
        bundle("python", folder="../..")


def launch(folder, *options, **more):
    command = [sys.executable, "-m", "shipway_runtime.launch", "--bundle", str(folder), *options]
    env = {**os.environ, "PYTHONPATH": str(SOURCE)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=env, start_new_session=True, **pipes, **more)


SHOW = "import os, sys; print(os.getcwd(), os.environ['PORT'], flush=True)"


def test_in_an_image_the_application_takes_the_process_over(bundle):
    service = bundle("python", "-c", SHOW + "; print(os.getpid())", folder="code/web")
    process = launch(service.folder, "serve")
    out, err = process.communicate(timeout=20)
    assert out.split() == [str(service.folder / "code" / "web"), "8000", str(process.pid)], err


def test_the_port_of_a_hosting_platform_wins_over_the_declared_one(bundle, monkeypatch):
    monkeypatch.setenv("PORT", "9090")
    out, _ = launch(bundle("python", "-c", SHOW).folder).communicate(timeout=20)
    assert out.split()[1] == "9090"


def test_an_application_that_can_not_be_started_says_why(bundle):
    process = launch(bundle("nothing-like-it").folder)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 127
    assert err.startswith("error: the command 'nothing-like-it' was not found")


@pytest.fixture
def lifeline():
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    try:
        os.close(writing)
    except OSError:
        pass


WAITS = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def guarded(bundle, lifeline, code):
    service = bundle("python", "-c", code)
    return launch(service.folder, "--lifeline", str(lifeline[0]), pass_fds=(lifeline[0],))


def gone(pid):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_when_the_router_dies_the_application_and_its_children_end(bundle, lifeline):
    process = guarded(bundle, lifeline, WAITS)
    child = int(process.stdout.readline())
    os.close(lifeline[1])
    assert process.wait(10) == -signal.SIGKILL
    assert gone(child)
    process.communicate()


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("raise SystemExit(3)", 3),
        ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL),
        ("import os; os.abort()", -signal.SIGABRT),
    ],
)
def test_behind_the_router_it_ends_as_the_application_ended(bundle, lifeline, code, ending):
    process = guarded(bundle, lifeline, code)
    process.communicate(timeout=20)
    assert process.returncode == ending


def test_sigterm_is_passed_on(bundle, lifeline):
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)"
    )
    process = guarded(bundle, lifeline, code)
    process.stdout.readline()
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 7
