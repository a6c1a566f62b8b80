# SPDX-License-Identifier: Apache-2.0
"""What is suggested for a cell that can't be read."""

import pytest

from shipway.data.reading_hints import suggest_null_marker, suggest_reading


@pytest.mark.parametrize("cell", ["?", "NA", "N/A", " ", "  ?", "null", "-", "Unknown"])
def test_a_marker_is_suggested_as_it_stands_in_the_file(cell):
    assert suggest_null_marker(cell) == f'nulls: ["{cell}"]'
    assert suggest_reading(cell, "date") == f'; if the first one means missing: nulls: ["{cell}"]'
    assert suggest_reading(cell, "date", sensitive=True) == ""


@pytest.mark.parametrize(
    ("cell", "kind", "words"),
    [
        ("1,5", "float", 'decimal: ","'),
        ("-0,25", "integer", 'decimal: ","'),
        ("1.234,5", "float", "thousands"),
        ("1,234,567", "integer", "thousands"),
        ("12345678901234567890", "integer", "64 bits"),
        ("1.5", "integer", "type: float"),
        ("31.10.2026", "date", "2026-10-31"),
        ("10/31/2026 12:00", "datetime", "2026-10-31"),
    ],
)
def test_common_ways_of_writing_are_told(cell, kind, words):
    assert words in suggest_reading(cell, kind)


@pytest.mark.parametrize(
    ("cell", "kind"), [("abc", "float"), ("yes", "boolean"), ("12 kg", "integer"), (1.5, "integer")]
)
def test_nothing_is_made_up(cell, kind):
    assert suggest_reading(cell, kind) == ""
