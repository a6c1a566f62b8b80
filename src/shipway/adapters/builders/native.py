# SPDX-License-Identifier: Apache-2.0
"""Images without Docker: four layers, written by Shipway itself, the same bytes every time."""

from collections.abc import Iterator
from pathlib import Path

from shipway.adapters.builders.interface import BuildRequest, Built
from shipway.packaging import contents
from shipway.packaging.base import open_base
from shipway.packaging.bundle import file_links, model_entries
from shipway.packaging.image import ImageWriter
from shipway.packaging.layers import Entry
from shipway.packaging.platform import oci_platform, python_minor
from shipway.packaging.prefix import PYTHON, has_prefix, image_variables, prefix_entries
from shipway.packaging.start import start_of


class NativeBuilder:
    """Writes an OCI image layout: dependencies, runtime, code, model, from rarely to often new."""

    def build(self, request: BuildRequest, target: Path) -> Built:
        """Write the layout into the empty folder `target`.

        Raises InputError for a base that is broken, of another platform or without the right
        Python, and for files that can't be packaged.
        """
        environment = request.environment
        platform = oci_platform(environment.platform)
        conda = has_prefix(environment)
        own = PYTHON if conda else ""
        base = open_base(request.base, platform, python_minor(environment.python), own=own)
        image = ImageWriter(target, base, image_variables(environment))
        if request.dependencies is not None:
            ready = request.dependencies
            image.reuse("dependencies", ready.layer, ready.blob)
        else:
            entries_of = prefix_entries if conda else contents.dependency_entries
            image.add("dependencies", entries_of(environment))
        runtime = f"{contents.RUNTIME}/shipway_runtime"
        image.add("runtime", contents.folder_entries(contents.runtime_source(), runtime))
        image.add("code", contents.folder_entries(request.code, f"{contents.BUNDLE}/code"))
        entries = model_entries(request.model, request.service, environment.lock)
        image.add("model", [*entries, *_links(request)])
        labels = {"org.opencontainers.image.title": request.name, **request.labels}
        written = image.finish(platform, labels, start_of(request.application))
        return Built(target, written.digest, written.diff_ids, written.size, written.layers)


def _links(request: BuildRequest) -> Iterator[Entry]:
    if request.application is not None:
        yield from file_links(request.model, request.code, f"{contents.BUNDLE}/")
