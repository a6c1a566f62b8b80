# SPDX-License-Identifier: Apache-2.0
"""What is asked of a finished model crosses to the data plane and back unchanged."""

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway_runtime import formats, questions
from shipway_runtime.formats import PredictRequest, TableFiles
from shipway_runtime.questions import (
    Answer,
    Asked,
    LatencyRequest,
    MetricsRequest,
    Part,
    ThresholdRequest,
)

TABLE = TableFiles(("a.csv",), "csv", ("NA",), ";", partitions=({"day": "1"},))


@pytest.mark.parametrize(
    "request_",
    [
        ThresholdRequest("m", "r", 0.25, ("a", "b"), ("t",), allow_pickle=True),
        LatencyRequest("m", "o", "r", TABLE, 10, 2, 5.0, ("a",)),
        MetricsRequest({"f": "a:f"}, "q", "o", "r", TABLE, "pandas", 50, 2.5, 3, ("a",)),
        PredictRequest("m", "o", "r", TABLE),
    ],
)
def test_requests_are_read_as_they_were_written(tmp_path, request_):
    formats.write(tmp_path / "request.json", request_)
    assert questions.read_request(tmp_path / "request.json") == request_


FLOATS = st.floats(allow_nan=False)
LABELS = st.one_of(st.integers(0, 1), st.text(max_size=3), st.booleans())


@given(
    st.lists(st.tuples(LABELS, LABELS, FLOATS), min_size=1, max_size=20),
    st.booleans(),
)
def test_predictions_arrive_whole(tmp_path_factory, rows, champion):
    path = tmp_path_factory.getbasetemp() / "asked"
    target, prediction, score = (list(column) for column in zip(*rows, strict=True))
    more = {"champion_prediction": prediction, "champion_score": score} if champion else {}
    asked = Asked(target, prediction, score, **more, parts={"x": [0], "y": list(range(len(rows)))})
    questions.write_asked(path, asked)
    found = questions.read_asked(path)
    for name, values in asked._asdict().items():
        if name == "parts":
            assert {key: list(part) for key, part in found.parts.items()} == values
        else:
            read = getattr(found, name)
            assert (None if read is None else list(read)) == values


def test_answers_arrive_whole(tmp_path):
    path = tmp_path / "answers"
    part = Part(0.5, "", None, "the function returned nan", [0.1, math.nan], [0.2, math.inf])
    answers = {
        "by row": Answer([1.0, math.nan], [2.0, 3.0]),
        "number": Answer(parts={"": part, "x": Part(None, "no rows")}),
    }
    questions.write_answers(path, answers)
    found = questions.read_answers(path)
    first, second = found["by row"].rows
    assert (first, math.isnan(second), list(found["by row"].champion_rows)) == (1.0, True, [2, 3])
    assert found["number"].rows is None
    read = found["number"].parts[""]
    assert read[:4] == part[:4]
    assert math.isnan(read.replicates[1])
    assert list(read.champion_replicates) == [0.2, math.inf]
    assert found["number"].parts["x"] == Part(None, "no rows", replicates=array("d"),
                                              champion_replicates=array("d"))  # fmt: skip
