# SPDX-License-Identifier: Apache-2.0
import json
import os
from pathlib import Path

import pytest

from shipway.base.errors import InputError
from shipway.packaging.bundle import write_bundle

SERVICE = {
    "model": "fraud-detector",
    "version": 3,
    "trusted_types": ["fraud.features.Velocity"],
    "allow_pickle": False,
    "sys_path": ["code", "code/src"],
    "package": "sha256:" + "a" * 64,
}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.json").write_text("{}")
    return folder


def test_a_bundle_holds_what_a_worker_needs(tmp_path: Path, model: Path) -> None:
    code = tmp_path / "features.py"
    code.write_text("x = 1\n")
    before = os.umask(0o077)
    try:
        target = tmp_path / "bundle"
        files = {"fraud/features.py": code, "fraud/__pycache__/features.pyc": code}
        write_bundle(target, model, files, SERVICE, lock="numpy==2.3.0\n")
    finally:
        os.umask(before)

    found = {p.relative_to(target).as_posix(): p for p in target.rglob("*") if p.is_file()}
    assert sorted(found) == ["code/fraud/features.py", "lock.txt", "model/model.json",
                             "service.json"]  # fmt: skip
    assert json.loads(found["service.json"].read_text()) == SERVICE
    assert found["lock.txt"].read_text() == "numpy==2.3.0\n"
    assert {path.stat().st_mode & 0o777 for path in found.values()} == {0o644}


def test_the_order_of_settings_does_not_change_the_bytes(tmp_path: Path, model: Path) -> None:
    write_bundle(tmp_path / "a", model, {}, SERVICE)
    write_bundle(tmp_path / "b", model, {}, dict(reversed(SERVICE.items())))
    assert (tmp_path / "a/service.json").read_bytes() == (tmp_path / "b/service.json").read_bytes()


@pytest.mark.parametrize("name", ["../x", "/etc/x", "", "a/../../x"])
def test_code_stays_in_its_folder(tmp_path: Path, model: Path, name: str) -> None:
    with pytest.raises(InputError, match="leaves the bundle"):
        write_bundle(tmp_path / "a", model, {name: model / "model.json"}, SERVICE)


def test_a_model_that_links_outside_is_refused(tmp_path: Path, model: Path) -> None:
    (model / "weights").symlink_to("/etc/hostname")
    with pytest.raises(InputError, match="link that leaves"):
        write_bundle(tmp_path / "a", model, {}, SERVICE)
