# SPDX-License-Identifier: Apache-2.0
import os
import shutil
from pathlib import Path

import msgspec
import pytest

from shipway.base.errors import InputError
from shipway.packaging.contents import (
    dependencies_key,
    dependency_entries,
    folder_entries,
    installed_entries,
    runtime_digest,
    runtime_source,
)
from shipway.packaging.layers import write_layer
from shipway.packaging.platform import Platform, oci_platform, python_minor
from shipway.records.source import PythonEnvironment


def write(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def install(venv: Path, machine: str) -> PythonEnvironment:
    """An environment as an installer leaves it on a machine called `machine`."""
    site = venv / "lib/python3.11/site-packages"
    info = "numpy-2.3.0.dist-info"
    write(site / "numpy/__init__.py", "version = '2.3.0'\n")
    write(site / "numpy/__pycache__/__init__.cpython-311.pyc", machine)
    write(site / "numpy/core.pyc", machine)
    write(site / f"{info}/METADATA", "Name: numpy\n")
    write(site / f"{info}/direct_url.json", machine)
    write(site / f"{info}/INSTALLER", machine)
    write(site / f"{info}/uv_cache.json", machine)
    record = [
        "numpy/__init__.py,sha256=abc,20",
        f"../../../bin/f2py,sha256={machine},200",
        f"{info}/direct_url.json,sha256={machine},3",
        "numpy/__pycache__/__init__.cpython-311.pyc,,",
        f"{info}/RECORD,,",
    ]
    write(site / f"{info}/RECORD", "\n".join(record if machine == "one" else record[::-1]) + "\n")
    write(site / "_virtualenv.py", machine)
    write(site / "__editable___app_finder.py", machine)
    write(site / "app.pth", f"/home/{machine}")
    overlay = venv.parent / f"overlay-{machine}"
    write(overlay / "site/uvicorn/__init__.py", "")
    write(overlay / "site/uvicorn-0.35.0.dist-info/METADATA", "Name: uvicorn\n")
    write(overlay / "site/bin/uvicorn", f"#!/{machine}/python")
    return PythonEnvironment(
        digest="sha256:" + "1" * 64, python="3.11.7", platform="linux-x86_64", lock="numpy==2.3.0",
        packages=(), interpreter=str(venv / "bin/python"), overlay=str(overlay),
    )  # fmt: skip


def test_two_installations_give_one_layer(tmp_path: Path) -> None:
    one = install(tmp_path / "one/venv", "one")
    two = install(tmp_path / "two/venv", "two")

    first = write_layer(dependency_entries(one), tmp_path / "1")
    assert first == write_layer(dependency_entries(two), tmp_path / "2")
    assert dependencies_key(one) == dependencies_key(two)


def test_what_belongs_to_a_machine_is_left_out(tmp_path: Path) -> None:
    environment = install(tmp_path / "venv", "one")
    entries = {entry.path: entry for entry in dependency_entries(environment)}

    assert sorted(entries) == [
        "opt/shipway/overlay/uvicorn-0.35.0.dist-info/METADATA",
        "opt/shipway/overlay/uvicorn/__init__.py",
        "opt/shipway/site/numpy-2.3.0.dist-info/METADATA",
        "opt/shipway/site/numpy-2.3.0.dist-info/RECORD",
        "opt/shipway/site/numpy/__init__.py",
    ]
    record = entries["opt/shipway/site/numpy-2.3.0.dist-info/RECORD"].source
    assert record == b"numpy-2.3.0.dist-info/RECORD,,\nnumpy/__init__.py,sha256=abc,20\n"


def test_the_key_follows_lock_python_platform_and_overlay(tmp_path: Path) -> None:
    environment = install(tmp_path / "venv", "one")
    keys = {dependencies_key(environment)}
    for change in ({"digest": "sha256:" + "2" * 64}, {"python": "3.12.1"}, {"overlay": ""},
                   {"platform": "linux-aarch64"}):  # fmt: skip
        keys.add(dependencies_key(msgspec.structs.replace(environment, **change)))
    assert len(keys) == 5


def test_an_installer_that_links_to_its_cache_gives_content(tmp_path: Path) -> None:
    cached = write(tmp_path / "cache/mod.py", "content")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/mod.py").symlink_to(cached)
    write_layer(installed_entries(tmp_path / "site", "s"), tmp_path / "a")
    (tmp_path / "site/mod.py").unlink()
    write(tmp_path / "site/mod.py", "content")
    write_layer(installed_entries(tmp_path / "site", "s"), tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_missing_packages_are_named(tmp_path: Path) -> None:
    environment = install(tmp_path / "venv", "one")

    other = msgspec.structs.replace(environment, interpreter=str(tmp_path / "no/bin/python"))
    with pytest.raises(InputError, match="packages are not there"):
        list(dependency_entries(other))


def test_code_keeps_its_links_when_they_stay_inside(tmp_path: Path) -> None:
    write(tmp_path / "code/lib/a.py")
    write(tmp_path / "code/__pycache__/a.pyc")
    (tmp_path / "code/file.py").symlink_to("lib/a.py")
    (tmp_path / "code/folder").symlink_to("lib")
    (tmp_path / "code/run").write_text("#!/bin/sh")
    (tmp_path / "code/run").chmod(0o755)

    entries = {entry.path: entry for entry in folder_entries(tmp_path / "code", "c")}
    assert sorted(entries) == ["c/file.py", "c/folder", "c/lib/a.py", "c/run"]
    assert entries["c/folder"].link == "lib"
    assert entries["c/file.py"].link == ""
    assert entries["c/run"].executable


@pytest.mark.parametrize("target", ["/etc/passwd", "../secret", "missing"])
def test_a_link_that_leaves_the_folder_is_refused(tmp_path: Path, target: str) -> None:
    write(tmp_path / "secret")
    (tmp_path / "code").mkdir()
    (tmp_path / "code/link").symlink_to(target)
    with pytest.raises(InputError, match="link that leaves"):
        list(folder_entries(tmp_path / "code", "c"))


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        list(folder_entries(tmp_path, "c"))


def test_the_runtime_is_found() -> None:
    assert (runtime_source() / "__init__.py").is_file()


def test_the_runtime_is_named_by_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(runtime_source(), copy)
    before = runtime_digest()
    monkeypatch.setattr("shipway.packaging.contents.runtime_source", lambda: copy)
    assert runtime_digest() == before
    write(copy / "__pycache__/x.pyc")
    assert runtime_digest() == before
    write(copy / "__init__.py", "changed = True\n")
    assert runtime_digest() != before


@pytest.mark.parametrize(
    ("text", "os_", "machine", "variant"),
    [
        ("linux-x86_64", "linux", "amd64", ""),
        ("linux-aarch64", "linux", "arm64", ""),
        ("x86_64-manylinux_2_28", "linux", "amd64", ""),
        ("manylinux_2_28_aarch64", "linux", "arm64", ""),
        ("macosx-14.0-arm64", "darwin", "arm64", ""),
        ("linux-armv7l", "linux", "arm", "v7"),
        ("linux/amd64", "linux", "amd64", ""),
    ],
)
def test_platforms_have_their_names(text: str, os_: str, machine: str, variant: str) -> None:
    assert oci_platform(text) == Platform(os_, machine, variant)


@pytest.mark.parametrize("text", ["win-amd64", "linux-vax", "", "plan9"])
def test_an_unknown_platform_is_an_error(text: str) -> None:
    with pytest.raises(InputError):
        oci_platform(text)


def test_minor_versions() -> None:
    assert python_minor("3.11.7") == python_minor("3.11") == "3.11"
    with pytest.raises(InputError):
        python_minor("three")
