# SPDX-License-Identifier: Apache-2.0
import errno
import os

import pytest

from shipway.base.errors import InputError, OutsideError, StoppedError
from shipway.engine.filedigests import FileDigests
from shipway.stages import copying, exports
from shipway.stages.exports import (
    changed_inputs,
    check_inputs,
    collect_outputs,
    export,
    find_inputs,
    link_inputs,
    make_output_folders,
)


@pytest.fixture
def files(tmp_path):
    made = FileDigests(tmp_path / "files.db")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "project"
    for path in ("fraud/a.py", "run.sh", "conf.json", "data/big.bin", "data/small.csv"):
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_text(path)
    (made / "run.sh").chmod(0o700)
    return made


@pytest.fixture
def target(tmp_path):
    made = tmp_path / "scratch" / "work"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def large_from_ten_bytes(monkeypatch):
    monkeypatch.setattr(exports, "SMALL", 12)


def listed(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir())


def test_an_export_holds_the_code_set_and_nothing_else(folder, target):
    (folder / "fraud" / "link").symlink_to("../run.sh")
    before = os.umask(0o077)
    try:
        export(folder, ["fraud/a.py", "fraud/link", "run.sh"], target)
    finally:
        os.umask(before)
    assert listed(target) == ["fraud/a.py", "fraud/link", "run.sh"]
    assert (target / "fraud" / "a.py").read_text() == "fraud/a.py"
    assert (target / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (target / "fraud" / "a.py").stat().st_mode & 0o777 == 0o644
    assert os.readlink(target / "fraud" / "link") == "../run.sh"


def test_an_export_is_a_copy(folder, target):
    export(folder, ["run.sh"], target)
    (target / "run.sh").write_text("damaged")
    assert (folder / "run.sh").read_text() == "run.sh"


def test_large_and_empty_files_arrive_whole(folder, target):
    content = os.urandom(3 << 20)
    (folder / "large").write_bytes(content)
    (folder / "empty").touch()
    export(folder, ["empty", "large"], target)
    assert (target / "large").read_bytes() == content
    assert (target / "empty").read_bytes() == b""


def test_without_help_from_the_kernel_files_arrive_too(folder, target, monkeypatch):
    monkeypatch.setattr(copying.sys, "platform", "other")
    content = os.urandom(3 << 20)
    (folder / "large").write_bytes(content)
    export(folder, ["large"], target)
    assert (target / "large").read_bytes() == content


def test_a_file_that_goes_away_is_named(folder, target):
    with pytest.raises(InputError, match="went away"):
        export(folder, ["gone.py"], target)


def test_a_link_that_leaves_is_refused(folder, target):
    (folder / "link").symlink_to("/etc/hostname")
    with pytest.raises(InputError, match="points out"):
        export(folder, ["link"], target)


def test_a_full_disk_is_said(folder, target, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exports, "copy_file", full)
    with pytest.raises(OutsideError, match="disk is full"):
        export(folder, ["run.sh"], target)


def test_inputs_are_found_by_path_folder_and_pattern(folder):
    found = find_inputs(folder, ["conf.json", "./data/*.csv", "fraud/"])
    assert found == {path: folder / path for path in ("conf.json", "data/small.csv", "fraud/a.py")}
    with pytest.raises(InputError, match=r"'data/\*\.json' does not exist") as caught:
        find_inputs(folder, ["data/*.json"], where="shipway.yaml:4:3")
    assert caught.value.where == "shipway.yaml:4:3"


def linked(folder, target, files, *patterns):
    return link_inputs(target, find_inputs(folder, patterns), files)


def test_inputs_appear_at_their_own_path(folder, target, files, large_from_ten_bytes):
    export(folder, ["conf.json"], target)
    inputs = linked(folder, target, files, "conf.json", "data")
    assert listed(target) == ["conf.json", "data/big.bin", "data/small.csv"]
    assert (target / "data" / "small.csv").read_text() == "data/small.csv"
    assert changed_inputs(inputs, files) == []
    check_inputs(inputs, files)


def test_small_inputs_are_copies(folder, target, files):
    linked(folder, target, files, "conf.json")
    (target / "conf.json").write_text("damaged")
    assert (folder / "conf.json").read_text() == "conf.json"


def damage(place):
    place.write_text("changed")


def replace(place):
    (place.parent / "new").write_text("replaced")
    (place.parent / "new").rename(place)


@pytest.mark.parametrize("change", [damage, replace, os.remove])
@pytest.mark.parametrize("large", [True, False])
def test_a_stage_that_changes_an_input_is_caught(folder, target, files, monkeypatch, change, large):
    monkeypatch.setattr(exports, "SMALL", 0 if large else 1000)
    inputs = linked(folder, target, files, "data", "conf.json")
    change(target / "data" / "big.bin")
    assert changed_inputs(inputs, files) == ["data/big.bin"]
    with pytest.raises(StoppedError, match=r"changed its own input: data/big\.bin"):
        check_inputs(inputs, files)


def test_a_change_of_the_original_is_caught(folder, target, files):
    inputs = linked(folder, target, files, "data")
    (folder / "data" / "small.csv").write_text("changed behind the run's back")
    assert changed_inputs(inputs, files) == ["data/small.csv"]


def test_the_same_content_is_no_change(folder, target, files):
    inputs = linked(folder, target, files, "conf.json")
    (target / "conf.json").write_text("conf.json")
    os.utime(target / "conf.json", (1, 1))
    assert changed_inputs(inputs, files) == []


def test_folders_of_outputs_are_made(target):
    make_output_folders(target, ["out/deep/x.csv", "models/*.pkl", "plots/", "y"])
    assert (target / "out" / "deep").is_dir()
    assert (target / "models").is_dir()
    assert (target / "plots").is_dir()
    assert listed(target) == []


def test_an_output_is_no_input(folder, target, files):
    linked(folder, target, files, "data")
    with pytest.raises(InputError, match="input or code as well"):
        make_output_folders(target, ["data/small.csv"])


def test_outputs_that_were_written_are_collected(target):
    outputs = ["out/a.csv", "models/*.pkl", "plots/"]
    make_output_folders(target, outputs)
    for path in ("out/a.csv", "models/2.pkl", "models/1.pkl", "plots/deep/p.svg"):
        (target / path).parent.mkdir(exist_ok=True)
        (target / path).write_text(path)
    assert collect_outputs(target, outputs) == {
        "out/a.csv": (target / "out/a.csv",),
        "models/*.pkl": (target / "models/1.pkl", target / "models/2.pkl"),
        "plots/": (target / "plots",),
    }


def test_a_missing_output_is_named(folder, target):
    with pytest.raises(StoppedError, match=r"'out/a\.csv' was not written") as caught:
        collect_outputs(target, ["out/a.csv"], user_folder=folder, where="shipway.yaml:7:3")
    assert caught.value.where == "shipway.yaml:7:3"
    assert "There is one" not in caught.value.cure


def test_an_output_in_the_users_folder_does_not_count(folder, target):
    (folder / "a.csv").write_text("old")
    with pytest.raises(StoppedError) as caught:
        collect_outputs(target, ["*.csv"], user_folder=folder)
    assert f"There is one in {folder}" in caught.value.cure


def test_an_output_that_links_elsewhere_is_refused(folder, target):
    (target / "model.pkl").symlink_to(folder / "run.sh")
    with pytest.raises(StoppedError, match="not a file of this run"):
        collect_outputs(target, ["model.pkl"])
    (target / "out").symlink_to(folder)
    with pytest.raises(StoppedError, match="not a file of this run"):
        collect_outputs(target, ["out"])


def test_a_link_within_the_workspace_is_fine(target):
    (target / "real").write_text("x")
    (target / "latest").symlink_to("real")
    assert collect_outputs(target, ["latest"]) == {"latest": (target / "latest",)}
