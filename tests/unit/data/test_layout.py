# SPDX-License-Identifier: Apache-2.0
"""How the files of a table are to be read."""

import pytest

from shipway.base.errors import InputError
from shipway.data.layout import PLAIN, Layout, layout_of, partition_of
from shipway.data.locate import SUFFIXES, find_files, format_of
from shipway.spec.types import TableSpec


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("data/a.csv", {}),
        ("data/year=2024/day=01/a=b.csv", {"year": "2024", "day": "01"}),
        ("x=a=b/y=/=z/a.csv", {"x": "a=b", "y": ""}),
        ("k%20e=a%2Fb/n=__HIVE_DEFAULT_PARTITION__/a.csv", {"k e": "a/b", "n": None}),
    ],
)
def test_folders_give_columns(name, columns):
    assert partition_of(name) == columns


def test_only_below_a_glob():
    names = ["data/year=2024/a.csv"]
    assert layout_of("data/year=2024/a.csv", names) == PLAIN
    assert layout_of("data/*/a.csv", names).partitions == ({"year": "2024"},)
    assert layout_of("data/*.csv", ["data/a.csv"]) == PLAIN


def test_what_differs_from_a_plain_table():
    assert PLAIN.told() == {}
    table = TableSpec("a.csv", delimiter=";", decimal=",")
    assert layout_of(table, ["a.csv"]) == Layout(";", None, ",")
    assert layout_of(table, ["a.csv"]).told() == {"delimiter": ";", "decimal": ","}


def test_endings_in_any_case(tmp_path):
    for suffix, kind in SUFFIXES.items():
        assert format_of([tmp_path / f"A{suffix.upper()}"]) == kind


@pytest.mark.parametrize(
    ("name", "cure"), [("a.json", "jq"), ("a.xlsx", "CSV"), ("a.zip", ".csv.gz"), ("a.sav", ".csv")]
)
def test_other_kinds_are_told_what_to_become(name, cure, tmp_path):
    with pytest.raises(InputError, match="not known") as caught:
        format_of([tmp_path / name])
    assert cure in caught.value.cure


def test_a_url_in_the_spec_says_what_to_do_instead(tmp_path):
    with pytest.raises(InputError, match="bucket") as caught:
        find_files(tmp_path, "s3://bucket/x.parquet")
    assert "shipway check URL" in caught.value.cure
