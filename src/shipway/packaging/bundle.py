# SPDX-License-Identifier: Apache-2.0
"""A bundle: the folder that a server of one model version starts from.

    model/         the model directory
    code/          the project's code set
    service.json   which model, how it may be loaded, what goes on sys.path
    lock.txt       the lock of the environment it must run in

The image holds the same folder as /opt/shipway/bundle.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from shipway.base.errors import InputError
from shipway.base.files import disk_errors
from shipway.packaging.contents import BUNDLE, folder_entries
from shipway.packaging.folders import write_folder
from shipway.packaging.layers import Entry

SERVICE = "service.json"
LOCK = "lock.txt"
FILES = "files"


def service_json(service: Mapping[str, Any]) -> bytes:
    """`service.json`: model, version, trusted_types, allow_pickle, sys_path and so on."""
    text = json.dumps(dict(service), sort_keys=True, indent=2, ensure_ascii=False)
    return text.encode() + b"\n"


def write_bundle(
    target: Path,
    model_dir: Path,
    code_files: Mapping[str, Path],
    service: Mapping[str, Any],
    lock: str = "",
) -> None:
    """Write a bundle into the new or empty folder `target`.

    `code_files` maps paths inside `code/` to files. Modes are 644 or 755 whatever the umask.
    Raises InputError for a path that leaves the bundle or a link that leaves the model.
    """
    with disk_errors(target):
        for folder in (target, target / "code", target / "model"):
            folder.mkdir(parents=True, exist_ok=True)
    write_folder(folder_entries(model_dir, "model"), target)
    write_folder(_code(code_files), target)
    settings = [Entry(SERVICE, service_json(service)), Entry(LOCK, lock.encode())]
    write_folder(settings, target)


def model_entries(model_dir: Path, service: Mapping[str, Any], lock: str) -> Iterator[Entry]:
    """The model layer of an image: the model and what changes with it."""
    yield from folder_entries(model_dir, f"{BUNDLE}/model")
    yield Entry(f"{BUNDLE}/{SERVICE}", service_json(service))
    yield Entry(f"{BUNDLE}/{LOCK}", lock.encode())


def file_links(model_dir: Path, code: Path, prefix: str = "") -> Iterator[Entry]:
    """Links that let the model's files be found where the training wrote them, below `code/`.

    A file that the code set has at that place stays.
    """
    files = model_dir / FILES
    for path in sorted(files.rglob("*")) if files.is_dir() else ():
        relative = path.relative_to(files).as_posix()
        if path.is_file() and not (code / relative).exists():
            up = "../" * len(PurePosixPath(relative).parts)
            yield Entry(f"{prefix}code/{relative}", link=f"{up}model/{FILES}/{relative}")


def _code(code_files: Mapping[str, Path]) -> Iterator[Entry]:
    for name, path in sorted(code_files.items()):
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or not parts.name:
            raise InputError(f"{name!r} leaves the bundle", cure="Use a path inside the folder.")
        if "__pycache__" not in parts.parts and parts.suffix not in (".pyc", ".pyo"):
            executable = bool(path.stat().st_mode & 0o100)
            yield Entry(f"code/{parts}", path, executable=executable)
