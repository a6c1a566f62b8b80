# SPDX-License-Identifier: Apache-2.0
"""Makes the deployable unit: an OCI image layout, and the bundle that a local worker serves.

The golden predictions are asked again from what was packaged: an image whose predictions differ
from those of the training goes nowhere.
"""

from pathlib import Path
from typing import Any

import msgspec

from shipway.adapters import builders
from shipway.adapters.builders.interface import Builder, BuildRequest, Built, ReadyLayer
from shipway.base import catalogue
from shipway.base.digests import hex_of
from shipway.base.errors import StoppedError
from shipway.delivery.golden import differences, read_golden
from shipway.packaging.application import Application, application_of
from shipway.packaging.contents import dependencies_key, runtime_digest
from shipway.packaging.layers import Layer
from shipway.records.delivery import ModelVersion, Package
from shipway.records.source import PythonEnvironment
from shipway.spec.types import PackageSpec
from shipway.stages.context import StageContext
from shipway.stages.predictions import ask
from shipway.stages.stage import Parts, Scope
from shipway.storage.interface import Objects
from shipway.storage.trees import fetch_tree, put_tree
from shipway_runtime import formats


def service_of(version: ModelVersion, application: Application | None = None) -> dict[str, Any]:
    """`service.json` of a model version, served by the user's own web application if there is."""
    folder = "code" if version.import_folder == "." else f"code/{version.import_folder}"
    service = {
        "model": version.model,
        "version": version.number,
        "package": version.digest,
        "trusted_types": list(version.trusted_types),
        "allow_pickle": version.allow_pickle,
        "sys_path": list(dict.fromkeys(["code", folder, "code/src"])),
    }
    if application is not None:
        service["server"] = msgspec.to_builtins(application)
    return service


def application_in(spec: PackageSpec) -> Application | None:
    """What `package.server` asks for; None without that key."""
    return None if spec.server is None else application_of(spec.server)


def package(ctx: StageContext, version: ModelVersion, environment: PythonEnvironment) -> Package:
    """Build the unit. StoppedError when packaged predictions differ from training predictions."""
    bundle = ctx.scratch / "bundle"
    application = application_in(ctx.spec.package)
    unpack_version(ctx.store.objects, version, environment.lock, ctx.scratch, bundle, application)
    kept = put_tree(ctx.store.objects, bundle)
    _compare(ctx, version, environment, kept)
    ctx.tell("writing the image")
    built = _build(ctx, version, environment, bundle)
    layout = put_tree(ctx.store.objects, built.layout)
    return Package(
        digest=built.digest,
        layout=layout,
        bundle=kept,
        layers=built.layers,
        size=built.size,
        model=version.digest,
        environment=version.environment,
    )


def unpack_version(
    objects: Objects,
    version: ModelVersion,
    lock: str,
    scratch: Path,
    target: Path,
    application: Application | None = None,
) -> None:
    """Write the bundle of a version into the new folder `target`, by way of `scratch`."""
    from shipway.packaging.bundle import write_bundle

    model, code = scratch / "model", scratch / "code"
    fetch_tree(objects, version.digest, model)
    fetch_tree(objects, version.code, code)
    files = {path.relative_to(code).as_posix(): path for path in code.rglob("*") if path.is_file()}
    write_bundle(target, model, files, service_of(version, application), lock)


def _compare(
    ctx: StageContext, version: ModelVersion, environment: PythonEnvironment, kept: str
) -> None:
    """Ask a copy of what is kept: user code may write beside itself, the bundle stays as it is."""
    bundle = ctx.scratch / "unpacked"
    fetch_tree(ctx.store.objects, kept, bundle)
    path = bundle / "model" / formats.GOLDEN_FILE
    if not path.is_file():
        return
    golden = read_golden(path.read_bytes())
    rows = ctx.scratch / "golden-rows.json"
    rows.write_bytes(formats.encode(golden.rows))
    paths = [str(bundle / place) for place in service_of(version)["sys_path"]]
    answers = ask(ctx, environment, version, bundle / "model", paths, rows=rows)
    wrong = differences(golden.predictions, answers.predictions)
    if golden.scores is not None:
        wrong += differences(golden.scores, answers.scores)
    if wrong:
        raise StoppedError(
            f"packaged predictions differ from the training's in {len(set(wrong))} of "
            f"{len(golden.rows)} rows",
            cure=f"The first: row {wrong[0]}. The model depends on something that is not in its "
            "code set or its lock file.",
        )


def _build(
    ctx: StageContext, version: ModelVersion, environment: PythonEnvironment, bundle: Path
) -> Built:
    spec = ctx.spec.package
    application = application_in(spec)
    kind = catalogue.load("builders", builders.CATALOGUE, spec.builder)
    builder: Builder = kind()
    base = spec.base
    local_layout = spec.builder == "native" and base != "scratch"
    if local_layout:
        base = str((ctx.paths.folder / base).resolve())
    key = f"cache/layer-{hex_of(dependencies_key(environment))}.json"
    request = BuildRequest(
        model=bundle / "model",
        code=bundle / "code",
        environment=environment,
        base=base,
        name=version.model,
        labels={
            "org.opencontainers.image.version": str(version.number),
            "dev.shipway.model": version.digest,
            "dev.shipway.lock": environment.digest,
        },
        service=service_of(version, application),
        application=application,
        dependencies=_known_layer(ctx, key) if spec.builder == "native" else None,
    )
    target = ctx.scratch / "image"
    target.mkdir()
    built = builder.build(request, target)
    _keep_layer(ctx, key, built)
    return built


def _known_layer(ctx: StageContext, key: str) -> ReadyLayer | None:
    data = ctx.store.get(key)
    if data is None:
        return None
    layer = msgspec.json.decode(data, type=Layer)
    if not ctx.store.objects.has(layer.digest):
        return None
    blob = ctx.scratch / "dependencies"
    ctx.store.objects.fetch(layer.digest, blob)
    return ReadyLayer(layer, blob)


def _keep_layer(ctx: StageContext, key: str, built: Built) -> None:
    layer = built.parts.get("dependencies")
    if layer is not None:
        ctx.store.put(key, msgspec.json.encode(layer))


def depends(scope: Scope) -> Parts:
    """How the image is made, and with which runtime."""
    spec = scope.spec.package
    parts: dict[str, object] = {"package": msgspec.to_builtins(spec), "runtime": runtime_digest()}
    index = scope.folder / spec.base / "index.json"
    if spec.base != "scratch" and index.exists():
        parts["base"] = scope.files.digest(index)
    return parts
