# SPDX-License-Identifier: Apache-2.0
"""How datasets reach the project's own Python: parts of a split in the format of the whole."""

import polars as pl
import pytest

from shipway.stages.tables import table_files, table_paths

HEAD = "shipway: 1\nproject: toy\nmodel: {name: toy, task: binary, target: y, positive: 1}\n"
ROWS = "id,amount,y\n" + "".join(f"{n},{n / 4},{n % 2}\n" for n in range(80))
SPLIT = HEAD + "data: {all: %s, split: {test: 25%%, random: true}}\n"


@pytest.mark.parametrize(("kind", "read"), [("csv", pl.read_csv), ("parquet", pl.read_parquet)])
def test_a_part_has_the_format_of_the_table(make, kind, read):
    road = make(SPLIT % f"data/all.{kind}", {"data/all.csv": ROWS})
    whole = road.folder / "data/all"
    frame = pl.read_csv(f"{whole}.csv")
    frame.write_parquet(f"{whole}.parquet")
    parts = road.data().datasets
    ctx = road.context()
    paths = table_paths(ctx, road.source, parts)
    files = table_files(ctx, road.source, parts)
    assert {name: each.format for name, each in files.items()} == {"train": kind, "test": kind}
    assert files["train"].paths == (str(paths["train"]),)
    assert pl.concat([read(path) for path in paths.values()]).sort("id").equals(frame.sort("id"))
