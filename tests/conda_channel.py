# SPDX-License-Identifier: Apache-2.0
"""A conda channel in a folder, with packages that are made here: index, archives, digests.

`python` leads to the interpreter that runs the tests, as a virtual environment does; `tiny` is a
module that tells its version.
"""

import hashlib
import io
import json
import os
import platform
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from shipway.adapters.environments.conda_lock import this_platform

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
SITE = f"lib/python{MINOR}/site-packages"
# What a package was built in; an installer writes the real folder over it.
BUILT_IN = "/opt/built_placeholder" + "_placeholder" * 12


def write_channel(folder: Path) -> str:
    """A channel with Python and small packages; its address."""
    channel = Channel(folder)
    channel.python()
    for version in ("1.0", "2.0"):
        channel.module("tiny", version)
    channel.module("needy", "1.0", depends=["tiny <2"])
    channel.module("gpu", "1.0", depends=["__cuda >=99"])
    channel.add("windows", "1.0", {"x.txt": "x"}, subdir="win-64")
    script = "export TINY_DATA=$CONDA_PREFIX/share/tiny\necho hello from a script\n"
    files = {"etc/conda/activate.d/data.sh": script, "share/tiny/where.txt": f"{BUILT_IN}/share\n"}
    channel.add("data", "1.0", files)
    return channel.address


class Channel:
    """A folder with packages for this platform and for all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = f"file://{folder}"
        for subdir in (this_platform(), "noarch", "win-64"):
            self._write(subdir, {"info": {"subdir": subdir}, "packages": {}, "packages.conda": {}})

    def python(self) -> None:
        """Python, which needs a C library of the machine."""
        host = Path(os.path.realpath(sys.executable))
        home = f"home = {host.parent}\ninclude-system-site-packages = false\n"
        files = {"pyvenv.cfg": home, f"{SITE}/README.txt": "packages\n"}
        links = {f"bin/python{MINOR}": str(host), "bin/python": f"python{MINOR}"}
        needs = ["__glibc >=2.17"] if sys.platform == "linux" else []
        self.add("python", platform.python_version(), files, links=links, depends=needs)

    def module(self, name: str, version: str, *, depends: Sequence[str] = ()) -> None:
        """A module without compiled parts, and a program that calls it."""
        info = f"site-packages/{name}-{version}.dist-info"
        files = {
            f"site-packages/{name}.py": f"version = {version!r}\n",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/INSTALLER": "conda",
            f"{info}/RECORD": f"{name}.py,,\n{name}-{version}.dist-info/RECORD,,\n",
        }
        self.add(name, version, files, depends=["python >=3.9", *depends], noarch="python")

    def add(
        self,
        name: str,
        version: str,
        files: Mapping[str, str],
        *,
        links: Mapping[str, str] | None = None,
        depends: Sequence[str] = (),
        noarch: str = "",
        subdir: str = "",
    ) -> Path:
        """Write one package; files that name BUILT_IN are rewritten where they are installed."""
        subdir = subdir or ("noarch" if noarch else this_platform())
        index = {
            "name": name, "version": version, "build": "0", "build_number": 0,
            "depends": list(depends), "subdir": subdir,
        }  # fmt: skip
        if noarch:
            index["noarch"] = noarch
        data = _archive(index, files, links or {})
        path = self.folder / subdir / f"{name}-{version}-0.tar.bz2"
        path.write_bytes(data)
        listing = json.loads((self.folder / subdir / "repodata.json").read_text())
        listing["packages"][path.name] = {
            **index,
            "sha256": hashlib.sha256(data).hexdigest(),
            "md5": hashlib.md5(data).hexdigest(),
            "size": len(data),
        }
        self._write(subdir, listing)
        return path

    def _write(self, subdir: str, listing: dict) -> None:
        (self.folder / subdir).mkdir(parents=True, exist_ok=True)
        (self.folder / subdir / "repodata.json").write_text(json.dumps(listing))


def _archive(index: dict, files: Mapping[str, str], links: Mapping[str, str]) -> bytes:
    paths = [_described(name, text) for name, text in files.items()]
    paths += [{"_path": name, "path_type": "softlink"} for name in links]
    everything = {
        **files,
        "info/index.json": json.dumps(index),
        "info/paths.json": json.dumps({"paths": paths, "paths_version": 1}),
        "info/files": "\n".join([*files, *links]),
    }
    if index.get("noarch") == "python":
        link = {"noarch": {"type": "python"}, "package_metadata_version": 1}
        everything["info/link.json"] = json.dumps(link)
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:bz2") as archive:
        for name, text in everything.items():
            header = tarfile.TarInfo(name)
            header.size, header.mode = len(text), 0o755 if name.startswith("bin/") else 0o644
            archive.addfile(header, io.BytesIO(text.encode()))
        for name, target in links.items():
            header = tarfile.TarInfo(name)
            header.type, header.linkname = tarfile.SYMTYPE, target
            archive.addfile(header)
    return stream.getvalue()


def _described(name: str, text: str) -> dict:
    digest = hashlib.sha256(text.encode()).hexdigest()
    entry = {"_path": name, "path_type": "hardlink", "sha256": digest, "size_in_bytes": len(text)}
    if BUILT_IN in text:
        entry |= {"prefix_placeholder": BUILT_IN, "file_mode": "binary" if "\0" in text else "text"}
    return entry
