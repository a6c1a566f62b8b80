# SPDX-License-Identifier: Apache-2.0
"""`package.server`: the project's own web application, and requests that it must answer well."""

from typing import Annotated, Any, Literal

import msgspec

from shipway.spec.written import Base, Command, Port, UrlPath, Words


class RequestSpec(Base, frozen=True):
    """A request: POST when it has a body, else GET. `json` and `body` exclude each other."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] | None = None
    path: UrlPath = "/predict"
    json: Any = None
    body: str | None = None
    headers: dict[str, str] = {}


class ExpectSpec(Base, frozen=True):
    """The answer: its status, and the whole of its JSON or a part of it.

    `contains` is a text that stands in the body, or keys and values that its JSON has among others.
    Numbers with a fraction may differ by `tolerance`, relative to their size.
    """

    status: Annotated[int, msgspec.Meta(ge=100, le=599)] = 200
    json: Any = None
    contains: Any = None
    tolerance: Annotated[float, msgspec.Meta(ge=0)] = 1e-6


class GoldenRequest(Base, frozen=True):
    """A request of the user's own web application and the answer that it must give."""

    request: RequestSpec
    expect: ExpectSpec


class ServerSpec(Base, frozen=True):
    """The user's own web application instead of Shipway's server.

    In `command` and in `env`, `{port}` and `{host}` stand for the address to listen on, and
    `{model_dir}` for the folder of the model's files. `port` is the one that it has in an image.
    """

    command: Command
    port: Port
    health: UrlPath = "/health"
    folder: Words = "."
    env: dict[str, str] = {}
    golden: tuple[GoldenRequest, ...] = ()
