# SPDX-License-Identifier: Apache-2.0
"""The wire format of `/predict`, and the counters."""

import datetime
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway_runtime.metrics import FINE_BOUNDS, Histogram, exposition, sample
from shipway_runtime.protocol import RequestError, encode, parse_rows

ROW = {"amount": 12.5, "country": "DE"}


@pytest.mark.parametrize("document", [{"instances": [ROW]}, [ROW], ROW])
def test_all_three_shapes_hold_the_same_rows(document):
    assert parse_rows(json.dumps(document).encode()) == [ROW]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"{", "line 1, column 2"),
        (b"{}", "empty object"),
        (b"\xff\xfe1", "UTF-8"),
        (b"3", "found a number"),
        (b'"x"', "found a string"),
        (b"null", "found null"),
        (b"true", "found a boolean"),
        (b'{"instances": {}}', "instances: expected a list, found an object"),
        (b'[{}, {"a": 1}, [2]]', "instances[2]: expected an object of features, found a list"),
        (b'[{"a": NaN}]', "NaN is not a JSON number"),
        (b'[{"a": Infinity}]', "Infinity"),
        (b"[" * 100_000, "nested too deeply"),
        (b'[{"a": ' + b"1" * 5000 + b"}]", "too long"),
    ],
)
def test_mistakes_name_what_and_where(body, words):
    with pytest.raises(RequestError) as failure:
        parse_rows(body)
    assert failure.value.status == 400
    assert words in failure.value.message


@given(st.binary(max_size=200))
def test_any_bytes_give_rows_or_a_request_error(body):
    try:
        rows = parse_rows(body)
    except RequestError as error:
        assert 400 <= error.status < 500
    else:
        assert all(isinstance(row, dict) for row in rows)


@given(st.lists(st.dictionaries(st.text(), st.none() | st.booleans() | st.floats() | st.text())))
def test_what_is_encoded_is_json_whatever_the_numbers(rows):
    decoded = json.loads(encode(rows), parse_constant=pytest.fail)
    for row, again in zip(rows, decoded, strict=True):
        for name, value in row.items():
            finite = not isinstance(value, float) or math.isfinite(value)
            assert again[name] == (value if finite else None)


def test_numpy_values_and_dates_are_encoded():
    document = {"p": np.float32(0.5), "a": np.array([1, np.nan]), "d": datetime.date(2026, 1, 2)}
    assert json.loads(encode(document)) == {"p": 0.5, "a": [1.0, None], "d": "2026-01-02"}


@given(st.lists(st.floats(0.0002, 50), min_size=1, max_size=200), st.sampled_from([0.5, 0.9, 0.99]))
def test_a_quantile_is_off_by_one_bucket_at_the_most(values, share):
    histogram = Histogram()
    for value in values:
        histogram.observe(value)
    exact = sorted(values)[math.ceil(share * len(values)) - 1]
    assert exact / 1.09 <= histogram.quantile(share) <= exact * 1.09


def test_an_empty_histogram_and_one_beyond_its_bounds():
    histogram = Histogram()
    assert histogram.quantile(0.5) == 0.0
    histogram.observe(10_000)
    assert histogram.quantile(0.5) == FINE_BOUNDS[-1]


def test_the_text_for_prometheus():
    histogram = Histogram((0.1, 1.0))
    for value in (0.05, 0.5, 5.0):
        histogram.observe(value)
    samples = histogram.lines("s", {"model": 'a"b\n\\'})
    text = exposition([("s", "histogram", "Time.", samples)]).decode()
    label = 'model="a\\"b\\n\\\\"'
    assert text.splitlines() == [
        "# HELP s Time.",
        "# TYPE s histogram",
        f's_bucket{{{label},le="0.1"}} 1',
        f's_bucket{{{label},le="1"}} 2',
        f's_bucket{{{label},le="+Inf"}} 3',
        f"s_sum{{{label}}} 5.55",
        f"s_count{{{label}}} 3",
    ]
    assert sample("up", {}, 1) == "up 1"
