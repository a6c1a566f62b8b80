# SPDX-License-Identifier: Apache-2.0
import os

import pytest

from shipway.base.errors import InputError
from shipway.engine.filedigests import FileDigests
from shipway.stages import codeset
from shipway.stages.codeset import check_unchanged, digest, digests, select

FILES = [
    "README.md", "conf.json", "data/train.parquet", "docs/a.MD", "fraud/__init__.py",
    "fraud/train.py", "models/old.pkl", "out/x", "shipway.yaml", "tests/test_a.py",
]  # fmt: skip
DECLARED = ["data/*.parquet", "models/old.pkl", "out", "s3://bucket/x", "/abs/y", "../z"]


@pytest.fixture
def files(tmp_path):
    made = FileDigests(tmp_path / "files.db")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "project"
    (made / "fraud").mkdir(parents=True)
    (made / "fraud" / "a.py").write_text("a")
    (made / "run.sh").write_text("run")
    return made


def test_the_default_code_set():
    assert select(FILES, None, DECLARED) == ["conf.json", "fraud/__init__.py", "fraud/train.py"]


def test_only_the_test_stage_sees_the_tests():
    assert "tests/test_a.py" in select(FILES, None, DECLARED, tests=True)


def test_a_named_code_set():
    assert select(FILES, ["fraud/**", "README.md", "fraud/train.py"]) == [
        "README.md",
        "fraud/__init__.py",
        "fraud/train.py",
    ]
    assert select(FILES, ["./tests"]) == ["tests/test_a.py"]


def test_what_is_declared_otherwise_is_never_code():
    assert select(FILES, ["**"], DECLARED) == [
        "README.md", "conf.json", "docs/a.MD", "fraud/__init__.py", "fraud/train.py",
        "tests/test_a.py",
    ]  # fmt: skip
    assert select(FILES, ["shipway.yaml"]) == ["shipway.yaml"]


def test_a_link_above_declared_data_is_left_out():
    assert select(["data", "a.py"], None, ["data/train.parquet"]) == ["a.py"]


def test_a_pattern_that_means_nothing_is_an_error():
    with pytest.raises(InputError, match="'fruad/\\*\\*'") as caught:
        select(FILES, ["fraud/**", "fruad/**"], where="shipway.yaml:9:5")
    assert caught.value.where == "shipway.yaml:9:5"


def test_a_pattern_that_leaves_is_an_error():
    with pytest.raises(InputError, match="inside this folder"):
        select(FILES, ["../other/**"])


def test_content_mode_name_and_link_count(files, folder):
    seen = {digest(files, folder, ["fraud/a.py", "run.sh"])}

    def another():
        now = digest(files, folder, sorted(p for p in ("fraud/a.py", "fraud/b.py", "run.sh", "l")
                                           if os.path.lexists(folder / p)))  # fmt: skip
        assert now not in seen
        seen.add(now)

    (folder / "run.sh").chmod(0o755)
    another()
    (folder / "fraud" / "a.py").write_text("b")
    another()
    (folder / "fraud" / "a.py").rename(folder / "fraud" / "b.py")
    another()
    (folder / "l").symlink_to("run.sh")
    another()
    (folder / "l").unlink()
    (folder / "l").symlink_to("fraud/b.py")
    another()


def test_place_order_times_and_other_modes_do_not_count(files, folder, tmp_path):
    first = digest(files, folder, ["fraud/a.py", "run.sh"])
    os.utime(folder / "run.sh", (1, 1))
    (folder / "run.sh").chmod(0o600)
    folder.rename(tmp_path / "elsewhere")
    assert digest(files, tmp_path / "elsewhere", ["run.sh", "fraud/a.py"]) == first


def test_digests_by_path(files, folder):
    (folder / "run.sh").chmod(0o755)
    (folder / "fraud" / "l").symlink_to("../run.sh")
    found = digests(files, folder, ["run.sh", "fraud/l", "fraud/a.py"])
    assert list(found) == ["fraud/a.py", "fraud/l", "run.sh"]
    assert found["fraud/l"] == "link:../run.sh"
    assert found["run.sh"].endswith("+x")


@pytest.mark.parametrize("target", ["/etc/passwd", "../other", "fraud/../../x", ".."])
def test_links_that_leave_are_refused(files, folder, target):
    (folder / "link").symlink_to(target)
    with pytest.raises(InputError, match="points out of the project's folder") as caught:
        digests(files, folder, ["link"])
    assert caught.value.where == str(folder / "link")


def test_names_that_are_not_utf8_have_a_digest(files, folder):
    name = os.fsdecode(b"caf\xe9")
    (folder / name).write_text("x")
    assert digest(files, folder, [name]) != digest(files, folder, [])


def test_a_file_that_is_gone_is_named(files, folder):
    with pytest.raises(InputError) as caught:
        digests(files, folder, ["gone.py"])
    assert caught.value.where == str(folder / "gone.py")


def test_an_edit_while_the_run_begins_is_noticed(files, folder):
    paths = ["fraud/a.py", "run.sh"]
    expected = digests(files, folder, paths)
    check_unchanged(files, folder, paths, expected)
    (folder / "fraud" / "a.py").write_text("z")
    with pytest.raises(InputError, match="changed while the run began") as caught:
        check_unchanged(files, folder, paths, expected)
    assert caught.value.where == str(folder / "fraud" / "a.py")


def test_the_digest_follows_from_the_digests(files, folder):
    paths = ["fraud/a.py", "run.sh"]
    assert codeset.digest_of_all(digests(files, folder, paths)) == digest(files, folder, paths)
