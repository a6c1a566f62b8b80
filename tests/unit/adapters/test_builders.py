# SPDX-License-Identifier: Apache-2.0
import io
import json
import os
import shutil
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from shipway.adapters.builders import CATALOGUE
from shipway.adapters.builders.dockerfile import DockerfileBuilder
from shipway.adapters.builders.interface import Builder, BuildRequest, ReadyLayer
from shipway.adapters.builders.native import NativeBuilder
from shipway.base.catalogue import load
from shipway.base.digests import hex_of
from shipway.base.errors import InputError
from shipway.packaging.base import Base
from shipway.packaging.image import ImageWriter
from shipway.packaging.layers import Entry
from shipway.packaging.platform import Platform
from shipway.packaging.reader import blob_path, open_layer, read_layout, verify_layers
from shipway.records.source import PythonEnvironment

AMD64 = Platform("linux", "amd64")
LOCK = "numpy==2.3.0 --hash=sha256:" + "a" * 64 + "\n"


def write(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def project(folder: Path, base: str = "scratch") -> BuildRequest:
    """A small project with model, code and environment in `folder`."""
    write(folder / "venv/lib/python3.11/site-packages/numpy/__init__.py", "ok = True\n")
    write(folder / "overlay/site/uvicorn/__init__.py")
    write(folder / "overlay/site/uvicorn-0.35.0.dist-info/METADATA")
    write(folder / "model/model.json", '{"flavour": "sklearn"}')
    write(folder / "model/model.skops", "weights")
    write(folder / "code/fraud/features.py", "def f(): ...\n")
    write(folder / "code/fraud/__pycache__/features.pyc")
    environment = PythonEnvironment(
        digest="sha256:" + "1" * 64, python="3.11.7", platform="linux-x86_64", lock=LOCK,
        packages=(), interpreter=str(folder / "venv/bin/python"), overlay=str(folder / "overlay"),
    )  # fmt: skip
    return BuildRequest(
        model=folder / "model",
        code=folder / "code",
        environment=environment,
        base=base,
        name="fraud-detector",
        labels={"org.opencontainers.image.version": "3"},
        service={"model": "fraud-detector", "version": 3, "sys_path": ["code"]},
    )


def make_base(folder: Path, python: str = "3.11", platform: Platform = AMD64) -> Path:
    image = ImageWriter(folder, Base("python3"))
    image.add("root", [Entry(f"usr/bin/python{python}", b"ELF", executable=True)])
    image.add("more", [Entry("etc/os-release", b"ID=test")])
    image.finish(platform, {})
    return folder


def files(layout: Path) -> list[dict[str, bytes]]:
    """Path to content for each layer of a layout."""
    found = []
    for layer in read_layout(layout).layers:
        with (
            open_layer(layout, layer) as stream,
            tarfile.open(fileobj=io.BytesIO(stream.read())) as tar,
        ):
            found.append({m.name: tar.extractfile(m).read() for m in tar if m.isfile()})
    return found


@pytest.mark.parametrize("kind", list(CATALOGUE))
def test_every_kind_is_a_builder(kind: str, tmp_path: Path) -> None:
    builder: Builder = load("builders", CATALOGUE, kind)()
    built = [builder.build(project(tmp_path / n), tmp_path / f"{n}-out") for n in ("a", "b")]
    assert built[0].digest == built[1].digest
    assert built[0].layers == built[1].layers
    assert built[0].size == built[1].size > 0
    hex_of(built[0].digest)


def test_an_image_has_four_layers_each_with_its_part(tmp_path: Path) -> None:
    built = NativeBuilder().build(project(tmp_path), tmp_path / "image")

    image = read_layout(tmp_path / "image")
    verify_layers(tmp_path / "image", image)
    assert image.manifest.digest == built.digest
    assert image.diff_ids == built.layers
    assert image.size == built.size
    assert list(built.parts) == ["dependencies", "runtime", "code", "model"]
    dependencies, runtime, code, model = files(tmp_path / "image")
    assert set(dependencies) == {
        "opt/shipway/site/numpy/__init__.py",
        "opt/shipway/overlay/uvicorn/__init__.py",
        "opt/shipway/overlay/uvicorn-0.35.0.dist-info/METADATA",
    }
    assert "opt/shipway/runtime/shipway_runtime/__init__.py" in runtime
    assert set(code) == {"opt/shipway/bundle/code/fraud/features.py"}
    assert json.loads(model["opt/shipway/bundle/service.json"])["version"] == 3
    assert model["opt/shipway/bundle/lock.txt"] == LOCK.encode()
    assert model["opt/shipway/bundle/model/model.skops"] == b"weights"


def test_the_configuration_starts_the_server(tmp_path: Path) -> None:
    NativeBuilder().build(project(tmp_path), tmp_path / "image")
    image = read_layout(tmp_path / "image")

    config = image.config["config"]
    assert config["Entrypoint"] == [
        "python3", "-m", "shipway_runtime.server", "--bundle", "/opt/shipway/bundle",
        "--host", "0.0.0.0", "--port", "8080",
    ]  # fmt: skip
    paths = dict(item.split("=", 1) for item in config["Env"])["PYTHONPATH"].split(":")
    assert paths.index("/opt/shipway/site") < paths.index("/opt/shipway/overlay")
    assert config["ExposedPorts"] == {"8080/tcp": {}}
    assert "User" not in config
    assert image.config["architecture"] == "amd64"
    assert image.config["os"] == "linux"
    assert image.config["created"] == "1970-01-01T00:00:00Z"
    assert config["Labels"] == image.annotations
    assert config["Labels"]["dev.shipway.interpreter"] == "none"
    assert "interpreter" in config["Labels"]["dev.shipway.note"]
    assert config["Labels"]["org.opencontainers.image.version"] == "3"


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


def test_the_same_inputs_give_the_same_image_elsewhere(
    tmp_path: Path, zone: Callable[[str], None]
) -> None:
    def build(name: str, umask: int, place: str, moment: int) -> object:
        zone(place)
        before = os.umask(umask)
        try:
            request = project(tmp_path / name)
            for path in (tmp_path / name).rglob("*"):
                os.utime(path, (moment, moment))
            built = NativeBuilder().build(request, tmp_path / name / "image")
            return built.digest, built.layers, built.size
        finally:
            os.umask(before)

    first = build("here", 0o022, "UTC", 1_000_000_000)
    assert first == build("there/far", 0o077, "America/Los_Angeles", 1_800_000_000)


def test_only_the_layer_that_changed_is_new(tmp_path: Path) -> None:
    request = project(tmp_path)
    first = NativeBuilder().build(request, tmp_path / "one").layers
    write(tmp_path / "model/model.skops", "other weights")
    second = NativeBuilder().build(request, tmp_path / "two").layers
    assert first[:3] == second[:3]
    assert first[3] != second[3]


def test_a_kept_dependencies_layer_saves_building_it(tmp_path: Path) -> None:
    request = project(tmp_path)
    first = NativeBuilder().build(request, tmp_path / "one")
    layer = first.parts["dependencies"]
    kept = shutil.copyfile(blob_path(tmp_path / "one", layer.digest), tmp_path / "kept")
    shutil.rmtree(tmp_path / "venv")

    again = msgspec.structs.replace(request, dependencies=ReadyLayer(layer, kept))
    assert NativeBuilder().build(again, tmp_path / "two").digest == first.digest

    kept.write_bytes(kept.read_bytes()[:-1] + b"!")
    with pytest.raises(InputError, match="other content"):
        NativeBuilder().build(again, tmp_path / "three")


def test_a_base_brings_its_python_and_its_layers(tmp_path: Path) -> None:
    base = make_base(tmp_path / "base")
    built = NativeBuilder().build(project(tmp_path, str(base)), tmp_path / "image")

    image = read_layout(tmp_path / "image")
    verify_layers(tmp_path / "image", image)
    assert len(built.layers) == 6
    assert built.layers[:2] == read_layout(base).diff_ids
    assert image.config["config"]["Entrypoint"][0] == "/usr/bin/python3.11"
    labels = image.config["config"]["Labels"]
    assert labels["dev.shipway.interpreter"] == "/usr/bin/python3.11"
    assert labels["org.opencontainers.image.base.digest"] == read_layout(base).manifest.digest
    assert "dev.shipway.note" not in labels
    assert len(image.config["history"]) == 6


@pytest.mark.parametrize(
    ("python", "platform", "message"),
    [
        ("3.12", AMD64, "the base holds Python 3.12; the environment needs 3.11"),
        ("", AMD64, "the base holds no Python"),
        ("3.11", Platform("linux", "arm64"), "the base is for linux/arm64"),
    ],
)
def test_a_base_that_does_not_fit_is_refused(
    tmp_path: Path, python: str, platform: Platform, message: str
) -> None:
    base = make_base(tmp_path / "base", python, platform)
    with pytest.raises(InputError, match=message):
        NativeBuilder().build(project(tmp_path, str(base)), tmp_path / "image")


def test_a_base_that_is_no_layout_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="skopeo copy"):
        NativeBuilder().build(project(tmp_path, "python:3.11-slim"), tmp_path / "image")


def test_a_tampered_base_is_refused(tmp_path: Path) -> None:
    base = make_base(tmp_path / "base")
    blob = blob_path(base, read_layout(base).layers[1].digest)
    data = bytearray(blob.read_bytes())
    data[-1] ^= 1
    blob.write_bytes(data)
    with pytest.raises(InputError):
        NativeBuilder().build(project(tmp_path, str(base)), tmp_path / "image")


def test_a_docker_context_holds_all_that_its_dockerfile_copies(tmp_path: Path) -> None:
    DockerfileBuilder().build(project(tmp_path), tmp_path / "context")
    text = (tmp_path / "context/Dockerfile").read_text()

    assert "FROM --platform=linux/amd64 python:3.11-slim" in text
    assert "--require-hashes" in text
    for line in text.splitlines():
        if line.startswith("COPY"):
            for name in line.split()[1:-1]:
                assert (tmp_path / "context" / name).exists(), line
    assert (tmp_path / "context/requirements.txt").read_text() == LOCK
    assert (tmp_path / "context/runtime/shipway_runtime/__init__.py").is_file()
    assert not list((tmp_path / "context").rglob("__pycache__"))
    assert json.loads((tmp_path / "context/service.json").read_text())["model"] == "fraud-detector"


def test_a_context_from_macos_installs_the_overlay_by_name(tmp_path: Path) -> None:
    request = project(tmp_path)
    environment = msgspec.structs.replace(request.environment, platform="macosx-14.0-arm64")
    DockerfileBuilder().build(
        msgspec.structs.replace(request, environment=environment), tmp_path / "context"
    )
    assert (tmp_path / "context/overlay.txt").read_text() == "uvicorn==0.35.0\n"
    assert "FROM --platform=linux/arm64" in (tmp_path / "context/Dockerfile").read_text()


def test_labels_can_not_leave_their_line(tmp_path: Path) -> None:
    labels = {"a": 'x"\nRUN rm -rf /\n# $HOME \\'}
    request = msgspec.structs.replace(project(tmp_path), labels=labels)
    DockerfileBuilder().build(request, tmp_path / "context")
    lines = (tmp_path / "context/Dockerfile").read_text().splitlines()
    assert 'LABEL a="x\\" RUN rm -rf / # \\$HOME \\\\"' in lines
    assert not any(line.startswith("RUN rm") for line in lines)


@pytest.mark.parametrize("base", ["python:3.11\nRUN x", "a b", "$BASE", ""])
def test_a_base_that_is_no_reference_is_refused(tmp_path: Path, base: str) -> None:
    with pytest.raises(InputError, match="no image that Docker could pull"):
        DockerfileBuilder().build(project(tmp_path, base), tmp_path / "context")
