# SPDX-License-Identifier: Apache-2.0
"""A real schema of pandera, named in a file of checks: what we find is what pandera finds."""

import datetime

import polars as pl
import pytest
from pandera.errors import SchemaErrors

import shipway
from shipway.operations.check import check_files

SHAPES = '''
import datetime
import pandera.polars as pa
import polars as pl

class Payments(pa.DataFrameModel):
    id: int = pa.Field(unique=True, gt=0)
    country: str = pa.Field(isin=["DE", "FR"], nullable=True)
    amount: float = pa.Field(in_range={"min_value": 0, "max_value": 100}, nullable=True)
    code: str = pa.Field(str_matches="[A-Z]{2}", str_length={"min_value": 2, "max_value": 4})
    word: str = pa.Field(str_contains="a|b", ne="abc")
    day: pl.Date = pa.Field(ge=datetime.date(2024, 1, 1))

    @pa.check("amount")
    def plausible(cls, data):
        return data.lazyframe.select(pl.col("amount") != 13)

def no_thirteen():
    """Nothing costs 13."""
    return pl.col("amount") != 13
'''
CHECKS = "id: id\npandera: shapes:Payments\nchecks: [shapes:no_thirteen]\n"
ROW = {
    "id": 1,
    "country": "DE",
    "amount": 5.0,
    "code": "AB",
    "word": "xa",
    "day": datetime.date(2024, 5, 1),
}
BAD = [
    {"id": 0},
    {"country": "XX"},
    {"amount": -1.0},
    {"amount": 101.0},
    {"amount": 13.0},
    {"code": "aB"},
    {"code": "ABCDE"},
    {"word": "xyz"},
    {"word": "abc"},
    {"day": datetime.date(2023, 1, 1)},
    {"code": None},
    {"country": None},
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    (tmp_path / "shapes.py").write_text(SHAPES)
    (tmp_path / "checks.yaml").write_text(CHECKS)
    return tmp_path


def found_by_pandera(frame, folder):
    space = {}
    exec(compile(SHAPES, str(folder / "shapes.py"), "exec"), space)
    try:
        space["Payments"].validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        return set(cases["column"])
    return set()


@pytest.mark.parametrize("change", BAD, ids=lambda change: str(next(iter(change.items()))))
def test_the_same_columns_are_at_fault(project, change):
    rows = [{**ROW, "id": number} for number in range(1, 6)]
    rows.append({**ROW, "id": 6, **change})
    frame = pl.DataFrame(rows, schema_overrides={"day": pl.Date})
    frame.write_parquet(project / "t.parquet")
    report = check_files([project / "t.parquet"], project / "checks.yaml")
    failed = [each for each in report.checks if each.verdict == "failed"]
    columns = {each.column or each.columns[0] for each in failed}
    assert columns == found_by_pandera(frame, project)
    for each in failed:
        assert [example.row for example in each.examples] == [5]
    untold = [each for each in report.checks if each.verdict == "inconclusive"]
    assert [(each.check, each.expected, each.on_fail) for each in untold] == [
        ("pandera", "plausible", "warn")
    ]


def test_a_unique_key_and_a_good_table(project):
    good = pl.DataFrame([{**ROW, "id": number} for number in range(1, 9)])
    good.write_csv(project / "t.csv")
    assert check_files([project / "t.csv"], project / "checks.yaml").verdict == "passed"
    pl.concat([good, good.head(2)]).write_csv(project / "t.csv")
    report = check_files([project / "t.csv"], project / "checks.yaml")
    (unique,) = [each for each in report.checks if each.verdict == "failed"]
    assert (unique.check, unique.failing) == ("unique", 2)


def test_a_frame_in_memory_is_handed_over_too(project, monkeypatch):
    monkeypatch.chdir(project)
    frame = pl.DataFrame([{**ROW, "id": 1}, {**ROW, "id": 2, "amount": 13.0}])
    report = shipway.check(frame, {"id": "id", "checks": ["shapes:no_thirteen"]})
    (found,) = [each for each in report.checks if each.check == "function"]
    assert (found.verdict, found.failing, found.expected) == (
        "failed",
        1,
        "shapes:no_thirteen (Nothing costs 13.)",
    )
