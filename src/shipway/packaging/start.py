# SPDX-License-Identifier: Apache-2.0
"""How an image is started: by Shipway's own server, or by the project's web application."""

import msgspec

from shipway.packaging.application import Application
from shipway.packaging.contents import BUNDLE, OVERLAY, RUNTIME, SITE

EVERYWHERE = "0.0.0.0"  # noqa: S104 - inside a container
PORT = 8080


class Start(msgspec.Struct, frozen=True):
    """Arguments for the image's Python, the port that it listens on, and what Python can import.

    In exec form: signals reach the server itself.
    """

    arguments: tuple[str, ...]
    port: int
    python_path: str


SERVER = Start(
    arguments=(
        *("-m", "shipway_runtime.server", "--bundle", f"/{BUNDLE}"),
        *("--host", EVERYWHERE, "--port", str(PORT)),
    ),
    port=PORT,
    python_path=f"/{RUNTIME}:/{SITE}:/{OVERLAY}",
)


def start_of(application: Application | None) -> Start:
    """How an image of `application` is started; without one, by Shipway's server.

    The application finds the project's packages, not those that only Shipway's server needs.
    """
    if application is None:
        return SERVER
    launcher = ("-m", "shipway_runtime.launch", "--bundle", f"/{BUNDLE}", "--host", EVERYWHERE)
    return Start(launcher, application.port, f"/{RUNTIME}:/{SITE}")
