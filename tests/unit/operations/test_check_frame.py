# SPDX-License-Identifier: Apache-2.0
"""shipway.check: demands and tables of all kinds in, a report out."""

import json
import subprocess
import sys

import polars as pl
import pytest

import shipway
from shipway.base.errors import InputError, StoppedError
from shipway.operations.check import check_files
from shipway.spec.mistakes import SpecError

FRAME = pl.DataFrame({"id": ["a", "b", "c"], "amount": [5.5, -3.0, None], "zip": ["1", "x", "3"]})
CHECKS = {
    "id": "id",
    "columns": {
        "amount": {"type": "float", "min": 0, "max_missing": {"value": 0, "on_fail": "warn"}},
        "zip": {"pattern": "[0-9]", "sensitive": True},
    },
    "rules": ["amount < 6"],
}
TEXT = """id: id
columns:
  amount: {type: float, min: 0, max_missing: {value: 0, on_fail: warn}}
  zip: {pattern: "[0-9]", sensitive: true}
rules: [amount < 6]
"""


def told(report):
    return [(c.column, c.check, c.verdict, c.observed) for c in report.checks]


def test_a_dict_a_text_and_a_path_say_the_same(tmp_path):
    path = tmp_path / "checks.yaml"
    path.write_text(TEXT)
    reports = [shipway.check(FRAME, checks) for checks in (CHECKS, TEXT, path, str(path))]
    assert all(told(report) == told(reports[0]) for report in reports)
    lines = [report.failed[0].line for report in reports]
    assert lines == [0, 3, 3, 3]
    assert [report.verdict for report in reports] == ["failed"] * 4


def test_a_frame_and_its_file_get_the_same_verdicts(tmp_path):
    FRAME.write_parquet(tmp_path / "t.parquet")
    (tmp_path / "checks.yaml").write_text(TEXT)
    by_file = check_files([tmp_path / "t.parquet"], tmp_path / "checks.yaml")
    report = shipway.check(FRAME.lazy(), tmp_path / "checks.yaml")
    assert told(report) == told(by_file)
    assert report.rows == by_file.rows == 3


def test_the_parts_of_a_report():
    report = shipway.check(FRAME, CHECKS)
    assert [(c.column, c.check) for c in report.failed] == [("amount", "min"), ("zip", "pattern")]
    assert [(c.column, c.check) for c in report.warnings] == [("amount", "max_missing")]
    (example,) = report.failed[0].examples
    assert (example.row, example.key, example.value) == (1, {"id": "b"}, -3.0)
    assert not report.failed[1].examples[0].shown


def test_it_reads_well_in_a_notebook():
    report = shipway.check(FRAME, CHECKS)
    assert repr(report).splitlines() == [
        "failed: 2 of 8 checks failed, 1 warning (polars.DataFrame, 3 rows)",
        "✗ amount",
        "    min 0: 1 of 3 rows (33.33%)",
        "      row 1, id b",
        "✗ zip",
        "    pattern [0-9]: 1 of 3 rows (33.33%)",
        "      row 1, id b",
        "! amount",
        "    max_missing 0 rows: 1 of 3 rows (33.33%)",
        "      row 2, id c",
    ]
    assert report._repr_html_().count("<tr>") == 4
    values = shipway.check(FRAME, CHECKS | {"report": {"rows": "values"}})
    assert "row 1, id b: -3.0" in repr(values)
    assert "lowest -3.0" in repr(values)


def test_many_failures_are_cut_in_a_notebook():
    frame = pl.DataFrame({f"c{n}": [1] for n in range(60)})
    checks = {"columns": {name: {"max": 0} for name in frame.columns}}
    lines = repr(shipway.check(frame, checks)).splitlines()
    assert len(lines) == 42
    assert lines[-1] == "… 140 more lines: see to_html()"


def test_raising_is_up_to_the_caller():
    with pytest.raises(StoppedError, match="2 of 8 checks failed"):
        shipway.check(FRAME, CHECKS).raise_if_failed()
    shipway.check(FRAME, {"columns": {"id": {"unique": True}}}).raise_if_failed()
    only_warns = {"columns": {"amount": {"min": {"value": 0, "on_fail": "warn"}}}}
    report = shipway.check(FRAME, only_warns)
    report.raise_if_failed()
    assert report.verdict == "passed"
    assert len(report.warnings) == 1


def test_the_json_is_that_of_the_command():
    document = json.loads(shipway.check(FRAME, CHECKS).to_json())
    assert (document["verdict"], document["rows"]) == ("failed", 3)
    check = next(c for c in document["checks"] if c["check"] == "min")
    assert {"column", "check", "verdict", "observed", "expected", "failing", "examples"} <= set(
        check
    )


def test_another_table():
    checks = {
        "overlap": {"key": "id"},
        "columns": {"zip": {"seen_in": "against"}},
        "drift": {"columns": ["amount"], "at_most": 9},
    }
    other = pl.DataFrame({"id": ["c", "d"], "zip": ["1", "3"], "amount": [1.0, 2.0]})
    report = shipway.check(FRAME, checks, against=other)
    found = {c.check: c for c in report.checks}
    assert found["overlap"].observed == "1 of 3 rows (33.33%) of the table are in against too"
    assert (found["seen_in"].verdict, found["drift"].verdict) == ("failed", "passed")
    with pytest.raises(InputError, match="overlap compares two tables"):
        shipway.check(FRAME, checks)


@pytest.mark.parametrize(
    ("checks", "where"),
    [
        ({"columns": {"amount": {"type": "flaot"}}}, "checks: columns.amount.type"),
        ("columns:\n  amount: {type: flaot}\n", "checks:2:18"),
        ({"rules": ["amount >"]}, "checks: rules[0]"),
    ],
)
def test_a_mistake_in_the_demands_has_its_place(checks, where):
    with pytest.raises(SpecError) as caught:
        shipway.check(FRAME, checks)
    assert caught.value.where == where


@pytest.mark.parametrize("checks", [{}, {"nulls": ["NA"]}, 7, None, "nowhere.yaml"])
def test_demands_that_are_none(checks):
    with pytest.raises(InputError):
        shipway.check(FRAME, checks)


def test_what_counts_as_missing():
    checks = {"nulls": ["x", "5.5"], "columns": {"zip": {"max_missing": 0}, "amount": {"max": 0}}}
    report = shipway.check(FRAME, checks)
    assert [(c.column, c.check, c.failing) for c in report.failed] == [("zip", "max_missing", 1)]


def test_a_lazy_frame_that_fails_is_no_bug():
    broken = FRAME.lazy().with_columns(pl.col("zip").cast(pl.Int64))
    with pytest.raises(InputError, match="can't be read") as caught:
        shipway.check(broken, {"columns": {"zip": {"min": 0}}})
    assert "collect" in caught.value.cure


def test_a_frame_of_no_rows_does_not_pass():
    report = shipway.check(FRAME.clear(), {"columns": {"amount": {"min": 0}}})
    assert report.verdict == "failed"


def test_importing_shipway_costs_nothing():
    probe = (
        "import sys\n"
        "import shipway\n"
        "assert {'check', 'Report'} <= set(dir(shipway))\n"
        "print(*[name for name in sys.modules if name.startswith('shipway')])\n"
        "print(*{'polars', 'numpy', 'msgspec', 'yaml', 'jinja2', 'rich'} & set(sys.modules))\n"
        "try:\n"
        "    shipway.nothing\n"
        "except AttributeError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    message = "module 'shipway' has no attribute 'nothing'"
    assert done.stdout.splitlines() == ["shipway", "", message], done.stderr


def test_a_function_of_ones_own(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(
        "import polars as pl\n\ndef positive():\n    return pl.col('amount') > 0\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    report = shipway.check(FRAME, {"checks": ["mine:positive"]})
    assert report.verdict == "failed"
    assert [c.failing for c in report.failed] == [1]
