# SPDX-License-Identifier: Apache-2.0
"""What a bundle serves: `service.json` beside `model/` and `code/`.

{"model": "fraud-detector", "version": 3, "package": "sha256:…", "sys_path": ["code"],
 "trusted_types": [], "allow_pickle": false}

Where the project serves the model by a web application of its own, `server` says how it is started:

{"command": ["uvicorn", "api:app", "--port", "{port}"], "port": 8000, "health": "/health",
 "folder": "code", "env": {"MODEL_PATH": "{model_dir}/models/clf.pkl"}}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Tuple


class BundleError(Exception):
    """The bundle can't be served; the text names the file and what is wrong with it."""


@dataclass(frozen=True)
class Application:
    """The project's own web application: its words, port, health path, folder and variables."""

    command: Tuple[str, ...]
    port: int
    health: str
    folder: Path
    env: Mapping[str, str]


@dataclass(frozen=True)
class Service:
    """One bundle: its folder, the model's name and version, and how the model may be loaded.

    `application` is None where Shipway's own server serves the model.
    """

    folder: Path
    model: str
    version: int
    package: str = ""
    trusted_types: Tuple[str, ...] = ()
    allow_pickle: bool = False
    sys_path: Tuple[str, ...] = ()
    application: Optional[Application] = None


def read_service(folder: Path) -> Service:
    """The service of the bundle in `folder`; BundleError when it is missing or malformed."""
    path = folder / "service.json"
    try:
        values = json.loads(path.read_bytes())
        return Service(
            folder=folder,
            model=str(values["model"]),
            version=int(values["version"]),
            package=str(values.get("package", "")),
            trusted_types=tuple(str(name) for name in values.get("trusted_types", ())),
            allow_pickle=values.get("allow_pickle", False) is True,
            sys_path=tuple(_inside(folder, entry) for entry in values.get("sys_path", ["code"])),
            application=_application(folder, values.get("server")),
        )
    except FileNotFoundError:
        raise BundleError(f"{path} does not exist: this folder is not a bundle") from None
    except OSError as error:
        raise BundleError(f"{path} can't be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BundleError(f"{path} is malformed: {error!r}") from None


def _application(folder: Path, values: Any) -> Optional[Application]:
    if values is None:
        return None
    return Application(
        command=tuple(str(word) for word in values["command"]),
        port=int(values["port"]),
        health=str(values["health"]),
        folder=Path(_inside(folder, values["folder"])),
        env={str(name): str(value) for name, value in values["env"].items()},
    )


def _inside(folder: Path, entry: Any) -> str:
    path = (folder / str(entry)).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"sys_path: {entry!r} leaves the bundle")
    return str(path)
