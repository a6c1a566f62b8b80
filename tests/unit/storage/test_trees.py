# SPDX-License-Identifier: Apache-2.0
"""Folders as objects: one name for the same content, and nothing unsafe goes in or out."""

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipway.base import digests
from shipway.base.errors import InputError, OutsideError
from shipway.storage.folder import FolderStore
from shipway.storage.interface import CorruptedError, MissingObjectError, Objects
from shipway.storage.layout import object_key
from shipway.storage.memory import MemoryStore
from shipway.storage.trees import fetch_tree, put_tree, tree_digest, tree_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "code" / "fraud").mkdir(parents=True)
    (folder / "model.json").write_text("{}")
    (folder / "code" / "fraud" / "train.py").write_text("x = 1\n")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    return folder


@pytest.fixture
def objects() -> Objects:
    return MemoryStore().objects


def test_a_tree_comes_back_as_it_was(folder: Path, tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "store")
    digest = put_tree(store.objects, folder)
    fetch_tree(store.objects, digest, tmp_path / "out" / "copy")
    copy = tmp_path / "out" / "copy"
    assert (copy / "code" / "fraud" / "train.py").read_text() == "x = 1\n"
    assert os.access(copy / "run.sh", os.X_OK)
    assert (copy / "model.json").stat().st_mode & 0o111 == 0
    assert tree_digest(copy) == tree_digest(folder) == digest
    assert list((tmp_path / "out").iterdir()) == [copy]


def test_files_are_listed_in_order_with_digest_and_size(folder: Path, objects: Objects) -> None:
    files = tree_files(objects, put_tree(objects, folder))
    assert [file.path for file in files] == ["code/fraud/train.py", "model.json", "run.sh"]
    assert files[1].digest == digests.of_bytes(b"{}")
    assert [file.size for file in files] == [6, 2, 10]
    assert [file.executable for file in files] == [False, False, True]


def test_times_permissions_and_empty_folders_do_not_count(folder: Path) -> None:
    before = tree_digest(folder)
    os.utime(folder / "model.json", (1, 1))
    (folder / "model.json").chmod(0o600)
    (folder / "empty").mkdir()
    assert tree_digest(folder) == before


@pytest.mark.parametrize("change", ["content", "name", "executable", "removed"])
def test_everything_else_counts(folder: Path, change: str) -> None:
    before = tree_digest(folder)
    path = folder / "model.json"
    if change == "content":
        path.write_text("[]")
    elif change == "name":
        path.rename(folder / "model2.json")
    elif change == "executable":
        path.chmod(0o755)
    else:
        path.unlink()
    assert tree_digest(folder) != before


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    content=st.dictionaries(
        st.text("abcé ☃.-", min_size=1, max_size=5).filter(lambda name: name not in (".", "..")),
        st.binary(max_size=20),
        max_size=5,
    )
)
def test_any_names_and_contents_survive(
    content: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    (folder / "in").mkdir()
    for name, data in content.items():
        (folder / "in" / name).write_bytes(data)
    objects = MemoryStore().objects
    fetch_tree(objects, put_tree(objects, folder / "in"), folder / "out")
    assert {path.name: path.read_bytes() for path in (folder / "out").iterdir()} == content


def test_a_link_inside_the_folder_counts_as_its_content(folder: Path, objects: Objects) -> None:
    plain = tree_digest(folder)
    (folder / "model.json").rename(folder / "code" / "real.json")
    (folder / "model.json").symlink_to("code/real.json")
    (folder / "code" / "real.json").write_text("{}")
    linked = {file.path for file in tree_files(objects, put_tree(objects, folder))}
    assert linked == {"code/fraud/train.py", "code/real.json", "model.json", "run.sh"}
    assert tree_digest(folder) != plain


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("/etc/passwd", "leaves the folder"),
        ("../outside", "leaves the folder"),
        (".", "holds it"),
        ("nowhere", "neither a file nor a folder"),
    ],
)
def test_other_links_are_refused(folder: Path, target: str, words: str) -> None:
    (folder.parent / "outside").write_text("secret")
    (folder / "link").symlink_to(target)
    with pytest.raises(InputError, match=words) as caught:
        tree_digest(folder)
    assert caught.value.where == str(folder / "link")


def test_a_pipe_and_a_name_that_is_not_utf8_are_refused(folder: Path, objects: Objects) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(InputError, match="neither"):
        put_tree(objects, folder)
    (folder / "pipe").unlink()
    Path(os.fsdecode(bytes(folder) + b"/\xff")).write_text("")
    with pytest.raises(InputError, match="UTF-8"):
        put_tree(objects, folder)


def test_a_missing_folder_is_named(tmp_path: Path, objects: Objects) -> None:
    with pytest.raises(InputError, match="not a folder"):
        put_tree(objects, tmp_path / "none")


def test_a_tree_with_a_missing_or_corrupted_file_does_not_appear(
    folder: Path, tmp_path: Path
) -> None:
    store = MemoryStore()
    digest = put_tree(store.objects, folder)
    store.bucket.replace(object_key(tree_files(store.objects, digest)[2].digest), b"wrong")
    with pytest.raises(CorruptedError):
        fetch_tree(store.objects, digest, tmp_path / "out" / "copy")
    assert list((tmp_path / "out").iterdir()) == []
    with pytest.raises(MissingObjectError):
        fetch_tree(MemoryStore().objects, digest, tmp_path / "out" / "copy")


def test_an_existing_folder_is_not_touched(folder: Path, tmp_path: Path, objects: Objects) -> None:
    digest = put_tree(objects, folder)
    fetch_tree(objects, digest, tmp_path / "copy")
    (tmp_path / "copy" / "mine").write_text("kept")
    with pytest.raises(InputError, match="exists already"):
        fetch_tree(objects, digest, tmp_path / "copy")
    assert (tmp_path / "copy" / "mine").read_text() == "kept"


@pytest.mark.parametrize(
    "paths",
    [["../up"], ["/x"], ["a/../../b"], [""], ["."], ["a//b"], ["\0"], ["a", "a/b"], ["a", "a"]],
)
def test_a_manifest_with_unsafe_paths_is_refused(
    objects: Objects, paths: list[str], tmp_path: Path
) -> None:
    content = objects.put(b"x")
    files = [{"path": path, "digest": content, "size": 1} for path in paths]
    digest = objects.put(msgspec.json.encode({"kind": "tree", "files": files, "format": 1}))
    with pytest.raises(CorruptedError, match="path"):
        fetch_tree(objects, digest, tmp_path / "deep" / "copy")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_tree_is_refused(objects: Objects) -> None:
    with pytest.raises(CorruptedError, match="not a tree"):
        tree_files(objects, objects.put(b"just bytes"))
    later = objects.put(b'{"kind":"tree","files":[],"format":2}')
    with pytest.raises(OutsideError, match="format 2"):
        tree_files(objects, later)
