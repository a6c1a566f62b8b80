# SPDX-License-Identifier: Apache-2.0
"""Tables of every format and dialect, read by a project's own pandas, without any polars."""

import json
import os
import subprocess

import polars as pl
import pytest

from shipway.adapters.environments.interface import worker_environment
from shipway.adapters.environments.uv import UvEnvironments
from shipway.base.errors import OutsideError
from shipway.spec.types import EnvironmentSpec
from shipway_runtime import formats
from shipway_runtime.formats import TableFiles

PROGRAM = """
import json, sys
from shipway_runtime import datasets
from shipway_runtime.formats import TableFiles

for line in sys.stdin:
    frame = datasets.read("t", TableFiles(**json.loads(line)), "pandas")
    rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    kinds = [str(kind) for kind in frame.dtypes]
    print(json.dumps([list(frame.columns), rows, kinds], default=str))
"""
FRAME = pl.DataFrame({"a": ["007", None], "n": [1.5, -2.25], "w": ["Zürich", "x"]})


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("environment")
    (folder / "requirements.txt").write_text("pandas\nscikit-learn\npyarrow\n")
    spec = EnvironmentSpec(requirements=("requirements.txt",))
    try:
        return UvEnvironments(folder / "cache").resolve(folder, spec, print)
    except OutsideError as error:
        pytest.skip(f"needs pandas and pyarrow: {error.what}")


def test_what_pandas_reads(environment, tmp_path):
    semicolons = tmp_path / "t.csv"
    semicolons.write_bytes('a;n;w\nx;1,5;Zürich\n?;-2,25;"a;b"\n'.encode("cp1252"))
    FRAME.write_ndjson(tmp_path / "t.jsonl")
    FRAME.write_ipc(tmp_path / "t.arrow")
    parts = []
    for year in ("2023", "2024"):
        (tmp_path / f"year={year}").mkdir()
        parts.append(str(tmp_path / f"year={year}" / "t.parquet"))
        FRAME.head(1).write_parquet(parts[-1])
    years = ({"year": "2023"}, {"year": "2024"})
    asked = [
        TableFiles((str(semicolons),), "csv", ("?",), ";", "cp1252", ","),
        TableFiles((str(tmp_path / "t.jsonl"),), "jsonl"),
        TableFiles((str(tmp_path / "t.arrow"),), "arrow"),
        TableFiles(tuple(parts), "parquet", partitions=years),
        TableFiles((parts[0],), "parquet"),
    ]
    same = [["007", 1.5, "Zürich"], [None, -2.25, "x"]]
    found = answers(environment, tmp_path, asked)
    assert found[0][1] == [["x", 1.5, "Zürich"], [None, -2.25, "a;b"]]
    assert found[1][1] == found[2][1] == same
    assert found[3][:2] == [
        ["a", "n", "w", "year"],
        [["007", 1.5, "Zürich", 2023], ["007", 1.5, "Zürich", 2024]],
    ]
    assert found[4][0] == ["a", "n", "w"]
    assert all(each[2][1] == "float64" for each in found)


def answers(environment, folder, asked):
    lines = "".join(json.dumps(formats.plain(each._asdict())) + "\n" for each in asked)
    env = worker_environment(environment, os.environ)
    done = subprocess.run(
        [environment.interpreter, "-c", PROGRAM],
        cwd=folder,
        env=env,
        input=lines,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
