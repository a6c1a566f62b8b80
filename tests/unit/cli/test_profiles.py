# SPDX-License-Identifier: Apache-2.0
"""A profile on a terminal."""

import polars as pl
import pytest

from shipway.cli.main import run
from shipway.cli.profiles import profile_lines
from shipway.data.profile import profile_table
from shipway.records.profile import Profile


@pytest.fixture
def profile():
    frame = pl.DataFrame(
        {
            "amount": [1.0, 2.0, 2.0, float("nan"), float("inf"), None, 9.0, 2.0],
            "country": ["DE", "DE", "FR", "NO", "SE", "IT", "DE", "multi\nline\tcell"],
            "list": [[1]] * 8,
            "is_fraud": [True, False] * 4,
        }
    )
    return profile_table(frame.lazy(), name="data.parquet", target="is_fraud")


def test_a_line_for_each_column(profile):
    lines = profile_lines(profile, 120)
    assert lines[0] == "data.parquet: 8 rows, 4 columns"
    assert lines[2].split() == [
        "column", "type", "missing", "distinct", "low", "median", "high", "tells", "of",
        "is_fraud", "values",
    ]  # fmt: skip
    assert lines[3].split()[:7] == ["amount", "float", "25%", "4", "1", "2", "9"]
    assert "█" in lines[3]
    assert "DE 37.5%, FR 12.5%" in lines[4]
    assert "target" in lines[6]


def test_what_else_has_to_be_known(profile):
    text = "\n".join(profile_lines(profile, 120))
    assert "amount: 1 of the missing are NaN" in text
    assert "amount: 1 value infinite, left out of mean and range" in text
    assert "list: values of this type are not profiled" in text


def test_no_line_is_longer_than_the_terminal(profile):
    table = profile_lines(profile, 110)[2:7]
    assert max(map(len, table)) <= 110


def test_a_table_of_nothing():
    assert profile_lines(Profile("x.csv", 0, ()), 80) == ["x.csv: 0 rows, 0 columns"]


def test_values_of_sensitive_columns_are_not_shown(profile):
    text = "\n".join(profile_lines(profile.without_values({"country"}), 200))
    assert "DE" not in text
    assert "country: sensitive: its values are not shown" in text


def test_the_command_writes_a_page_and_one_document(tmp_path, capsys):
    (tmp_path / "d.csv").write_text("a,b\n1,x\n2,y\n")
    argv = ["profile", str(tmp_path / "d.csv"), "--project", str(tmp_path)]
    assert run([*argv, "--columns", "a", "--html", str(tmp_path / "p.html"), "--json"]) == 0
    assert '"name": "a"' in capsys.readouterr().out
    assert "<svg" in (tmp_path / "p.html").read_text()
    assert run([*argv, "--html", str(tmp_path / "p.html" / "no.html")]) == 2
    assert "can't be written" in capsys.readouterr().err
