# SPDX-License-Identifier: Apache-2.0
"""The project's own web application in a package: its settings, its start, the model's files."""

import json

import pytest

from shipway.base.errors import InputError, OutsideError
from shipway.packaging.application import application_of, read_application
from shipway.packaging.bundle import file_links, write_bundle
from shipway.packaging.context import dockerfile
from shipway.packaging.image import variables
from shipway.packaging.start import SERVER, start_of
from shipway.spec.server import ExpectSpec, GoldenRequest, RequestSpec, ServerSpec

SPEC = ServerSpec(command="uvicorn 'my api:app' --port {port}", port=8000)


def with_golden(**request):
    golden = GoldenRequest(RequestSpec(**request), ExpectSpec())
    return application_of(ServerSpec(command="x", port=1, golden=(golden,))).golden[0]


def test_a_command_is_split_as_a_shell_would_and_otherwise_left_alone():
    made = application_of(SPEC)
    assert made.command == ("uvicorn", "my api:app", "--port", "{port}")
    assert (made.folder, made.health, made.fixed_port) == ("code", "/health", False)


@pytest.mark.parametrize("command", ["x --port 8000", "x --port=8000", "x -b 0.0.0.0:8000"])
def test_a_command_that_names_the_port_is_known(command):
    assert application_of(ServerSpec(command=command, port=8000)).fixed_port


@pytest.mark.parametrize("command", ["x 18000", "x --limit 8000.5", "x {port}"])
def test_other_numbers_are_not_the_port(command):
    assert not application_of(ServerSpec(command=command, port=8000)).fixed_port


def test_the_method_and_the_type_of_a_request_follow_from_its_body():
    assert with_golden(json={"x": 1}).method == "POST"
    assert with_golden(json={"x": 1}).headers == {"Content-Type": "application/json"}
    assert with_golden(json=[], headers={"content-type": "a/b"}).headers == {"content-type": "a/b"}
    assert with_golden(body="x=1").method == "POST"
    assert with_golden(path="/version").method == "GET"


def test_a_folder_outside_of_the_project_is_refused():
    with pytest.raises(InputError, match="leaves the project"):
        application_of(ServerSpec(command="x", port=1, folder="../other"))


def test_a_bundle_remembers_its_application(tmp_path):
    import msgspec

    (tmp_path / "model").mkdir()
    application = application_of(SPEC)
    service = {"model": "toy", "server": msgspec.to_builtins(application)}
    write_bundle(tmp_path / "a", tmp_path / "model", {}, service)
    write_bundle(tmp_path / "b", tmp_path / "model", {}, {"model": "toy"})
    assert read_application(tmp_path / "a") == application
    assert read_application(tmp_path / "b") is None
    assert read_application(tmp_path / "nothing") is None
    (tmp_path / "b" / "service.json").write_text("{")
    with pytest.raises(OutsideError, match="can't be read"):
        read_application(tmp_path / "b")


def test_an_image_starts_the_application_on_its_declared_port():
    start = start_of(application_of(SPEC))
    assert start.port == 8000
    assert "shipway_runtime.launch" in start.arguments
    assert "overlay" not in variables(start)["PYTHONPATH"]
    assert start_of(None) == SERVER
    text = dockerfile("python:3.11", "linux/amd64", {}, overlay_pins=False, start=start)
    assert "EXPOSE 8000" in text
    [line] = [line for line in text.splitlines() if line.startswith("ENTRYPOINT")]
    assert json.loads(line.removeprefix("ENTRYPOINT "))[:3] == ["python3", *start.arguments[:2]]


def test_the_models_files_are_linked_to_where_they_were_written(tmp_path):
    model, code = tmp_path / "model", tmp_path / "code"
    for place in (model / "files/models/clf.pkl", model / "files/own.json", code / "own.json"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("x")
    [link] = file_links(model, code, "opt/")
    assert link.path == "opt/code/models/clf.pkl"
    place = tmp_path / "code/models"
    place.mkdir()
    assert (place / link.link).resolve() == (model / "files/models/clf.pkl").resolve()
