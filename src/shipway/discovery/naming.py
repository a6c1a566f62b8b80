# SPDX-License-Identifier: Apache-2.0
"""The name under which a file is imported, and the folder that must be on the path for it."""

from pathlib import PurePosixPath

from shipway.codescan.imports import is_standard
from shipway.discovery.project import CodeBase


def module_of(base: CodeBase, path: str) -> tuple[str, str]:
    """The dotted module of `path` and the folder it is imported from (`.` is the root).

    The folder is the one from which the file's own absolute imports are found; without such, it is
    the one above its outermost package.
    """
    if path not in base.names:
        base.names[path] = _module_of(base, path)
    return base.names[path]


def _module_of(base: CodeBase, path: str) -> tuple[str, str]:
    pure = PurePosixPath(path)
    folder = _by_imports(base, path)
    if folder is None:
        folder = pure.parent
        while str(folder) != "." and base.listing.has(f"{folder}/__init__.py"):
            folder = folder.parent
        if str(folder) != "." and folder.name not in ("src", "lib", "source", "code", "python"):
            above = PurePosixPath(".")
            folder = above if _is_importable(pure, above) else pure.parent
    if not _is_importable(pure, folder):
        folder = pure.parent
    parts = list(pure.relative_to(folder).with_suffix("").parts)
    if parts[-1] in ("__init__", "__main__") and len(parts) > 1:
        parts.pop()
    return ".".join(parts), str(folder)


def _is_importable(path: PurePosixPath, folder: PurePosixPath) -> bool:
    if not path.is_relative_to(folder):
        return False
    return all(part.isidentifier() for part in path.relative_to(folder).with_suffix("").parts)


def _by_imports(base: CodeBase, path: str) -> PurePosixPath | None:
    """The folder that the file's absolute imports of other files of the repository agree on."""
    pure = PurePosixPath(path)
    for one in base.imports.get(path, ()):
        if one.level or is_standard(one.top):
            continue
        folder = base.modules.folder_of(one.top, base.root / path)
        if folder is not None and pure.is_relative_to(folder or "."):
            return PurePosixPath(folder or ".")
    return None
