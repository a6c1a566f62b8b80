# SPDX-License-Identifier: Apache-2.0
"""An OCI image layout from layers: configuration, manifest, index and blobs.

The image runs as any user, writes nothing outside /tmp and takes further arguments such as
`serve`, as the hosting platforms demand. It names no user: some of them insist on root.

    image = ImageWriter(target, base)
    image.add("code", entries)
    written = image.finish(platform, labels)
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from shipway.base.digests import CHUNK, of_bytes
from shipway.base.errors import InputError
from shipway.base.files import disk_errors
from shipway.packaging.base import Base
from shipway.packaging.contents import BUNDLE
from shipway.packaging.layers import Entry, Layer, write_layer
from shipway.packaging.platform import Platform
from shipway.packaging.reader import Descriptor, blob_path, open_blob
from shipway.packaging.start import SERVER, Start

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
EPOCH = "1970-01-01T00:00:00Z"
ENVIRONMENT = {
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "HOME": "/tmp",  # noqa: S108 - the only folder that every platform lets a container write
}
NOTE = (
    "Complete besides the interpreter: bring Python to python3, or copy /opt/shipway into an image "
    "that has it."
)
NOTE_OWN = "Complete besides the C library: copy /opt/shipway into an image that has it."
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class WrittenImage(msgspec.Struct, frozen=True):
    """A finished layout: the manifest's digest, diff_ids in order, and bytes of all its blobs."""

    digest: str
    diff_ids: tuple[str, ...]
    size: int
    layers: dict[str, Layer]


class ImageWriter:
    """Writes one image into the folder `target`, layer by layer, on top of `base`.

    `variables` are those of the project's packages; Shipway's own come after them.
    """

    def __init__(
        self, target: Path, base: Base, variables: Mapping[str, str] | None = None
    ) -> None:
        self._target = target
        self._base = base
        self._variables = dict(variables or {})
        self._layers: dict[str, Layer] = {}
        (target / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
        self._copy_base()

    def add(self, name: str, entries: Iterable[Entry]) -> Layer:
        """Write the next layer; it is called `name` in the image's history."""
        draft = self._target / "blobs" / f"{name}.part"
        draft.unlink(missing_ok=True)
        try:
            layer = write_layer(entries, draft)
            draft.replace(blob_path(self._target, layer.digest))
        finally:
            draft.unlink(missing_ok=True)
        self._layers[name] = layer
        return layer

    def reuse(self, name: str, layer: Layer, blob: Path) -> None:
        """Take a layer that was written before; InputError when `blob` is not what it should be."""
        self._copy(blob, layer.digest, layer.size)
        self._layers[name] = layer

    def finish(
        self, platform: Platform, labels: Mapping[str, str], start: Start = SERVER
    ) -> WrittenImage:
        """Write configuration, manifest and index; the layout is complete afterwards."""
        described = self._label(labels)
        config = self._blob(CONFIG, self._config(platform, described, start))
        own = [Descriptor(la.media_type, la.digest, la.size) for la in self._layers.values()]
        layers = (*self._base.layers, *own)
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": msgspec.to_builtins(config),
            "layers": [msgspec.to_builtins(layer) for layer in layers],
            "annotations": described,
        }
        descriptor = self._blob(MANIFEST, manifest)
        self._write_index(descriptor, platform)
        size = descriptor.size + config.size + sum(layer.size for layer in layers)
        return WrittenImage(descriptor.digest, self._diff_ids(), size, dict(self._layers))

    def _diff_ids(self) -> tuple[str, ...]:
        return (*self._base.diff_ids, *(layer.diff_id for layer in self._layers.values()))

    def _label(self, labels: Mapping[str, str]) -> dict[str, str]:
        brought = self._base.own or self._base.folder is not None
        found = {"dev.shipway.interpreter": self._base.python if brought else "none"}
        if self._base.folder is None:
            found["dev.shipway.note"] = NOTE_OWN if self._base.own else NOTE
        else:
            found["org.opencontainers.image.base.digest"] = self._base.digest
        return dict(sorted({**found, **labels}.items()))

    def _config(self, platform: Platform, labels: dict[str, str], start: Start) -> dict[str, Any]:
        above = self._base.config
        inherited = dict(item.partition("=")[::2] for item in above.get("Env") or ())
        env = {"PATH": _PATH, **inherited, **self._variables, **variables(start)}
        if self._base.own:
            env["PATH"] = f"{PurePosixPath(self._base.python).parent}:{env['PATH']}"
        history = [{"created": EPOCH, "created_by": "base"} for _ in self._base.layers]
        history += [{"created": EPOCH, "created_by": f"shipway: {name}"} for name in self._layers]
        return {
            **msgspec.to_builtins(platform),
            "created": EPOCH,
            "config": {
                "Entrypoint": [self._base.python, *start.arguments],
                "Env": [f"{name}={value}" for name, value in env.items()],
                "ExposedPorts": {f"{start.port}/tcp": {}},
                "Labels": labels,
                "StopSignal": "SIGTERM",
                "WorkingDir": f"/{BUNDLE}",
            },
            "rootfs": {"type": "layers", "diff_ids": list(self._diff_ids())},
            "history": history,
        }

    def _write_index(self, manifest: Descriptor, platform: Platform) -> None:
        listed = {**msgspec.to_builtins(manifest), "platform": msgspec.to_builtins(platform)}
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [listed]}
        with disk_errors(self._target):
            (self._target / "index.json").write_bytes(_encode(index))
            (self._target / "oci-layout").write_bytes(_encode({"imageLayoutVersion": "1.0.0"}))

    def _blob(self, media_type: str, value: Mapping[str, Any]) -> Descriptor:
        data = _encode(value)
        descriptor = Descriptor(media_type, of_bytes(data), len(data))
        with disk_errors(self._target):
            blob_path(self._target, descriptor.digest).write_bytes(data)
        return descriptor

    def _copy_base(self) -> None:
        if self._base.folder is None:
            return
        for layer in self._base.layers:
            open_blob(self._base.folder, layer).close()
            self._copy(blob_path(self._base.folder, layer.digest), layer.digest, layer.size)

    def _copy(self, source: Path, digest: str, size: int) -> None:
        copy_blob(source, blob_path(self._target, digest), digest, size)


def variables(start: Start) -> dict[str, str]:
    """The variables of an image."""
    return {"PYTHONPATH": start.python_path, **ENVIRONMENT}


def copy_blob(source: Path, target: Path, digest: str, size: int) -> None:
    """Copy a blob, verified while it streams; InputError when it has other content."""
    found, length = hashlib.sha256(), 0
    with disk_errors(target), source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(CHUNK):
            found.update(chunk)
            length += len(chunk)
            writer.write(chunk)
    if f"sha256:{found.hexdigest()}" != digest or length != size:
        target.unlink()
        raise InputError(
            f"the blob {digest} has other content", where=str(source), cure="Make it again."
        )


def _encode(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
