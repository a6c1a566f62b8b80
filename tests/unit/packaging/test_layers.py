# SPDX-License-Identifier: Apache-2.0
import gzip
import hashlib
import os
import string
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.packaging.layers import Entry, Layer, write_layer

NAMES = st.text(string.ascii_letters + string.digits + "._- éß", min_size=1, max_size=12).filter(
    lambda name: name.strip(".") != ""
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


def members(blob: Path) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(blob, "r:gz") as tar:
        return {member.name: member for member in tar}


def test_a_layer_names_both_its_forms(tmp_path: Path) -> None:
    blob = tmp_path / "blob"
    layer = write_layer([Entry("opt/a.txt", b"hello")], blob)

    data = blob.read_bytes()
    assert layer.digest == "sha256:" + hashlib.sha256(data).hexdigest()
    assert layer.diff_id == "sha256:" + hashlib.sha256(gzip.decompress(data)).hexdigest()
    assert layer.size == len(data)
    assert layer.media_type == "application/vnd.oci.image.layer.v1.tar+gzip"


def test_headers_tell_nothing_of_the_machine(tmp_path: Path) -> None:
    source = tmp_path / "tool"
    source.write_bytes(b"#!/bin/sh\n")
    source.chmod(0o700)
    write_layer([Entry("b/tool", source, executable=True), Entry("b/x", b"1")], tmp_path / "blob")

    found = members(tmp_path / "blob")
    assert list(found) == ["b", "b/tool", "b/x"]
    assert [oct(member.mode) for member in found.values()] == ["0o755", "0o755", "0o644"]
    for member in found.values():
        assert (member.mtime, member.uid, member.gid) == (0, 0, 0)
        assert (member.uname, member.gname) == ("", "")
    # The gzip header: no name, no time.
    assert (tmp_path / "blob").read_bytes()[3:8] == b"\0\0\0\0\0"


@pytest.fixture
def zone() -> Iterator[Callable[[str], None]]:
    """Sets the time zone of this process, and puts it back."""
    before = os.environ.get("TZ")

    def change(name: str | None) -> None:
        os.environ.pop("TZ", None)
        if name is not None:
            os.environ["TZ"] = name
        time.tzset()

    yield change
    change(before)


def test_order_time_umask_and_zone_do_not_matter(
    tmp_path: Path, zone: Callable[[str], None]
) -> None:
    def build(folder: str, umask: int, place: str, mtime: int, order: int) -> Layer:
        zone(place)
        before = os.umask(umask)
        try:
            home = tmp_path / folder
            home.mkdir()
            entries = []
            for name in ["a", "b", "c"][::order]:
                (home / name).write_text(name * 1000)
                os.utime(home / name, (mtime, mtime))
                entries.append(Entry(f"opt/{name}", home / name))
            return write_layer(entries, home / "blob")
        finally:
            os.umask(before)

    first = build("one", 0o022, "UTC", 1, 1)
    second = build("two", 0o077, "Asia/Tokyo", 1_700_000_000, -1)
    assert first == second


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(PATHS, st.binary(max_size=200), max_size=6))
def test_what_goes_in_comes_out(tmp_path_factory: pytest.TempPathFactory, files: dict) -> None:
    folder = tmp_path_factory.mktemp("layer")
    entries = [Entry(path, data) for path, data in files.items()]
    clash = any(a != b and b.startswith(a + "/") for a in files for b in files)
    if clash:
        with pytest.raises(ValueError, match="both a file and a folder"):
            write_layer(entries, folder / "blob")
        return
    layer = write_layer(entries, folder / "blob")
    assert layer == write_layer(entries[::-1], folder / "again")
    with tarfile.open(folder / "blob", "r:gz") as tar:
        found = {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}
    assert found == files


@pytest.mark.parametrize("path", ["/etc/passwd", "../a", "a/../b", "a//b", "./a", "a/", "", "."])
def test_a_path_that_is_not_inside_the_image_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="not a path inside an image"):
        write_layer([Entry(path, b"")], tmp_path / "blob")


def test_a_path_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="twice"):
        write_layer([Entry("a", b"1"), Entry("a", b"2")], tmp_path / "blob")


def test_a_long_name_survives(tmp_path: Path) -> None:
    path = "opt/" + "/".join(["x" * 90] * 4)
    write_layer([Entry(path, b"deep")], tmp_path / "blob")
    assert path in members(tmp_path / "blob")


def test_a_file_that_grows_meanwhile_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "growing"
    source.write_bytes(b"x" * 10)
    add = tarfile.TarFile.addfile

    def grow(self: tarfile.TarFile, header: tarfile.TarInfo, stream: object = None) -> None:
        if header.isfile():
            with source.open("ab") as more:
                more.write(b"more")
        add(self, header, stream)

    monkeypatch.setattr(tarfile.TarFile, "addfile", grow)
    with pytest.raises(InputError, match="changed while it was read"):
        write_layer([Entry("a", source)], tmp_path / "blob")


def test_a_file_that_shrinks_meanwhile_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "shrinking"
    source.write_bytes(b"x" * 5_000_000)
    add = tarfile.TarFile.addfile

    def shrink(self: tarfile.TarFile, header: tarfile.TarInfo, stream: object = None) -> None:
        os.truncate(source, 10)
        add(self, header, stream)

    monkeypatch.setattr(tarfile.TarFile, "addfile", shrink)
    with pytest.raises(InputError, match="changed while it was read"):
        write_layer([Entry("a", source)], tmp_path / "blob")
