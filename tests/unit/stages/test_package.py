# SPDX-License-Identifier: Apache-2.0
"""Packages of a real model; its dependencies' layer was made before, as after a first run."""

import hashlib
import json

import msgspec
import pytest

from shipway.base.digests import hex_of
from shipway.base.errors import StoppedError
from shipway.packaging.contents import dependencies_key
from shipway.packaging.layers import Layer
from shipway.records.delivery import ModelVersion
from shipway.stages import package as stage
from shipway.stages.package import package, service_of
from shipway.storage.trees import fetch_tree, put_tree

from .conftest import SPEC


def with_layer(road):
    """Let the store hold a layer of the dependencies, so that none is made of this Python."""
    blob = b"dependencies"
    digest = road.store.objects.put(blob)
    layer = Layer(digest=digest, diff_id=f"sha256:{hashlib.sha256(b'plain').hexdigest()}",
                  size=len(blob))  # fmt: skip
    key = f"cache/layer-{hex_of(dependencies_key(road.environment))}.json"
    road.store.put(key, msgspec.json.encode(layer))
    return layer


def made(road, once):
    version = road.registered(once.model, once.evaluation)
    return version, package(road.context(), version, road.environment)


def test_image_and_bundle_are_kept(trained_road, once, tmp_path):
    layer = with_layer(trained_road)
    version, found = made(trained_road, once)
    assert found.model == once.model.digest
    assert found.layers[0] == layer.diff_id
    assert len(found.layers) == 4
    objects = trained_road.store.objects
    assert all(objects.has(digest) for digest in found.objects())
    fetch_tree(objects, found.bundle, tmp_path / "bundle")
    service = json.loads((tmp_path / "bundle" / "service.json").read_text())
    assert (service["model"], service["version"]) == ("toy", version.number)
    assert (tmp_path / "bundle" / "lock.txt").read_text() == "polars==1\n"
    assert (tmp_path / "bundle" / "code" / "rules.py").is_file()
    fetch_tree(objects, found.layout, tmp_path / "image")
    index = json.loads((tmp_path / "image" / "index.json").read_text())
    assert index["manifests"][0]["digest"] == found.digest


def test_another_folder_gives_the_same_package(trained_road, once, make):
    with_layer(trained_road)
    version, first = made(trained_road, once)
    other = make(kept=trained_road.store)
    again = package(other.context(), version, other.environment)
    assert again == first


def test_a_model_that_answers_otherwise_goes_nowhere(trained_road, once, tmp_path):
    with_layer(trained_road)
    version = trained_road.registered(once.model, once.evaluation)
    objects = trained_road.store.objects
    fetch_tree(objects, version.digest, tmp_path / "model")
    golden = tmp_path / "model" / "golden.json"
    kept = json.loads(golden.read_text())
    kept["predictions"][3] = 1 - kept["predictions"][3]
    golden.write_text(json.dumps(kept))
    model = json.loads((tmp_path / "model" / "model.json").read_text())
    model["files"]["golden.json"] = hashlib.sha256(golden.read_bytes()).hexdigest()
    (tmp_path / "model" / "model.json").write_text(json.dumps(model))
    wrong = msgspec.structs.replace(version, digest=put_tree(objects, tmp_path / "model"))
    with pytest.raises(StoppedError, match="differ from the training's in 1 of 100") as caught:
        package(trained_road.context(), wrong, trained_road.environment)
    assert "row 3" in caught.value.cure


@pytest.mark.parametrize(
    ("folder", "path"),
    [(".", ["code", "code/src"]), ("app", ["code", "code/app", "code/src"]),
     ("src", ["code", "code/src"])],
)  # fmt: skip
def test_where_the_server_finds_code(folder, path):
    needed = {f.name: "" for f in msgspec.structs.fields(ModelVersion) if f.required}
    version = ModelVersion(**{**needed, "number": 3, "import_folder": folder})
    assert service_of(version)["sys_path"] == path


def test_what_a_package_depends_on(make):
    first = stage.depends(make().scope())
    assert stage.depends(make().scope()) == first
    base = make(SPEC + "package: {base: images/python}\n")
    assert "base" not in stage.depends(base.scope())
    (base.folder / "images" / "python").mkdir(parents=True)
    (base.folder / "images" / "python" / "index.json").write_text("{}")
    with_image = stage.depends(base.scope())["base"]
    (base.folder / "images" / "python" / "index.json").write_text('{"manifests": []}')
    assert stage.depends(base.scope())["base"] != with_image
