# SPDX-License-Identifier: Apache-2.0
"""A Dockerfile and its build context, for those who build images with Docker.

    Dockerfile   requirements.txt (with hashes)   overlay/   runtime/   code/   model/
    service.json   lock.txt

No image is made here, so none is named: the digest is that of the context's files, and there are
no layers.
"""

from pathlib import Path

from shipway.adapters.builders.interface import BuildRequest, Built
from shipway.base.digests import digest_of, of_file
from shipway.base.errors import InputError
from shipway.packaging import contents
from shipway.packaging.bundle import LOCK, SERVICE, file_links, service_json
from shipway.packaging.context import base_reference, dockerfile
from shipway.packaging.folders import write_folder
from shipway.packaging.layers import Entry
from shipway.packaging.platform import oci_platform, python_minor
from shipway.packaging.prefix import has_prefix
from shipway.packaging.start import start_of
from shipway.records.source import PythonEnvironment


class DockerfileBuilder:
    """Writes the folder that `docker build` takes."""

    def build(self, request: BuildRequest, target: Path) -> Built:
        """Write the context into the empty folder `target`; `docker build` makes the image.

        Raises InputError for a base that is no image reference and for files that can't be
        packaged.
        """
        environment = request.environment
        if has_prefix(environment):
            raise InputError(
                "a Dockerfile installs requirements, the environment is made of conda packages",
                where="package.builder",
                cure="Write native, which puts the conda packages into the image itself.",
            )
        host = oci_platform(environment.platform)
        python = python_minor(environment.python)
        reference = base_reference(request.base, python)
        # Compiled parts of another system are of no use in a container: pip fetches them there.
        foreign = host.os != "linux"
        labels = {"org.opencontainers.image.title": request.name, **request.labels}
        platform = f"linux/{host.architecture}"
        start = start_of(request.application)
        text = dockerfile(reference, platform, labels, overlay_pins=foreign, start=start)
        for folder in ("overlay", "code", "model"):
            # COPY of a folder that is not there fails; an empty one is fine.
            (target / folder).mkdir(parents=True, exist_ok=True)
        write_folder(_files(request, text), target)
        write_folder(_folders(request, with_overlay=not foreign), target)
        if foreign:
            write_folder([Entry("overlay.txt", _pins(environment).encode())], target)
        files = sorted(path for path in target.rglob("*") if path.is_file())
        listing = {path.relative_to(target).as_posix(): of_file(path) for path in files}
        size = sum(path.stat().st_size for path in files)
        return Built(target, digest_of(listing), (), size)


def _files(request: BuildRequest, text: str) -> list[Entry]:
    lock = request.environment.lock.encode()
    return [
        Entry("Dockerfile", text.encode()),
        Entry("requirements.txt", lock),
        Entry(LOCK, lock),
        Entry(SERVICE, service_json(request.service)),
    ]


def _folders(request: BuildRequest, *, with_overlay: bool) -> list[Entry]:
    runtime = contents.runtime_source()
    entries = [
        *contents.folder_entries(request.code, "code"),
        *contents.folder_entries(request.model, "model"),
        *contents.folder_entries(runtime, "runtime/shipway_runtime"),
    ]
    if request.application is not None:
        entries += file_links(request.model, request.code)
    overlay = contents.overlay_site(request.environment)
    if with_overlay and overlay is not None:
        entries += contents.installed_entries(overlay, "overlay")
    return entries


def _pins(environment: PythonEnvironment) -> str:
    """The overlay's packages as `name==version` lines, read from its metadata folders."""
    lines = []
    for path in sorted(Path(environment.overlay, "site").glob("*.dist-info")):
        name, _, version = path.name.removesuffix(".dist-info").partition("-")
        if not name or not version:
            raise InputError("not the metadata of a package", where=str(path))
        lines.append(f"{name}=={version}\n")
    return "".join(lines)
