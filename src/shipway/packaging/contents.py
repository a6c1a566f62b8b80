# SPDX-License-Identifier: Apache-2.0
"""What goes into which layer: folders turned into entries.

    opt/shipway/site      the project's locked packages          ┐ layer "dependencies"
                          (opt/shipway/conda: see `prefix`)      │
    opt/shipway/overlay   what the server needs besides them     ┘
    opt/shipway/runtime   the server itself (shipway_runtime)      layer "runtime"
    opt/shipway/bundle    code/ │ model/, service.json, lock.txt   layers "code" and "model"

Whatever an installer leaves behind that names a machine's paths or depends on it (compiled files,
console scripts, links to build folders) is left out, so that two installations of one lock give
the same layer.
"""

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from shipway.base.digests import digest_of, of_file
from shipway.base.errors import InputError
from shipway.packaging.layers import LEVEL, Entry
from shipway.packaging.platform import oci_platform, python_minor
from shipway.records.source import PythonEnvironment

HOME = "opt/shipway"
SITE, OVERLAY, RUNTIME, BUNDLE = (f"{HOME}/{n}" for n in ("site", "overlay", "runtime", "bundle"))
CONTENTS_VERSION = 1

_INSTALLER_FILES = {"direct_url.json", "uv_cache.json", "INSTALLER", "REQUESTED", "uv_build.json"}


def site_packages(environment: PythonEnvironment) -> Path:
    """The folder of a virtual environment's packages; InputError when it is not there."""
    venv = Path(environment.interpreter).parent.parent
    folder = venv / "lib" / f"python{python_minor(environment.python)}" / "site-packages"
    if not folder.is_dir():
        cure = "Run the environment stage again: shipway run --force environment"
        raise InputError("the project's packages are not there", where=str(folder), cure=cure)
    return folder


def overlay_site(environment: PythonEnvironment) -> Path | None:
    """The folder of the runtime's third-party parts; None when the environment has no overlay."""
    return Path(environment.overlay) / "site" if environment.overlay else None


def runtime_source() -> Path:
    """The folder of the `shipway_runtime` package, found without importing it."""
    spec = find_spec("shipway_runtime")
    if spec is None or not spec.submodule_search_locations:
        raise InputError("shipway_runtime is not installed", cure="Install Shipway again.")
    return Path(next(iter(spec.submodule_search_locations)))


def runtime_digest() -> str:
    """Names the content of the runtime layer: the server's own source."""
    files = walk(runtime_source(), _is_source)
    return digest_of([[str(relative), of_file(path)] for path, relative in files])


def dependencies_key(environment: PythonEnvironment) -> str:
    """Names the dependencies layer: lock, Python, platform, overlay and how layers are made."""
    overlay = overlay_site(environment)
    parts = sorted(path.name for path in overlay.glob("*.dist-info")) if overlay else []
    platform = str(oci_platform(environment.platform))
    python = python_minor(environment.python)
    return digest_of([CONTENTS_VERSION, LEVEL, environment.digest, python, platform, parts])


def dependency_entries(environment: PythonEnvironment) -> Iterator[Entry]:
    """The project's packages, and the overlay behind them."""
    yield from installed_entries(site_packages(environment), SITE)
    overlay = overlay_site(environment)
    if overlay is not None:
        yield from installed_entries(overlay, OVERLAY)


def installed_entries(folder: Path, prefix: str) -> Iterator[Entry]:
    """Entries of a folder of installed packages, without what belongs to one machine."""
    for path, relative in walk(folder, _is_portable):
        place = f"{prefix}/{relative}"
        if relative.name == "RECORD" and relative.parent.suffix == ".dist-info":
            yield Entry(place, _portable_record(path.read_bytes()))
        else:
            # An installer may link to its own cache: what counts is the content.
            yield Entry(place, path, executable=bool(path.stat().st_mode & 0o100))


def folder_entries(folder: Path, prefix: str) -> Iterator[Entry]:
    """Entries of a folder of code or of a model; InputError for a link that leaves it."""
    root = folder.resolve()
    for path, relative in walk(folder, _is_source):
        place = f"{prefix}/{relative}"
        if path.is_symlink():
            yield _linked(path, place, root)
        else:
            yield Entry(place, path, executable=bool(path.stat().st_mode & 0o100))


def _linked(path: Path, place: str, root: Path) -> Entry:
    target = path.resolve()
    if target.is_relative_to(root):
        if target.is_file():
            return Entry(place, target, executable=bool(target.stat().st_mode & 0o100))
        if target.is_dir() and not path.readlink().is_absolute():
            return Entry(place, link=path.readlink().as_posix())
    cure = "Replace the link by what it points to, or leave it out of the `code:` set."
    raise InputError("a link that leaves its folder can't be packaged", where=str(path), cure=cure)


def walk(
    folder: Path, keep: Callable[[PurePosixPath], bool]
) -> Iterator[tuple[Path, PurePosixPath]]:
    """Files and links below `folder` that `keep` wants, sorted; no link is followed."""
    if not folder.is_dir():
        raise InputError("the folder is not there", where=str(folder))
    for parent, folders, files in os.walk(folder, onerror=_raise):
        base = Path(parent)
        here = PurePosixPath(base.relative_to(folder).as_posix())
        links = [name for name in folders if (base / name).is_symlink()]
        folders[:] = sorted(n for n in folders if n not in links and keep(here / n))
        for name in sorted([*files, *links]):
            if keep(here / name):
                yield _checked(base / name), here / name


def _raise(error: OSError) -> None:
    raise InputError(f"can't be read: {error.strerror}", where=str(error.filename)) from error


def _checked(path: Path) -> Path:
    if path.is_symlink() or path.is_file():
        return path
    cure = "Only files, folders and links go into an image."
    raise InputError("neither a file nor a folder", where=str(path), cure=cure)


def _is_source(path: PurePosixPath) -> bool:
    return path.name != "__pycache__" and path.suffix not in (".pyc", ".pyo")


def _is_portable(path: PurePosixPath) -> bool:
    if not _is_source(path):
        return False
    if path.parent.suffix == ".dist-info":
        return path.name not in _INSTALLER_FILES
    # `.pth` files work only in site-packages itself, never on PYTHONPATH; those of editable
    # installations and of the virtual environment name folders of this machine.
    top = len(path.parts) == 1
    machine = path.suffix == ".pth" or path.name.startswith(("__editable__", "_virtualenv."))
    return not (top and (machine or path.name == "bin"))


def _portable_record(record: bytes) -> bytes:
    """A RECORD without the lines of files that are left out or lie outside the folder."""
    lines = sorted(line for line in record.splitlines(keepends=True) if line.strip())
    return b"".join(line for line in lines if _stays(line.decode("utf-8", "surrogateescape")))


def _stays(line: str) -> bool:
    path = PurePosixPath(line.rsplit(",", 2)[0].strip('"'))
    hidden = any(not _is_portable(part) for part in (path, *path.parents) if part.name)
    return not (hidden or path.is_absolute() or ".." in path.parts)
