# SPDX-License-Identifier: Apache-2.0
"""Whatever is demanded of a sensitive column: its values stay out of all that is written."""

import contextlib
import io
from pathlib import Path

import msgspec
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import shipway
from shipway.base.errors import InputError
from shipway.cli.main import run

COLUMN = {
    "type": st.sampled_from(["integer", "float", "category", "date"]),
    "values": st.just(["A", "B"]),
    "unique": st.just(True),
    "pattern": st.just("[a-c]+"),
    "max_missing": st.just(0),
    "length": st.just({"max": 3}),
    "constant": st.booleans(),
    "distinct": st.just({"max": 1}),
    "min_frequency": st.just("60%"),
    "seen_in": st.just("against"),
    "sorted": st.sampled_from(["ascending", "descending"]),
    "decimals": st.just(0),
    "outliers": st.sampled_from([{"method": "z", "factor": 0.1}, {"method": "iqr", "factor": 0.1}]),
    "min": st.just(99_999_999),
    "max": st.just(3),
    "disguised_missing": st.just({}),
}
TABLE = {
    "id": st.just("secret"),
    "rules": st.just(["secret == 'x'", "secret == other", "other > 1 -> secret == 'x'"]),
    "overlap": st.sampled_from([{"key": "secret"}, {}, {"key": ["secret", "other"]}]),
    "duplicates": st.sampled_from([{}, {"columns": ["secret"]}]),
    "drift": st.just({}),
    "features": st.just({"constant": False, "identifiers": False}),
}
# What of the values would give them away, in any writing.
SECRETS = ("Zjw", "777131", "77,713,1")
TEXTS = st.integers(0, 3).map(lambda n: f"QX{n}Zjw{n}")
NUMBERS = st.integers(0, 3).map(lambda n: 77713131.25 + n)
MODES = ["values", "keys", "none"]


def tables():
    cells = st.one_of(st.lists(st.none() | TEXTS, min_size=4), st.lists(NUMBERS, min_size=4))
    return cells.map(lambda values: pl.DataFrame({"secret": values, "other": range(len(values))}))


@st.composite
def demands(draw):
    """Some demands on the column `secret`, and on tables with it."""
    keys = draw(st.sets(st.sampled_from(sorted(COLUMN)), max_size=2))
    column = {"sensitive": True} | {key: draw(COLUMN[key]) for key in sorted(keys)}
    above = draw(st.sets(st.sampled_from(sorted(TABLE)), max_size=2))
    return {
        "columns": {"secret": column, "other": {"max": 1}},
        "report": {"rows": draw(st.sampled_from(MODES))},
        **{key: draw(TABLE[key]) for key in sorted(above)},
    }


def assert_secret(text):
    assert not [secret for secret in SECRETS if secret in text], text


@settings(max_examples=150, deadline=None)
@given(tables(), tables(), demands())
def test_nothing_that_is_written_tells_a_sensitive_value(frame, other, checks):
    try:
        report = shipway.check(frame, checks, against=other)
    except InputError:
        return  # These demands do not go with each other, or with this table.
    assert_secret(repr(report))
    assert_secret(report._repr_html_())
    assert_secret(repr(report.checks))
    for write in (report.to_html, report.to_json, report.to_junit, report.to_markdown):
        assert_secret(write())


@pytest.mark.parametrize("mode", MODES)
def test_nor_does_the_command(tmp_path, mode):
    frame = pl.DataFrame({"secret": ["QX1Zjw", "QX1Zjw", None], "other": [1, 2, 3]})
    frame.write_csv(tmp_path / "t.csv")
    checks = {
        "id": "secret",
        "columns": {
            "secret": {"sensitive": True, "unique": True, "type": "integer", "pattern": "x"},
            "other": {"max": 1},
        },
        "rules": ["secret == other"],
        "overlap": {},
        "report": {"rows": mode},
    }
    (tmp_path / "checks.yaml").write_text(yaml.safe_dump(checks))
    base = ["check", str(tmp_path / "t.csv"), "--checks", str(tmp_path / "checks.yaml")]
    base += ["--against", str(tmp_path / "t.csv")]
    written = [tmp_path / f"out.{form}" for form in ("html", "markdown", "junit")]
    files = [word for path in written for word in (f"--{path.suffix[1:]}", str(path))]
    shown = [_output([*base, *files]), _output([*base, "--json"])]
    for text in (*shown, *(path.read_text() for path in written)):
        assert "secret" in text
        assert_secret(text)
    assert msgspec.json.decode(shown[1])["verdict"] == "failed"


def _output(arguments: list[str]) -> str:
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        assert run(arguments) == 1
    return stream.getvalue()


def test_a_terminal_shows_them(tmp_path):
    pl.DataFrame({"secret": ["QX1Zjw", "b"]}).write_csv(tmp_path / "t.csv")
    checks = tmp_path / "checks.yaml"
    checks.write_text("columns: {secret: {sensitive: true, pattern: b}}\n")
    stream = Terminal()
    with contextlib.redirect_stdout(stream):
        assert run(["check", str(tmp_path / "t.csv"), "--checks", str(checks)]) == 1
    assert "QX1Zjw" in stream.getvalue()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_paths_are_files(tmp_path):
    report = shipway.check(pl.DataFrame({"a": [1]}), {"columns": {"a": {"min": 0}}})
    for form in ("html", "json", "junit", "markdown"):
        path = Path(tmp_path / form)
        assert getattr(report, f"to_{form}")(path) == path.read_text()
