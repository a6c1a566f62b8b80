# SPDX-License-Identifier: Apache-2.0
import pytest

from shipway.base.errors import InputError
from shipway.stages import exports
from shipway.stages.codeset import placed, select
from shipway.stages.shared_code import check_places, divide, tops
from shipway.stages.shared_code import select as select_shared

# Seen from models/churn.
FILES = [
    "../../README.md", "../../common/a.py", "../../common/deep/b.py", "../../data/x.csv",
    "../fraud/train.py", "train.py", "churn/c.py",
]  # fmt: skip


def chosen(*patterns, exclude=()):
    return select_shared(FILES, patterns, exclude, "models/churn", "shipway.yaml:9:3")


def test_patterns_are_divided_by_where_they_lead():
    assert divide(None) == (None, ())
    assert divide(["a/**"]) == (("a/**",), ())
    assert divide(["a/**", "../b"]) == (("a/**",), ("../b",))
    assert divide([]) == ((), ())


def test_shared_code_alone_is_added_to_the_default():
    assert divide(["../b", "./../c/*.py"]) == (None, ("../b", "./../c/*.py"))


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("../../common/**", ["../../common/a.py", "../../common/deep/b.py"]),
        ("../../common", ["../../common/a.py", "../../common/deep/b.py"]),
        ("../../*/*.py", ["../../common/a.py"]),
        ("../fraud/train.py", ["../fraud/train.py"]),
        ("..", ["../fraud/train.py"]),
    ],
)
def test_what_a_shared_pattern_means(pattern, files):
    assert chosen(pattern) == files


def test_declared_data_above_is_no_code():
    assert chosen("../../**/*.*", exclude=["../../data/*.csv", "s3://b/x", "out"]) == [
        "../../README.md", "../../common/a.py", "../../common/deep/b.py", "../fraud/train.py",
    ]  # fmt: skip


def test_a_shared_pattern_that_means_nothing():
    with pytest.raises(InputError, match="means no file above this folder") as caught:
        chosen("../../comon/**")
    assert caught.value.where == "shipway.yaml:9:3"


def test_a_pattern_that_leaves_the_repository():
    with pytest.raises(InputError, match="leads out of the Git repository") as caught:
        chosen("../../../elsewhere/**")
    assert "a package of it" in caught.value.cure


def test_a_shared_submodule_that_was_not_fetched():
    with pytest.raises(InputError, match=r"submodule \.\./libs is not here"):
        select_shared(["../libs/", "a.py"], ["../libs/**"], (), "one", "")


def test_a_submodule_that_was_not_fetched():
    with pytest.raises(InputError, match="submodule libs is not here") as caught:
        select(["libs/", "a.py"])
    assert "git submodule update --init --recursive libs" in caught.value.cure
    with pytest.raises(InputError, match="submodule libs is not here"):
        select(["libs/", "a.py"], ["libs/x/*.py"])
    assert select(["libs/", "a.py"], ["*.py"]) == ["a.py"]


def test_projects_of_their_own_are_not_in_the_default():
    files = ["a.py", "shipway.yaml", "sub/shipway.yaml", "sub/b.py", "subway/c.py"]
    assert select(files) == ["a.py", "subway/c.py"]
    assert select(files, ["sub/*.py"]) == ["sub/b.py"]


def test_the_paths_below_which_shared_code_lies():
    assert tops(["../common/**/*.py", "../../x/y.py", "own/**", "../*", "s3://b"]) == [
        "../common", "../../x/y.py", "..",
    ]  # fmt: skip


def test_shared_code_lies_beside_the_own(tmp_path):
    folder = tmp_path / "repository" / "models" / "churn"
    for name in ("../../common/a.py", "train.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "../../common/link.py").symlink_to("a.py")
    paths = ["../../common/a.py", "../../common/link.py", "train.py"]
    exports.export(folder, paths, tmp_path / "target")
    assert (tmp_path / "target/common/a.py").read_text() == "../../common/a.py"
    assert (tmp_path / "target/common/link.py").read_text() == "../../common/a.py"
    assert placed("../../common/a.py") == "common/a.py"


def test_a_shared_link_must_point_to_what_is_shared(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "link").symlink_to("../../elsewhere/x")
    with pytest.raises(InputError, match="points out of"):
        exports.export(folder, ["../common/link"], tmp_path / "target")


def test_two_files_never_take_one_place():
    with pytest.raises(InputError, match=r"would both be common/a\.py") as caught:
        check_places(["common/a.py", "../common/a.py"], "shipway.yaml:9:3")
    assert "../common/a.py and common/a.py" in str(caught.value)
