# SPDX-License-Identifier: Apache-2.0
"""Which files a table is made of."""

import subprocess
import sys

import pytest

from shipway.base.errors import InputError, NotAvailableYetError
from shipway.data.locate import data_files, find_files, format_of, written_path
from shipway.spec.types import DataSpec


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data" / "deep").mkdir(parents=True)
    for name in ("b.csv", "a.csv", "train.parquet", ".hidden.csv", "deep/c.csv"):
        (tmp_path / "data" / name).write_text("x\n1\n")
    return tmp_path


def names(folder, pattern):
    return [path.relative_to(folder).as_posix() for path in find_files(folder, pattern)]


def test_a_path_and_globs_sorted_without_hidden_files(folder):
    assert names(folder, "data/train.parquet") == ["data/train.parquet"]
    assert names(folder, "data/*.csv") == ["data/a.csv", "data/b.csv"]
    assert names(folder, "data/**/*.csv") == ["data/a.csv", "data/b.csv", "data/deep/c.csv"]
    assert find_files(folder, str(folder / "data" / "*.csv"))[0].name == "a.csv"


@pytest.mark.parametrize(
    ("pattern", "cure"),
    [
        ("data/tran.parquet", "Did you mean 'train.parquet'? (in data/)"),
        ("dta/train.parquet", "Did you mean 'data'?"),
        ("dta/*.parquet", "Did you mean 'data'?"),
        ("data", "data/*.parquet"),
    ],
)
def test_what_is_not_there_gets_the_nearest_name(folder, pattern, cure):
    with pytest.raises(InputError) as caught:
        find_files(folder, pattern, where="shipway.yaml:5:3")
    assert cure in caught.value.cure
    assert caught.value.where == "shipway.yaml:5:3"


def test_buckets_are_for_later(folder):
    with pytest.raises(NotAvailableYetError):
        find_files(folder, "s3://bucket/x.parquet")


def test_the_kind_of_table_follows_from_the_names(folder):
    kinds = [format_of([folder / n]) for n in ("A.PARQUET", "a.csv", "a.csv.gz", "a.tsv")]
    assert kinds == ["parquet", "csv", "csv", "csv"]
    for files in ([folder / "a.xlsx"], [folder / "a.csv", folder / "a.parquet"]):
        with pytest.raises(InputError):
            format_of(files)


def test_all_declared_files_each_once(folder):
    data = DataSpec(train="data/*.csv", test="data/a.csv", extra={"c": "data/deep/c.csv"})
    found = list(data_files(folder, data).values())
    assert found == ["data/a.csv", "data/b.csv", "data/deep/c.csv"]


def test_variables_find_files_but_their_values_are_not_written_down(folder, monkeypatch):
    monkeypatch.setenv("PLACE", str(folder / "data"))
    data = DataSpec(train="${PLACE}/*.csv", test="${PLACE}/deep/c.csv")
    found = data_files(folder, data)
    assert list(found.values()) == ["${PLACE}/a.csv", "${PLACE}/b.csv", "${PLACE}/deep/c.csv"]
    assert [written_path(folder, name) for name in found.values()] == list(found)
    monkeypatch.setenv("FILE", "data/a.csv")
    assert list(data_files(folder, DataSpec(train="${FILE}")).values()) == ["${FILE}"]
    monkeypatch.delenv("PLACE")
    with pytest.raises(InputError, match="PLACE is not set"):
        data_files(folder, data)


def test_naming_the_files_does_not_load_polars():
    code = "import sys, shipway.data.locate, shipway.data.datasets; print('polars' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"


def test_a_pointer_of_lfs_is_no_table(tmp_path):
    pointer = tmp_path / "train.parquet"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n")
    with pytest.raises(InputError, match="a Git LFS pointer"):
        format_of([pointer])


def test_a_file_that_dvc_keeps(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv.dvc").write_text("outs: []")
    (tmp_path / "raw.dvc").write_text("outs: []")
    for name, kept in (("data/train.csv", "data/train.csv.dvc"), ("raw/deep/a.csv", "raw.dvc")):
        with pytest.raises(InputError, match="does not exist") as caught:
            find_files(tmp_path, name)
        assert caught.value.cure == f"DVC keeps it: dvc pull {kept}"
