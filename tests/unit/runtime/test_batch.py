# SPDX-License-Identifier: Apache-2.0
"""The worker that predicts piece by piece, and the tables it is given."""

import json
import os
import threading

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from shipway_runtime import assemble, batch, columns, frames
from shipway_runtime.errors import RowError
from shipway_runtime.formats import BatchRequest, Feature, TrainRequest
from shipway_runtime.predictor import load_predictor

FEATURES = (
    Feature("a", "float", nullable=True),
    Feature("n", "integer"),
    Feature("c", "string", nullable=True),
    Feature("b", "boolean"),
    Feature("t", "datetime"),
)
ROWS = [
    {"a": 1.5, "n": 1, "c": "x", "b": True, "t": "2026-10-01T12:00:00"},
    {"a": None, "n": 2, "c": None, "b": False, "t": "2026-10-01 13:30:00"},
]


def packed(rows):
    names = rows[0].keys()
    nan = float("nan")
    return [
        columns.pack(n, [nan if r[n] is None and n == "a" else r[n] for r in rows]) for n in names
    ]


@pytest.mark.parametrize("kind", ["polars", "rows"])
def test_columns_make_the_same_table_as_rows(tmp_path, kind):
    columns.write(tmp_path / "x", 2, packed(ROWS))
    given = columns.read(tmp_path / "x")
    found = frames.from_columns(given.values, FEATURES, kind, given.rows)
    expected = frames.from_rows(ROWS, FEATURES, kind)
    if kind == "polars":
        assert found.equals(expected)
        assert found.schema == expected.schema
    else:
        assert found == expected


def test_columns_make_the_same_array_as_rows(tmp_path):
    columns.write(tmp_path / "x", 2, packed(ROWS))
    given = columns.read(tmp_path / "x")
    found = frames.from_columns(given.values, FEATURES[:2], "numpy", 2)
    expected = frames.from_rows(ROWS, FEATURES[:2], "numpy")
    assert np.array_equal(found, expected, equal_nan=True)
    assert found.dtype == expected.dtype


def test_a_text_that_is_no_date_is_named_with_its_row():
    with pytest.raises(RowError) as found:
        frames.from_columns({"t": ["2026-10-01", "soon"]}, FEATURES[4:], "rows", 2)
    assert (found.value.row, found.value.feature) == (1, "t")


def test_whole_numbers_beyond_eight_bytes_and_mixed_values_are_kept(tmp_path):
    table = [columns.pack("big", [2**70]), columns.pack("mixed", [None]), columns.pack("no", [])]
    columns.write(tmp_path / "x", 1, table)
    assert columns.read(tmp_path / "x").values == {"big": [2**70], "mixed": [None], "no": []}


@pytest.fixture
def model(tmp_path):
    table = pl.DataFrame({"a": [0.0, 1, 2, 3, 4, 5], "y": [0, 0, 1, 1, 2, 2]})
    request = TrainRequest("m:f", {}, str(tmp_path / "m"), "", task="multiclass", target="y")
    (tmp_path / "m").mkdir()
    described = assemble.Columns(frames.signature(table, ["a"]), (0, 1, 2), "polars")
    fitted = LogisticRegression().fit(table[["a"]], table["y"])
    assemble.complete(request, assemble.save_estimator(request, fitted, described))
    return tmp_path / "m"


def test_orders_are_answered_one_after_the_other(model, tmp_path):
    orders, give = os.pipe()
    hear, answers = os.pipe()
    request = BatchRequest(str(model), str(tmp_path / "r.json"), orders, answers)
    ended = []
    thread = threading.Thread(target=lambda: ended.append(batch.serve(request)))
    thread.start()
    with os.fdopen(give, "wb", 0) as stream, os.fdopen(hear, "rb") as reader:
        for number, values in enumerate(([0.5, 4.5], [2.5])):
            given, output = tmp_path / f"{number}.in", tmp_path / f"{number}.out"
            columns.write(given, len(values), [columns.pack("a", values)])
            stream.write(json.dumps({"input": str(given), "output": str(output)}).encode() + b"\n")
            assert json.loads(reader.readline()) == {"rows": len(values)}
            expected = load_predictor(model).predict([{"a": value} for value in values])
            found = columns.read(output).values
            assert list(found["prediction"]) == expected.predictions
            for label in range(3):
                assert list(found[str(label)]) == [row[label] for row in expected.scores]
        stream.close()
        thread.join()
    assert ended[0].rows == 3
