# SPDX-License-Identifier: Apache-2.0
"""The tests: their runner and folder, what they need on the path, and whether a training first."""

import configparser
import posixpath
import re
from collections.abc import Iterable, Iterator

from shipway.codescan.imports import is_standard
from shipway.discovery.configuration import read_mapping
from shipway.discovery.findings import DataFile, ModelFile
from shipway.discovery.project import CodeBase
from shipway.discovery.running import Place, TestSuite

TEST_FILE = re.compile(r"(^|/)(test_[^/]*|[^/]*_test|tests)\.py$")
SETTINGS = re.compile(r"^\s*(pythonpath|python_paths)\s*=\s*(.+)$", re.M)


def test_suites(
    base: CodeBase, data: Iterable[DataFile], models: Iterable[ModelFile]
) -> Iterator[TestSuite]:
    """One suite for each folder of tests, the one with the most files first."""
    groups: dict[str, list[str]] = {}
    for path in base.imports:
        if TEST_FILE.search(path) and _has_tests(base, path):
            groups.setdefault(_top(path), []).append(path)
    if not groups:
        return
    read = list(data)
    written = {one.path for one in models}
    for folder, files in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        yield _suite(base, folder, sorted(files), read, written)


def _suite(
    base: CodeBase, tests: str, files: list[str], read: list[DataFile], written: set[str]
) -> TestSuite:
    unittest = _is_unittest(base, files)
    path, why_path = _pythonpath(base, files)
    folder, why_folder = _folder(base, tests, files, read)
    reached = set(base.closure(*files))
    if folder != ".":
        path = posixpath.relpath(path or ".", folder) if path not in ("", folder) else ""
        path = "" if path == "." else path
    target = posixpath.relpath(tests, folder) if tests else "."
    models = tuple(sorted({one.path for one in read if one.model and one.at.path in reached}))
    absent = tuple(one for one in models if one in written and not _is_kept(base, one))
    tables = {
        one.path
        for one in read
        if one.kind == "file" and not one.model and not one.configuration and one.at.path in files
    }
    runner = "unittest" if unittest else "pytest"
    command = f"pytest -q {target}" if target != "." else f"pytest -q {' '.join(files)}"
    because = [text for text in (why_path, why_folder) if text]
    if absent:
        because.append(f"opens {', '.join(absent)}, which only a training writes")
    return TestSuite(
        runner=runner,  # type: ignore[arg-type]
        command=command,
        at=Place(files[0]),
        why="; ".join([f"{len(files)} files of tests for {runner}", *because]),
        folder=folder,
        tests=tests or ".",
        pythonpath=path,
        files=tuple(files),
        needs_model=models,
        written_by_training=absent,
        needs_data=tuple(sorted(tables)),
    )


def _has_tests(base: CodeBase, path: str) -> bool:
    source = base.sources.get(path)
    if source is None:
        return True
    names = [scope.name.rpartition(".")[2] for scope in source.scopes]
    return any(name.startswith(("test", "Test")) or name.endswith("Test") for name in names)


def _is_kept(base: CodeBase, path: str) -> bool:
    return base.listing.state(path) == "tracked"


def _is_unittest(base: CodeBase, files: list[str]) -> bool:
    """Whether only unittest is used; pytest runs these too."""
    known = base.of(*files)
    return (
        bool(known)
        and not any(source.imports_any("pytest") for source in known)
        and all(source.imports_any("unittest") for source in known)
    )


def _top(path: str) -> str:
    """The folder of tests that a file belongs to: the outermost one that is called so."""
    parts = path.split("/")[:-1]
    for number, part in enumerate(parts):
        if part in ("tests", "test", "testing", "unit_tests"):
            return "/".join(parts[: number + 1])
    return "/".join(parts)


def _pythonpath(base: CodeBase, files: list[str]) -> tuple[str, str]:
    """The folder that must be on the path, and why; empty when pytest finds everything itself."""
    if _set_already(base):
        return "", ""
    for path in files:
        for one in base.imports.get(path, ()):
            if one.level or one.optional or is_standard(one.top):
                continue
            importer = base.root / path
            if not base.modules.has(one.top, importer):
                continue
            found = base.modules.find(one.name, importer)
            folder = base.modules.folder_of(one.top, importer)
            if folder is None and found is not None:
                folder = _holding(found, one.name)
            if folder is not None and not _inserted(base, path, folder):
                what = f"{path} imports {one.name} from {folder or 'the root'}"
                return folder or ".", what
    return "", ""


def _holding(path: str, module: str) -> str:
    """The folder from which `path` is `module`."""
    depth = module.count(".") + (2 if path.endswith("/__init__.py") else 1)
    return "/".join(path.split("/")[:-depth])


def _set_already(base: CodeBase) -> bool:
    """Whether the project's own settings, a conftest in the root or sys.path take care of it."""
    listing = base.listing
    if any(SETTINGS.search(listing.text(path)) for path in ("pytest.ini", "setup.cfg", "tox.ini")):
        return True
    content = read_mapping(listing, "pyproject.toml")
    tool = content.get("tool") if isinstance(content, dict) else None
    options = tool.get("pytest", {}).get("ini_options", {}) if isinstance(tool, dict) else {}
    return isinstance(options, dict) and "pythonpath" in options


def _inserted(base: CodeBase, path: str, folder: str) -> bool:
    """Whether pytest puts `folder` on the path by itself, or the test or a conftest does."""
    rooted = posixpath.dirname(path)
    while rooted and base.listing.has(f"{rooted}/__init__.py"):
        rooted = posixpath.dirname(rooted)
    conftests = base.listing.named("conftest.py")
    near = [posixpath.dirname(one) for one in conftests if path.startswith(posixpath.dirname(one))]
    if folder == rooted or folder in near:
        return True
    sources = base.of(path, *conftests)
    return any("sys.path." in source.code.text for source in sources)


def _folder(base: CodeBase, tests: str, files: list[str], read: list[DataFile]) -> tuple[str, str]:
    """Where the tests must run: where the files that they open by relative paths are found."""
    for one in read:
        if one.folder and one.at.path in files:
            return one.folder, f"{one.at} opens {one.written!r} as seen from {one.folder}/"
    reached = set(base.closure(*files)) - set(files)
    for one in read:
        if one.folder and one.at.path in reached and one.exists:
            return one.folder, f"{one.at} opens {one.written!r} as seen from {one.folder}/"
    above = posixpath.dirname(tests)
    if above and _own_settings(base, above):
        return above, f"{above}/ has its own settings of pytest"
    return ".", ""


def _own_settings(base: CodeBase, folder: str) -> bool:
    if base.listing.has(f"{folder}/pytest.ini"):
        return True
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(base.listing.text(f"{folder}/setup.cfg"))
    except configparser.Error:
        return False
    return parser.has_section("tool:pytest")
