# SPDX-License-Identifier: Apache-2.0
"""The image below ours: `scratch`, or an image from a local OCI layout that holds the right Python.

`scratch` holds no interpreter: the image is then complete besides the Python that runs it (add one
with `FROM` and `COPY --from`, or by rebasing), and its label `dev.shipway.interpreter` says so.
"""

import re
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from shipway.base.errors import InputError
from shipway.packaging.platform import Platform
from shipway.packaging.reader import Descriptor, open_layer, read_layout

SCRATCH = "scratch"
_PYTHON = re.compile(r"python(3\.\d+)")
_FOLDERS = ("usr/local/bin", "usr/bin", "bin", "opt/python/bin")
_DOCKER = {
    "application/vnd.docker.image.rootfs.diff.tar.gzip": (
        "application/vnd.oci.image.layer.v1.tar+gzip"
    ),
    "application/vnd.docker.image.rootfs.diff.tar": "application/vnd.oci.image.layer.v1.tar",
}


class Base(msgspec.Struct, frozen=True):
    """What an image stands on: layers to copy from `folder`, configuration, and its Python.

    With `own` the image brings its Python itself, and asks the base for a C library only.
    """

    python: str
    own: bool = False
    folder: Path | None = None
    digest: str = ""
    layers: tuple[Descriptor, ...] = ()
    diff_ids: tuple[str, ...] = ()
    config: dict[str, Any] = {}


def open_base(base: str, platform: Platform, python: str, *, own: str = "") -> Base:
    """The base that `base` names (`scratch` or the path of an OCI layout).

    `own` is the path of the Python that the image itself brings; the base then needs none.

    Raises InputError when the layout is broken, is for another platform, or holds no Python of
    the minor version `python` (such as `3.11`): packages with compiled parts fit just one.
    """
    if base == SCRATCH:
        return Base(own or "python3", own=bool(own))
    folder = Path(base)
    image = read_layout(folder, platform)
    found = Platform(str(image.config.get("os")), str(image.config.get("architecture")))
    if (found.os, found.architecture) != (platform.os, platform.architecture):
        what = f"the base is for {found}, the environment was made for {platform}"
        raise InputError(what, where=base, cure="Name a base for the same platform.")
    return Base(
        python=own or find_python(folder, image.layers, python),
        own=bool(own),
        folder=folder,
        digest=image.manifest.digest,
        layers=tuple(_as_oci(layer) for layer in image.layers),
        diff_ids=image.diff_ids,
        config=image.config.get("config") or {},
    )


def find_python(folder: Path, layers: tuple[Descriptor, ...], python: str) -> str:
    """The absolute path of `pythonX.Y` in the layers; InputError when there is none."""
    names: set[str] = set()
    for layer in layers:
        if layer.media_type.endswith("+zstd"):
            cure = "skopeo copy --dest-compress-format gzip oci:OLD oci:NEW"
            raise InputError("the base has a layer in zstd", where=str(folder), cure=cure)
        names |= _programs(folder, layer)
    for place in _FOLDERS:
        if f"{place}/python{python}" in names:
            return f"/{place}/python{python}"
    others = sorted({name.rpartition("python")[2] for name in names})
    what = f"the base holds Python {', '.join(others)}" if others else "the base holds no Python"
    cure = f"Name a base with Python {python}, or set `environment: {{python: …}}` to the base's."
    raise InputError(f"{what}; the environment needs {python}", where=str(folder), cure=cure)


def _programs(folder: Path, layer: Descriptor) -> set[str]:
    found = set()
    try:
        with open_layer(folder, layer) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                path = PurePosixPath(member.name.removeprefix("./"))
                if _PYTHON.fullmatch(path.name) and str(path.parent) in _FOLDERS:
                    found.add(str(path))
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        what = f"the layer {layer.digest} of the base can't be read: {error}"
        raise InputError(what, where=str(folder), cure="Copy the base again.") from error
    return found


def _as_oci(layer: Descriptor) -> Descriptor:
    media_type = _DOCKER.get(layer.media_type, layer.media_type)
    return Descriptor(media_type, layer.digest, layer.size)
