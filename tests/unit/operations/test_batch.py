# SPDX-License-Identifier: Apache-2.0
"""Large tables in pieces: which columns, how many rows, and what an earlier try left."""

from pathlib import Path

import msgspec
import polars as pl
import pytest

from shipway.base.errors import InputError, StoppedError
from shipway.operations.batch.parts import Job, parts_of
from shipway.operations.batch.table import default_chunk, find_inputs, kept_columns, open_input

JOB = Job("sha256:m", {"in.csv": "sha256:i"}, (), ("id",), 10)


def piece(begin):
    return pl.DataFrame({"id": [begin, begin + 1]})


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_output_is_put_together_in_order_and_nothing_is_left(tmp_path, suffix):
    output = tmp_path / f"out.{suffix}"
    with parts_of(tmp_path / "local", output) as parts:
        parts.begin(JOB)
        for number in range(3):
            parts.add(number, piece(2 * number))
        assert not output.exists()
        parts.assemble()
    read = pl.read_csv if suffix == "csv" else pl.read_parquet
    assert read(output)["id"].to_list() == [0, 1, 2, 3, 4, 5]
    assert [path.suffix for path in (tmp_path / "local").iterdir()] == [".lock"]


def test_the_same_job_goes_on_and_another_one_starts_anew(tmp_path):
    output = tmp_path / "out.csv"

    def begin(job):
        with parts_of(tmp_path / "local", output) as parts:
            parts.begin(job)
            for number in range(parts.done, 2):
                parts.add(number, piece(number))
            return parts.done, parts.note

    assert begin(JOB) == (0, "")
    assert begin(JOB) == (2, "")
    changed = msgspec.structs.replace(JOB, inputs={"in.csv": "sha256:other"})
    assert begin(changed) == (0, "starting anew: the input changed since the last try")
    other = msgspec.structs.replace(changed, model="sha256:n")
    assert begin(other) == (0, "starting anew: the model is another one since the last try")
    smaller = msgspec.structs.replace(other, chunk_rows=5)
    assert begin(smaller) == (0, "starting anew: the arguments changed since the last try")


def test_two_at_once_do_not_write_the_same_output(tmp_path):
    with parts_of(tmp_path, tmp_path / "out.csv"):
        with (
            pytest.raises(StoppedError, match="right now"),
            parts_of(tmp_path, tmp_path / "out.csv"),
        ):
            pass
        with parts_of(tmp_path, tmp_path / "other.csv"):
            pass


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_pieces_have_the_same_borders_wherever_they_begin(tmp_path, kind):
    sizes = (7, 0, 12)
    for number, rows in enumerate(sizes):
        frame = pl.DataFrame({"id": [f"{number}-{row}" for row in range(rows)], "x": ["1"] * rows})
        path = tmp_path / f"{number}.{kind}"
        frame.write_csv(path) if kind == "csv" else frame.write_parquet(path)
    if kind == "csv":
        (tmp_path / "2.csv").write_text((tmp_path / "2.csv").read_text().replace("\n", "\n\n", 3))
    table = open_input(find_inputs([f"{tmp_path}/*.{kind}"]), ())
    assert table.count() == 19
    whole = [part["id"].to_list() for part in table.pieces(["id"], 5, 0)]
    assert [len(part) for part in whole] == [5, 5, 5, 4]
    assert whole[0][0] == "0-0"
    assert [part["id"].to_list() for part in table.pieces(["id"], 5, 10)] == whole[2:]
    assert table.place(7) == f"{tmp_path}/2.{kind}: row 1"


def test_a_table_without_rows_still_has_one_piece(tmp_path):
    (tmp_path / "x.csv").write_text("id,x\n")
    table = open_input([tmp_path / "x.csv"], ())
    assert [part.shape for part in table.pieces(["x"], 5, 0)] == [(0, 1)]


def test_inputs_keep_their_order_and_are_of_one_kind(tmp_path, monkeypatch):
    for name in ("b.csv", "a.csv", "c.parquet"):
        (tmp_path / name).write_text("x\n1\n")
    monkeypatch.chdir(tmp_path)
    assert find_inputs(["b.csv", "*.csv"]) == [Path("b.csv"), Path("a.csv")]
    with pytest.raises(InputError, match="csv and parquet"):
        find_inputs(["*"])
    with pytest.raises(InputError, match=r"d\.csv does not exist"):
        find_inputs(["d.csv"])


def test_kept_columns():
    assert kept_columns(["id", "x"], None, ("prediction",), "f") == ("id", "x")
    assert kept_columns(["id", "prediction"], ["id"], ("prediction",), "f") == ("id",)
    with pytest.raises(InputError, match="--columns"):
        kept_columns(["id", "prediction"], None, ("prediction",), "f")
    with pytest.raises(InputError, match="Did you mean 'amount'"):
        kept_columns(["id", "amount"], ["amout"], (), "f")


def test_wide_tables_come_in_smaller_pieces():
    assert default_chunk(10) == 100_000
    assert default_chunk(400) == 5_000
    assert default_chunk(100_000) == 1_000
