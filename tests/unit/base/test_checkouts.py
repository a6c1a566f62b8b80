# SPDX-License-Identifier: Apache-2.0
import pytest

from shipway.base.checkouts import check_fetched, check_file_fetched, empty_submodule_of
from shipway.base.errors import InputError

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


def test_a_pointer_is_named_with_its_cure(tmp_path):
    (tmp_path / "train.csv").write_bytes(POINTER)
    with pytest.raises(InputError, match="a Git LFS pointer") as caught:
        check_file_fetched(tmp_path / "train.csv")
    assert str(tmp_path / "train.csv") in caught.value.where
    assert "git lfs pull" in caught.value.cure


@pytest.mark.parametrize("data", [b"", b"id,a\n1,2\n", POINTER + b"x" * 2000])
def test_other_files_are_themselves(data):
    check_fetched("x", data)


def test_a_submodule_that_was_not_fetched(tmp_path):
    (tmp_path / ".git").mkdir()
    listed = '[submodule "d"]\n\tpath = libs/my data\n\turl = x\n'
    (tmp_path / ".gitmodules").write_text(listed)
    inner = tmp_path / "libs" / "my data"
    assert empty_submodule_of(inner / "deep" / "x.csv") == "libs/my data"
    assert empty_submodule_of(tmp_path / "libs" / "other" / "x.csv") == ""
    inner.mkdir(parents=True)
    assert empty_submodule_of(inner / "x.csv") == "libs/my data"
    (inner / "y").write_text("there")
    assert empty_submodule_of(inner / "x.csv") == ""
