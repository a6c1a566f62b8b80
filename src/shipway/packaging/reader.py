# SPDX-License-Identifier: Apache-2.0
"""Reads an OCI image layout, and believes nothing in it that its digests do not prove.

image = read_layout(Path("image"))      # index, manifest and configuration, verified
verify_layers(Path("image"), image)     # every layer: size, digest and uncompressed digest
"""

import gzip
import hashlib
import json
import zlib
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from shipway.base.digests import CHUNK, PREFIX, hex_of, of_stream
from shipway.base.errors import InputError
from shipway.packaging.platform import Platform

INDEX_LIMIT = 16 << 20
_INDEXES = {
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
}


class Descriptor(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A blob: its media type, digest and size."""

    media_type: str
    digest: str
    size: int
    annotations: dict[str, str] = {}
    platform: Platform | None = None


class Image(msgspec.Struct, frozen=True):
    """One image of a layout: the descriptor of its manifest, and what that leads to."""

    manifest: Descriptor
    config: dict[str, Any]
    config_blob: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: dict[str, str] = {}

    @property
    def diff_ids(self) -> tuple[str, ...]:
        """Uncompressed digests of the layers, in order."""
        return tuple(self.config["rootfs"]["diff_ids"])

    @property
    def size(self) -> int:
        """Bytes of all blobs: manifest, configuration and layers."""
        blobs = (self.manifest, self.config_blob, *self.layers)
        return sum(blob.size for blob in blobs)


def blob_path(folder: Path, digest: str) -> Path:
    """Where a layout keeps a blob; InputError when `digest` is no sha256 digest."""
    try:
        return folder / "blobs" / "sha256" / hex_of(digest)
    except ValueError as error:
        raise _broken(folder, str(error)) from error


def read_layout(folder: Path, platform: Platform | None = None) -> Image:
    """The only image of the layout in `folder`, or the one for `platform`.

    Raises InputError when `folder` is no OCI layout, holds no such image or more than one, or
    when a blob is not what its digest says.
    """
    marker = folder / "oci-layout"
    if not marker.is_file():
        cure = "A folder is made one by: skopeo copy docker://NAME:TAG oci:FOLDER"
        raise InputError("not a folder with an OCI image layout", where=str(folder), cure=cure)
    if _json(folder, marker).get("imageLayoutVersion") != "1.0.0":
        raise _broken(folder, "the version of the layout is not 1.0.0")
    index = _json(folder, folder / "index.json")
    try:
        return _read_image(folder, _choose(folder, index, platform, 0))
    except (msgspec.ValidationError, KeyError, TypeError, AttributeError) as error:
        raise _broken(folder, f"a manifest is not as it should be: {error}") from error


def verify_layers(folder: Path, image: Image) -> None:
    """Read every layer: size, digest and (for gzip and plain tar) the uncompressed digest."""
    if len(image.layers) != len(image.diff_ids):
        raise _broken(folder, "the configuration names other layers than the manifest")
    for layer, diff_id in zip(image.layers, image.diff_ids, strict=True):
        with open_blob(folder, layer) as stream:
            if of_stream(stream) != layer.digest:
                raise _broken(folder, f"the layer {layer.digest} has other content")
        if layer.media_type.endswith("+zstd"):
            continue
        if _plain_digest(folder, layer) != diff_id:
            raise _broken(folder, f"the layer {layer.digest} does not unpack to {diff_id}")


def open_blob(folder: Path, blob: Descriptor) -> BinaryIO:
    """A blob of the right size, open for reading; InputError when it is missing or shorter."""
    path = blob_path(folder, blob.digest)
    if not path.is_file() or path.stat().st_size != blob.size:
        raise _broken(folder, f"the blob {blob.digest} is missing or has another size")
    return path.open("rb")


def open_layer(folder: Path, layer: Descriptor) -> BinaryIO:
    """The uncompressed tar of a layer (gzip or plain)."""
    stream = open_blob(folder, layer)
    if layer.media_type.endswith("gzip"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=stream, mode="rb"))
    return stream


def _plain_digest(folder: Path, layer: Descriptor) -> str:
    digest = hashlib.sha256()
    try:
        with open_layer(folder, layer) as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise _broken(folder, f"the layer {layer.digest} can't be unpacked: {error}") from error
    return PREFIX + digest.hexdigest()


def _choose(folder: Path, index: Any, platform: Platform | None, depth: int) -> Descriptor:
    found = msgspec.convert(index["manifests"], tuple[Descriptor, ...], strict=False)
    if platform is not None and len(found) > 1:
        found = tuple(item for item in found if _fits(item, platform))
    if len(found) != 1:
        cure = "Copy just one image into it: skopeo copy docker://NAME:TAG oci:FOLDER"
        what = f"{len(found)} images fit" + (f" {platform}" if platform else "")
        raise InputError(f"{what}, not one", where=str(folder), cure=cure)
    if found[0].media_type in _INDEXES and depth == 0:
        return _choose(folder, _blob_json(folder, found[0]), platform, 1)
    return found[0]


def _fits(item: Descriptor, platform: Platform) -> bool:
    if item.platform is None:
        return False
    found = (item.platform.os, item.platform.architecture)
    return found == (platform.os, platform.architecture)


def _read_image(folder: Path, manifest: Descriptor) -> Image:
    content = _blob_json(folder, manifest)
    config_blob = msgspec.convert(content["config"], Descriptor)
    config = _blob_json(folder, config_blob)
    layers = msgspec.convert(content["layers"], tuple[Descriptor, ...])
    msgspec.convert(config["rootfs"]["diff_ids"], tuple[str, ...])
    return Image(manifest, config, config_blob, layers, content.get("annotations") or {})


def _blob_json(folder: Path, blob: Descriptor) -> Any:
    path = blob_path(folder, blob.digest)
    if blob.size > INDEX_LIMIT:
        raise _broken(folder, f"the blob {blob.digest} is too large for a manifest")
    with open_blob(folder, blob) as stream:
        if of_stream(stream) != blob.digest:
            raise _broken(folder, f"the blob {blob.digest} has other content")
    return _json(folder, path)


def _json(folder: Path, path: Path) -> Any:
    if not path.is_file() or path.stat().st_size > INDEX_LIMIT:
        raise _broken(folder, f"{path.name} is missing or too large")
    try:
        value = json.loads(path.read_bytes())
    except ValueError as error:
        raise _broken(folder, f"{path.name} is not JSON") from error
    if not isinstance(value, dict):
        raise _broken(folder, f"{path.name} is not a JSON object")
    return value


def _broken(folder: Path, what: str) -> InputError:
    cure = "Remove the folder and make or copy the image again."
    return InputError(f"the image layout is broken: {what}", where=str(folder), cure=cure)
