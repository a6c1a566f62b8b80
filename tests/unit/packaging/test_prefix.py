# SPDX-License-Identifier: Apache-2.0
"""A conda prefix moved into an image."""

import json
from pathlib import Path

import pytest

from shipway.adapters.builders.dockerfile import DockerfileBuilder
from shipway.adapters.builders.interface import BuildRequest
from shipway.adapters.builders.native import NativeBuilder
from shipway.base.errors import InputError
from shipway.packaging.prefix import image_variables, moved, prefix_entries
from shipway.packaging.reader import open_layer, read_layout
from shipway.records.source import PythonEnvironment

OLD, NEW = b"/home/me/.cache/shipway/environments/abc", b"/opt/shipway/conda"


def write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


@pytest.fixture
def environment(tmp_path) -> PythonEnvironment:
    prefix = tmp_path / "environments" / ("a" * 32)
    write(prefix / "bin/python3.11", "\x7fELF", 0o755)
    (prefix / "bin/python").symlink_to("python3.11")
    (prefix / "bin/python3").symlink_to(prefix / "bin/python3.11")
    write(prefix / "bin/tool", f"#!{prefix}/bin/python\nprint(1)\n", 0o755)
    write(prefix / "lib/libx.so", f"\0{prefix}/share\0tail\0")
    write(prefix / "lib/python3.11/site-packages/tiny.py", "version = '1.0'\n")
    write(prefix / "lib/python3.11/site-packages/__pycache__/tiny.pyc", "x")
    write(prefix / "lib/python3.11/site-packages/tiny-1.0.dist-info/INSTALLER", "uv")
    write(prefix / "share/x.conf", f"data={prefix}/data\n")
    paths = [
        {"_path": "lib/libx.so", "prefix_placeholder": "/b", "file_mode": "binary"},
        {"_path": "share/x.conf", "prefix_placeholder": "/b", "file_mode": "text"},
        {"_path": "lib/python3.11/site-packages/tiny.py"},
    ]
    write(prefix / "conda-meta/x-1-0.json", json.dumps({"paths_data": {"paths": paths}}))
    write(prefix / "variables.json", json.dumps({"CONDA_PREFIX": str(prefix), "A": "1"}))
    write(prefix / "complete", "")
    return PythonEnvironment(
        digest="sha256:" + "1" * 64, python="3.11.7", platform="linux-x86_64", lock="{}",
        packages=(), interpreter=str(prefix / "bin/python"), overlay="", kind="conda",
    )  # fmt: skip


def test_a_text_is_rewritten_and_a_binary_keeps_its_length():
    assert moved(b"a=" + OLD + b"/x\n", OLD, NEW, binary=False) == b"a=" + NEW + b"/x\n"
    data = b"\0\1" + OLD + b"/a:" + OLD + b"/b\0next\0"
    found = moved(data, OLD, NEW, binary=True)
    assert len(found) == len(data)
    assert found.startswith(b"\0\1" + NEW + b"/a:" + NEW + b"/b\0\0")
    assert found.endswith(b"\0next\0")


def test_a_binary_can_not_grow():
    with pytest.raises(InputError, match="too short") as caught:
        moved(b"/c/x\0", b"/c", NEW, binary=True)
    assert "XDG_CACHE_HOME" in caught.value.cure


def test_the_whole_prefix_without_what_installers_leave(environment):
    prefix = str(Path(environment.interpreter).parent.parent)
    found = {entry.path: entry for entry in prefix_entries(environment)}
    home = "opt/shipway/conda"
    assert set(found) == {
        f"{home}/bin/python", f"{home}/bin/python3", f"{home}/bin/python3.11", f"{home}/bin/tool",
        f"{home}/lib/libx.so", f"{home}/lib/python3.11/site-packages/tiny.py",
        f"{home}/share/x.conf",
    }  # fmt: skip
    assert found[f"{home}/bin/python"].link == "python3.11"
    assert found[f"{home}/bin/python3"].link == "python3.11"
    assert found[f"{home}/bin/tool"].source == b"#!/opt/shipway/conda/bin/python\nprint(1)\n"
    assert found[f"{home}/bin/tool"].executable
    assert found[f"{home}/share/x.conf"].source == b"data=/opt/shipway/conda/data\n"
    library = found[f"{home}/lib/libx.so"].source
    assert library.startswith(b"\0/opt/shipway/conda/share\0")
    assert len(library) == len(f"\0{prefix}/share\0tail\0")
    assert image_variables(environment) == {"CONDA_PREFIX": "/opt/shipway/conda", "A": "1"}


def request_of(environment: PythonEnvironment, tmp_path: Path) -> BuildRequest:
    for folder in ("model", "code"):
        write(tmp_path / folder / "x.json", "{}")
    return BuildRequest(
        model=tmp_path / "model", code=tmp_path / "code", environment=environment,
        base="scratch", name="m",
    )  # fmt: skip


def test_the_image_runs_the_prefixs_own_python(environment, tmp_path):
    built = NativeBuilder().build(request_of(environment, tmp_path), tmp_path / "image")
    from shipway.packaging.platform import Platform

    image = read_layout(tmp_path / "image", Platform("linux", "amd64"))
    settings = image.config["config"]
    assert settings["Entrypoint"][0] == "/opt/shipway/conda/bin/python"
    assert settings["Labels"]["dev.shipway.interpreter"] == "/opt/shipway/conda/bin/python"
    assert settings["Labels"]["dev.shipway.note"].startswith("Complete besides the C library")
    given = dict(one.split("=", 1) for one in settings["Env"])
    assert given["CONDA_PREFIX"] == "/opt/shipway/conda"
    assert given["PATH"].startswith("/opt/shipway/conda/bin:/usr/local/sbin")
    with open_layer(tmp_path / "image", image.layers[0]) as stream:
        assert b"opt/shipway/conda/share/x.conf" in stream.read()
    assert list(built.parts) == ["dependencies", "runtime", "code", "model"]


def test_a_dockerfile_is_refused_with_the_way_out(environment, tmp_path):
    with pytest.raises(InputError) as caught:
        DockerfileBuilder().build(request_of(environment, tmp_path), tmp_path / "image")
    assert "conda packages" in caught.value.what
    assert caught.value.cure.startswith("Write native")
