# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path

import pytest

from shipway.base.digests import of_bytes
from shipway.base.errors import InputError
from shipway.packaging.base import Base
from shipway.packaging.image import ImageWriter
from shipway.packaging.layers import Entry
from shipway.packaging.platform import Platform
from shipway.packaging.reader import Image, blob_path, read_layout, verify_layers

AMD64 = Platform("linux", "amd64")
ARM64 = Platform("linux", "arm64")


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    return make(tmp_path / "image", AMD64)


def make(folder: Path, platform: Platform) -> Path:
    image = ImageWriter(folder, Base("python3"))
    image.add("code", [Entry("opt/a", b"a" * 1000), Entry("opt/b", str(platform).encode())])
    image.finish(platform, {"title": "test"})
    return folder


def swap(layout: Path, value: object, image: Image) -> None:
    """Put another manifest, with a right digest, in the place of the image's."""
    data = json.dumps(value).encode()
    blob_path(layout, of_bytes(data)).write_bytes(data)
    index = json.loads((layout / "index.json").read_text())
    index["manifests"][0] |= {"digest": of_bytes(data), "size": len(data)}
    (layout / "index.json").write_text(json.dumps(index))


def test_what_is_written_is_read(layout: Path) -> None:
    image = read_layout(layout)
    verify_layers(layout, image)
    assert image.annotations["title"] == "test"
    assert len(image.layers) == len(image.diff_ids) == 1


def test_one_platform_is_chosen_among_several(tmp_path: Path) -> None:
    one, two = make(tmp_path / "one", AMD64), make(tmp_path / "two", ARM64)
    first = json.loads((one / "index.json").read_text())
    second = json.loads((two / "index.json").read_text())
    for blob in (two / "blobs/sha256").iterdir():
        (one / "blobs/sha256" / blob.name).write_bytes(blob.read_bytes())
    first["manifests"] += second["manifests"]
    (one / "index.json").write_text(json.dumps(first))

    assert read_layout(one, ARM64).config["architecture"] == "arm64"
    assert read_layout(one, AMD64).config["architecture"] == "amd64"
    with pytest.raises(InputError, match="2 images fit"):
        read_layout(one)
    with pytest.raises(InputError, match="0 images fit linux/s390x"):
        read_layout(one, Platform("linux", "s390x"))


def test_an_index_inside_the_index_is_followed(layout: Path) -> None:
    image = read_layout(layout)
    inner = (layout / "index.json").read_bytes()
    blob_path(layout, of_bytes(inner)).write_bytes(inner)
    outer = {
        "schemaVersion": 2,
        "manifests": [
            {
                "mediaType": "application/vnd.oci.image.index.v1+json",
                "digest": of_bytes(inner),
                "size": len(inner),
            }
        ],
    }
    (layout / "index.json").write_text(json.dumps(outer))
    assert read_layout(layout, AMD64).manifest.digest == image.manifest.digest


@pytest.mark.parametrize("part", ["manifest", "config", "layer"])
@pytest.mark.parametrize("how", ["flip", "cut", "remove"])
def test_any_damage_is_noticed(layout: Path, part: str, how: str) -> None:
    image = read_layout(layout)
    blob = {"manifest": image.manifest, "config": image.config_blob, "layer": image.layers[0]}[part]
    path = blob_path(layout, blob.digest)
    data = bytearray(path.read_bytes())
    if how == "flip":
        data[len(data) // 2] ^= 1
    path.write_bytes(data[:-1] if how == "cut" else data)
    if how == "remove":
        path.unlink()
    with pytest.raises(InputError, match="broken"):
        verify_layers(layout, read_layout(layout))


def test_a_layer_that_unpacks_to_something_else_is_noticed(layout: Path) -> None:
    image = read_layout(layout)
    config = {**image.config, "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "0" * 64]}}
    data = json.dumps(config).encode()
    blob_path(layout, of_bytes(data)).write_bytes(data)
    manifest = json.loads(blob_path(layout, image.manifest.digest).read_text())
    manifest["config"] |= {"digest": of_bytes(data), "size": len(data)}
    swap(layout, manifest, image)
    with pytest.raises(InputError, match="does not unpack to"):
        verify_layers(layout, read_layout(layout))


@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"config": 1, "layers": []},
        {"config": {"mediaType": "x", "digest": "../../etc/passwd", "size": 1}, "layers": []},
        {"config": {"mediaType": "x", "digest": "sha256:" + "f" * 64, "size": 1}, "layers": []},
        {"config": None, "layers": None},
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(layout: Path, manifest: object) -> None:
    swap(layout, manifest, read_layout(layout))
    with pytest.raises(InputError, match="broken"):
        read_layout(layout)


@pytest.mark.parametrize("text", ["", "[]", "{", "{}", '{"manifests": 3}', '{"manifests": [{}]}'])
def test_an_index_that_makes_no_sense_is_refused(layout: Path, text: str) -> None:
    (layout / "index.json").write_text(text)
    with pytest.raises(InputError):
        read_layout(layout)


def test_a_folder_that_is_no_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a folder with an OCI image layout"):
        read_layout(tmp_path)
