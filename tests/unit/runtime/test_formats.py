# SPDX-License-Identifier: Apache-2.0
"""What crosses the line between the two packages comes back as it was, in equal bytes."""

import ast
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shipway_runtime
from shipway_runtime import formats
from shipway_runtime.formats import (
    Failure,
    Feature,
    Golden,
    MetricEvent,
    ModelInfo,
    PredictRequest,
    Result,
    TableFiles,
    TrainRequest,
)

RUNTIME = Path(formats.__file__).parent
TABLE = TableFiles(("/data/a.csv",), "csv", ("?", "NA"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON))
def test_encoding_does_not_depend_on_the_order_of_keys(value):
    backwards = dict(reversed(value.items()))
    assert formats.encode(value) == formats.encode(backwards)
    assert formats.encode(value).endswith(b"\n")
    assert json.loads(formats.encode(value)) == formats.plain(value)


def test_numbers_that_json_lacks_have_names():
    assert json.loads(formats.encode({"a": [math.nan, math.inf, -math.inf]})) == {
        "a": ["nan", "inf", "-inf"]
    }


@pytest.mark.parametrize(
    "request_",
    [
        TrainRequest("m:f", {"train": TABLE}, "out", "result", "binary", "y", {"depth": [1, 2]}),
        formats.FinishRequest(("m.pkl",), {"train": TABLE}, "out", "result", "regression", "y"),
        PredictRequest("model", "out", "result", data=TABLE),
        PredictRequest("model", "out", "result", rows="rows.json"),
    ],
)
def test_requests_come_back_as_they_were(tmp_path, request_):
    formats.write(tmp_path / "request.json", request_)
    read = formats.read_request(tmp_path / "request.json")
    assert type(read) is type(request_)
    assert read == request_


def test_a_result_comes_back_with_its_error(tmp_path):
    result = Result("sklearn", ("a",), 3, {"auc": 0.5, "loss": math.inf}, 0, Failure("k", "m"))
    formats.write(tmp_path / "result.json", result)
    assert formats.read_result(tmp_path / "result.json") == result


def test_no_result_is_a_crash(tmp_path):
    with pytest.raises(formats.FormatError, match="crashed or was killed"):
        formats.read_result(tmp_path / "result.json")


def test_a_model_directory_comes_back(tmp_path):
    info = ModelInfo(
        "sklearn", "binary", "y", (Feature("a", "float", True),), "pandas", 1, classes=(0, 1)
    )
    golden = Golden(({"a": 1.5},), (1,), (0.7,))
    formats.write(tmp_path / "model.json", info)
    assert formats.read_golden(tmp_path) is None
    formats.write(tmp_path / "golden.json", golden)
    assert formats.read_model(tmp_path) == info
    assert formats.read_golden(tmp_path) == golden
    assert set(formats.file_digests(tmp_path)) == {"golden.json"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no model directory"),
        ("{", "not JSON"),
        ("[]", "no JSON object"),
        ('{"format": 99}', "later version"),
        ('{"format": 1}', "ModelInfo"),
    ],
)
def test_what_is_no_model_says_so(tmp_path, text, said):
    if text is not None:
        (tmp_path / "model.json").write_text(text)
    with pytest.raises(formats.FormatError, match=said):
        formats.read_model(tmp_path)


def test_fields_of_later_versions_are_ignored(tmp_path):
    (tmp_path / "result.json").write_text('{"flavour": "sklearn", "colour": "red"}')
    assert formats.read_result(tmp_path / "result.json").flavour == "sklearn"


@given(st.text(), st.floats(allow_nan=False), st.none() | st.floats(allow_nan=False))
def test_events_come_back(name, value, step):
    event = MetricEvent(name, value, step)
    line = formats.metric_line(event)
    assert line.count(b"\n") == 1
    assert formats.read_event(line) == event


def test_a_metric_may_be_nan():
    assert math.isnan(formats.read_event(formats.metric_line(MetricEvent("loss", math.nan))).value)


@given(st.text() | st.binary())
def test_any_other_line_is_no_event(line):
    assert formats.read_event(line) is None


def test_the_runtime_is_python_3_9_and_never_imports_the_control_plane():
    for path in RUNTIME.rglob("*.py"):
        tree = ast.parse(path.read_text(), str(path), feature_version=(3, 9))
        names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import)
                 for alias in node.names]  # fmt: skip
        names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not [name for name in names if name.split(".")[0] == "shipway"], path


def test_the_control_planes_import_is_light():
    program = (
        "import sys, shipway_runtime.formats; "
        "print({'dataclasses', 'numpy', 'skops', 'inspect', 'asyncio'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert said.stdout == "set()\n"


def test_log_reports_to_the_run_and_is_silent_elsewhere(monkeypatch, capsys, tmp_path):
    import numpy as np

    shipway_runtime.log(loss=1.0)
    with (tmp_path / "events").open("wb") as stream:
        monkeypatch.setenv("SHIPWAY_EVENTS_FD", str(stream.fileno()))
        shipway_runtime.log(step=3, loss=np.float32(0.5), auc=1)
        shipway_runtime.log(loss=float("inf"))
    shipway_runtime.log(loss=2.0)  # the run is gone
    found = [formats.read_event(line) for line in (tmp_path / "events").read_bytes().splitlines()]
    assert found == [
        MetricEvent("loss", 0.5, 3.0),
        MetricEvent("auc", 1.0, 3.0),
        MetricEvent("loss", math.inf, None),
    ]
    assert capsys.readouterr() == ("", "")
