# SPDX-License-Identifier: Apache-2.0
"""Profiling one file, with what a project declares of it."""

import pytest

from shipway.base.errors import InputError
from shipway.operations.profile import profile_file
from shipway.spec.mistakes import SpecError

TABLE = "id,amount,zip,y\n1,5.5,01234,1\n2,-3,99,0\n3,?,00000,1\n"
SPEC = """shipway: 1
project: p
model: {name: m, task: binary, target: y, positive: 1}
data:
  train: data.csv
  nulls: ["?"]
  columns:
    zip: {type: category, sensitive: true}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data.csv").write_text(TABLE)
    return tmp_path


def test_a_file_alone(folder):
    found = profile_file(folder / "data.csv", project=folder)
    assert (found.dataset, found.rows, found.target) == (str(folder / "data.csv"), 3, None)
    assert [column.type for column in found.columns] == ["integer", "string", "string", "integer"]
    assert found.column("zip").top[0] == ("00000", 1)


def test_what_the_project_declares_is_heeded(folder):
    (folder / "shipway.yaml").write_text(SPEC)
    found = profile_file(folder / "data.csv", project=folder)
    assert found.target == "y"
    assert (found.column("amount").type, found.column("amount").missing) == ("float", 1)
    hidden = found.column("zip")
    assert (hidden.type, hidden.withheld, hidden.top, hidden.distinct) == ("category", True, (), 3)


def test_only_some_columns_and_a_target_beside_them(folder):
    found = profile_file(folder / "data.csv", target="y", columns=["id"], project=folder)
    assert [column.name for column in found.columns] == ["id"]
    assert found.target == "y"


@pytest.mark.parametrize("asked", [{"target": "amont"}, {"columns": ["amont"]}])
def test_a_column_that_is_not_there(folder, asked):
    with pytest.raises(InputError, match="no column 'amont'") as caught:
        profile_file(folder / "data.csv", project=folder, **asked)
    assert "amount" in caught.value.cure


def test_files_that_are_not_there_or_no_table(folder):
    with pytest.raises(InputError, match="does not exist"):
        profile_file(folder / "date.csv", project=folder)
    (folder / "bad.parquet").write_text("no")
    with pytest.raises(InputError, match="not a Parquet file"):
        profile_file(folder / "bad.parquet", project=folder)


def test_a_spec_with_mistakes_hides_nothing_by_accident(folder):
    (folder / "shipway.yaml").write_text(SPEC.replace("sensitive", "sensitiv"))
    with pytest.raises(SpecError):
        profile_file(folder / "data.csv", project=folder)
