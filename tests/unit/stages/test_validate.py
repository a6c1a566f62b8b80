# SPDX-License-Identifier: Apache-2.0
"""The validate stage: datasets with digests, splits in the store, verdicts that do not raise."""

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from shipway.adapters.tables import table_format
from shipway.base.digests import digest_of, of_file
from shipway.base.errors import InputError
from shipway.data.datasets import dataset_paths, scan_dataset
from shipway.records.base import Skipped
from shipway.records.data import ValidatedData
from shipway.records.source import Source
from shipway.spec.reader import read_text
from shipway.stages.validate import depends, validate
from shipway.storage.memory import MemoryStore

HEAD = "shipway: 1\nproject: p\nmodel: {name: m, task: binary, target: y, positive: 1}\n"


class HashingFiles:
    """Digests without a memory; `on_look` runs before each look."""

    def __init__(self, on_look=lambda looks: None):
        self.on_look = on_look
        self.looks = 0

    def digests(self, paths):
        self.looks += 1
        self.on_look(self.looks)
        return {path: of_file(path) for path in paths}

    def digest(self, path):
        return self.digests([path])[path]


class Bench:
    """A project folder and what a stage may touch."""

    def __init__(self, folder: Path):
        self.folder = folder / "project"
        self.folder.mkdir()
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.store = MemoryStore()
        self.files = HashingFiles()
        self.told = []
        self.source = Source("c", "main", "main", "a", "t", "s", False, str(self.folder), "/")

    def write(self, name, table):
        frame = pl.DataFrame(table)
        path = self.folder / name
        frame.write_parquet(path) if name.endswith("parquet") else frame.write_csv(path)
        return path

    def document(self, data):
        return read_text(HEAD + data, self.folder / "shipway.yaml")

    def run(self, data):
        document = self.document(data)
        ctx = SimpleNamespace(
            document=document,
            spec=document.spec,
            store=self.store,
            files=self.files,
            scratch=self.scratch,
            tell=self.told.append,
            cancelled=threading.Event(),
        )
        return validate(ctx, self.source)

    def scope(self, data):
        document = self.document(data)
        return SimpleNamespace(
            document=document, spec=document.spec, folder=self.folder, files=self.files
        )


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


TWO = "data:\n  train: train.csv\n  test: test.parquet\n  columns:\n    x: {type: float, min: 0}\n"
SPLIT = """data:
  all: all.csv
  split: {test: 20%, validation: 10%, by: t}
  id: id
  columns: {id: {type: string}, t: {type: datetime}, x: {min: 0}}
  overlap: {between: [train, test], key: id}
"""


def ten_rows():
    return {
        "id": [f"0{i}" for i in range(10)],
        "t": [f"2024-01-{i + 1:02} 10:00:00" for i in range(10)],
        "x": list(range(10)),
        "y": [0, 1] * 5,
    }


def test_datasets_are_the_users_files_by_digest(bench):
    train = bench.write("train.csv", {"x": [1, 2], "y": [0, 1]})
    bench.write("test.parquet", {"x": [3.0], "y": [1]})
    found = bench.run(TWO)
    assert isinstance(found, ValidatedData)
    assert found.verdict == "passed"
    dataset = found.datasets["train"]
    assert (dataset.format, dataset.rows, dataset.columns) == ("csv", 2, ("x", "y"))
    assert dataset.digest == digest_of([of_file(train)])
    assert [(f.path, f.size) for f in dataset.files] == [("train.csv", train.stat().st_size)]
    assert dataset.object is None
    assert bench.told[-1].startswith("train 2 rows, test 1 rows; all checks passed")


def test_a_failed_check_is_a_verdict_not_an_error(bench):
    bench.write("train.csv", {"x": [1, -2], "z": [0, 1]})
    bench.write("test.parquet", {"x": [3.0], "y": [1]})
    found = bench.run(TWO)
    assert found.verdict == "failed"
    failed = {(c.dataset, c.column, c.check): c for c in found.checks if c.verdict == "failed"}
    assert set(failed) == {("train", "x", "min"), ("train", "y", "presence")}
    assert failed["train", "x", "min"].line == 8
    assert failed["train", "y", "presence"].line == 3
    assert "-2" not in "".join(bench.told)


def test_a_split_is_stored_and_read_again(bench):
    bench.write("all.csv", ten_rows())
    found = bench.run(SPLIT)
    assert found.verdict == "passed"
    assert {name: d.rows for name, d in found.datasets.items()} == {
        "train": 7,
        "validation": 1,
        "test": 2,
    }
    dataset = found.datasets["test"]
    data = bench.document(SPLIT).spec.data
    read = [
        scan_dataset(dataset, bench.folder, bench.store.objects, bench.scratch, data, table_format)
        for _ in range(2)
    ]
    assert read[1].collect()["id"].to_list() == ["08", "09"]
    assert not (bench.scratch / "test.parquet").exists()


def test_the_digest_of_a_part_follows_from_the_data_and_the_split(bench):
    bench.write("all.csv", ten_rows())
    first, again = bench.run(SPLIT), bench.run(SPLIT)
    assert first.content() == again.content()
    assert len(set(first.content().values())) == 3
    other = bench.run(SPLIT.replace("20%", "30%"))
    assert other.datasets["test"].digest != first.datasets["test"].digest


@pytest.mark.parametrize(
    ("change", "column", "check"),
    [
        ({"t": ["2024-01-01 10:00:00"] * 9 + [None]}, "t", "split"),
        ({"x": [-1, *range(9)]}, "x", "min"),
        ({"t": None}, "t", "presence"),
    ],
)
def test_a_table_that_fails_is_not_split(bench, change, column, check):
    table = {k: v for k, v in {**ten_rows(), **change}.items() if v is not None}
    bench.write("all.csv", table)
    found = bench.run(SPLIT)
    assert list(found.datasets) in (["all"], [])
    assert (column, check) in {(c.column, c.check) for c in found.checks if c.verdict == "failed"}


def test_a_table_without_rows_stops_the_run_without_an_error(bench):
    bench.write("all.csv", {name: [] for name in ten_rows()})
    found = bench.run(SPLIT)
    assert found.verdict == "failed"


def test_all_without_split_is_handed_over_whole_and_extra_tables_come_along(bench):
    bench.write("all.csv", ten_rows())
    bench.write("shops.parquet", {"s": [1]})
    found = bench.run("data:\n  all: all.csv\n  extra: {shops: shops.parquet}\n")
    assert list(found.datasets) == ["all", "shops"]
    paths = dataset_paths(found.datasets["all"], bench.folder, bench.store.objects, bench.scratch)
    assert paths == [bench.folder / "all.csv"]


def test_a_file_that_changes_while_it_is_read_is_an_error(bench):
    path = bench.write("all.csv", ten_rows())
    bench.files = HashingFiles(lambda looks: path.write_text("y\n1\n") if looks == 2 else None)
    with pytest.raises(InputError, match="changed while it was read") as caught:
        bench.run("data:\n  all: all.csv\n")
    assert caught.value.where == str(path)


def test_a_missing_file_points_into_the_spec(bench):
    bench.write("train.csv", {"x": [1], "y": [1]})
    with pytest.raises(InputError, match=r"test\.parquet does not exist") as caught:
        bench.run(TWO)
    assert caught.value.where == "shipway.yaml:6:9"


def test_a_broken_row_names_its_line(bench):
    (bench.folder / "all.csv").write_text("x,y\n1,0\n2,1,9\n")
    with pytest.raises(InputError) as caught:
        bench.run("data:\n  all: all.csv\n  columns: {x: {min: 0}}\n")
    assert caught.value.where.endswith("all.csv:3")


def test_no_data_is_skipped(bench):
    assert isinstance(bench.run(""), Skipped)


def test_the_fingerprint_sees_content_and_demands_but_no_folder(bench):
    bench.write("train.csv", {"x": [1], "y": [1]})
    bench.write("test.parquet", {"x": [1.0], "y": [1]})
    before = digest_of(depends(bench.scope(TWO)))
    assert digest_of(depends(bench.scope(TWO + "\n# a remark\n"))) == before
    assert digest_of(depends(bench.scope(TWO.replace("min: 0", "min: 1")))) != before
    assert str(bench.folder) not in repr(depends(bench.scope(TWO)))
    bench.write("train.csv", {"x": [2], "y": [1]})
    assert digest_of(depends(bench.scope(TWO))) != before


def test_the_fingerprint_does_not_load_polars():
    code = "import sys, shipway.stages.validate; print('polars' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"
