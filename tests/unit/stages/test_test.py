# SPDX-License-Identifier: Apache-2.0
"""The user's tests, run for real, by pytest and by commands of another kind."""

import pytest

from shipway.base.errors import InputError, StoppedError
from shipway.records.results import reason_of, verdict_of
from shipway.stages import test as stage

from .conftest import TOY

GOOD = "from rules import predict\n\ndef test_good():\n    assert callable(predict)\n"
BAD = "def test_bad():\n    print('x')\n    assert 1 == 2, 'they differ'\n"


def report_of(make, tests, files):
    road = make(f"shipway: 1\nproject: toy\ntests: {tests}\n", {**TOY, **files})
    return stage.test(road.context(), road.source, road.environment)


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        (["pytest"], []),
        (["pytest", "-q", "tests"], ["-q", "tests"]),
        (["py.test", "-x"], ["-x"]),
        (["python", "-m", "pytest", "-q"], ["-q"]),
        (["python3", "-m", "pytest"], []),
        (["python", "-m", "unittest"], None),
        (["python", "pytest.py"], None),
        (["make", "test"], None),
        (["./pytest"], None),
    ],
)
def test_what_counts_as_pytest(words, arguments):
    assert stage.pytest_arguments(words) == arguments


def test_pytest_reports_what_failed(make):
    report = report_of(make, "pytest -q -p no:cacheprovider", {
        "tests/test_a.py": GOOD + BAD + "\nimport pytest\n\n@pytest.mark.skip\n"
        "def test_skipped():\n    pass\n",
    })  # fmt: skip
    assert (report.passed, report.failed, report.skipped) == (1, 1, 1)
    assert report.failures[0].name.endswith("test_bad")
    assert "they differ" in report.failures[0].message
    assert verdict_of(report) == "failed"
    assert "test_bad" in reason_of(report)


def test_no_test_is_a_failure(make):
    report = report_of(make, "pytest -q tests", {"tests/none.py": ""})
    assert (report.passed, report.failed) == (0, 0)
    assert verdict_of(report) == "failed"
    assert reason_of(report) == "no test ran"


def test_another_command_names_its_report(make):
    script = (
        "open('out/junit.xml', 'w').write('<testsuite tests=\"1\">"
        '<testcase classname="a" name="b"/></testsuite>\')\n'
    )
    command = "{command: python run_tests.py, junit: out/junit.xml}"
    report = report_of(make, command, {"run_tests.py": script})
    assert (report.passed, report.failed) == (1, 0)
    assert verdict_of(report) == "passed"
    with pytest.raises(InputError, match="which report does") as caught:
        report_of(make, "python run_tests.py", {"run_tests.py": script})
    assert caught.value.where == "shipway.yaml:3:8"
    with pytest.raises(StoppedError, match="exit code 3, though none is reported as failed"):
        report_of(make, command, {"run_tests.py": script + "raise SystemExit(3)\n"})


def test_a_command_without_a_report_shows_its_last_lines(make):
    command = "{command: \"python -c 'print(1); raise SystemExit(7)'\", junit: junit.xml}"
    with pytest.raises(StoppedError, match="exit code 7 and wrote no report") as caught:
        report_of(make, command, {})
    assert caught.value.cure == "Its last lines:\n1"


def test_a_command_that_does_not_exist_is_the_users_mistake(make):
    with pytest.raises(InputError, match="'pytset' was not found"):
        report_of(make, "{command: pytset, junit: junit.xml}", {})


def test_tests_that_cant_be_read_are_errors(make):
    report = report_of(make, "pytest -q", {"tests/test_a.py": "import nowhere_to_be_found\n"})
    assert verdict_of(report) == "failed"
    assert report.failures[0].outcome == "error"
