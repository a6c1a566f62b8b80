# SPDX-License-Identifier: Apache-2.0
"""How datasets reach the project's own Python: parts of a split in the format of the whole."""

from pathlib import Path

import polars as pl
import pytest

from shipway.stages.tables import table_files, table_paths

HEAD = "shipway: 1\nproject: toy\nmodel: {name: toy, task: binary, target: y, positive: 1}\n"
ROWS = "id,amount,y\n" + "".join(f"{n},{n / 4},{n % 2}\n" for n in range(80))
SPLIT = HEAD + "data: {all: %s, split: {test: 25%%, random: true}}\n"


READERS = {
    "csv": pl.read_csv,
    "parquet": pl.read_parquet,
    "jsonl": pl.read_ndjson,
    "arrow": pl.read_ipc,
}


@pytest.mark.parametrize(("kind", "read"), READERS.items())
def test_a_part_has_the_format_of_the_table(make, kind, read):
    road = make(SPLIT % f"data/all.{kind}", {"data/all.csv": ROWS})
    whole = road.folder / "data/all"
    frame = pl.read_csv(f"{whole}.csv")
    frame.write_parquet(f"{whole}.parquet")
    frame.write_ndjson(f"{whole}.jsonl")
    frame.write_ipc(f"{whole}.arrow")
    parts = road.data().datasets
    ctx = road.context()
    paths = table_paths(ctx, road.source, parts)
    files = table_files(ctx, road.source, parts)
    assert {name: each.format for name, each in files.items()} == {"train": kind, "test": kind}
    assert files["train"].paths == (str(paths["train"]),)
    assert pl.concat([read(path) for path in paths.values()]).sort("id").equals(frame.sort("id"))


def test_a_part_is_written_as_the_whole_table_is(make):
    rows = "id;amount;y;w\n" + "".join(f"{n};{n},25;{n % 2};Zürich\n" for n in range(80))
    table = "{path: data/all.csv, encoding: cp1252, decimal: ','}"
    road = make(SPLIT % table, {"data/all.csv": rows.encode("cp1252")})
    parts = road.data().datasets
    given = table_files(road.context(), road.source, parts)["test"]
    assert (given.delimiter, given.encoding, given.decimal) == (";", "cp1252", ",")
    text = Path(given.paths[0]).read_text(encoding="cp1252")
    assert text.startswith("id;amount;y;w\n")
    assert ",25;" in text
    assert "Zürich" in text


def test_how_a_table_is_written_goes_with_its_files(make):
    table = "{path: data/all.csv, encoding: latin-1, decimal: ','}"
    head = HEAD + f"data: {{train: {table}}}\n"
    road = make(head, {"data/all.csv": "y;w\n1,5;Zürich\n".encode("latin-1")})
    given = table_files(road.context(), road.source, road.data().datasets)["train"]
    assert given[1:] == ("csv", (), ";", "iso8859-1", ",", ())


def test_folders_go_with_their_files_and_decide_the_digest(make):
    files = {f"data/year={year}/a.csv": "y\n1\n" for year in (2023, 2024)}
    road = make(HEAD + "data: {train: data/*/a.csv}\n", files)
    dataset = road.data().datasets["train"]
    given = table_files(road.context(), road.source, {"train": dataset})["train"]
    assert given.partitions == ({"year": "2023"}, {"year": "2024"})
    assert dataset.columns == ("y", "year")
    paths = table_paths(road.context(), road.source, {"train": dataset})
    assert paths["train"].name == "data"
    (road.folder / "data/year=2024").rename(road.folder / "data/year=2025")
    assert road.data().datasets["train"].digest != dataset.digest
