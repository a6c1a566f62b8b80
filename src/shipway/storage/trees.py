# SPDX-License-Identifier: Apache-2.0
"""Folders as objects: a model directory, a bundle, an image layout.

A tree is named by the digest of its manifest: a canonical JSON object that lists every file with
path, digest, size and whether it may be executed, sorted by path. Times, owners, other permission
bits and empty folders are not part of it, so the same content has one name everywhere.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import msgspec

from shipway.base import digests
from shipway.base.errors import InputError, OutsideError
from shipway.base.files import disk_errors
from shipway.storage.interface import CorruptedError, Objects

FORMAT = 1


class TreeFile(msgspec.Struct, frozen=True):
    """One file of a tree: its path with `/`, digest, size in bytes, and executable bit."""

    path: str
    digest: str
    size: int
    executable: bool = False


class Manifest(msgspec.Struct, frozen=True, tag="tree", tag_field="kind"):
    """All files of a tree, sorted by path."""

    files: tuple[TreeFile, ...]
    format: int = FORMAT


def put_tree(objects: Objects, folder: Path) -> str:
    """Keep all files in `folder`; the digest of the tree.

    InputError for a link that leaves the folder, and for what is neither file nor folder.
    """

    def keep(path: Path) -> tuple[str, int]:
        digest = objects.put(path)
        return digest, objects.size(digest)

    return objects.put(_encode(_scan(folder, keep)))


def tree_digest(folder: Path) -> str:
    """The digest that `put_tree` would give, without a store."""

    def look(path: Path) -> tuple[str, int]:
        return digests.of_file(path), path.stat().st_size

    return digests.of_bytes(_encode(_scan(folder, look)))


def tree_files(objects: Objects, digest: str) -> tuple[TreeFile, ...]:
    """The files of a stored tree, sorted by path; every path is a plain relative one.

    MissingObjectError when there is no such object, CorruptedError when it is not a tree.
    """
    try:
        manifest = msgspec.json.decode(objects.read(digest), type=Manifest)
    except msgspec.DecodeError:
        raise CorruptedError(
            f"object {digest} is not a tree", cure="Use the digest of a model or a package."
        ) from None
    if manifest.format > FORMAT:
        raise OutsideError(f"tree {digest} has format {manifest.format}", cure="Upgrade Shipway.")
    _check_paths([file.path for file in manifest.files], digest)
    return manifest.files


def fetch_tree(objects: Objects, digest: str, target: Path) -> None:
    """Write a stored tree to the new folder `target`, which appears only when it is whole.

    InputError when `target` is there already and is not an empty folder.
    """
    files = tree_files(objects, digest)
    temporary = target.with_name(f".{target.name[:40]}.{os.urandom(6).hex()}.tmp")
    try:
        with disk_errors(target):
            temporary.mkdir(parents=True)
            for file in files:
                path = temporary / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                objects.fetch(file.digest, path)
                if file.executable:
                    path.chmod(path.stat().st_mode | 0o111)
            _rename_new(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _rename_new(temporary: Path, target: Path) -> None:
    try:
        temporary.rename(target)
    except OSError as error:
        if not target.exists():
            raise
        raise InputError(
            "exists already", where=str(target), cure="Name a new folder, or remove that one."
        ) from error


def _encode(files: list[TreeFile]) -> bytes:
    ordered = sorted(files, key=lambda file: file.path.encode())
    return msgspec.json.encode(Manifest(tuple(ordered)), order="sorted")


def _scan(folder: Path, look: Callable[[Path], tuple[str, int]]) -> list[TreeFile]:
    if not folder.is_dir():
        raise InputError("is not a folder", where=str(folder))
    root = folder.resolve()
    files = []
    for path, relative in _walk(folder, "", root, (root,)):
        digest, size = look(path)
        executable = bool(path.stat().st_mode & 0o100)
        files.append(TreeFile(relative, digest, size, executable))
    return files


def _walk(
    folder: Path, prefix: str, root: Path, above: tuple[Path, ...]
) -> Iterator[tuple[Path, str]]:
    """Files below `folder` with their relative path; `above` are the real folders on the way."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        path, relative = Path(entry.path), prefix + entry.name
        if entry.is_symlink() and not path.resolve().is_relative_to(root):
            raise _refused(path, "is a link that leaves the folder")
        if entry.is_file():
            yield path, _utf8(path, relative)
        elif entry.is_dir():
            real = path.resolve()
            if real in above:
                raise _refused(path, "is a link to a folder that holds it")
            yield from _walk(path, f"{relative}/", root, (*above, real))
        else:
            raise _refused(path, "is neither a file nor a folder")


def _utf8(path: Path, relative: str) -> str:
    try:
        relative.encode()
    except UnicodeEncodeError:
        raise _refused(path, "has a name that is not UTF-8") from None
    return relative


def _refused(path: Path, what: str) -> InputError:
    shown = str(path).encode(errors="replace").decode()
    return InputError(what, where=shown, cure="Replace it by a plain file, or leave it out.")


def _check_paths(paths: list[str], digest: str) -> None:
    known = set(paths)
    for path in paths:
        pure = PurePosixPath(path)
        plain = path not in ("", ".") and "\0" not in path and str(pure) == path
        outside = pure.is_absolute() or ".." in pure.parts
        if not plain or outside or any(str(parent) in known for parent in pure.parents):
            raise CorruptedError(
                f"tree {digest} holds the path {path!r}, which is not safe to write",
                cure="Do not use this tree: Shipway never makes such a path.",
            )
    if len(known) < len(paths):
        raise CorruptedError(f"tree {digest} holds a path twice", cure="Do not use this tree.")
