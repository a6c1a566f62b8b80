# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.reports.junit import FAILURES_LIMIT, MESSAGE_LIMIT, SIZE_LIMIT, read_junit

PYTEST = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1"
 tests="4" time="0.04" timestamp="2026-11-23T09:00:00" hostname="here">
<testcase classname="tests.test_features" name="test_amount" time="0.001" />
<testcase classname="tests.test_features" name="test_hour" time="0.001">
<failure message="AssertionError: assert 25 &lt; 24&#10; +  where 25 = hour('x')">def test_hour():
&gt;       assert hour("x") &lt; 24
</failure></testcase>
<testcase classname="tests.test_io" name="test_read"><error message="failed on setup">OSError
</error></testcase>
<testcase classname="tests.test_io" name="test_slow"><skipped type="pytest.skip" message="slow" />
</testcase></testsuite></testsuites>"""


def test_a_report_of_pytest() -> None:
    report = read_junit(PYTEST)
    assert (report.passed, report.failed, report.skipped) == (1, 2, 1)
    hour, read = report.failures
    assert hour.name == "tests.test_features::test_hour"
    assert hour.outcome == "failed"
    assert hour.message == "AssertionError: assert 25 < 24\n +  where 25 = hour('x')"
    assert (read.outcome, read.message) == ("error", "failed on setup")


def test_what_pytest_really_writes(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "def test_good(): pass\n"
        "def test_bad(): assert 1 == 2, '<b>&amp;'\n"
        "@pytest.mark.xfail\ndef test_known(): assert False\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null"]
    subprocess.run([*command, "--junitxml=out.xml", "test_it.py"], cwd=tmp_path, check=False)
    report = read_junit((tmp_path / "out.xml").read_bytes())
    assert (report.passed, report.failed, report.skipped) == (1, 1, 1)
    assert report.failures[0].name == "test_it::test_bad"
    assert "<b>&amp;" in report.failures[0].message


def test_a_suite_as_root_and_text_as_message() -> None:
    report = read_junit(b'<testsuite><testcase name="t"><failure>it broke</failure></testcase>'
                        b'<testcase name="u" status="notrun"/></testsuite>')  # fmt: skip
    assert report.failures[0].name == "t"
    assert report.failures[0].message == "it broke"
    assert report.skipped == 1


def test_nested_suites_and_namespaces() -> None:
    report = read_junit(b'<x:testsuites xmlns:x="u"><x:testsuite><x:testsuite><x:testcase '
                        b'name="t"/></x:testsuite></x:testsuite></x:testsuites>')  # fmt: skip
    assert (report.passed, report.failed) == (1, 0)


def test_a_test_that_fails_twice_counts_once() -> None:
    report = read_junit(b'<testsuite><testcase name="t"><failure message="a"/><error message="b"/>'
                        b"</testcase></testsuite>")  # fmt: skip
    assert report.failed == 1
    assert report.failures[0].message == "a"


def test_a_claimed_failure_without_a_case_still_counts() -> None:
    report = read_junit(b'<testsuite failures="2" errors="1"><testcase name="t"/></testsuite>')
    assert (report.passed, report.failed) == (1, 3)


def test_no_test_at_all() -> None:
    report = read_junit(b"<testsuites/>")
    assert (report.passed, report.failed, report.skipped) == (0, 0, 0)


def test_long_messages_and_many_failures_are_bounded() -> None:
    case = b'<testcase name="t"><failure>' + b"x" * 50_000 + b"</failure></testcase>"
    report = read_junit(b"<testsuite>" + case * (FAILURES_LIMIT + 50) + b"</testsuite>")
    assert report.failed == FAILURES_LIMIT + 50
    assert len(report.failures) == FAILURES_LIMIT
    assert {len(failure.message) for failure in report.failures} == {MESSAGE_LIMIT}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"<testsuite>",
        b"<html></html>",
        b"\xff\xfe\x00",
        b'<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite>&x;</testsuite>',
        b'<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite name="&b;"/>',
        b"<testsuite>&undefined;</testsuite>",
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_junit(data)


def test_a_file_without_end_is_refused() -> None:
    with pytest.raises(InputError, match="more than 64"):
        read_junit(b" " * (SIZE_LIMIT + 1))


XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
)


@given(XML_TEXT, XML_TEXT)
def test_any_name_and_message_survive(name: str, message: str) -> None:
    data = f"<testsuite><testcase name={quoteattr(name)}><failure>{escape(message)}</failure>"
    report = read_junit(f"{data}</testcase></testsuite>".encode())
    assert report.failed == 1
    if len(name.strip()) in range(1, 300) and len(name.splitlines()) == 1:
        assert report.failures[0].name == name.strip()


@given(st.binary(max_size=300))
def test_wild_bytes_never_crash(data: bytes) -> None:
    try:
        read_junit(data)
    except InputError as error:
        assert error.cure
