# SPDX-License-Identifier: Apache-2.0
"""The text of a Dockerfile, for those who build with Docker.

Pure: names and labels in, text out. Whatever comes from outside is checked or quoted, so that it
stays one word of one instruction.
"""

import json
import re
from collections.abc import Mapping

from shipway.base.errors import InputError
from shipway.packaging.contents import BUNDLE, HOME, OVERLAY, RUNTIME, SITE
from shipway.packaging.image import variables
from shipway.packaging.start import SERVER, Start

_REFERENCE = re.compile(r"[a-z0-9][A-Za-z0-9._/:@-]{0,400}")
_LABEL = re.compile(r"[A-Za-z0-9._/-]{1,200}")


def base_reference(base: str, python: str) -> str:
    """What stands after FROM: the base, or for `scratch` the official image of that Python.

    InputError for text that is no image reference.
    """
    if base == "scratch":
        return f"python:{python}-slim"
    if not _REFERENCE.fullmatch(base):
        cure = "Write it as registry/name:tag or registry/name@sha256:…"
        raise InputError(f"{base!r} is no image that Docker could pull", cure=cure)
    return base


def dockerfile(
    reference: str,
    platform: str,
    labels: Mapping[str, str],
    *,
    overlay_pins: bool,
    start: Start = SERVER,
) -> str:
    """The Dockerfile of a context that holds requirements.txt, overlay, runtime, code and model.

    Layers stand in the order of how rarely they change. With `overlay_pins` the overlay is
    installed from `overlay.txt`, else copied.
    """
    pip = "python3 -m pip install --no-cache-dir --no-compile --no-deps"
    overlay = f"COPY overlay/ /{OVERLAY}/"
    if overlay_pins:
        overlay = f"COPY overlay.txt /{HOME}/\nRUN {pip} --target /{OVERLAY} -r /{HOME}/overlay.txt"
    lines = [
        "# Build it: docker build -t NAME .",
        f"FROM --platform={platform} {reference}",
        f"COPY requirements.txt /{HOME}/",
        f"RUN {pip} --require-hashes --target /{SITE} -r /{HOME}/requirements.txt",
        overlay,
        f"COPY runtime/ /{RUNTIME}/",
        f"COPY code/ /{BUNDLE}/code/",
        f"COPY model/ /{BUNDLE}/model/",
        f"COPY service.json lock.txt /{BUNDLE}/",
        *(f"ENV {name}={_quoted(value)}" for name, value in variables(start).items()),
        *(f"LABEL {_label(name)}={_quoted(value)}" for name, value in sorted(labels.items())),
        f"WORKDIR /{BUNDLE}",
        f"EXPOSE {start.port}",
        "STOPSIGNAL SIGTERM",
        f"ENTRYPOINT {json.dumps(['python3', *start.arguments])}",
    ]
    return "\n".join(lines) + "\n"


def _label(name: str) -> str:
    if not _LABEL.fullmatch(name):
        raise InputError(
            f"{name!r} can't be the name of a label", cure="Use letters, digits, . - _"
        )
    return name


def _quoted(value: str) -> str:
    """One word between double quotes: no variable, no second line."""
    flat = " ".join(value.split())
    escaped = flat.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'
