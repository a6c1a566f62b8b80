# SPDX-License-Identifier: Apache-2.0
"""What the process of a project's own web application is made of: words, variables, model files.

Nothing of the user's command line is changed. Only its places are filled (`{port}`, `{host}`,
`{model_dir}`), and its first word is looked for: an image has no scripts such as `uvicorn`, only
what they call.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from shipway_runtime.service import Application, BundleError, Service

PLACE = re.compile(r"\{(port|host|model_dir)\}")
FILES = "files"
PYTHONS = ("python", "python3", f"python3.{sys.version_info[1]}")


class Address(NamedTuple):
    """Where the application is to listen."""

    host: str
    port: int


def model_folder(service: Service) -> Path:
    """The folder with the files that training wrote, by their own paths; else the model's own."""
    model = service.folder / "model"
    return model / FILES if (model / FILES).is_dir() else model


def offer_files(service: Service) -> None:
    """Let the model's files be found where the training wrote them, seen from the project's folder.

    They are linked; a file that stands there already is left alone, as is a folder that nobody may
    write (an image has its links from the beginning).
    """
    files = service.folder / "model" / FILES
    for path in sorted(files.rglob("*")) if files.is_dir() else ():
        target = service.folder / "code" / path.relative_to(files)
        if path.is_file() and not os.path.lexists(target):
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(os.path.relpath(path, target.parent))
            except OSError:
                continue


def words_of(
    application: Application, service: Service, address: Address, env: Mapping[str, str]
) -> List[str]:
    """The command's words with their places filled, beginning with a program that exists.

    BundleError when there is no such program.
    """
    words = [fill(word, service, address) for word in application.command]
    program = _program(words[0], env.get("PATH", os.defpath))
    if program is None:
        raise BundleError(
            f"the command {words[0]!r} was not found: it is neither a script of the project's "
            "packages nor a program of this system; add the package that brings it to the "
            "project's requirements"
        )
    return [*program, *words[1:]]


def environment_of(
    application: Application, service: Service, address: Address, base: Mapping[str, str]
) -> Dict[str, str]:
    """The application's variables: the port for whoever reads one, and the project's own paths."""
    env = dict(base)
    env["PYTHONPATH"] = os.pathsep.join([*service.sys_path, *_foreign_paths(base)])
    env.pop("SHIPWAY_OVERLAY", None)
    env.update(_addresses(address))
    env["SHIPWAY_MODEL_DIR"] = str(model_folder(service))
    env["SHIPWAY_MODEL"] = f"{service.model}@{service.version}"
    if _in_venv():
        scripts = str(Path(sys.executable).parent)
        env["PATH"] = os.pathsep.join([scripts, base.get("PATH", os.defpath)])
    env.update({name: fill(text, service, address) for name, text in application.env.items()})
    return env


def fill(text: str, service: Service, address: Address) -> str:
    """Put the port, the host and the model's folder where `text` leaves room for them."""
    values = {
        "port": str(address.port),
        "host": address.host,
        "model_dir": str(model_folder(service)),
    }
    return PLACE.sub(lambda found: values[found.group(1)], text)


def _addresses(address: Address) -> Dict[str, str]:
    """Variables by which servers let their address be told; words of the command come first."""
    host, port = address.host, str(address.port)
    return {
        "PORT": port,
        "UVICORN_HOST": host,
        "UVICORN_PORT": port,
        "FLASK_RUN_HOST": host,
        "FLASK_RUN_PORT": port,
        "GUNICORN_CMD_ARGS": f"--bind={host}:{port}",
        "STREAMLIT_SERVER_ADDRESS": host,
        "STREAMLIT_SERVER_PORT": port,
        "GRADIO_SERVER_NAME": host,
        "GRADIO_SERVER_PORT": port,
    }


def _foreign_paths(base: Mapping[str, str]) -> List[str]:
    """PYTHONPATH without the folder of this package: the application is not to find Shipway's."""
    ours = Path(__file__).resolve().parent.parent
    given = base.get("PYTHONPATH", "").split(os.pathsep)
    return [entry for entry in given if entry and Path(entry).resolve() != ours]


def _program(name: str, path: str) -> Optional[Tuple[str, ...]]:
    if name in PYTHONS:
        return (sys.executable,)
    if os.sep in name:
        return (name,)
    if _in_venv() and os.access(Path(sys.executable).parent / name, os.X_OK):
        return (str(Path(sys.executable).parent / name),)
    script = next(iter(entry_points(group="console_scripts", name=name)), None)
    if script is not None:
        return (sys.executable, "-c", _call(script))
    found = shutil.which(name, path=path)
    return None if found is None else (found,)


def _call(script: EntryPoint) -> str:
    """What an installer's script would do."""
    module, _, attribute = script.value.partition("[")[0].strip().partition(":")
    return (
        f"import sys, importlib; sys.argv[0] = {script.name!r}; "
        f"sys.exit(importlib.import_module({module!r}).{attribute}())"
    )


def _in_venv() -> bool:
    return sys.prefix != sys.base_prefix
