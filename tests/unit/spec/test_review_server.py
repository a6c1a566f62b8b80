# SPDX-License-Identifier: Apache-2.0
"""What a wrong `package.server` is told."""

from pathlib import Path

import pytest

from shipway.spec.mistakes import SpecError
from shipway.spec.reader import read_text

HEAD = "shipway: 1\nproject: p\n"
LOCAL = "deploy:\n  production: {target: local}\n"


def server(more="", command="python app.py", local=True):
    lines = ["package:", "  server:", f"    command: {command}", "    port: 8000"]
    lines += [f"    {line}" for line in more.splitlines()]
    return HEAD + "\n".join(lines) + "\n" + (LOCAL if local else "")


def mistake(text):
    with pytest.raises(SpecError) as caught:
        read_text(text, Path("shipway.yaml"))
    [found] = caught.value.mistakes
    return str(found)


def test_a_command_that_names_its_port_can_not_stand_beside_another_on_one_machine():
    text = mistake(server(command="uvicorn api:app --port 8000"))
    assert text.startswith("shipway.yaml:5:14: package.server.command: names its port, 8000; in ")
    assert text.endswith("Write {port} where 8000 stands.")


@pytest.mark.parametrize(
    "text",
    [
        server(command="uvicorn api:app --port 8000", local=False),
        server(command="uvicorn api:app --port {port} --host {host}"),
        server(command="uvicorn api:app", more="env: {MODEL: '{model_dir}/clf.pkl'}"),
        server("golden:\n  - {request: {json: {a: 1}}, expect: {json: {b: 2.5}, status: 201}}"),
        server("golden:\n  - {request: {path: '/items?x=1'}, expect: {contains: {a: 1}}}"),
    ],
)
def test_these_are_fine(text):
    assert read_text(text, Path("shipway.yaml")).spec.package.server.port == 8000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (server(command="python app.py {data.train}"), ["{data.train} stands for nothing", "{po"]),
        (server("env: {A: '{modeldir}/x'}"), ["env.A: {modeldir} stands for nothing", "{model_di"]),
        (server('env: {A: "${TOKEN}"}'), ["env.A", "would become part of the image"]),
        (server("health: health"), ["health: found 'health'", "begins with /"]),
        (
            server("golden: [{request: {json: {}, body: x}, expect: {}}]"),
            ["request.body: stands beside json", "Choose one"],
        ),
        (
            server("golden: [{request: {json: {}, method: GET}, expect: {}}]"),
            ["request.method: GET has no body", "Write method: POST."],
        ),
        (
            server("golden: [{request: {}, expect: {contains: 5}}]"),
            ["expect.contains: found neither a text nor a mapping"],
        ),
        (server("golden: [{request: {url: /x}, expect: {}}]"), ["unknown key 'url'"]),
        (server("golden: [{request: {method: FETCH}, expect: {}}]"), ["found 'FETCH'", "one of"]),
        (server("golden: [{request: {}}]"), ["the key 'expect' is missing"]),
    ],
)
def test_mistakes_have_their_place_and_their_cure(text, words):
    found = mistake(text)
    assert found.startswith("shipway.yaml:")
    for word in words:
        assert word in found
