# SPDX-License-Identifier: Apache-2.0
"""Tables of any size through `shipway predict`: killed and resumed, refused, and within memory."""

import csv
import re
import time
from pathlib import Path

import pytest
from journey import kill
from toy_project import table

MOST_MEMORY = 700


def rows_of(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def wide(trained):
    """A champion, and two new files for it that have a column which nobody knows."""
    for number in (1, 2):
        lines = table(3000, seed=10 + number).splitlines()
        text = "\n".join([lines[0] + ",branch", *(f"{line},x" for line in lines[1:])]) + "\n"
        trained.write(f"new/{number}.csv", text)
    return trained


def test_several_files_become_one_table_in_their_order(wide):
    ended = wide.shipway("predict", "champion", "new/*.csv", "out.parquet", "--columns", "id,a")
    assert ended.code == 0, ended.text
    ended.said("not used by the model: branch", "toy@1 predicted 6,000 rows: out.parquet")
    done = wide.json("predict", "toy@1", "new/1.csv", "new/2.csv", "out.csv", "--chunk-rows", "700")
    assert (done["rows"], done["resumed"]) == (6000, 0)
    import polars as pl

    parquet, text = pl.read_parquet(wide.folder / "out.parquet"), rows_of(wide.folder / "out.csv")
    assert parquet.columns == ["id", "a", "prediction", "score"]
    assert parquet["a"].dtype == pl.Float64
    assert parquet["score"].to_list() == [float(row["score"]) for row in text]
    assert [row["id"] for row in text] == [str(number) for number in range(3000)] * 2
    assert list(text[0])[-3:] == ["branch", "prediction", "score"]


def test_a_killed_prediction_goes_on_after_its_last_piece(wide):
    wide.write("new/long.csv", table(40_000, seed=3))
    words = ("predict", "toy@1", "new/long.csv", "out.csv", "--chunk-rows", "200")
    process = wide.start(*words)
    parts = wide.folder / ".shipway/local/predictions"
    until = time.monotonic() + 60
    while len(list(parts.glob("*/*.csv"))) < 20 and time.monotonic() < until:
        time.sleep(0.01)
    kill(process)
    wide.await_no_processes()
    assert not (wide.folder / "out.csv").exists()
    ended = wide.shipway(*words)
    assert ended.code == 0, ended.text
    rows = int(re.search(r"going on after row ([\d,]+) of", ended.err)[1].replace(",", ""))
    assert 4000 <= rows < 40_000
    resumed = rows_of(wide.folder / "out.csv")
    assert [row["id"] for row in resumed] == [str(number) for number in range(40_000)]
    assert wide.shipway(*words[:3], "whole.csv").code == 0
    assert (wide.folder / "whole.csv").read_bytes() == (wide.folder / "out.csv").read_bytes()
    assert [path.suffix for path in parts.iterdir()] == [".lock", ".lock"]


def test_rows_that_do_not_fit_are_named_and_what_was_finished_stays(wide):
    lines = table(1000, seed=4).splitlines()
    lines[700] = lines[700].replace(",", ",?", 1)
    wide.write("new/bad.csv", "\n".join(lines) + "\n")
    ended = wide.shipway("predict", "toy@1", "new/bad.csv", "out.csv", "--chunk-rows", "100")
    assert ended.code == 1
    ended.said("new/bad.csv: row 700: a must be a number, not '?", "data.nulls")
    wide.write("new/bad.csv", table(1000, seed=4))
    ended = wide.shipway("predict", "toy@1", "new/bad.csv", "out.csv", "--chunk-rows", "100")
    assert ended.code == 0
    ended.said("starting anew: the input changed since the last try")


def test_what_the_model_refuses_is_told_with_its_rows(wide):
    lines = table(300, seed=5).splitlines()
    number, _, rest = lines[150].split(",", 2)
    lines[150] = f"{number},,{rest}"
    wide.write("new/gaps.csv", "\n".join(lines) + "\n")
    ended = wide.shipway("predict", "toy@1", "new/gaps.csv", "out.csv", "--chunk-rows", "100")
    assert ended.code == 1
    ended.said(
        "(rows 101 to 200)",
        "contains NaN",
        "a is missing in new/gaps.csv: row 150; training never saw it missing",
    )


def test_what_can_not_be_predicted_is_refused_before_anything_is_written(wide):
    wide.write("out.csv", "mine\n")
    wide.write("new/less.csv", "id,b\n1,2\n")
    for words, code, message in (
        (("new/1.csv", "out.csv"), 2, "Replace it with --force."),
        (("new/1.csv", "new/1.csv", "--force"), 2, "one of the files that are to be predicted"),
        (("new/1.csv", "nowhere/out.csv"), 2, "the folder of the output does not exist"),
        (("new/1.csv", "out.xlsx"), 2, "neither in .parquet nor in .csv"),
        (("new/3.csv", "x.csv"), 2, "new/3.csv does not exist"),
        (("new/1.csv", "x.csv", "--columns", "ID"), 2, "Known here: a, b, branch, country, id, y."),
        (("new/1.csv", "x.csv", "--chunk-rows", "0"), 2, "--chunk-rows is less than 1"),
        (("new/less.csv", "x.csv"), 1, "toy@1 needs the column(s) a, which the file lacks"),
    ):
        ended = wide.shipway("predict", "toy@1", *words)
        assert ended.code == code, ended.text
        ended.said(message)
    assert wide.read("out.csv") == "mine\n"
    assert wide.shipway("predict", "toy@1", "new/1.csv", "out.csv", "--force").code == 0
    assert wide.read("out.csv").startswith("id,a,b,country,y,branch,prediction,score\n")


def most_memory(project, process):
    """The most megabytes that any process of the project had of its own until `process` ended."""
    most = 0
    while process.poll() is None:
        for number in project.processes():
            try:
                status = Path(f"/proc/{number}/status").read_text()
            except OSError:
                continue
            found = re.search(r"RssAnon:\s+(\d+) kB", status)
            most = max(most, int(found[1]) // 1024 if found else 0)
        time.sleep(0.02)
    return most


def test_a_table_of_several_hundred_megabytes_is_never_whole_in_memory(trained):
    """Read at once, as text, it would take more than a gigabyte and a half."""
    import numpy as np
    import polars as pl

    random = np.random.default_rng(0)
    path = trained.folder / "new.csv"
    numbers = {name: random.normal(size=100_000).round(6) for name in ("a", "b", *"defghijk")}
    with path.open("wb") as stream:
        for step in range(40):
            ids = np.arange(step * 100_000, (step + 1) * 100_000)
            pl.DataFrame({"id": ids, **numbers}).write_csv(stream, include_header=step == 0)
    trained.write("demands.yaml", "columns:\n  a: {type: float, min: -9, max_missing: 0}\n")
    checking = trained.start("check", "new.csv", "--checks", "demands.yaml")
    assert most_memory(trained, checking) < MOST_MEMORY
    assert checking.returncode == 0
    predicting = trained.start("predict", "toy@1", "new.csv", "out.parquet", "--columns", "id")
    assert most_memory(trained, predicting) < MOST_MEMORY
    assert predicting.returncode == 0
    assert pl.scan_parquet(trained.folder / "out.parquet").select(pl.len()).collect().item() == 4e6
