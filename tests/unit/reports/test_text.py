# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.reports import text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"), (0.94123, "0.9412"), (12400, "12,400"), (-3, "−3"), (3.2e-7, "3.20e-07"),
        (1.0, "1"), (math.nan, "not a number"), (math.inf, "∞"), (-math.inf, "−∞"),
        (12345.678, "12,345.7"), (0.5, "0.5000"),
    ],
)  # fmt: skip
def test_numbers(value: float | None, shown: str) -> None:
    assert text.number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.94, "0.9400"), (None, "–"), (0.0, "0.0000"), (-0.0031, "−0.0031"), (0.00001, "1.0e-05"),
     (123456.0, "123,456"), (math.nan, "not a number")],
)  # fmt: skip
def test_columns_of_numbers(value: float | None, shown: str) -> None:
    assert text.fixed(value) == shown


def test_differences_have_a_sign() -> None:
    assert text.difference(0.95, 0.94) == "+0.0100"
    assert text.difference(0.94, 0.95) == "−0.0100"
    assert text.difference(0.94, None) == text.difference(math.nan, 1.0) == "–"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.004, "4 ms"), (0.42, "0.4 s"), (12.2, "12 s"), (200, "3 min 20 s"), (180, "3 min"),
     (7500, "2 h 5 min"), (59.9, "1 min"), (-1, "0 ms"), (0.0, "0 ms")],
)  # fmt: skip
def test_durations(value: float, shown: str) -> None:
    assert text.seconds(value) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(812, "812 bytes"), (4200, "4.2 kB"), (310_000_000, "310 MB"), (999_700, "1.0 MB"),
     (2_500_000_000_000, "2,500 GB")],
)  # fmt: skip
def test_sizes(count: int, shown: str) -> None:
    assert text.size(count) == shown


def test_moments() -> None:
    assert text.moment("2026-10-01T12:30:05.123456Z") == "1 Oct 2026, 12:30 UTC"
    assert text.moment("2026-10-01T14:30:05+02:00") == "1 Oct 2026, 12:30 UTC"
    assert text.moment("yesterday") == "yesterday"
    assert text.elapsed("2026-10-01T12:00:00Z", "2026-10-01T12:01:30Z") == "1 min 30 s"
    assert text.elapsed("", "2026-10-01T12:01:30Z") == "–"


def test_shares_and_chances() -> None:
    assert text.percent(0.95) == "95%"
    assert text.percent(0.0125) == "1.25%"
    assert text.percent(None) == "–"
    assert text.p_value(0.00004) == "< 0.001"
    assert text.p_value(0.0213) == "0.021"
    assert text.p_value(None) == "–"


def test_values_as_they_were_written() -> None:
    assert text.value(0.1) == "0.1"
    assert text.value(True) == "true"
    assert text.value({"a": [1, "é"]}) == '{"a": [1, "é"]}'
    assert text.value(None) == "(missing)"
    assert text.value("NO") == "NO"


def test_plurals() -> None:
    assert text.plural(1, "row") == "1 row"
    assert text.plural(2000, "row") == "2,000 rows"


@given(st.floats())
def test_any_number_has_a_text(value: float) -> None:
    for show in (text.number, text.fixed, text.percent, text.p_value):
        assert show(value)
        assert "nan" not in show(value)
