# SPDX-License-Identifier: Apache-2.0
"""The layout that Shipway writes, seen by another program: skopeo, where it is installed."""

import json
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from shipway.adapters.builders.interface import BuildRequest, Built
from shipway.adapters.builders.native import NativeBuilder
from shipway.records.source import PythonEnvironment

SKOPEO = shutil.which("skopeo")
pytestmark = pytest.mark.skipif(
    SKOPEO is None, reason="skopeo is not installed (apt-get install skopeo)"
)


def run(*arguments: str) -> str:
    return subprocess.run(
        [str(SKOPEO), *arguments], capture_output=True, text=True, check=True, timeout=60
    ).stdout


@pytest.fixture
def built(tmp_path: Path) -> Built:
    site = tmp_path / "venv/lib/python3.11/site-packages"
    for path in ("site:numpy/__init__.py", "model:model.json", "code:fraud/train.py"):
        folder, _, name = path.partition(":")
        file = (site if folder == "site" else tmp_path / folder) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}")
    environment = PythonEnvironment(
        digest="sha256:" + "1" * 64, python="3.11", platform=sysconfig.get_platform(), lock="",
        packages=(), interpreter=str(tmp_path / "venv/bin/python"), overlay="",
    )  # fmt: skip
    request = BuildRequest(
        model=tmp_path / "model", code=tmp_path / "code", environment=environment,
        base="scratch", name="fraud-detector", service={"model": "fraud-detector", "version": 1},
    )  # fmt: skip
    return NativeBuilder().build(request, tmp_path / "image")


def test_skopeo_reads_the_image(built: Built) -> None:
    seen = json.loads(run("inspect", f"oci:{built.layout}"))
    assert seen["Digest"] == built.digest
    assert seen["Layers"] == [layer.digest for layer in built.parts.values()]
    assert seen["Labels"]["org.opencontainers.image.title"] == "fraud-detector"


def test_skopeo_copies_it_and_checks_every_digest(built: Built, tmp_path: Path) -> None:
    run("--insecure-policy", "copy", f"oci:{built.layout}", f"oci:{tmp_path / 'copy'}")
    assert json.loads(run("inspect", f"oci:{tmp_path / 'copy'}"))["Digest"] == built.digest


def test_docker_could_load_it(built: Built, tmp_path: Path) -> None:
    archive = tmp_path / "image.tar"
    target = f"docker-archive:{archive}:fraud:1"
    run("--insecure-policy", "copy", f"oci:{built.layout}", target)
    assert json.loads(run("inspect", f"docker-archive:{archive}"))["Os"] == "linux"
