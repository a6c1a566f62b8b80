# SPDX-License-Identifier: Apache-2.0
"""A request that shows a live endpoint at work."""

import shlex
from typing import Any

import msgspec

from shipway.engine.wiring import Project
from shipway.stages.package import application_in
from shipway.storage.trees import tree_files
from shipway_runtime.formats import GOLDEN_FILE


def sample_command(project: Project, endpoint: str, digest: str) -> str | None:
    """A command that asks `endpoint`: its first golden request, or a golden row of the model.

    None when neither is known.
    """
    application = application_in(project.spec.package)
    if application is None:
        row = sample_request(project, digest)
        if row is None:
            return None
        body = msgspec.json.encode({"instances": [row]}).decode()
        return _curl("POST", f"{endpoint}/predict", {"content-type": "application/json"}, body)
    if not application.golden:
        return _curl("GET", endpoint + application.health, {}, None)
    call = application.golden[0]
    return _curl(call.method, endpoint + call.path, call.headers, call.body)


def _curl(method: str, address: str, headers: dict[str, str], body: str | None) -> str:
    words = ["curl", "-s", address]
    if method != ("GET" if body is None else "POST"):
        words += ["-X", method]
    for name, value in headers.items():
        words += ["-H", f"{name}: {value}"]
    return shlex.join([*words, *(["-d", body] if body is not None else [])])


def sample_request(project: Project, digest: str) -> dict[str, Any] | None:
    """The first golden row of the model `digest`; None when it has none."""
    objects = project.store.objects
    for file in tree_files(objects, digest):
        if file.path == GOLDEN_FILE:
            rows = msgspec.json.decode(objects.read(file.digest)).get("rows", [])
            return rows[0] if rows else None
    return None
