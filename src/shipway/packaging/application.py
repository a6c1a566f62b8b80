# SPDX-License-Identifier: Apache-2.0
"""The project's own web application in a package: how it is started, and what it must answer.

It is kept in `service.json`, under `server`, so that a release is run and verified by what it was
packaged with, whatever `shipway.yaml` says by then.
"""

import shlex
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from shipway.base.errors import InputError, OutsideError
from shipway.spec.review_server import method_of, names_port
from shipway.spec.server import ServerSpec


class GoldenCall(msgspec.Struct, frozen=True):
    """One request of the application, and what it must answer.

    Without `json` and `contains` the status alone is looked at.
    """

    method: str
    path: str
    body: str | None = None
    headers: dict[str, str] = {}
    status: int = 200
    json: Any = None
    contains: Any = None
    tolerance: float = 1e-6


class Application(msgspec.Struct, frozen=True):
    """How the application is started (`folder` lies in the bundle), and its golden requests."""

    command: tuple[str, ...]
    port: int
    health: str
    folder: str
    env: dict[str, str] = {}
    golden: tuple[GoldenCall, ...] = ()
    fixed_port: bool = False


def application_of(spec: ServerSpec) -> Application:
    """What a package keeps of `package.server`; InputError for a folder outside of the project."""
    folder = PurePosixPath("code", spec.folder)
    if ".." in folder.parts or PurePosixPath(spec.folder).is_absolute():
        raise InputError(f"package.server.folder: {spec.folder!r} leaves the project")
    return Application(
        command=tuple(shlex.split(spec.command)),
        port=spec.port,
        health=spec.health,
        folder=str(folder),
        env=dict(spec.env),
        golden=tuple(
            GoldenCall(
                method=method_of(each.request),
                path=each.request.path,
                body=_body(each.request.json, each.request.body),
                headers=_headers(each.request.json, each.request.headers),
                status=each.expect.status,
                json=each.expect.json,
                contains=each.expect.contains,
                tolerance=each.expect.tolerance,
            )
            for each in spec.golden
        ),
        fixed_port=names_port(spec),
    )


def read_application(bundle: Path) -> Application | None:
    """The application in a bundle; None where Shipway's own server serves the model."""
    path = bundle / "service.json"
    try:
        service = msgspec.json.decode(path.read_bytes(), type=_Service)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise OutsideError(f"can't be read: {error}", where=str(path)) from error
    return service.server


class _Service(msgspec.Struct):
    server: Application | None = None


def _body(value: Any, text: str | None) -> str | None:
    return text if value is None else msgspec.json.encode(value).decode()


def _headers(value: Any, given: dict[str, str]) -> dict[str, str]:
    if value is None or any(name.lower() == "content-type" for name in given):
        return dict(given)
    return {"Content-Type": "application/json", **given}
