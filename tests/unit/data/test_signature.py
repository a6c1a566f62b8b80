# SPDX-License-Identifier: Apache-2.0
"""Tables held against the signature of a model."""

import datetime as dt

import polars as pl
import pytest

from shipway.data.signature import BadCell, mismatch, newly_missing, pack_columns, read_features
from shipway_runtime import columns
from shipway_runtime.formats import Feature

FEATURES = (
    Feature("amount", "float"),
    Feature("count", "integer"),
    Feature("paid", "boolean"),
    Feature("country", "string", nullable=True),
    Feature("day", "date"),
)
TEXT = pl.DataFrame(
    {
        "amount": ["1.5", "nan", None],
        "count": ["3", "4.0", " 5 "],
        "paid": ["True", "0", "FALSE"],
        "country": ["01", None, "FR"],
        "day": ["2026-10-01", "2026-10-02", "x"],
    }
)


def test_text_is_read_as_the_types_of_training():
    read = read_features(TEXT, FEATURES, text=True)
    assert read["count"].to_list() == [3, 4, 5]
    assert read["paid"].to_list() == [True, False, False]
    assert read["country"].to_list() == ["01", None, "FR"]
    # Dates are left to the worker, which reads them as the server does.
    assert read["day"].to_list() == TEXT["day"].to_list()


@pytest.mark.parametrize(
    ("column", "cell", "demand"),
    [
        ("amount", "a lot", "must be a number, not 'a lot'"),
        ("count", "1.5", "must be a whole number, not '1.5'"),
        ("paid", "maybe", "must be true or false, not 'maybe'"),
    ],
)
def test_the_first_cell_that_can_not_be_read_is_named(column, cell, demand):
    piece = TEXT.with_columns(pl.Series(column, [TEXT[column][0], cell, cell]))
    with pytest.raises(BadCell) as found:
        read_features(piece, FEATURES, text=True)
    assert (found.value.row, found.value.column, found.value.problem) == (1, column, demand)


def test_typed_tables_are_bridged_where_no_information_is_lost():
    piece = pl.DataFrame(
        {
            "amount": [1, 2],
            "count": [3.0, 4.0],
            "paid": [1, 0],
            "country": pl.Series(["DE", None], dtype=pl.Categorical),
            "day": [dt.datetime(2026, 10, 1), dt.datetime(2026, 10, 2)],
        }
    )
    assert mismatch(FEATURES, piece.schema, text=False).wrong == {}
    read = read_features(piece, FEATURES, text=False)
    assert read.row(0) == (1.0, 3, True, "DE", "2026-10-01T00:00:00.000000")
    with pytest.raises(BadCell, match="whole number"):
        read_features(piece.with_columns(count=pl.Series([3.5, 1.0])), FEATURES, text=False)


def test_missing_and_wrong_columns_are_named_before_anything_is_predicted():
    found = mismatch(FEATURES, pl.Schema({"amount": pl.String, "country": pl.Int64}), text=False)
    assert found.missing == ("count", "paid", "day")
    assert found.wrong["amount"] == "is string in the file, the model was trained on float"
    assert "country" in found.wrong
    assert mismatch(FEATURES, pl.Schema({"amount": pl.String}), text=True).wrong == {}


def test_a_column_without_any_value_fits_every_type():
    piece = pl.DataFrame({"amount": [None, None]})
    assert mismatch(FEATURES[:1], piece.schema, text=False).wrong == {}
    assert read_features(piece, FEATURES[:1], text=False)["amount"].dtype == pl.Float64


def test_packed_columns_come_out_as_they_went_in(tmp_path):
    read = read_features(TEXT, FEATURES, text=True)
    columns.write(tmp_path / "x", 3, pack_columns(read, FEATURES))
    rows, values = columns.read(tmp_path / "x")
    assert rows == 3
    assert values["amount"][0] == 1.5
    assert values["amount"][2] != values["amount"][2]
    assert list(values["count"]) == [3, 4, 5]
    assert values["country"] == ["01", None, "FR"]


def test_what_training_never_saw_missing():
    read = read_features(TEXT, FEATURES, text=True)
    assert newly_missing(read, FEATURES) == {"amount": 1}
