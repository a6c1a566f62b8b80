# SPDX-License-Identifier: Apache-2.0
"""CSV as it is read here, and as Python's own module reads it."""

import csv
import io

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from shipway.adapters.tables import csv_look, table_format
from shipway.base.errors import InputError
from shipway.data.layout import Layout

CELLS = st.text(alphabet='ab,;|"\n\t é1', max_size=6)
DELIMITERS = st.sampled_from([",", ";", "\t", "|"])
SETTINGS = {
    "max_examples": 150,
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}


@st.composite
def tables(draw, least=2):
    width = draw(st.integers(least, 4))
    rows = st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8)
    return [[f"column {n}" for n in range(width)], *draw(rows)]


def written(rows, delimiter, quoting, ending):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=ending).writerows(rows)
    return out.getvalue()


@settings(**SETTINGS)
@given(
    tables(),
    DELIMITERS,
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 40),
)
def test_every_cell_is_the_same(tmp_path, monkeypatch, rows, delimiter, quoting, ending, chunk):
    monkeypatch.setattr(csv_look, "CHUNK", chunk)
    path = tmp_path / "a.csv"
    path.write_text(written(rows, delimiter, quoting, ending), encoding="utf-8", newline="")
    frame = table_format("csv").scan([path], [], Layout(delimiter=delimiter)).collect()
    assert frame.columns == rows[0]
    assert frame.rows() == [tuple(cell or None for cell in row) for row in rows[1:]]


@settings(**SETTINGS)
@given(tables(), st.data())
def test_a_row_that_lost_or_won_a_field_is_never_read(tmp_path, rows, data):
    if len(rows) < 2:
        return
    number = data.draw(st.integers(1, len(rows) - 1))
    rows = [list(row) for row in rows]
    if data.draw(st.booleans()):
        rows[number] = [*rows[number], "more"]
    else:
        rows[number] = [*rows[number][:-2], "x"] if len(rows[number]) > 1 else rows[number]
    path = tmp_path / "a.csv"
    path.write_text(written(rows, ",", csv.QUOTE_MINIMAL, "\n"), encoding="utf-8", newline="")
    try:
        table_format("csv").scan([path], [], Layout(delimiter=",")).collect()
    except InputError as error:
        assert "fields, the header has" in error.what
        return
    raise AssertionError("it was read")
